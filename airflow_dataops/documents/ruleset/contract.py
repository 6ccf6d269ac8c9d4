"""Rule sets of Airflow's common.dataquality provider -> the keys of a contract file.

A rule set says nothing of types: a column is a text there, or a number where it is reckoned with, and each is
marked as a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.documents.odcs.draft import contract_keys, dataset_keys
from airflow_dataops.documents.odcs.keys import SchemaObject
from airflow_dataops.documents.ruleset.rules import OF_NUMBERS, RuleReader, RuleSetKeys
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import NODE
from airflow_dataops.documents.yaml.reader import read

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.odcs.draft import Keys
    from airflow_dataops.errors import Problem

PLAIN = "guess: the rule set doesn't say it"
ASKED = "guess: a rule compares it with such values"


def read_as_contract(path: str | Path, name: str) -> tuple[Keys, tuple[Problem, ...]]:
    """Read a rule set as a contract of one dataset.

    Args:
        path: The file.
        name: What the contract shall be called, or empty for the name of the rule set.

    Returns:
        The keys of a contract, and warnings.

    Raises:
        DocumentError: If the file can't be read or is wrong, or no column is spoken of.
    """
    document = read(path)
    findings = Findings()
    findings.errors.extend(document.problems)
    keys, _ = fit(RuleSetKeys, document.root, findings=findings)
    findings.settle()
    if keys is None:
        raise AssertionError(document.file)
    numbers = {rule.column for rule in keys.rules if rule.check in OF_NUMBERS}
    names = dict.fromkeys(rule.column for rule in keys.rules if rule.column)
    queried = _queried(keys)
    if not names and not queried:
        findings.error(keys.node.place, "no rule speaks of a column, and a contract has some", "Add one.")
    seen: dict[str, str] = {}
    for column in names:
        if seen.setdefault(column.casefold(), column) != column:
            findings.error(keys.node.place, f"`{column}` and `{seen[column.casefold()]}` differ in case only")
    types = {name: LogicalType.NUMBER if name in numbers else LogicalType.STRING for name in names}
    for column, kind in queried.items():
        same = seen.setdefault(column.casefold(), column)
        if types.get(same, LogicalType.STRING) is LogicalType.STRING:
            types[same] = kind
    properties = [{NODE: document.root, "name": one, "logicalType": kind} for one, kind in types.items()]
    stand_in = SchemaObject.model_validate({NODE: document.root, "name": keys.name, "properties": properties})
    reader = RuleReader(stand_in, whole=True, findings=findings)
    rules = [made for rule in keys.rules if (made := reader.rule(rule)) is not None]
    findings.settle()
    columns = tuple(
        Column(
            name=one,
            type=ColumnType(kind),
            rules=tuple(rule for rule in rules if rule.columns == (one,)),
        )
        for one, kind in types.items()
    )
    dataset = Dataset(
        name=keys.name, columns=columns, rules=tuple(rule for rule in rules if not rule.columns)
    )
    notes = {(one, "type"): PLAIN if kind is LogicalType.STRING else ASKED for one, kind in types.items()}
    return contract_keys(name or keys.name, [dataset_keys(dataset, notes)]), findings.settle()


def _queried(keys: RuleSetKeys) -> dict[str, LogicalType]:
    """Return the columns that queries name; of those alone that can be read, for the others are errors."""
    from airflow_dataops.documents.query import resolve  # noqa: PLC0415
    from airflow_dataops.documents.ruleset.column_types import columns_of  # noqa: PLC0415

    written = [rule.sql for rule in keys.rules if rule.check == "custom_sql" and rule.sql]
    name = frozenset({keys.name.lower()})
    resolved = (resolve(sql, names=name, column=None).sql for sql in written)
    return columns_of(sql for sql in resolved if sql)
