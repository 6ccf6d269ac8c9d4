"""The condition of a rule in a rule set -> a threshold."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel

from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.scalar import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.documents.yaml.findings import Findings

LOOSENED: dict[str, tuple[Operator, int]] = {
    "equal_to": (Operator.MUST_BE, 0),
    "greater_than": (Operator.MUST_BE_GREATER_THAN, -1),
    "geq_to": (Operator.MUST_BE_GREATER_OR_EQUAL_TO, -1),
    "less_than": (Operator.MUST_BE_LESS_THAN, 1),
    "leq_to": (Operator.MUST_BE_LESS_OR_EQUAL_TO, 1),
}
"""Condition -> our operator, and in which direction a tolerance moves its bound."""

BETWEEN = ("geq_to", "leq_to")
"""The two conditions that may stand together."""

EXACT = Context(prec=200)
"""More digits than the product of two numbers of a file can have."""


class ConditionKeys(Keys, BaseModel):
    """What the number must satisfy."""

    equal_to: Number | None = None
    greater_than: Number | None = None
    less_than: Number | None = None
    geq_to: Number | None = None
    leq_to: Number | None = None
    tolerance: Number | None = None


def threshold(keys: ConditionKeys, findings: Findings) -> Threshold | None:
    """Return what the number must satisfy, a tolerance worked in; None when that is wrong.

    A tolerance loosens a bound by its share of the bound's size, whatever the bound's sign.
    """
    given = tuple(key for key in LOOSENED if keys.node.has(key))
    bounds = {key: value for key in given if (value := getattr(keys, key)) is not None}
    share = keys.tolerance or Decimal(0)
    if share < 0:
        findings.error(keys.at("tolerance"), "`tolerance` is below 0", "Write a share, such as 0.1.")
    elif given == BETWEEN and len(bounds) == len(given):
        return _between(keys, bounds, share=share, findings=findings)
    elif len(given) == 1 and bounds:
        return _one(*bounds.items(), share=share)
    elif len(given) != 1 and given != BETWEEN:
        listed = ", ".join(f"`{key}`" for key in LOOSENED)
        findings.error(
            keys.node.place,
            f"a condition has one of {listed}; or `geq_to` and `leq_to`",
            "Write one rule for each." if given else "Add one, such as `equal_to: 0`.",
        )
    return None


def _one(given: tuple[str, Decimal], *, share: Decimal) -> Threshold:
    key, bound = given
    operator, direction = LOOSENED[key]
    if direction == 0 and share and bound:
        return Threshold(Operator.MUST_BE_BETWEEN, (_moved(bound, -1, share), _moved(bound, 1, share)))
    return Threshold(operator, (_moved(bound, direction, share),))


def _between(
    keys: ConditionKeys, bounds: Mapping[str, Decimal], *, share: Decimal, findings: Findings
) -> Threshold | None:
    low, high = (_moved(bounds[key], LOOSENED[key][1], share) for key in BETWEEN)
    if low < high:
        return Threshold(Operator.MUST_BE_BETWEEN, (low, high))
    findings.error(keys.at("leq_to"), "`leq_to` is not above `geq_to`: no number is between them")
    return None


def _moved(bound: Decimal, direction: int, share: Decimal) -> Decimal:
    margin = EXACT.multiply(EXACT.abs(bound), share)
    return EXACT.add(bound, EXACT.multiply(margin, Decimal(direction))) if direction and margin else bound
