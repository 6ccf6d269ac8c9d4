"""The files of a product that `dag new` writes, before anybody has seen them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.init import contract_text
from airflow_dataops.cli.dag.drop_name import drop_name
from airflow_dataops.cli.dag.first_model import model_text
from airflow_dataops.core.batch import Grain
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.landing import Dialect
from airflow_dataops.documents.odcs.draft import contract_keys, dataset_keys
from airflow_dataops.documents.pipeline.keys import CONTRACT_SUFFIX
from airflow_dataops.documents.pipeline.schema_line import schema_line
from airflow_dataops.documents.yaml.reader import resolved
from airflow_dataops.documents.yaml.writer import yaml_text
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.cli.dag.drop_name import DropName
    from airflow_dataops.core.rows.relation import Landed
    from airflow_dataops.documents.templates.template import Template
    from airflow_dataops.documents.yaml.writer import Value

FOLDER = re.compile(r"[A-Za-z0-9_-]+")
"""The name of a folder beside the pipeline file."""

STUB = """\
# An Airflow DAG: {name}.dag.yaml holds the pipeline.
from airflow_dataops.factory.dags import load_dag

dag = load_dag(__file__)
"""

BEGINNING = Dataset(name="", columns=(Column(name="id", type=ColumnType(LogicalType.STRING), required=True),))
"""What is promised where nothing is known: one column."""

SELECT = """\
-- What is published, made of the landed rows that broke no rule.
SELECT * FROM {{ source }}
"""


@dataclass(frozen=True, slots=True)
class Given:
    """What a product is to be.

    Args:
        name: The product.
        template: Its template.
        args: What was typed.
        data: A file such as will land, if there is one.
        promised: What the contract promises that there is already, if there is one.
    """

    name: str
    template: Template
    args: Namespace
    data: Landed | None
    promised: Dataset | None = None

    @property
    def has_transform(self) -> bool:
        """Whether there is a SELECT between what lands and what is published."""
        return bool(self.args.transform) or "transform" in self.template.needs

    @property
    def landing(self) -> str:
        """The name of the contract of what lands."""
        return f"{self.name}_landing" if self.has_transform else self.name

    @property
    def params(self) -> dict[str, Value]:
        """The parameters of the template: those that were typed, and the grain that the data shows.

        Raises:
            SettingsError: If one has no name or no value.
        """
        typed = self.typed
        grain = self.drop.grain if self.drop is not None else None
        if "grain" in typed or not self.template.partitioned or grain in {None, self.usual_grain}:
            return typed
        return {**typed, "grain": str(grain)}

    @property
    def typed(self) -> dict[str, Value]:
        """The parameters that were typed.

        Raises:
            SettingsError: If one has no name or no value.
        """
        return dict(_param(one) for one in self.args.param or ())

    @property
    def usual_grain(self) -> Grain | None:
        """How much time a partition covers where nobody says it; None of a template that has no grain."""
        return (
            Grain(self.template.params.model_fields["grain"].default) if self.template.partitioned else None
        )

    @property
    def drop(self) -> DropName | None:
        """What drops are called, by the file that was given; None where there is none.

        Raises:
            SettingsError: If a parameter that was typed has no name or no value.
        """
        if self.data is None:
            return None
        file, typed = self.data.parts[0].name, self.typed.get("grain")
        if not self.template.partitioned:
            return drop_name(file, Grain.DAY)
        return drop_name(file, Grain(typed) if isinstance(typed, str) and typed in set(Grain) else None)

    @property
    def models(self) -> str:
        """The folder of the models, of a template that makes some; one that is no name is refused later."""
        key = self.template.models[0]
        usual = str(self.template.params.model_fields[key].default)
        typed = str(self.params.get(key, usual))
        return typed if FOLDER.fullmatch(typed) else usual


def written(given: Given) -> Iterator[tuple[str, str]]:
    """Yield the files of a product but its pipeline file and its tests, each with its text.

    Args:
        given: What it is to be.
    """
    yield "dag.py", STUB.format(name=given.name)
    if "contract" in given.template.needs and given.promised is None:
        yield f"{given.name}{CONTRACT_SUFFIX}", contract(given, given.name)
    if given.has_transform:
        yield f"{given.landing}{CONTRACT_SUFFIX}", contract(given, given.landing)
        yield "transform.sql", SELECT
    if given.template.models:
        yield f"{given.models}/{given.name}.sql", model_text(given.promised or BEGINNING)


def pipeline(given: Given, folder: Path, schema: Path) -> str:
    """Return the text of the pipeline file.

    Args:
        given: What the product is to be.
        folder: Its folder.
        schema: The schema of its pipeline file.
    """
    line = schema_line(os.path.relpath(schema, folder))
    return yaml_text(pipeline_keys(given, folder), head=[line])


def pipeline_keys(given: Given, folder: Path) -> dict[str, Value]:
    """Return the keys of the pipeline file.

    Args:
        given: What the product is to be.
        folder: Its folder, from which paths begin.
    """
    args, needs = given.args, given.template.needs
    keys: dict[str, Value] = {"template": given.template.name}
    if args.contract:
        keys["contract"] = os.path.relpath(args.contract, folder)
    for key in ("team", "owner", "description", "schedule", "start_date", "timezone"):
        if getattr(args, key):
            keys[key] = getattr(args, key)
    for key in ("depends_on", "consumes"):
        if getattr(args, key):
            keys[key] = getattr(args, key)
    if "source" in needs:
        keys["source"] = source_keys(given)
    if given.has_transform:
        keys["transform"] = "transform.sql"
    if given.template.publishes:
        keys["target"] = (
            {"type": "postgres", "conn_id": args.conn_id, "table": args.table}
            if args.table
            else {"type": "delta", "path": given.name}
        )
    if given.params:
        keys["params"] = given.params
    return keys


def _param(given: str) -> tuple[str, Value]:
    """Return a parameter as it is typed.

    Raises:
        SettingsError: If it has no name or no value.
    """
    key, _, text = given.partition("=")
    value = resolved(text)
    if not key or value is None:
        raise SettingsError("a parameter is NAME=VALUE", where=given, hint="Such as grain=hour.")
    return key, value


def source_keys(given: Given) -> dict[str, Value]:
    """Return the keys of `source`: files such as the one that was given."""
    found: dict[str, Value] = {}
    if given.has_transform:
        found["contract"] = f"{given.landing}{CONTRACT_SUFFIX}"
    found["folder"] = "drops"
    if given.data is None:
        return {**found, "path": f"{given.name}-{{partition}}.csv"}
    if given.drop is not None:
        found["path"] = given.drop.path
    dialect, usual = given.data.dialect, Dialect()
    for key in ("format", "delimiter", "quote", "encoding", "header"):
        value = getattr(dialect, key)
        if value != getattr(usual, key):
            found[key] = value if isinstance(value, bool) else str(value)
    return found


def contract(given: Given, name: str) -> str:
    """Return the text of a contract: guessed from the file of data, or one column to begin with."""
    if given.data is not None:
        args = given.args
        return contract_text(
            given.data, name, header_is_sure=args.header, delimiter_is_sure=args.delimiter is not None
        )
    notes = {("id", "name"): "say here what each column is called, and what holds of it"}
    dataset = dataset_keys(replace(BEGINNING, name=name), notes)
    return yaml_text(contract_keys(name, [dataset], purpose=f"What {name} is for."))
