"""What a consumer asks, and whether the verdicts on a batch meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.selection import LEFT, Selection
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.history import Facts
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.quality_result import quality_of, quality_result
from airflow_dataops.core.requirement import Requirement, answer, share, span
from airflow_dataops.core.verification import Verification, blocks
from airflow_dataops.errors import SettingsError

SIX = datetime(2026, 3, 3, 6, tzinfo=UTC)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
MINUTE = timedelta(minutes=1)


def outcome(rule: str, status: str, *, leaves: bool = False) -> Outcome:
    """What became of a rule, whose dimension is what stands before the point of its name."""
    return Outcome(
        rule=rule,
        status=Status(status),
        severity=Severity.ERROR,
        dimension=rule.partition(".")[0],
        column="",
        expected="0",
        observed="2",
        failing=0,
        checked=4,
        quarantines=leaves,
    )


def verdict(stage: Stage, *outcomes: Outcome, at: datetime = SIX, ceiling: int = 1) -> Verification:
    """A verdict of a stage."""
    return Verification(
        batch=BATCH,
        stage=stage,
        run_id="r",
        contract="orders@1.0.0",
        at=at,
        rows=4,
        good=3,
        bad=1,
        unparsable=0,
        outcomes=outcomes,
        blocks=blocks(outcomes, rows=4, bad=1 - ceiling, ceiling=Fraction(0)),
        errors=tuple(one.rule for one in outcomes if one.status is Status.ERROR),
    )


LANDING = Landing(
    batch=BATCH,
    origin="/drops/orders.csv",
    uri="/zones/data",
    sha256="a",
    bytes=9,
    rows=4,
    dialect=Dialect(),
    landed_at=SIX - MINUTE,
    run_id="r",
)
PUBLICATION = Publication(
    batch=BATCH,
    version=1,
    content="c",
    rows=3,
    target="/lake/orders",
    contract="orders@1.0.0",
    manifest="a",
    run_id="r",
    at=SIX + MINUTE,
)


def unmet(
    *verdicts: Verification, now: datetime = SIX, landed: bool = False, published: bool = False, **asked
):
    """Return what isn't met of a requirement."""
    facts = Facts(
        landings=[LANDING] if landed else [],
        verifications=verdicts,
        publications=[PUBLICATION] if published else [],
    )
    return answer(BATCH, facts, Requirement(**asked), now=now).unmet


COMPLETE = Selection(dimensions=("completeness",))
CONFORM = Selection(dimensions=("conformity",))
MIXED = verdict(
    Stage.CHECK,
    outcome("completeness.a", "failed"),
    outcome("conformity.b", "passed"),
    outcome("conformity.c", "warning"),
    outcome("accuracy.d", "skipped"),
)


def test_a_rule_that_is_asked_for_by_its_name_must_have_been_judged() -> None:
    """One that was skipped is no rule that is kept, also beside others that are."""
    asked = Selection(rules=("conformity.b", "accuracy.d"))

    assert ("accuracy.d was not judged: 2",) == unmet(MIXED, selection=asked)


def test_a_check_of_some_rules_says_nothing_of_the_others() -> None:
    """Where it took the place of a check of all, they are not known any more: who needs them is stopped."""
    left = replace(outcome("completeness.a", "skipped"), observed=LEFT)
    part = verdict(Stage.CHECK, left, outcome("conformity.b", "passed"))

    assert (f"completeness.a was not judged: {LEFT}",) == unmet(part)
    assert () == unmet(part, selection=CONFORM)


def test_the_age_is_that_of_the_rules_that_matter() -> None:
    """A newer verdict on another rule makes no rule newer; one that is still to come is none."""
    old = verdict(Stage.VERIFY, outcome("completeness.a", "passed"), at=SIX)
    new = verdict(Stage.CHECK, outcome("conformity.b", "passed"), at=SIX + 60 * MINUTE)
    asked = {"now": SIX + 61 * MINUTE, "max_age": 30 * MINUTE}

    assert () == unmet(old, new, selection=CONFORM, **asked)
    told = ("it was judged 1:01:00 ago, at most 0:30:00 are asked for",)
    assert told == unmet(old, new, selection=COMPLETE, **asked)
    assert told == unmet(old, new, **asked)
    ahead = ("it was judged 0:10:00 from now: a clock is wrong",)
    assert ahead == unmet(old, now=SIX - 10 * MINUTE, max_age=30 * MINUTE)


@pytest.mark.parametrize("given", ["999999999999d", float("nan"), float("inf"), 1e30, True, -1, "2 hours"])
def test_a_span_that_is_none_is_refused(given) -> None:
    """With what to write instead, whatever it is."""
    with pytest.raises(SettingsError, match="`max_age` can't be"):
        span(given)


@pytest.mark.parametrize("given", ["1e-99999999", "1e99999999", "nan", "-0.1", "1/0", True, "2", 1.5])
def test_a_share_that_is_none_is_refused(given) -> None:
    """Before it is reckoned."""
    with pytest.raises(SettingsError, match="`min_score` can't be"):
        share(given)


def test_a_failing_rule_stops_one_consumer_and_not_another() -> None:
    """By the dimensions, or the rules, that matter to each."""
    told = ("completeness.a: expected 0, observed 2",)

    assert told == unmet(MIXED)
    assert told == unmet(MIXED, selection=COMPLETE)
    assert () == unmet(MIXED, selection=CONFORM)
    assert () == unmet(MIXED, selection=Selection(rules=("conformity.b",)))


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (Selection(dimensions=("accuracy",)), "no rule that matters here was judged"),
        (Selection(rules=("accuracy.d",)), "accuracy.d was not judged: 2"),
    ],
)
def test_what_was_not_judged_is_not_met(selection, told) -> None:
    """A rule that was skipped is no pass."""
    assert (told,) == unmet(MIXED, selection=selection)


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (Selection(rules=("conformity.bb",)), "no rule `conformity.bb`: did you mean `conformity.b`?"),
        (
            Selection(rules=("x",)),
            "no rule `x`: it has completeness.a, conformity.b, conformity.c, accuracy.d",
        ),
        (Selection(dimensions=("x",)), "no dimension `x`: it has accuracy, completeness, conformity"),
    ],
)
def test_what_is_not_there_is_a_wrong_question(selection, told) -> None:
    """Only where the verdict came to the end of the contract: what was stopped before names fewer rules."""
    lines = (f"the contract orders@1.0.0 has {told}",)
    found = answer(BATCH, Facts(verifications=[MIXED]), Requirement(selection=selection), now=SIX)

    assert (lines, lines) == (found.wrong, found.unmet)
    for early in (
        verdict(Stage.CHECK, outcome("schema.missing", "failed")),
        replace(verdict(Stage.CHECK, outcome("drop.missing", "failed")), rows=0),
        replace(MIXED, stage=Stage.VERIFY),
    ):
        facts = Facts(verifications=[early])
        assert () == answer(BATCH, facts, Requirement(selection=selection), now=SIX).wrong


def test_what_could_not_be_evaluated_is_not_met() -> None:
    """Not even where single rules may fail."""
    odd = verdict(Stage.CHECK, outcome("a", "error"), *(outcome(f"b{n}", "passed") for n in range(99)))

    assert ("a: expected 0, observed 2",) == unmet(odd)
    assert ("a: expected 0, observed 2",) == unmet(odd, min_score=Fraction(1, 2))


@pytest.mark.parametrize(("least", "met"), [("0.58", True), ("0.6", False), ("0", True), ("1", False)])
def test_a_score_decides_where_it_is_asked_for(least, met) -> None:
    """One of three rules fails, one warns: 1 - 1.25 / 3."""
    told = unmet(MIXED, min_score=Fraction(least))

    assert met == (told == ())
    if not met:
        assert "the score is 0.5833, at least" in told[0]
        assert "completeness.a: expected 0, observed 2; conformity.c:" in told[0]


@pytest.mark.parametrize(
    ("passed", "met"), [(timedelta(hours=2), True), (timedelta(hours=2, seconds=1), False)]
)
def test_an_old_verdict_is_not_met(passed, met) -> None:
    """It is as old as the newest verdict on the batch."""
    old = verdict(Stage.CHECK, outcome("a", "passed"))

    told = unmet(old, now=SIX + passed, max_age=timedelta(hours=2))

    assert met == (told == ())
    assert met or told == ("it was judged 2:00:01 ago, at most 2:00:00 are asked for",)


def test_rows_in_quarantine_are_no_failure() -> None:
    """What is published keeps the rule, and lacks the rows; a team's own table still has them."""
    away = outcome("a", "failed", leaves=True)
    kept = (verdict(Stage.VERIFY, away), verdict(Stage.AUDIT, outcome("a", "passed"), at=SIX + MINUTE))

    assert () == unmet(*kept, landed=True, published=True)
    assert ("a: expected 0, observed 2",) == unmet(verdict(Stage.CHECK, away, ceiling=0))
    assert () == unmet(verdict(Stage.CHECK, away)), "the bad rows of a frame that goes on have left it"


HEADER = (
    replace(outcome("schema.missing", "passed"), dimension="conformity"),
    replace(outcome("schema.extra", "warning"), dimension="conformity"),
)
SCORED = {
    "a table in place": ((verdict(Stage.CHECK, outcome("a", "failed", leaves=True), ceiling=0),), "0"),
    "with its header": ((verdict(Stage.CHECK, *HEADER, outcome("a", "passed")),), "0.875"),
    "a frame that goes on": ((verdict(Stage.CHECK, *HEADER, outcome("a", "failed", leaves=True)),), "0.75"),
    "published": (
        (
            verdict(Stage.GATE, *HEADER),
            verdict(Stage.VERIFY, outcome("a", "failed", leaves=True), outcome("b", "passed")),
            verdict(Stage.TRANSFORM, outcome("c", "failed", leaves=True)),
            verdict(Stage.AUDIT, outcome("a", "passed")),
        ),
        "5/6",
    ),
}


@pytest.mark.parametrize("case", SCORED)
def test_one_verdict_has_one_score(case) -> None:
    """What the event of the asset says, and what a consumer is held against, is the same number."""
    verdicts, expected = SCORED[case]
    asked = answer(BATCH, Facts(verifications=verdicts), Requirement(min_score=Fraction(0)), now=SIX)
    told = quality_result(PUBLICATION, verifications=verdicts, run_uid="r")

    assert (Fraction(expected), Fraction(expected)) == (asked.score, told.score)
    if len(verdicts) == 1:
        assert Fraction(expected) == quality_of(verdicts[0], table="t", run_uid="r").score


def test_a_rule_of_the_header_counts_where_it_is_asked_for() -> None:
    """It is kept, so it is met; where nobody names it, it says nothing of rows."""
    gated = verdict(Stage.GATE, *HEADER), verdict(Stage.AUDIT, outcome("a", "passed"), at=SIX + MINUTE)

    assert () == unmet(*gated, selection=Selection(rules=("schema.missing",)))
    assert ("no rule that matters here was judged",) == unmet(*gated, selection=CONFORM)


def test_too_many_rows_in_quarantine_are_one() -> None:
    """Then the batch was stopped."""
    away = verdict(Stage.VERIFY, outcome("a", "failed", leaves=True), ceiling=0)

    assert (
        "it was stopped at verify, so that readers don't see it",
        "a: expected 0, observed 2",
    ) == unmet(away, landed=True)


def test_a_batch_that_was_stopped_is_there_for_nobody() -> None:
    """Whatever matters to the consumer: there are no such rows to read."""
    stopped = verdict(Stage.GATE, outcome("schema.missing", "failed"))

    told = unmet(stopped, landed=True, selection=COMPLETE)

    assert ("it was stopped at gate, so that readers don't see it",) == told


def test_a_batch_that_is_on_its_way_is_not_there_yet() -> None:
    """Its audit is done, and nothing is published."""
    done = verdict(Stage.AUDIT, outcome("a", "passed"))

    assert ("it is not published yet",) == unmet(done, landed=True)
    assert () == unmet(done, landed=True, published=True)


def test_a_newer_drop_makes_older_verdicts_of_no_account() -> None:
    """They are on rows that nobody will see again."""
    old = verdict(Stage.AUDIT, outcome("a", "passed"), at=SIX - 2 * MINUTE)

    assert ("no verdict on its newest rows is known",) == unmet(old, landed=True)


@given(st.lists(st.sampled_from([s.value for s in Status]), min_size=1), st.fractions(0, 1))
def test_whoever_asks_for_less_is_never_stopped_more(statuses, least) -> None:
    """A consumer to whom all rules matter is stopped where one is to whom some do, but for missing rules."""
    outcomes = [outcome(f"{'ab'[at % 2]}.{at}", status) for at, status in enumerate(statuses)]
    told = verdict(Stage.CHECK, *outcomes)
    some = unmet(told, selection=Selection(dimensions=("a",)))

    if some != ("no rule that matters here was judged",):
        assert set(some) <= set(unmet(told))
    if unmet(told, min_score=least) == ():
        assert unmet(told, min_score=least / 2) == ()


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (None, None),
        ("", None),
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        (" 2h ", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        (90, timedelta(seconds=90)),
        (timedelta(days=1), timedelta(days=1)),
    ],
)
def test_an_age_is_read(given_, expected) -> None:
    """A number with a unit, a number of seconds, a span."""
    assert expected == span(given_)


@pytest.mark.parametrize("given_", ["2 h", "h", "-1h", "0h", 0, -5, timedelta(), "2h30m", "two"])
def test_what_is_no_age_is_refused(given_) -> None:
    """Nothing is guessed."""
    with pytest.raises(SettingsError, match="max_age"):
        span(given_)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (None, None),
        ("", None),
        ("0.95", Fraction(19, 20)),
        (0.95, Fraction(19, 20)),
        (1, Fraction(1)),
        (0, Fraction(0)),
    ],
)
def test_a_score_is_read_exactly(given_, expected) -> None:
    """From its text."""
    assert expected == share(given_)


@pytest.mark.parametrize("given_", ["95%", 1.5, -0.1, "nan", "1/0"])
def test_what_is_no_score_is_refused(given_) -> None:
    """It is a number from 0 to 1."""
    with pytest.raises(SettingsError, match="min_score"):
        share(given_)
