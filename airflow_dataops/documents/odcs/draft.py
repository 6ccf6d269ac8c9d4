"""Columns and rules -> the keys of a contract file (ODCS v3.1.0), for files that we write.

v3.1.0, since it is the newest version that other tools read; what its schema can't say, as a list of values,
stands under `quality`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Unit
from airflow_dataops.core.checks.words import filter_of
from airflow_dataops.core.contract.model import LIBRARY, Measure, Scope, Severity
from airflow_dataops.core.contract.options import NONE
from airflow_dataops.documents.odcs.annotations import V31
from airflow_dataops.documents.odcs.options import NAMES
from airflow_dataops.documents.odcs.scope import FILTER, RUNBOOK, SCOPE
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.writer import Noted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import Column, Dataset, QualityRule
    from airflow_dataops.documents.yaml.writer import Value

Keys = dict[str, "Value"]

VERSION = "0.1.0"
STATUS = "draft"


def contract_keys(name: str, datasets: list[Keys], *, purpose: str = "") -> Keys:
    """Return the keys of a contract that nobody has agreed to yet.

    Args:
        name: Its name; its id is made of it.
        datasets: The keys of its datasets.
        purpose: What it is for, or empty.
    """
    return {
        "apiVersion": V31,
        "kind": "DataContract",
        "id": stable(name),
        "name": name,
        "version": Numeral(VERSION),
        "status": STATUS,
        **({"description": {"purpose": purpose}} if purpose else {}),
        "schema": list(datasets),
    }


def dataset_keys(dataset: Dataset, notes: Mapping[tuple[str, str], str]) -> Keys:
    """Return the keys of a dataset.

    Args:
        dataset: The dataset.
        notes: (column or empty, field) -> what is said of the key that stands for it.
    """
    keys: Keys = {
        "name": dataset.name,
        **({"description": dataset.description} if dataset.description else {}),
        "properties": [column_keys(column, notes) for column in dataset.columns],
    }
    if dataset.rules:
        keys["quality"] = Noted([rule_keys(rule) for rule in dataset.rules], notes.get(("", "rules"), ""))
    return keys


def column_keys(column: Column, notes: Mapping[tuple[str, str], str]) -> Keys:
    """Return the keys of a column."""

    def noted(field: str, value: Value) -> Value:
        note = notes.get((column.name, field), "")
        return Noted(value, note) if note else value

    keys: Keys = {"name": noted("name", column.name)}
    if column.description:
        keys["description"] = column.description
    keys["logicalType"] = noted("type", column.type.logical.value)
    if column.type.precision is not None:
        keys["physicalType"] = noted("type", f"numeric({column.type.precision},{column.type.scale or 0})")
    options = {
        key: noted(field, _bound(value))
        for key, field in NAMES.items()
        if (value := getattr(column.options, field, None)) is not None
    }
    if column.options != NONE:
        keys["logicalTypeOptions"] = options
    if column.required or (column.name, "required") in notes:
        keys["required"] = noted("required", column.required)
    if column.key_position is not None:
        keys["primaryKey"] = noted("key_position", value=True)
        keys["primaryKeyPosition"] = column.key_position
    if column.unique:
        keys["unique"] = noted("unique", value=True)
    if column.classification:
        keys["classification"] = noted("classification", column.classification)
    if column.rules:
        keys["quality"] = noted("rules", [rule_keys(rule, of=column) for rule in column.rules])
    return keys


def rule_keys(rule: QualityRule, *, of: Column | None = None) -> Keys:
    """Return the keys of a rule under `quality`.

    Args:
        rule: The rule.
        of: The column that it stands under, or None for one of the whole dataset.
    """
    keys: Keys = {"id": stable(rule.id)} if rule.id else {}
    if rule.id and stable(rule.id) != rule.id:
        keys["name"] = rule.id
    keys |= _measured(rule, of)
    if rule.measure is not Measure.CUSTOM:
        bounds = [_number(bound) for bound in rule.threshold.bounds]
        keys[rule.threshold.operator.value] = bounds if len(bounds) > 1 else bounds[0]
    if rule.threshold.unit is Unit.PERCENT:
        keys["unit"] = Unit.PERCENT.value
    if rule.severity is not Severity.ERROR:
        keys["severity"] = rule.severity.value
    told = {
        "dimension": rule.dimension,
        "businessImpact": rule.business_impact,
        "schedule": rule.schedule,
    }
    return keys | {key: value for key, value in told.items() if value} | _limits(rule)


def _measured(rule: QualityRule, of: Column | None) -> Keys:
    """Return what a rule measures."""
    if rule.measure in LIBRARY:
        return {"metric": rule.measure.value, **_arguments(rule, of)}
    if rule.measure is Measure.CUSTOM:
        return {"type": "custom", "engine": rule.engine, "implementation": rule.implementation}
    named: Keys = {"unit": Unit.ROWS.value} if rule.measure is Measure.SQL_ROWS else {}
    return {"type": "sql", "query": rule.query, **named}


def _limits(rule: QualityRule) -> Keys:
    """Return what the standard lacks: which rows a rule speaks of, and what to do when it is broken."""
    ours: Keys = {FILTER: filter_of(rule.filter)} if rule.filter else {}
    if rule.runbook:
        ours[RUNBOOK] = rule.runbook
    if rule.scope is not Scope.BATCH:
        ours[SCOPE] = rule.scope.value
    listed: list[Value] = [{"property": key, "value": value} for key, value in ours.items()]
    return {"customProperties": listed} if listed else {}


def _arguments(rule: QualityRule, of: Column | None) -> Keys:
    arguments: Keys = {}
    if rule.measure is Measure.MISSING_VALUES:
        arguments["missingValues"] = list(rule.values)
    elif rule.measure is Measure.INVALID_VALUES and rule.pattern is not None:
        arguments["pattern"] = rule.pattern
    elif rule.measure is Measure.INVALID_VALUES:
        arguments["validValues"] = list(rule.values)
    elif rule.measure is Measure.DUPLICATE_VALUES and of is None:
        arguments["properties"] = list(rule.columns)
    return {"arguments": arguments} if arguments else {}


def stable(text: str) -> str:
    """Return a text as an id of the standard: what it may not hold becomes `_`."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_") or "unnamed"


def _bound(value: object) -> Value:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return _number(value)
        case int() | list():
            return value
        case tuple():
            return [str(one) for one in value]
        case _:
            return str(value)


def _number(value: Decimal) -> Value:
    return Numeral(f"{value:f}")
