"""What a rule's measurement must satisfy: exactly one operator, and in which unit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold, Unit
from airflow_dataops.core.contract.model import Measure
from airflow_dataops.documents.odcs.keys import OPERATORS, Rule
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.scalar import number

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.findings import Findings

NONE_BY_DEFAULT = frozenset({"nullCheck", "validValues"})
"""Rules of v3.0 that say without an operator that no row may break them."""

FIELDS = {field.alias: name for name, field in Rule.model_fields.items() if field.alias in OPERATORS}


def operators(rule: Rule) -> tuple[str, ...]:
    """Return the operators that a rule has, in the order of the file."""
    return tuple(key for key in rule.node.keys if key in OPERATORS)


def threshold(rule: Rule, measure: Measure, *, old: bool, findings: Findings) -> Threshold | None:
    """Return what a rule's measurement must satisfy, or None when it is wrong, or not enforced.

    Args:
        rule: The rule.
        measure: What it measures.
        old: Whether the file is written in v3.0.
        findings: Where problems go.
    """
    given = operators(rule)
    if len(given) > 1:
        places = " and ".join(f"`{key}` ({rule.node.key(key)})" for key in given)
        findings.error(
            rule.node.key(given[1]),
            f"a rule has exactly one operator, this one has {places}",
            "Write one rule for each; `mustBeBetween` includes both its ends.",
        )
        return None
    if not given:
        if old and rule.rule in NONE_BY_DEFAULT:
            return NONE
        findings.error(rule.node.place, "the rule has no operator", "Add one, such as `mustBe: 0`.")
        return None
    unit = Unit(rule.unit or Unit.ROWS)
    if measure is Measure.ROW_COUNT and unit is Unit.PERCENT:
        findings.error(rule.at("unit"), "a row count has no percentage", "Leave `unit` out.")
    bounds = _bounds(rule, given[0], findings)
    return None if bounds is None else Threshold(Operator(given[0]), bounds, unit)


def _bounds(rule: Rule, key: str, findings: Findings) -> tuple[Decimal, ...] | None:
    value = getattr(rule, FIELDS[key])
    if isinstance(value, Decimal):
        return (value,)
    if isinstance(value, tuple):
        if len(value) == 2 and value[0] < value[1]:
            return value
        findings.error(
            rule.at(key), f"`{key}` must be two numbers, the lower one first", "Such as `[0, 100]`."
        )
        return None
    if isinstance(value, Numeral):
        return (number(value),)
    findings.unenforced(rule.at(key), f"`{key}` with something else than a number")
    return None
