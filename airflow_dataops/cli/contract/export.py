"""`contract export`: a contract as pandera, SQL, JSON Schema or a rule set; what they can't say is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from airflow_dataops.cli.contract.promised import datasets_of, known_to
from airflow_dataops.cli.output import say, write
from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.documents.odcs.contract import read_contract

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.checks.left_out import Converted
    from airflow_dataops.core.contract.model import Contract, Dataset

ALL_SAID, LEFT_OUT = 0, 2
"""Exit codes."""

TABLE = "dataops_table"
"""What stands in a query where a rule set has its `{table}`."""


def run(args: Namespace) -> int:
    """Run the command, and return its exit code.

    Args:
        args: `file`, `to`, `dataset`, `dialect`, `output` and `force`.

    Raises:
        DocumentError: If the contract is wrong.
        SettingsError: If it has no such dataset, or several where one is needed.
        BrokenWorldError: If the file can't be written.
    """
    contract, warnings = read_contract(args.file)
    datasets = datasets_of(contract, args.dataset or ())
    made = FORMS[args.to](contract, datasets, args)
    write(made.text, args.output, replace=args.force)
    for one in made.left_out:
        say(sys.stderr, [f"{contract.place}: not said in {args.to}: {one}"])
    for problem in warnings:
        say(sys.stderr, [str(problem)])
    return LEFT_OUT if made.left_out or warnings else ALL_SAID


def as_pandera(contract: Contract, datasets: Sequence[Dataset], _: Namespace) -> Converted:
    """Return the source of a module."""
    from airflow_dataops.engines.pandera.source import pandera_source

    return pandera_source(contract, datasets)


def as_sql(contract: Contract, datasets: Sequence[Dataset], args: Namespace) -> Converted:
    """Return a script."""
    from airflow_dataops.engines.sql.script import script

    return script(contract, datasets, others=known_to(contract), dialect=args.dialect)


def as_json_schema(contract: Contract, datasets: Sequence[Dataset], _: Namespace) -> Converted:
    """Return the schema of one record."""
    from airflow_dataops.documents.json_schema import json_schema

    return json_schema(contract, _only(datasets, contract, "a JSON Schema is of the records of one dataset"))


def as_rule_set(contract: Contract, datasets: Sequence[Dataset], args: Namespace) -> Converted:
    """Return a rule set."""
    from airflow_dataops.documents.ruleset.draft import rule_set
    from airflow_dataops.engines.sql.queries import NOT_RUN, queries, quoted

    dataset = _only(datasets, contract, "a rule set is of one table")
    asked = queries(dataset, args.dialect, table=TABLE, others=known_to(contract), pretty=False)
    name = quoted(TABLE, args.dialect)
    return rule_set(
        contract,
        dataset,
        sql=lambda check: asked.sql(check).replace(name, "{table}"),
        holds=asked.holds,
        note=NOT_RUN.get(args.dialect, ""),
    )


def _only(datasets: Sequence[Dataset], contract: Contract, why: str) -> Dataset:
    if len(datasets) == 1:
        return datasets[0]
    names = ", ".join(dataset.name for dataset in datasets)
    raise WrongCallError(
        f"the contract has {len(datasets)} datasets, and {why}",
        where=contract.place,
        hint=f"Name one with --dataset: {names}.",
    )


FORMS: dict[str, Callable[[Contract, Sequence[Dataset], Namespace], Converted]] = {
    "pandera": as_pandera,
    "sql": as_sql,
    "jsonschema": as_json_schema,
    "ruleset": as_rule_set,
}
