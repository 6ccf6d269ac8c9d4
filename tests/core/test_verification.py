from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.metric import Scan
from airflow_dataops.core.checks.streak import Streak
from airflow_dataops.core.checks.unjudged import UNJUDGED
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.others import UNPUBLISHED
from airflow_dataops.core.verification import (
    BESIDE_THE_CONTRACT,
    Verification,
    advice,
    blocks,
    errors,
    sentence,
    told,
)


def outcome(rule: str, status: Status, *, quarantines: bool, failing: int = 0) -> Outcome:
    """Return a verdict of a rule that no row may break."""
    return Outcome(
        rule=rule,
        status=status,
        severity=Severity.ERROR,
        dimension="",
        column="",
        expected="= 0",
        observed=str(failing),
        failing=failing,
        checked=100,
        quarantines=quarantines,
    )


VERIFICATION = Verification(
    batch=Batch(team="shop", product="shop", dataset="orders", partition="1"),
    stage=Stage.VERIFY,
    run_id="r",
    contract="c@1",
    at=datetime(2026, 3, 1, tzinfo=UTC),
    rows=9,
    good=9,
    bad=0,
    unparsable=0,
    outcomes=(),
)


@pytest.mark.parametrize(
    ("bad", "ceiling", "blocked"),
    [
        (0, Fraction(0), False),
        (1, Fraction(0), True),
        (20, Fraction(1, 5), False),
        (21, Fraction(1, 5), True),
        (100, Fraction(1), False),
    ],
)
def test_blocks_when_the_quarantined_share_is_above_the_ceiling(bad, ceiling, blocked) -> None:
    """The ceiling itself is still allowed; the share is exact."""
    found = blocks(
        (outcome("a.type", Status.FAILED, quarantines=True, failing=bad),), rows=100, bad=bad, ceiling=ceiling
    )

    assert blocked == bool(found)


def test_blocks_tells_each_rule_that_rows_broke_the_worst_first() -> None:
    """With what was expected and observed; of very many, those that most rows broke."""
    few = [outcome(f"r{n}", Status.FAILED, quarantines=True, failing=n) for n in range(1, 4)]
    many = [outcome(f"r{n}", Status.FAILED, quarantines=True, failing=n) for n in range(1, 26)]

    (line,) = blocks(tuple(few), rows=100, bad=3, ceiling=Fraction(0))
    (long,) = blocks(tuple(many), rows=100, bad=30, ceiling=Fraction(1, 10))

    assert (
        "3 of 100 rows (3.00%) break the contract, none may: r3: expected = 0, observed 3; "
        "r2: expected = 0, observed 2; r1: expected = 0, observed 1"
    ) == line
    assert "10.00% are allowed: r25: " in long
    assert long.endswith("; r6: expected = 0, observed 6; and 5 more")


def test_blocks_names_every_failed_rule_that_blames_no_row() -> None:
    """A broken row count is no matter of single rows: the batch may not go on."""
    found = blocks(
        (
            outcome("enough", Status.FAILED, quarantines=False, failing=3),
            outcome("warned", Status.WARNING, quarantines=False),
            outcome("fine", Status.PASSED, quarantines=False),
        ),
        rows=100,
        bad=0,
        ceiling=Fraction(0),
    )

    assert ("enough: expected = 0, observed 3",) == found


def test_errors_are_neither_passes_nor_bad_data() -> None:
    """A rule that could not be evaluated is named apart, and blocks nothing by itself."""
    outcomes = (outcome("sql", Status.ERROR, quarantines=False),)

    assert ("sql: 0",) == errors(outcomes)
    assert () == blocks(outcomes, rows=100, bad=0, ceiling=Fraction(0))


@pytest.mark.parametrize(
    ("rows", "unparsable", "rules"),
    [(100, 0, []), (100, 2, ["unparsable"]), (0, 0, ["empty"])],
)
def test_beside_the_contract_unparsable_lines_and_emptiness_are_named(rows, unparsable, rules) -> None:
    """Nobody has to ask for these two verdicts."""
    scan = Scan(rows=rows, good=rows - unparsable, bad=unparsable, unparsable=unparsable, measured={})

    found = [verdict(scan, ()) for verdict in BESIDE_THE_CONTRACT]

    assert rules == [outcome.rule for outcome in found if outcome is not None]


def test_beside_the_contract_columns_that_are_left_out_are_named() -> None:
    """What a transformation returns and no contract has is a warning, which blocks nothing."""
    scan = Scan(rows=3, good=3, bad=0, unparsable=0, measured={}, extra=("note", "day"))

    (found,) = (outcome for verdict in BESIDE_THE_CONTRACT if (outcome := verdict(scan, ())) is not None)

    assert ("schema.extra", Status.WARNING, 0) == (found.rule, found.status, found.failing)
    assert "columns note, day are not in the contract and are left out" == found.observed
    assert () == blocks((found,), rows=3, bad=0, ceiling=Fraction(0))


def test_beside_the_contract_columns_without_a_value_are_named() -> None:
    """Columns in which no row has a value are one warning, which blocks nothing."""
    scan = Scan(rows=3, good=3, bad=0, unparsable=0, measured={}, blank=("note", "day"))

    found = beside(scan)

    assert ("all_null", Status.WARNING, 0) == (found.rule, found.status, found.failing)
    assert "no value in any row: note, day" == found.observed
    assert () == blocks((found,), rows=3, bad=0, ceiling=Fraction(0))


def test_beside_the_contract_a_column_is_not_named_twice() -> None:
    """What a rule says already of a column, as a failure or a warning, needs no second word."""
    scan = Scan(rows=3, good=3, bad=0, unparsable=0, measured={}, blank=("a", "b", "c"))
    said = [
        replace(outcome("a.nulls", Status.FAILED, quarantines=False), column="a"),
        replace(outcome("b.nulls", Status.WARNING, quarantines=False), column="b"),
        replace(outcome("c.type", Status.PASSED, quarantines=False), column="c"),
    ]

    assert "no value in any row: c" == beside(scan, *said).observed
    assert beside(replace(scan, blank=("a",)), *said) is None


def beside(scan: Scan, *outcomes: Outcome) -> Outcome | None:
    """The one verdict that nobody asked for, or None."""
    found = [verdict(scan, outcomes) for verdict in BESIDE_THE_CONTRACT]
    return next((outcome for outcome in found if outcome is not None), None)


@pytest.mark.parametrize(
    ("changes", "streak", "expected"),
    [
        ({}, None, "a: failed, expected = 0, observed 0"),
        ({"failing": 5}, None, "a: failed, expected = 0, observed 5 (5 of 100 rows, 5 %)"),
        ({}, Streak(3), "a: failed, expected = 0, observed 0, failing for 3 runs"),
        ({"status": Status.WARNING}, Streak(1), "a: warning, expected = 0, observed 0, new"),
        ({"failing": 1, "checked": 0}, None, "a: failed, expected = 0, observed 1"),
    ],
)
def test_told_is_one_line_on_a_rule(changes, streak, expected) -> None:
    """A line has what was expected and found, its share of the rows and its age, as far as they are known."""
    failing = changes.get("failing", 0)
    one = outcome("a", Status.FAILED, quarantines=False, failing=failing)

    assert expected == told(replace(one, **changes), streak)


def test_sentence_says_which_rules_are_new() -> None:
    """Of the rules that stop a batch it is said which are new; not of warnings and mended ones."""
    stopping = outcome("a", Status.FAILED, quarantines=False)
    verification = replace(
        VERIFICATION,
        outcomes=(stopping, outcome("b", Status.WARNING, quarantines=False)),
        blocks=("a: expected = 0, observed 0",),
    )
    ages = {"a": Streak(2), "b": Streak(1), "c": Streak(1, mended=True)}

    assert "a: expected = 0, observed 0; failing for 2 runs: a (9 good and 0 bad of 9 rows)" == sentence(
        verification, ages
    )
    assert "a: expected = 0, observed 0 (9 good and 0 bad of 9 rows)" == sentence(verification)
    assert "9 good and 0 bad of 9 rows" == sentence(replace(verification, blocks=()), ages)


def test_rows_that_could_not_be_judged_are_not_told_apart() -> None:
    """Nothing is said of good rows; what single rules blame is known, and at least that many are bad."""
    outcomes = (
        outcome("a.pattern", Status.ERROR, quarantines=True),
        outcome("b.type", Status.FAILED, quarantines=True, failing=7),
        outcome("c.type", Status.FAILED, quarantines=True, failing=9),
    )

    (line,) = blocks(outcomes, rows=100, bad=0, ceiling=Fraction(1, 20))
    verification = replace(
        VERIFICATION, rows=100, good=0, bad=0, outcomes=outcomes, errors=("a.pattern: why",)
    )

    assert line.startswith("at least 9 of 100 rows (9.00%) break the contract, 5.00% are allowed: c.type: ")
    assert () == blocks(outcomes, rows=100, bad=0, ceiling=Fraction(1, 10))
    assert not verification.parted
    assert "could not evaluate a.pattern: why (100 rows, not told apart into good and bad ones)" == sentence(
        verification
    )


def test_advice_is_about_the_rule_that_is_at_fault() -> None:
    """And not about those that could not be evaluated because of it."""
    absent = replace(outcome("a.key", Status.ERROR, quarantines=True), observed=f"{UNPUBLISHED} yet")
    counted = replace(outcome("rows", Status.ERROR, quarantines=False), observed=f"{UNJUDGED}: a.key")
    verification = replace(VERIFICATION, outcomes=(absent, counted))

    assert "mend the rule" not in advice(verification)
