"""Checks -> a rule set of Airflow's common.dataquality provider, as `rules.py` reads it.

What has a check of its own there gets it; every other promise is a `custom_sql` that counts the rows which
break it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, Unsayable, beyond
from airflow_dataops.core.checks.spec import NotNull, Query, RowCount, Unique
from airflow_dataops.core.checks.verdict import Operator, Threshold, Unit
from airflow_dataops.core.checks.words import sentence
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.documents.yaml.node import Numeral
from airflow_dataops.documents.yaml.writer import yaml_text
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Contract, Dataset
    from airflow_dataops.documents.yaml.writer import Value

CONDITIONS: dict[Operator, tuple[str, ...]] = {
    Operator.MUST_BE: ("equal_to",),
    Operator.MUST_BE_GREATER_THAN: ("greater_than",),
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: ("geq_to",),
    Operator.MUST_BE_LESS_THAN: ("less_than",),
    Operator.MUST_BE_LESS_OR_EQUAL_TO: ("leq_to",),
    Operator.MUST_BE_BETWEEN: ("geq_to", "leq_to"),
}
"""Operator -> the keys of a condition; the other two have none."""

SEVERITIES = {Severity.ERROR: "", Severity.WARNING: "warn", Severity.INFO: "warn"}


def rule_set(
    contract: Contract,
    dataset: Dataset,
    *,
    sql: Callable[[Check], str],
    holds: Callable[[Check], bool],
    note: str = "",
) -> Converted:
    """Return the rule set of a dataset.

    Args:
        contract: The contract.
        dataset: One of its datasets.
        sql: Says a check as a query over `{table}`; raises NotEvaluatedError, with the reason, if it can't.
        holds: Says whether the type of the table's column holds a check, so that there is nothing to ask.
        note: What is to be known of the queries; empty for nothing.
    """
    rules: list[Value] = []
    left_out: list[LeftOut] = []
    checks = derive(dataset)
    held = [check.id for check in checks if holds(check)]
    for check in checks:
        if check.id in held:
            continue
        try:
            rules.append(_rule(check, sql))
        except (Unsayable, NotEvaluatedError) as reason:
            left_out.append(LeftOut(check.id, str(reason)))
        if check.severity is Severity.INFO:
            left_out.append(LeftOut(check.id, "its severity `info` is `warn` here"))
    head = [f"What {contract.reference} promises of {dataset.name}, for Airflow's common.dataquality."]
    if note:
        head.append(note)
    if held:
        head.append(f"Held by the types of the table's columns: {', '.join(held)}.")
    head.extend(f"Not said here: {one}" for one in left_out)
    return Converted(yaml_text({"name": dataset.name, "rules": rules}, head=head), tuple(left_out))


def _rule(check: Check, sql: Callable[[Check], str]) -> dict[str, Value]:
    if (reason := beyond(check)) and not check.filter:
        raise Unsayable(reason)
    keys, threshold = _measured(check, sql)
    if threshold.unit is Unit.PERCENT:
        ratio = "a ratio there is of all rows" if check.filter else "only nulls have a ratio there"
        raise Unsayable(f"{ratio}: {sentence(check)}")
    keys = {"name": check.id, **keys, "condition": _condition(threshold)}
    if check.dimension:
        keys["dimension"] = check.dimension
    if SEVERITIES[check.severity]:
        keys["severity"] = SEVERITIES[check.severity]
    return keys


def _measured(check: Check, sql: Callable[[Check], str]) -> tuple[dict[str, Value], Threshold]:
    """Return what a rule measures, and what that must satisfy there."""
    threshold = check.threshold
    match None if check.filter else check.promise:  # a filter is a part of the SQL
        case NotNull(column, missing) if not missing and threshold.unit is Unit.PERCENT:
            shares = tuple(bound / Decimal(100) for bound in threshold.bounds)
            return {"check": "null_ratio", "column": column}, Threshold(threshold.operator, shares)
        case NotNull(column, missing) if not missing:
            return {"check": "null_count", "column": column}, threshold
        case Unique((column,)) if threshold.tolerates_none:
            return {"check": "unique_violations", "column": column}, threshold
        case RowCount():
            return {"check": "row_count"}, threshold
        case Query(text):
            return {"check": "custom_sql", "sql": text.replace("{object}", "{table}")}, threshold
        case _:
            return {"check": "custom_sql", "sql": sql(check)}, threshold


def _condition(threshold: Threshold) -> dict[str, Value]:
    if threshold.operator not in CONDITIONS:
        raise Unsayable(f"a condition can't say {threshold}")
    bounds = (Numeral(f"{bound:f}") for bound in threshold.bounds)
    return dict(zip(CONDITIONS[threshold.operator], bounds, strict=True))
