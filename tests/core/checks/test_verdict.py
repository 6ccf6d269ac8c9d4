from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.checks.metric import Finding, Measured
from airflow_dataops.core.checks.spec import Check, Custom, NotNull, RowCount
from airflow_dataops.core.checks.verdict import (
    BROKEN,
    HOLDS,
    NONE,
    WORDS,
    Operator,
    Status,
    Threshold,
    Unit,
    in_percent,
    judge,
    judgements,
    of_batch,
    told_apart,
)
from airflow_dataops.core.contract.model import Severity

ONE_TO_THREE = (Decimal(1), Decimal(3))

HOLDING: dict[Operator, tuple[tuple[Decimal, ...], list[int], str]] = {
    Operator.MUST_BE: ((Decimal(2),), [2], "= 2"),
    Operator.MUST_NOT_BE: ((Decimal(2),), [0, 1, 3, 4], "≠ 2"),
    Operator.MUST_BE_GREATER_THAN: ((Decimal(2),), [3, 4], "> 2"),
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: ((Decimal(2),), [2, 3, 4], "≥ 2"),
    Operator.MUST_BE_LESS_THAN: ((Decimal(2),), [0, 1], "< 2"),
    Operator.MUST_BE_LESS_OR_EQUAL_TO: ((Decimal(2),), [0, 1, 2], "≤ 2"),
    Operator.MUST_BE_BETWEEN: (ONE_TO_THREE, [1, 2, 3], "1 to 3"),
    Operator.MUST_NOT_BE_BETWEEN: (ONE_TO_THREE, [0, 4], "not 1 to 3"),
}
"""Operator -> bounds, which of 0..4 satisfy it, and how it is written."""


@pytest.mark.parametrize("operator", Operator)
def test_threshold_holds_for_the_numbers_it_allows(operator: Operator) -> None:
    """Each operator of the standard allows just its numbers, both ends of a between among them."""
    bounds, allowed, text = HOLDING[operator]
    threshold = Threshold(operator, bounds)

    assert allowed == [number for number in range(5) if threshold.holds(Fraction(number))]
    assert text == str(threshold)


def test_tables_know_every_operator() -> None:
    """Every operator has its comparison and its words, every severity its status."""
    assert set(Operator) == set(HOLDS) == set(WORDS)
    assert set(Severity) == set(BROKEN)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.fractions())
def test_threshold_compares_exactly(bound: Decimal, seen: Fraction) -> None:
    """Numbers are compared as they are, never as floats."""
    below = Threshold(Operator.MUST_BE_LESS_THAN, (bound,)).holds(seen)
    at_least = Threshold(Operator.MUST_BE_GREATER_OR_EQUAL_TO, (bound,)).holds(seen)

    assert below != at_least
    assert below == (seen < Fraction(bound))


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (NONE, True),
        (Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (Decimal("0.0"),)), True),
        (Threshold(Operator.MUST_BE, (Decimal(0),), Unit.PERCENT), True),
        (Threshold(Operator.MUST_BE, (Decimal(1),)), False),
        (Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(1),)), False),
        (Threshold(Operator.MUST_NOT_BE, (Decimal(0),)), False),
        (Threshold(Operator.MUST_BE_BETWEEN, (Decimal(0), Decimal(0))), False),
    ],
)
def test_threshold_tolerates_none(threshold: Threshold, *, expected: bool) -> None:
    """Only a threshold that is spelled as zero sends rows to quarantine."""
    assert expected == threshold.tolerates_none


@pytest.mark.parametrize(
    ("severity", "failing", "status"),
    [
        (Severity.ERROR, 0, Status.PASSED),
        (Severity.ERROR, 1, Status.FAILED),
        (Severity.WARNING, 1, Status.WARNING),
        (Severity.INFO, 1, Status.WARNING),
    ],
)
def test_judge_weighs_a_broken_rule_by_its_severity(severity: Severity, failing: int, status: Status) -> None:
    """A broken rule fails as an error and warns as anything less; a kept one passes."""
    check = Check(id="a.required", promise=NotNull("a"), severity=severity, dimension="completeness")

    outcome = judge(check, Measured(number=Fraction(failing), failing=failing, checked=9))

    assert (status, failing, 9, str(failing)) == (
        outcome.status,
        outcome.failing,
        outcome.checked,
        outcome.observed,
    )
    assert ("a.required", "a", "completeness") == (outcome.rule, outcome.column, outcome.dimension)
    assert check.quarantines == outcome.quarantines


@pytest.mark.parametrize(
    ("measured", "observed"),
    [
        (Measured(number=None, problem="the pattern doesn't compile"), "the pattern doesn't compile"),
        (Measured(number=Fraction(0), problem="no access"), "no access"),
        (Measured(number=None, checked=3), "no number came back"),
        (Measured(number=None), "no number came back: there is no row to make it of"),
    ],
)
@pytest.mark.parametrize("severity", Severity)
def test_judge_never_passes_what_was_not_measured(
    measured: Measured, observed: str, severity: Severity
) -> None:
    """A rule that could not be evaluated is an error, whatever its severity and its number."""
    outcome = judge(Check(id="n", promise=RowCount(), severity=severity), measured)

    assert (Status.ERROR, observed) == (outcome.status, outcome.observed)


@pytest.mark.parametrize(("failing", "status"), [(1, Status.PASSED), (2, Status.FAILED)])
def test_judge_counts_percent_of_the_rows_checked(failing: int, status: Status) -> None:
    """A percentage is exact: one of three rows is not more than 33.34 percent, two are."""
    threshold = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal("33.34"),), Unit.PERCENT)
    check = Check(id="a", promise=NotNull("a"), threshold=threshold)

    outcome = judge(check, Measured(number=Fraction(failing), failing=failing, checked=3))

    assert status is outcome.status
    assert outcome.observed.endswith(" %")


@pytest.mark.parametrize(
    ("failing", "checked", "percent"), [(1, 3, Fraction(100, 3)), (0, 9, 0), (0, 0, None)]
)
def test_outcome_tells_the_share_of_what_was_checked(failing: int, checked: int, percent: object) -> None:
    """In percent, exactly; of nothing there is none."""
    measured = Measured(number=Fraction(failing), failing=failing, checked=checked)

    assert percent == judge(Check(id="a", promise=NotNull("a")), measured).percent


def test_judge_tells_what_was_skipped_from_what_passed() -> None:
    """A rule that was not looked at on purpose says why, and is neither green nor red."""
    measured = Measured(number=None, skipped="runs in the nightly scan")

    outcome = judge(Check(id="a", promise=NotNull("a")), measured)

    assert (Status.SKIPPED, "runs in the nightly scan") == (outcome.status, outcome.observed)


def test_judge_does_not_know_a_percentage_of_no_rows() -> None:
    """A percentage of zero rows is an error, never a pass."""
    threshold = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(1),), Unit.PERCENT)

    outcome = judge(Check(id="a", promise=NotNull("a"), threshold=threshold), Measured(number=Fraction(0)))

    assert Status.ERROR is outcome.status


NAMED = Finding(rule="a.positive", column="a", failing=2, names_rows=True)
WHOLE = Finding(rule="sums up", column="", failing=0, names_rows=False)
WARNED = Finding(rule="a.round", column="a", failing=1, names_rows=True, warns=True)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (
            Severity.ERROR,
            [
                ("schema", Status.FAILED, "3", 2, True),
                ("schema.a.positive", Status.FAILED, "2", 2, True),
                ("schema.sums up", Status.FAILED, "broken by the batch as a whole", 0, False),
                ("schema.a.round", Status.WARNING, "1", 1, False),
            ],
        ),
        (
            Severity.WARNING,
            [
                ("schema", Status.WARNING, "3", 2, False),
                ("schema.a.positive", Status.WARNING, "2", 2, False),
                ("schema.sums up", Status.WARNING, "broken by the batch as a whole", 0, False),
                ("schema.a.round", Status.WARNING, "1", 1, False),
            ],
        ),
    ],
)
def test_judgements_of_another_tool_are_one_on_the_check_and_one_on_each_finding(severity, expected) -> None:
    """Rows that a finding names go to quarantine as those of its check do; the rest is about the batch."""
    check = Check(id="schema", promise=Custom("pandera", "/srv/a/checks.py:Orders"), severity=severity)
    measured = Measured(number=Fraction(3), failing=2, checked=9, findings=(NAMED, WHOLE, WARNED))

    outcomes = judgements(check, measured)

    assert expected == [(o.rule, o.status, o.observed, o.failing, o.quarantines) for o in outcomes]
    assert "a.positive of pandera checks.py:Orders" == outcomes[1].expected


def test_verdicts_that_are_called_alike_are_told_apart() -> None:
    """Another tool may call its rule as the contract calls one: each keeps its own."""
    one = of_batch("pan.type", "", expected="", severity=Severity.ERROR, dimension="")

    found = told_apart([one, replace(one, rule="pan.type.2"), replace(one, failing=1), one])

    assert ["pan.type", "pan.type.2", "pan.type.3", "pan.type.4"] == [outcome.rule for outcome in found]
    assert [0, 0, 1, 0] == [outcome.failing for outcome in found]


def test_judgements_of_what_could_not_be_evaluated_are_one_error() -> None:
    """A tool that could not judge leaves no finding, and no pass."""
    check = Check(id="schema", promise=Custom("pandera", "checks:Orders"))

    (outcome,) = judgements(check, Measured(number=None, problem="`a.b` raises ValueError"))

    assert (Status.ERROR, "`a.b` raises ValueError") == (outcome.status, outcome.observed)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(0), "0 %"),
        (Fraction(100), "100 %"),
        (Fraction(1, 10**9), "< 0.01 %"),
        (Fraction(1, 100), "0.01 %"),
        (Fraction(100, 3), "33.33 %"),
        (Fraction(25, 2), "12.5 %"),
        (100 - Fraction(1, 10**9), "> 99.99 %"),
    ],
)
def test_in_percent_never_rounds_to_nothing_or_to_all(share: Fraction, text: str) -> None:
    """One bad row of a billion is not 0 %, and one good one is not 100 % bad."""
    assert text == in_percent(share)


def test_judge_skips_a_percentage_of_what_a_filter_leaves_where_that_is_nothing() -> None:
    """A day without such rows is no bad day, and no good one either."""
    threshold = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(1),), Unit.PERCENT)
    check = Check(id="a", promise=NotNull("a"), threshold=threshold, filter="some")

    outcome = judge(check, Measured(number=Fraction(0)))

    assert (Status.SKIPPED, "its filter leaves no row, of which there is no percentage") == (
        outcome.status,
        outcome.observed,
    )
