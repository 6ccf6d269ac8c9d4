"""Rule sets of Airflow's common.dataquality provider -> the keys of a contract file.

A rule set says nothing of types: a column is a text there, or a number where it is reckoned with, and each is
marked as a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.documents.findings import Findings
from airflow_dataops.documents.form import fit
from airflow_dataops.documents.node import NODE
from airflow_dataops.documents.odcs_draft import contract_keys, dataset_keys
from airflow_dataops.documents.odcs_keys import SchemaObject
from airflow_dataops.documents.reader import read
from airflow_dataops.documents.ruleset import OF_NUMBERS, RuleReader, RuleSetKeys

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.odcs_draft import Keys
    from airflow_dataops.errors import Problem

PLAIN = "guess: the rule set doesn't say it"


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
    if not names:
        findings.error(keys.node.place, "no rule speaks of a column, and a contract has some", "Add one.")
    seen: dict[str, str] = {}
    for column in names:
        if seen.setdefault(column.casefold(), column) != column:
            findings.error(keys.node.place, f"`{column}` and `{seen[column.casefold()]}` differ in case only")
    types = {name: LogicalType.NUMBER if name in numbers else LogicalType.STRING for name in names}
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
    notes = {(one, "type"): PLAIN for one in names}
    return contract_keys(name or keys.name, [dataset_keys(dataset, notes)]), findings.settle()
