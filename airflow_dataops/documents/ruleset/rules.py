"""Rule sets of Airflow's common.dataquality provider (`RuleSet` in YAML) -> rules that are measured here.

Their checks: `docs/howto/common-dataquality.md`. What can't be measured here is an error, with its line.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from airflow_dataops.core.checks.verdict import Threshold, Unit
from airflow_dataops.core.contract.model import LogicalType, Measure, QualityRule, Severity
from airflow_dataops.documents.ruleset.condition import EXACT, ConditionKeys, threshold
from airflow_dataops.documents.yaml.form import Keys, fit
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.reader import read
from airflow_dataops.documents.yaml.scalar import Name, Text, did_you_mean, one_of
from airflow_dataops.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.documents.odcs.keys import Property, SchemaObject
    from airflow_dataops.documents.yaml.findings import Findings

ENGINE = "common.dataquality"
"""The `engine` of a custom rule whose `implementation` is a rule set."""

MEASURES: dict[str, Measure] = {
    "null_count": Measure.NULL_VALUES,
    "null_ratio": Measure.NULL_VALUES,
    "distinct_count": Measure.SQL,
    "unique_violations": Measure.DUPLICATE_VALUES,
    "min": Measure.SQL,
    "max": Measure.SQL,
    "mean": Measure.SQL,
    "row_count": Measure.ROW_COUNT,
    "custom_sql": Measure.SQL,
}
"""Check -> what is measured."""

OF_NUMBERS = frozenset({"min", "max", "mean"})
OF_THE_WHOLE = frozenset({"row_count", "custom_sql"})

SEVERITIES = {"warn": Severity.WARNING, "error": Severity.ERROR}


class RuleKeys(Keys, BaseModel):
    """An entry of `rules`."""

    name: Name
    check: Annotated[str, one_of(*MEASURES)]
    condition: ConditionKeys
    column: Name | None = None
    sql: Name | None = None
    dimension: Text | None = None
    severity: Annotated[str, one_of(*SEVERITIES)] = "error"


class RuleSetKeys(Keys, BaseModel):
    """A rule set."""

    name: Name
    rules: tuple[RuleKeys, ...] = ()


def read_rule_set(
    path: str | Path, *, dataset: SchemaObject, whole: bool, findings: Findings
) -> tuple[tuple[QualityRule, ...], str]:
    """Read a rule set.

    Args:
        path: The file.
        dataset: The dataset whose rows the rules judge.
        whole: Whether its columns are all known.
        findings: Where problems go.

    Returns:
        The rules whose measure and threshold are right, and the fingerprint of the file.
    """
    try:
        document = read(path)
    except DocumentError as error:
        findings.errors.extend(error.problems)
        return (), ""
    findings.errors.extend(document.problems)
    keys, complete = fit(RuleSetKeys, document.root, findings=findings)
    if keys is None:
        return (), document.fingerprint
    if not keys.rules and complete:
        findings.error(keys.node.place, "the rule set has no rule: any data would pass", "List its `rules`.")
    reader = RuleReader(dataset, whole=whole, findings=findings)
    made = tuple(rule for each in keys.rules if (rule := reader.rule(each)) is not None)
    return made, document.fingerprint


class RuleReader:
    """Turns the rules of a set into ours.

    Args:
        dataset: The dataset whose rows they judge.
        whole: Whether its columns are all known.
        findings: Where problems go.
    """

    def __init__(self, dataset: SchemaObject, *, whole: bool, findings: Findings) -> None:
        self.columns = {column.in_data: column for column in dataset.properties}
        self.names = frozenset({dataset.name.lower(), (dataset.physical_name or dataset.name).lower()})
        self.whole = whole
        self.findings = findings

    def rule(self, keys: RuleKeys) -> QualityRule | None:
        """Return one rule, or None when it is wrong."""
        before = len(self.findings.errors)
        limit = threshold(keys.condition, self.findings)
        column = self.column(keys)
        if limit is None or len(self.findings.errors) > before:
            return None
        # Rows that share a value are named where none may; how many values there are too many names none.
        counted = keys.check == "unique_violations" and not limit.tolerates_none
        measure = Measure.SQL if counted else MEASURES[keys.check]
        made = QualityRule(
            id=keys.name,
            measure=measure,
            threshold=limit,
            columns=() if column is None else (column.in_data,),
            query=_query(keys.check, column.in_data) if column is not None and measure is Measure.SQL else "",
            severity=SEVERITIES[keys.severity],
            dimension=keys.dimension or "",
            place=str(keys.node.place),
        )
        if keys.check == "null_ratio":
            bounds = tuple(EXACT.multiply(bound, Decimal(100)) for bound in limit.bounds)
            return replace(made, threshold=Threshold(limit.operator, bounds, Unit.PERCENT))
        return self.custom(made, keys) if keys.check == "custom_sql" else made

    def column(self, keys: RuleKeys) -> Property | None:
        """Return the column that a rule speaks of, or None for one of the whole table, or a wrong one."""
        if keys.sql is not None and keys.check != "custom_sql":
            self.findings.error(keys.at("sql"), f"`sql` belongs to `custom_sql`, this is `{keys.check}`")
        if keys.check in OF_THE_WHOLE:
            if keys.column is not None:
                self.findings.error(
                    keys.at("column"), f"`{keys.check}` is a rule of the whole table", "Leave `column` out."
                )
            return None
        if keys.column is None:
            self.findings.error(keys.node.place, f"`column` is missing: `{keys.check}` is a rule of one")
            return None
        found = self.columns.get(keys.column)
        if found is None and self.whole:
            hint = did_you_mean(keys.column, self.columns)
            self.findings.error(keys.at("column"), f"there is no property `{shown(keys.column)}`", hint)
        if found is not None and keys.check in OF_NUMBERS and not _is_number(found):
            self.findings.error(
                keys.at("check"),
                f"`{keys.check}` needs a number, and `{shown(found.name)}` is "
                f"{found.logical_type or 'a text'} in the contract",
                "Rules of other types compare no numbers.",
            )
        return found

    def custom(self, made: QualityRule, keys: RuleKeys) -> QualityRule | None:
        """Return a rule with the SQL of its own, or None when that can't be used."""
        from airflow_dataops.documents.query import resolve  # noqa: PLC0415

        if keys.sql is None:
            self.findings.error(keys.node.place, "`sql` is missing: a rule of `custom_sql` has one")
            return None
        found = resolve(keys.sql, names=self.names, column=None)
        if not found.sql:
            self.findings.error(keys.at("sql"), found.fault, found.hint)
            return None
        return replace(made, query=found.sql)


def _is_number(column: Property) -> bool:
    return column.logical_type in {LogicalType.INTEGER, LogicalType.NUMBER}


def _query(check: str, column: str) -> str:
    # SQL is written for files that need some, not for every DAG file.
    from airflow_dataops.documents.ruleset.queries import query  # noqa: PLC0415

    return query(check, column)
