"""Data tests and constraints of dbt -> rules."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp, maybe_parse
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold
from airflow_dataops.core.checks.words import FILTER
from airflow_dataops.core.contract.model import Measure, QualityRule, Severity
from airflow_dataops.documents.query import resolve
from airflow_dataops.documents.yaml.node import Numeral, shown
from airflow_dataops.documents.yaml.scalar import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.contract.model import Column
    from airflow_dataops.documents.dbt.test import Test
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

CONDITION = re.compile(r"\s*(>=|<=|<>|!=|==|=|>|<)\s*(\d+(?:\.\d+)?)\s*")
"""`error_if` and `warn_if`."""

KEPT: dict[str, Operator] = {
    ">": Operator.MUST_BE_LESS_OR_EQUAL_TO,
    ">=": Operator.MUST_BE_LESS_THAN,
    "<": Operator.MUST_BE_GREATER_OR_EQUAL_TO,
    "<=": Operator.MUST_BE_GREATER_THAN,
    "!=": Operator.MUST_BE,
    "<>": Operator.MUST_BE,
    "=": Operator.MUST_NOT_BE,
    "==": Operator.MUST_NOT_BE,
}
"""When a test of dbt fails -> what the number of failures must be, so that it doesn't."""

REFERENCE = re.compile(r"""(?:ref|source)\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([A-Za-z_][\w-]*)['"]\s*\)""")
FIELD = re.compile(r"[A-Za-z_][\w-]*")


class RuleMaker:
    """Turns tests and constraints into rules.

    Args:
        findings: Where what isn't imported is told.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def rules(self, test: Test, column: Column) -> Iterator[QualityRule]:
        """Yield the rules of a test of a column: one, or a second that warns earlier than the first fails."""
        made = self._measured(test, column)
        if made is None:
            return
        thresholds = self._thresholds(test)
        if thresholds is None:
            return
        errors, warnings = thresholds
        if _setting(test, "severity").lower() == "warn":
            yield replace(made, threshold=warnings or errors, severity=Severity.WARNING)
            return
        yield replace(made, threshold=errors)
        if warnings is not None and warnings != errors:
            again = f"{made.id}_warns" if made.id else ""
            yield replace(made, id=again, threshold=warnings, severity=Severity.WARNING)

    def _measured(self, test: Test, column: Column) -> QualityRule | None:
        """Return what a test measures, or None, told, when it isn't imported."""
        enabled = test.settings.get("enabled")
        if enabled is not None and enabled.value is False:
            return self._skip(test, ": it is not enabled")
        if "fail_calc" in test.settings:
            return self._skip(test, ": it counts its failures in a way of its own (`fail_calc`)")
        made = self._asked(test, column)
        if made is None or "where" not in test.settings:
            return made
        query = self._query(condition(_setting(test, "where")))
        if query is None:
            return self._skip(test, ": its `where` is no condition that can be read")
        return replace(made, filter=query)

    def _asked(self, test: Test, column: Column) -> QualityRule | None:
        base = QualityRule(
            id=test.title,
            measure=Measure.NULL_VALUES,
            threshold=NONE,
            columns=(column.name,),
            place=str(test.place),
        )
        match test.name:
            case "not_null":
                return replace(base, dimension="completeness")
            case "unique":
                return replace(base, measure=Measure.DUPLICATE_VALUES, dimension="uniqueness")
            case "accepted_values" if (values := _values(test)) is not None:
                return replace(base, measure=Measure.INVALID_VALUES, values=values, dimension="conformity")
            case _:
                return self._skip(test)

    def constraint(self, node: Node, kind: str, columns: list[str]) -> QualityRule | None:
        """Return the rule of a constraint, or None, told, when it isn't imported."""
        expression = node.step("expression")
        if kind == "check" and expression is not None and isinstance(expression.value, str):
            query = self._query(condition(str(expression.value), kept=True))
            if query is not None:
                title = node.step("name")
                return QualityRule(
                    id=str(title.value) if title is not None else "",
                    measure=Measure.SQL_ROWS,
                    threshold=NONE,
                    columns=tuple(columns),
                    query=query,
                    dimension="conformity",
                    place=str(node.place),
                )
        self.findings.warn(node.place, f"the constraint `{shown(kind)}` is not imported")
        return None

    def reference(self, test: Test) -> str:
        """Return the column that a `relationships` test leads to; empty where that can't be written."""
        to, field = (test.arguments.get(key) for key in ("to", "field"))
        found = REFERENCE.search(str(to.value)) if to is not None else None
        if found is None or field is None or not FIELD.fullmatch(str(field.value)) or not test.is_plain:
            return ""
        return f"{found[1]}.{field.value}"

    def _query(self, found: exp.Expr | None) -> str | None:
        """Return the query that counts the rows of which a condition is true; None for one that is none."""
        if found is None:
            return None
        text = found.sql("duckdb")
        resolved = resolve(f"{FILTER}{text}", names=frozenset(), column=None)
        return resolved.sql if resolved.sql and resolved.counts_rows else None

    def _thresholds(self, test: Test) -> tuple[Threshold, Threshold | None] | None:
        """Return what the number of failures must be, and what not to warn; None, told, if that's wrong."""
        found: dict[str, Threshold] = {}
        for key in ("error_if", "warn_if"):
            if key not in test.settings:
                continue
            match = CONDITION.fullmatch(_setting(test, key))
            if match is None:
                self._skip(test, f": `{key}` is no comparison with a number")
                return None
            found[key] = Threshold(KEPT[match[1]], (Decimal(match[2]),))
        return found.get("error_if", NONE), found.get("warn_if")

    def _skip(self, test: Test, why: str = "") -> QualityRule | None:
        self.findings.warn(test.place, f"the test `{shown(test.name)}` is not imported{why}")
        return None


def condition(sql: str, *, kept: bool = False) -> exp.Expr | None:
    """Return a condition as a tree, or None when it is none.

    Args:
        sql: The condition; one that Jinja has to render is none.
        kept: Whether the rows are wanted that break it; a row for which it is unknown keeps it.
    """
    if "{{" in sql or "{%" in sql:
        return None
    try:
        found = maybe_parse(sql, into=exp.Condition, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return None
    return exp.not_(exp.paren(found)) if kept else exp.paren(found)


def _values(test: Test) -> tuple[str, ...] | None:
    found = test.arguments.get("values")
    if found is None or not isinstance(found.value, list):
        return None
    if not found.value or any(isinstance(one.value, list | dict | None) for one in found.value):
        return None
    return tuple(dict.fromkeys(as_text(one.value) for one in found.value))


def _setting(test: Test, key: str) -> str:
    found = test.settings.get(key)
    return str(found.value) if found is not None and isinstance(found.value, str | Numeral) else ""
