"""Which rows a rule speaks of: `customProperties` called `scope` and `filter`, which the standard lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Measure, Scope
from airflow_dataops.documents.yaml.node import Numeral, described, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from airflow_dataops.documents.odcs.annotations import Custom
    from airflow_dataops.documents.odcs.keys import Element, Rule
    from airflow_dataops.documents.yaml.findings import Findings

SCOPE, FILTER, RUNBOOK = "scope", "filter", "runbook"
"""Custom properties of a rule that say something; the last is read by `odcs/runbook.py`."""

OF_TABLES = frozenset({Measure.DUPLICATE_VALUES, Measure.ROW_COUNT, Measure.SQL})
"""What can be measured of a whole table when only the batch is judged row by row."""

OF_FILTERS = frozenset(
    {
        Measure.NULL_VALUES,
        Measure.MISSING_VALUES,
        Measure.INVALID_VALUES,
        Measure.DUPLICATE_VALUES,
        Measure.ROW_COUNT,
    }
)
"""What a filter can be put before; a SQL rule has its own WHERE, another tool its own rules."""


def scope(keys: Element | Rule, findings: Findings) -> Scope:
    """Return which rows something looks at: the batch, unless `customProperties` say the table."""
    found = custom_of(keys, SCOPE)
    if found is None:
        return Scope.BATCH
    if found.value not in set(Scope):
        findings.error(
            found.at("value"),
            f"`scope` is batch or table, it is {described(found.value)}",
            "The batch is looked at by default.",
        )
        return Scope.BATCH
    return Scope(str(found.value))


def scope_of_rule(rule: Rule, measure: Measure, *, names_rows: bool, findings: Findings) -> Scope:
    """Return which rows a rule looks at; one that can't look at a whole table is refused."""
    found = scope(rule, findings)
    if found is Scope.TABLE and (measure not in OF_TABLES or names_rows):
        what = "a query with `unit: rows`" if names_rows else f"`{measure}`"
        findings.error(
            _at(rule, SCOPE),
            f"{what} looks at the rows of the batch, and can't look at the whole table",
            "Rows that are published were looked at when they were; leave `scope` out.",
        )
    return found


def condition(rule: Rule, measure: Measure, *, findings: Findings) -> str:
    """Return the condition of a rule's filter as people wrote it; empty where it has none, or a wrong one."""
    found = custom_of(rule, FILTER)
    if found is None:
        return ""
    if not isinstance(found.value, str) or isinstance(found.value, Numeral) or not found.value.strip():
        findings.error(
            found.at("value"),
            f"`filter` is a condition in SQL, it is {described(found.value)}",
            "Such as `status = 'paid'`.",
        )
        return ""
    if measure not in OF_FILTERS:
        hint = "Write it into the WHERE of the query." if measure is Measure.SQL else "Leave it out."
        findings.error(found.at("property"), f"a rule of type `{shown(rule.type or '')}` has no filter", hint)
        return ""
    return found.value


def at_filter(rule: Rule) -> str:
    """Return where the condition of a filter stands."""
    found = custom_of(rule, FILTER)
    return str(rule.node.place if found is None else found.at("value"))


def check_names(rule: Rule, findings: Findings) -> None:
    """Warn of a custom property of a rule that is nearly called as one of ours is: it would say nothing."""
    for found in rule.custom_properties:
        hint = did_you_mean(found.property, (SCOPE, FILTER, RUNBOOK))
        if hint and found.property not in {SCOPE, FILTER, RUNBOOK}:
            findings.warn(found.at("property"), f"`{shown(found.property)}` says nothing to us", hint)


def custom_of(keys: Element | Rule, name: str) -> Custom | None:
    """Return the custom property of a name, or None."""
    return next((found for found in keys.custom_properties if found.property == name), None)


def _at(rule: Rule, name: str) -> str:
    found = custom_of(rule, name)
    return str(rule.node.place if found is None else found.at("value"))
