"""What a rule is computed with: columns, values, a pattern, or a query."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Unit
from airflow_dataops.core.contract.model import Measure
from airflow_dataops.documents.implementation import MEANING, is_implementation, located
from airflow_dataops.documents.pattern import pattern_fault
from airflow_dataops.documents.yaml.node import described, shown
from airflow_dataops.documents.yaml.scalar import as_text, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.documents.odcs.keys import Property, Rule, SchemaObject
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Place

OBJECT = "{object}"
"""What stands for the rows in a query."""

ARGUMENTS: dict[Measure, tuple[str, ...]] = {
    Measure.MISSING_VALUES: ("missingValues",),
    Measure.INVALID_VALUES: ("validValues", "pattern"),
    Measure.DUPLICATE_VALUES: ("properties",),
}
"""Metric -> its arguments (ODCS v3.1, "Metrics")."""

OF_COLUMNS = frozenset({Measure.NULL_VALUES, Measure.MISSING_VALUES, Measure.INVALID_VALUES})
"""Metrics that only a column has."""

OF_DATASETS = frozenset({Measure.ROW_COUNT})
"""Metrics that only a dataset has."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What a rule belongs to: a dataset, or one column of it.

    Args:
        dataset: The dataset.
        column: The column, or None.
    """

    dataset: SchemaObject
    column: Property | None = None

    @property
    def name(self) -> str:
        """What the ids of its rules start with."""
        return self.dataset.name if self.column is None else self.column.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The column, as it is called in the data; none for a dataset."""
        return () if self.column is None else (self.column.in_data,)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules, in the order of the file."""
        return self.dataset.quality if self.column is None else self.column.quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a rule is computed with; see `QualityRule`.

    Args:
        names_rows: Whether the query tells which rows it counts.
        reads: The other datasets of the contract that the query reads.
    """

    columns: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    pattern: str | None = None
    query: str = ""
    names_rows: bool = False
    reads: tuple[str, ...] = ()
    engine: str = ""
    implementation: str = ""


def filled_by_tool(rule: Rule, owner: Owner, *, findings: Findings) -> Filled | None:
    """Return the tool of a custom rule and its rules, or None when they are wrong."""
    if not is_implementation(rule.implementation):
        findings.error(
            rule.at("implementation"),
            f"`implementation` must be {MEANING}, it is {described(rule.implementation)}",
            "The module is a file beside the contract, or one that can be imported.",
        )
        return None
    return Filled(
        columns=owner.columns,
        engine=rule.engine or "",
        implementation=located(str(rule.implementation), Path(rule.node.place.file).parent),
    )


def filled_by_query(
    rule: Rule,
    owner: Owner,
    *,
    others: Mapping[str, str],
    columns: Mapping[str, tuple[str, ...]],
    findings: Findings,
) -> Filled | None:
    """Return the SELECT of a SQL rule, or None when it is wrong, or reads what can't be read here.

    Args:
        rule: The rule.
        owner: What it belongs to.
        others: What a query may call another dataset of the contract, in lower case -> its name.
        columns: The name of each dataset, OBJECT for its own -> its columns in the data; empty where they
            aren't all known.
        findings: Where problems go.
    """
    # A parser of SQL is loaded for contracts that hold SQL, not for every DAG file.
    from airflow_dataops.documents.query import resolve  # noqa: PLC0415

    dataset = owner.dataset
    names = {dataset.name.lower(), (dataset.physical_name or dataset.name).lower()}
    column = None if owner.column is None else owner.column.in_data
    found = resolve(rule.query or "", names=frozenset(names), others=others, column=column, columns=columns)
    if found.unknown:
        _warn_of(found.unknown, rule.at("query"), owner, findings)
    if found.sql:
        names_rows = rule.unit == Unit.ROWS and found.counts_rows
        if rule.unit == Unit.ROWS and not found.counts_rows:
            findings.warn(
                rule.at("query"),
                "the query names no rows, so it judges the batch as a whole",
                "Leave `unit: rows` out, or write SELECT COUNT(*) FROM {object} WHERE …",
            )
        own = () if column is None else (column,)
        return Filled(columns=own, query=found.sql, names_rows=names_rows, reads=found.reads)
    if found.allowed:
        findings.unenforced(rule.at("query"), found.fault, found.hint)
    else:
        findings.error(rule.at("query"), found.fault, found.hint)
    return None


def _warn_of(column: str, place: Place | str, owner: Owner, findings: Findings) -> None:
    """Warn of a column that a query or a filter names and the data hasn't."""
    in_data = {found.name.casefold(): found.in_data for found in owner.dataset.properties}
    hint = (
        f"In the data it is called `{shown(in_data[column.casefold()])}`."
        if column.casefold() in in_data
        else did_you_mean(column, in_data.values())
    )
    findings.warn(place, f"there is no column `{shown(column)}`: the rule can't be evaluated", hint)


def filtering(
    condition: str,
    place: str,
    owner: Owner,
    *,
    columns: Mapping[str, tuple[str, ...]],
    findings: Findings,
) -> str:
    """Return the query that counts the rows of which a condition is true; empty when it is wrong.

    Args:
        condition: The condition, as people wrote it.
        place: Where it stands.
        owner: What the rule belongs to.
        columns: As of `filled_by_query`.
        findings: Where problems go.
    """
    from airflow_dataops.documents.query import resolve  # noqa: PLC0415

    column = None if owner.column is None else owner.column.in_data
    query = f"SELECT COUNT(*) FROM {OBJECT} WHERE {condition}"  # noqa: S608
    found = resolve(query, names=frozenset(), column=column, columns=columns)
    if found.unknown:
        _warn_of(found.unknown, place, owner, findings)
    if found.counts_rows:
        return found.sql
    fault = found.fault or "the filter is more than a condition"
    findings.error(place, fault.replace("the query", "the filter"), "Write a condition, such as `a > 0`.")
    return ""


def filled_by_arguments(
    rule: Rule, measure: Measure, owner: Owner, *, whole: bool, findings: Findings
) -> Filled | None:
    """Return the columns, values and pattern of a library rule, or None when they are wrong.

    Args:
        rule: The rule.
        measure: What it measures.
        owner: What it belongs to.
        whole: Whether the dataset's columns are all known.
        findings: Where problems go.
    """
    if measure in (OF_COLUMNS if owner.column is None else OF_DATASETS):
        of, to = ("one property", "property") if owner.column is None else ("the whole dataset", "dataset")
        findings.error(
            rule.node.place, f"`{measure}` is a rule of {of}", f"Move it to the `quality` of the {to}."
        )
        return None
    if rule.arguments is not None:
        for key in rule.arguments.node.keys:
            if key not in ARGUMENTS.get(measure, ()):
                findings.error(rule.arguments.node.key(key), f"`{key}` is no argument of `{measure}`")
    match measure:
        case Measure.DUPLICATE_VALUES:
            return _duplicates(rule, owner, whole=whole, findings=findings)
        case Measure.MISSING_VALUES:
            return _missing(rule, owner, findings)
        case Measure.INVALID_VALUES:
            return _invalid(rule, owner, findings)
        case _:
            return Filled(columns=owner.columns)


def _duplicates(rule: Rule, owner: Owner, *, whole: bool, findings: Findings) -> Filled | None:
    named = None if rule.arguments is None else rule.arguments.properties
    if owner.column is not None:
        if named is not None:
            findings.error(
                rule.at("arguments", "properties"),
                "`properties` belongs to a rule of the whole dataset",
                "Move the rule to the `quality` of the dataset.",
            )
        return Filled(columns=owner.columns)
    if not named:
        findings.error(
            rule.at("arguments"),
            "`duplicateValues` of a dataset needs the columns that are unique together",
            "Write `arguments: {properties: [a, b]}`.",
        )
        return None
    known = {column.name: column.in_data for column in owner.dataset.properties}
    for index, name in enumerate(named):
        if name not in known and whole:
            findings.error(
                rule.at("arguments", "properties", index),
                f"there is no property `{shown(name)}`",
                did_you_mean(name, known),
            )
        if name in named[:index]:
            findings.error(rule.at("arguments", "properties", index), f"`{shown(name)}` is named twice")
    return Filled(columns=tuple(known.get(name, name) for name in named))


def _missing(rule: Rule, owner: Owner, findings: Findings) -> Filled | None:
    listed = None if rule.arguments is None else rule.arguments.missing_values
    if listed is None:
        findings.error(
            rule.at("arguments"),
            "`missingValues` needs the texts that count as missing",
            "Write `arguments: {missingValues: [null, '', N/A]}`; for nulls alone, `metric: nullValues`.",
        )
        return None
    return Filled(
        columns=owner.columns, values=tuple(as_text(value) for value in listed if value is not None)
    )


def _invalid(rule: Rule, owner: Owner, findings: Findings) -> Filled | None:
    arguments = rule.arguments
    pattern = None if arguments is None else arguments.pattern
    listed = (
        rule.valid_values if arguments is None or arguments.valid_values is None else arguments.valid_values
    )
    if (pattern is None) is (listed is None):
        findings.error(
            rule.at("arguments"),
            "`invalidValues` needs either `validValues` or `pattern`",
            "Write one rule for each." if pattern else "Write `arguments: {validValues: [a, b]}`.",
        )
        return None
    if pattern is not None and arguments is not None:
        fault = pattern_fault(pattern)
        if fault is not None:
            findings.error(arguments.at("pattern"), *fault)
            return None
        return Filled(columns=owner.columns, pattern=pattern)
    values = tuple(as_text(value) for value in listed or () if value is not None)
    if not values:
        findings.error(rule.at("arguments", "validValues"), "`validValues` has no value", "List the values.")
        return None
    return Filled(columns=owner.columns, values=values)
