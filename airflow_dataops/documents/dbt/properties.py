"""Properties files of dbt (`schema.yml`) -> the keys of a contract file.

Read are models, seeds, snapshots and tables of sources: names, descriptions, tags, `meta`, columns with their
types, constraints, and dbt's own four tests. All else is named with its place, never dropped: a warning each.
Source: dbt's reference, "Model properties", "Constraints", "Data tests", "severity, error_if, and warn_if".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.contract.model import Dataset
from airflow_dataops.documents.dbt.column import ColumnReader
from airflow_dataops.documents.dbt.node import entries, labels, prose, text
from airflow_dataops.documents.dbt.rules import RuleMaker
from airflow_dataops.documents.dbt.test import tests_of
from airflow_dataops.documents.odcs.draft import contract_keys, dataset_keys
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.node import Numeral, shown
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.core.contract.model import Column, QualityRule
    from airflow_dataops.documents.odcs.draft import Keys
    from airflow_dataops.documents.yaml.node import Node
    from airflow_dataops.documents.yaml.writer import Value

RESOURCES = ("models", "seeds", "snapshots")
"""Top keys that list what has columns; sources have theirs below `tables`."""

OF_DBT = frozenset({"version", "sources", *RESOURCES})

FRESHNESS = frozenset({"freshness", "loaded_at_field"})

LABELS = frozenset({"meta", "tags"})

READ = LABELS | {
    "name",
    "description",
    "columns",
    "tests",
    "data_tests",
    "constraints",
    "config",
    "identifier",
}
"""Keys of a model that are read."""

OF_SOURCE = FRESHNESS | LABELS | {"name", "config", "tables"}
"""Keys of a source that are read; its tables inherit them."""

CONFIG = FRESHNESS | LABELS | {"contract", "enabled", "materialized"}
"""Keys of `config` that are read, or promise nothing of the rows."""

IDLE = frozenset({"docs", "access", "group"})
"""Keys that promise nothing of the rows."""

PERIODS = {"minute": "minutes", "hour": "h", "day": "d"}
"""Period of dbt -> unit of `slaProperties`."""


def read_dbt(path: str | Path, name: str) -> tuple[Keys, tuple[Problem, ...]]:
    """Read a properties file.

    Args:
        path: The file.
        name: What the contract shall be called.

    Returns:
        The keys of a contract, and what was not imported.

    Raises:
        DocumentError: If the file can't be read, or holds nothing that a contract can be made of.
    """
    document = read(path)
    findings = Findings()
    findings.errors.extend(document.problems)
    if not isinstance(document.root.value, dict):
        findings.error(document.root.place, "the file must be a mapping of keys", "Such as `models:`.")
    findings.settle()
    reader = DbtReader(findings)
    datasets = list(reader.datasets(document.root))
    if not datasets:
        told = findings.settle()
        nothing = Problem(str(document.root.place), "there is no model, seed, snapshot or source to import")
        raise DocumentError((*told, nothing))
    keys = contract_keys(name, datasets)
    if reader.levels:
        keys["slaProperties"] = list(reader.levels)
    return keys, findings.settle()


class DbtReader:
    """Turns what dbt describes into datasets.

    Args:
        findings: Where what isn't imported is told.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.levels: list[Value] = []
        """Entries of `slaProperties`."""
        self._names: set[str] = set()

    def datasets(self, root: Node) -> Iterator[Keys]:
        """Yield the keys of each dataset of a file."""
        for key in root.keys:
            if key in RESOURCES:
                for node in entries(root.at(key)):
                    yield from self.dataset(node)
            elif key == "sources":
                for source in entries(root.at(key)):
                    yield from self._source(source)
            elif key not in OF_DBT:
                self.skip(root, key)

    def _source(self, source: Node) -> Iterator[Keys]:
        """Yield the keys of each table of a source, which inherits what the source says of all."""
        tables = entries(source.at("tables")) if source.has("tables") else []
        for key in source.keys if isinstance(source.value, dict) else ():
            if key not in OF_SOURCE:
                self.skip(source, key)
        self._config(source)
        for node in tables:
            yield from self.dataset(node, source)

    def dataset(self, node: Node, *around: Node) -> Iterator[Keys]:
        """Yield the keys of a dataset, or nothing when there is nothing to promise.

        Args:
            node: The model, or the table.
            around: The source that a table is of.
        """
        name = text(node, "name")
        if not name:
            self.findings.warn(node.place, "an entry without a `name` is not imported")
            return
        if name.casefold() in self._names:
            self.findings.warn(node.place, f"a second `{shown(name)}` is not imported", "Rename one of them.")
            return
        self._names.add(name.casefold())
        for key in node.keys:
            if key not in READ | IDLE | FRESHNESS:
                self.skip(node, key)
        self._config(node)
        made = self._made(node, name)
        if not made.columns or not derive(made):
            what = f"`{shown(name)}` is not imported: it has no column of which anything is promised"
            self.findings.warn(node.place, what)
            return
        keys = dataset_keys(made, {})
        properties = _mappings(keys["properties"])
        keys["properties"] = [_with(*pair) for pair in zip(properties, self._more, strict=True)]
        self._freshness(node, made, around)
        physical = {"physicalName": text(node, "identifier")} if text(node, "identifier") else {}
        yield {"name": keys["name"], **physical} | keys | labels(*around, node)

    def _made(self, node: Node, name: str) -> Dataset:
        reader = ColumnReader(self.findings)
        keyed, unique, rules = self._of_table(node)
        listed = entries(node.at("columns")) if node.has("columns") else []
        read_columns = [found for one in listed if (found := reader.column(one, keyed, unique))]
        columns: list[Column] = []
        self._more: list[Keys] = []
        seen: set[str] = set()
        for column, more in read_columns:
            if column.name.casefold() in seen:
                self.findings.warn(column.place, f"a second column `{shown(column.name)}` is not imported")
                continue
            seen.add(column.name.casefold())
            columns.append(column)
            self._more.append(more)
        for missing in sorted({*keyed, *unique} - {column.name for column in columns}):
            self.findings.warn(
                node.place, f"a constraint names the column `{shown(missing)}`, which isn't listed"
            )
        return Dataset(
            name=name,
            columns=tuple(columns),
            rules=tuple(rules),
            description=prose(node, self.findings),
            place=str(node.place),
        )

    def _of_table(self, node: Node) -> tuple[dict[str, int], set[str], list[QualityRule]]:
        """Return what a table's own constraints and tests say: its key, unique columns, and rules."""
        keyed: dict[str, int] = {}
        unique: set[str] = set()
        rules: list[QualityRule] = []
        for constraint in entries(node.at("constraints")) if node.has("constraints") else ():
            kind = text(constraint, "type")
            columns = [str(one.value) for one in entries(constraint.at("columns"))]
            if kind == "primary_key" and columns and constraint.has("columns"):
                keyed |= {name: place for place, name in enumerate(columns, start=1)}
            elif kind == "unique" and len(columns) == 1:
                unique.add(columns[0])
            elif (made := RuleMaker(self.findings).constraint(constraint, kind, columns)) is not None:
                rules.append(made)
        for test in tests_of(node):
            self.findings.warn(test.place, f"the test `{shown(test.name)}` is not imported")
        return keyed, unique, rules

    def _config(self, node: Node) -> None:
        """Name what stands in `config` and is not read; ours are enforced whatever `contract` says."""
        if not isinstance(node.value, dict) or not node.has("config"):
            return
        config = node.at("config")
        for key in config.keys if isinstance(config.value, dict) else ():
            if key not in CONFIG:
                self.skip(config, key)

    def _freshness(self, node: Node, made: Dataset, around: tuple[Node, ...]) -> None:
        """Take `freshness` from where it is nearest: the table, or the source that it is of."""
        places = [place for one in (node, *around) for place in (one, one.at("config"))]
        said = [place for place in places if isinstance(place.value, dict)]
        where = next((place for place in said if place.has("freshness")), None)
        if where is None or where.at("freshness").value is None:  # a table turns its source's off so
            return
        freshness = where.at("freshness")
        own = any(where is place for place in places[:2])
        whose = "" if own else f" for `{shown(made.name)}`"
        limits = [
            key for key in ("error_after", "warn_after") if freshness.has(key) and freshness.at(key).value
        ]
        limit = freshness.at(limits[0]) if limits else freshness
        count, period = limit.step("count"), text(limit, "period")
        if count is None or not isinstance(count.value, Numeral) or period not in PERIODS:
            self.findings.warn(where.key("freshness"), f"`freshness` is not imported{whose}")
            return
        field = next(filter(None, (text(place, "loaded_at_field") for place in said)), "")
        if field not in {column.name for column in made.columns}:
            why = f"`{shown(field)}` is no column here" if field else "it has no `loaded_at_field`"
            what = f"`freshness` is not imported{whose}: {why}"
            self.findings.warn(where.key("freshness"), what)
            return
        for key in freshness.keys:
            if key not in limits[:1]:
                self.findings.warn(freshness.key(key), f"`{shown(key)}` is not imported{whose}")
        element = f"{made.name}.{field}"
        self.levels.append(
            {"property": "freshness", "value": count.value, "unit": PERIODS[period], "element": element}
        )

    def skip(self, node: Node | None, key: str) -> None:
        """Say that a key is not imported."""
        if node is not None:
            self.findings.warn(node.key(key), f"`{shown(key)}` is not imported")


def _with(found: Keys, more: Keys) -> Keys:
    """Return the keys of a column with more of them, the type in the warehouse beside the other."""
    physical = {key: value for key, value in more.items() if key == "physicalType"} | found
    front = ("name", "description", "logicalType", "physicalType")
    return {key: physical[key] for key in front if key in physical} | physical | more | physical


def _mappings(value: object) -> list[Keys]:
    return [found for found in value if isinstance(found, dict)] if isinstance(value, list) else []
