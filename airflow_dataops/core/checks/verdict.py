"""From what was measured to a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.checks.metric import Finding, Measured
    from airflow_dataops.core.checks.spec import Check


class Operator(StrEnum):
    """The eight operators of ODCS `quality`."""

    MUST_BE = "mustBe"
    MUST_NOT_BE = "mustNotBe"
    MUST_BE_GREATER_THAN = "mustBeGreaterThan"
    MUST_BE_GREATER_OR_EQUAL_TO = "mustBeGreaterOrEqualTo"
    MUST_BE_LESS_THAN = "mustBeLessThan"
    MUST_BE_LESS_OR_EQUAL_TO = "mustBeLessOrEqualTo"
    MUST_BE_BETWEEN = "mustBeBetween"
    MUST_NOT_BE_BETWEEN = "mustNotBeBetween"


class Unit(StrEnum):
    """What a threshold counts in."""

    ROWS = "rows"
    PERCENT = "percent"


class Status(StrEnum):
    """What became of one rule (the words of datacontract-cli)."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


HOLDS: dict[Operator, Callable[[Fraction, tuple[Fraction, ...]], bool]] = {
    Operator.MUST_BE: lambda seen, bound: seen == bound[0],
    Operator.MUST_NOT_BE: lambda seen, bound: seen != bound[0],
    Operator.MUST_BE_GREATER_THAN: lambda seen, bound: seen > bound[0],
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: lambda seen, bound: seen >= bound[0],
    Operator.MUST_BE_LESS_THAN: lambda seen, bound: seen < bound[0],
    Operator.MUST_BE_LESS_OR_EQUAL_TO: lambda seen, bound: seen <= bound[0],
    Operator.MUST_BE_BETWEEN: lambda seen, bound: bound[0] <= seen <= bound[1],
    Operator.MUST_NOT_BE_BETWEEN: lambda seen, bound: not bound[0] <= seen <= bound[1],
}
"""Operator -> whether it holds; both ends of a between are included (ODCS 3.1, "between")."""

WORDS: dict[Operator, str] = {
    Operator.MUST_BE: "= {0}",
    Operator.MUST_NOT_BE: "≠ {0}",
    Operator.MUST_BE_GREATER_THAN: "> {0}",
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: "≥ {0}",
    Operator.MUST_BE_LESS_THAN: "< {0}",
    Operator.MUST_BE_LESS_OR_EQUAL_TO: "≤ {0}",
    Operator.MUST_BE_BETWEEN: "{0} to {1}",
    Operator.MUST_NOT_BE_BETWEEN: "not {0} to {1}",
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a measurement must satisfy.

    Args:
        operator: How it is compared.
        bounds: One number, or the two ends of a between; exact.
        unit: Rows, or percent of the rows checked.
    """

    operator: Operator
    bounds: tuple[Decimal, ...]
    unit: Unit = Unit.ROWS

    @property
    def tolerates_none(self) -> bool:
        """Whether not one failing row is allowed."""
        return self.operator in {Operator.MUST_BE, Operator.MUST_BE_LESS_OR_EQUAL_TO} and self.bounds == (
            Decimal(0),
        )

    def holds(self, seen: Fraction) -> bool:
        """Say whether a number satisfies the threshold."""
        return HOLDS[self.operator](seen, tuple(Fraction(bound) for bound in self.bounds))

    def __str__(self) -> str:
        """Return the threshold as a person would write it."""
        text = WORDS[self.operator].format(*self.bounds)
        return f"{text} %" if self.unit is Unit.PERCENT else text


NONE = Threshold(Operator.MUST_BE, (Decimal(0),))
"""The threshold of a rule that no row may break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one rule on one batch. Holds counts, never a value of a row.

    Args:
        rule: The rule's id.
        status: What became of it.
        severity: How bad it is.
        dimension: The quality dimension.
        column: The column it speaks of, or empty.
        expected: What was promised, as text.
        observed: What was measured, as text; why not, where it could not be evaluated.
        failing: Rows that broke it; 0 for a rule that names no row.
        checked: Rows it looked at.
        quarantines: Whether the rows that broke it leave the batch.
    """

    rule: str
    status: Status
    severity: Severity
    dimension: str
    column: str
    expected: str
    observed: str
    failing: int
    checked: int
    quarantines: bool

    @property
    def percent(self) -> Fraction | None:
        """Failing rows in percent of those checked, exactly; None where none was checked."""
        return Fraction(100 * self.failing, self.checked) if self.checked else None


def in_percent(share: Fraction) -> str:
    """Return a percentage with two digits: never 0 % of what is something, nor 100 % of what isn't all."""
    if 0 < share < Fraction(1, 100):
        return "< 0.01 %"
    if Fraction(9999, 100) < share < 100:
        return "> 99.99 %"
    return f"{float(share):.2f}".rstrip("0").rstrip(".") + " %"


BROKEN: dict[Severity, Status] = {
    Severity.ERROR: Status.FAILED,
    Severity.WARNING: Status.WARNING,
    Severity.INFO: Status.WARNING,
}
"""Severity -> the status of a broken rule."""


def of_batch(rule: str, found: str, *, expected: str, severity: Severity, dimension: str) -> Outcome:
    """Return the verdict on a promise about a batch as a whole, of which no row is to blame.

    Args:
        rule: The rule's id.
        found: What breaks it; empty when it is kept.
        expected: What was promised.
        severity: How bad it is when it is broken.
        dimension: The quality dimension.
    """
    return Outcome(
        rule=rule,
        status=BROKEN[severity] if found else Status.PASSED,
        severity=severity,
        dimension=dimension,
        column="",
        expected=expected,
        observed=found or "as promised",
        failing=0,
        checked=0,
        quarantines=False,
    )


WITHHELD = "a number that is not shown, for it may be a row's value"
"""What is observed of a query that doesn't count."""


def judge(check: Check, measured: Measured) -> Outcome:
    """Turn one measurement into a verdict.

    A percentage of zero rows is not known: it is an error where it is asked for, never a pass. Where a filter
    leaves no row there is nothing to ask for: the rule is skipped.
    """
    status, observed = _status(check, measured)
    return Outcome(
        rule=check.id,
        status=status,
        severity=check.severity,
        dimension=check.dimension,
        column=check.column,
        expected=check.expected,
        observed=observed,
        failing=measured.failing,
        checked=measured.checked,
        quarantines=check.quarantines,
    )


def judgements(check: Check, measured: Measured) -> tuple[Outcome, ...]:
    """Turn one measurement into verdicts: one on the check, and one on each finding of another tool.

    A finding that names rows sends them to quarantine as its check does; one that names none is about the
    batch as a whole.
    """
    return judge(check, measured), *(_of_finding(check, measured, found) for found in measured.findings)


def told_apart(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return verdicts whose rules have each an id of its own: the second of two that are alike gets `.2`.

    Another tool may name its rules as it likes, also as one of the contract is named.
    """
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        rule, count = outcome.rule, 1
        while rule in found:
            count += 1
            rule = f"{outcome.rule}.{count}"
        found[rule] = replace(outcome, rule=rule)
    return tuple(found.values())


def _of_finding(check: Check, measured: Measured, finding: Finding) -> Outcome:
    severity = check.severity
    if finding.warns and severity is Severity.ERROR:
        severity = Severity.WARNING
    return Outcome(
        rule=f"{check.id}.{finding.rule}",
        status=BROKEN[severity],
        severity=severity,
        dimension=check.dimension,
        column=finding.column,
        expected=f"{finding.rule} of {check.expected}",
        observed=str(finding.failing) if finding.names_rows else "broken by the batch as a whole",
        failing=finding.failing,
        checked=measured.checked,
        quarantines=check.quarantines and finding.sends_rows_away,
    )


def _status(check: Check, measured: Measured) -> tuple[Status, str]:
    if measured.skipped:
        return Status.SKIPPED, measured.skipped
    if measured.problem:
        return Status.ERROR, measured.problem
    if measured.number is None:
        none = ": there is no row to make it of" if measured.checked == 0 else ""
        return Status.ERROR, f"no number came back{none}"
    if check.threshold.unit is Unit.PERCENT:
        if measured.checked == 0 and check.filter:
            return Status.SKIPPED, "its filter leaves no row, of which there is no percentage"
        if measured.checked == 0:
            return Status.ERROR, "a percentage of zero rows is not known"
        seen = measured.number * 100 / measured.checked
        observed = f"{float(seen):.4g} %"
    else:
        seen = measured.number
        observed = f"{float(seen):.15g}"
    if measured.withheld:
        observed = WITHHELD
    return (Status.PASSED if check.threshold.holds(seen) else BROKEN[check.severity]), observed
