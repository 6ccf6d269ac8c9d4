"""What is wrong with one partition is one incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.correlate import correlate
from airflow_dataops.core.alerts.dedupe import dedupe
from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.alerts.urgency import CRITICAL, highest, urgency_of
from airflow_dataops.core.alerts.why_over import BURNT_OUT, LEFT, REPAIRED, RETIRED, WITHDRAWN
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective, Urgency
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AT_ONCE, AFTER_TWO_HOURS = (Rules(keep_firing_for=hours * HOUR) for hours in (0, 2))
THIRD = Where("shop", "orders", "2026-03-03")
WHOLE = Where("shop", "orders")
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600))
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(),
    objectives=(FRESH,),
    since=NOW - 90 * DAY,
)


def signal(kind: Kind, where: Where = THIRD, **what) -> Signal:
    """Return a signal of an hour ago."""
    return Signal(where=where, kind=kind, **{"since": NOW - HOUR, **what})


def late(where: Where = THIRD, **what) -> Signal:
    """Return that a partition is late."""
    return signal(Kind.LATE, where, slo="fresh", **what)


def burning(where: Where = THIRD, **what) -> Signal:
    """Return that a budget burns, the newest bad event of which is of a partition."""
    return signal(Kind.BURNING, where, **{"slo": "fresh", "urgency": Urgency.PAGE, **what})


def a_round(
    *signals: Signal, after: Round | None = None, now: datetime = NOW, tier: str = "", **what
) -> Round:
    """Correlate signals, after an earlier round; the incidents of that have been numbered.

    What is well is over at once, unless it is said otherwise.
    """
    rules = what.pop("rules", AT_ONCE)
    known = () if after is None else after.incidents
    numbered = tuple(replace(one, number=one.number or n) for n, one in enumerate(known, 1))
    declared = {("shop", "orders"): replace(ORDERS, tier=tier)}
    given = Round(now=now, signals=signals, incidents=numbered, declared=declared, rules=rules, **what)
    return correlate(dedupe(given))


def did(its: Round) -> list[str]:
    """Return what is written into timelines."""
    return [str(step.did) for _, step in its.steps]


def test_failed_late_and_bad_of_a_partition_are_one_incident() -> None:
    """One incident, since the first of them, and one line that it was opened."""
    its = a_round(signal(Kind.FAILED, since=NOW - 2 * HOUR), late(), signal(Kind.BAD))
    (incident,) = its.incidents

    assert (Kind.FAILED, Kind.BAD, Kind.LATE) == incident.kinds
    assert (NOW - 2 * HOUR, NOW, Urgency.TICKET, Phase.OPEN) == (
        incident.began,
        incident.detected,
        incident.urgency,
        incident.phase,
    )
    assert [Did.OPENED] == did(its)


def test_what_comes_later_is_added_and_what_goes_is_cleared_and_it_stays_one() -> None:
    """The key is the same, though it began earlier than anybody knew."""
    first = a_round(late())
    second = a_round(late(), signal(Kind.FAILED, since=NOW - 9 * HOUR), after=first, now=NOW + HOUR)
    third = a_round(signal(Kind.FAILED), after=second, now=NOW + 2 * HOUR)

    keys = {one.key for its in (first, second, third) for one in its.incidents}
    assert 1 == len(keys)
    assert ([Did.ADDED], [Did.CLEARED]) == (did(second), did(third))
    assert ("failed", "late fresh") == third.incidents[0].had


def test_it_is_resolved_when_nothing_is_wrong_and_another_when_it_comes_again() -> None:
    """The second one has another key, though it may be wrong since the same instant."""
    first = a_round(late())
    over = a_round(after=first, now=NOW + HOUR)
    again = a_round(late(), after=over, now=NOW + 2 * HOUR)

    (resolved,) = over.incidents
    assert (Phase.RESOLVED, NOW + HOUR, REPAIRED) == (resolved.phase, resolved.resolved, resolved.why_over)
    assert ("late fresh",) == tuple(one.name for one in resolved.signals)
    assert [Did.RESOLVED] == did(over)
    old, new = again.incidents
    assert old == replace(resolved, number=1)
    assert (0, True) == (new.number, new.key != old.key)


def rounds_of(*wrong: tuple[Signal, ...], every: timedelta = HOUR) -> list[Round]:
    """Correlate what is wrong hour by hour, where what is well is over after two hours."""
    found: list[Round] = []
    for number, signals in enumerate(wrong):
        after = found[-1] if found else None
        found.append(a_round(*signals, after=after, now=NOW + number * every, rules=AFTER_TWO_HOURS))
    return found


class TestWhatIsWellForAWhile:
    """What comes back before it is over is the same incident."""

    def test_is_over_once_it_was_well_for_so_long_and_since_then(self) -> None:
        """Its end is when it became well; that it was is written once."""
        rounds = rounds_of((late(),), (), (), ())
        ends = [(its.incidents[0].open, its.incidents[0].well_since) for its in rounds]

        assert [(True, None), (True, NOW + HOUR), (True, NOW + HOUR), (False, None)] == ends
        assert [[Did.OPENED], [Did.CLEARED], [], [Did.RESOLVED]] == [did(its) for its in rounds]
        assert (NOW + HOUR, REPAIRED) == (
            rounds[-1].incidents[0].resolved,
            rounds[-1].incidents[0].why_over,
        )

    def test_is_the_same_when_it_comes_back(self) -> None:
        """With the same key; and it must be well for as long once more."""
        rounds = rounds_of((late(),), (), (late(), signal(Kind.BAD)), (), (), ())

        assert 1 == len({one.key for its in rounds for one in its.incidents})
        assert [True, True, True, True, True, False] == [its.incidents[0].open for its in rounds]
        assert [Did.ADDED, Did.ADDED] == did(rounds[2])
        assert ["again, late (fresh)", "bad"] == [step.text for _, step in rounds[2].steps]
        assert ("bad", "late fresh") == rounds[-1].incidents[0].had

    def test_is_over_at_an_evaluation_that_comes_a_little_early(self) -> None:
        """Half a minute at most."""
        for seconds, is_open in ((31, True), (30, False)):
            rounds = rounds_of((late(),), (), (), every=HOUR)
            late_by = timedelta(seconds=seconds)
            last = a_round(after=rounds[-1], now=NOW + 3 * HOUR - late_by, rules=AFTER_TWO_HOURS)
            assert is_open is last.incidents[0].open

    def test_a_budget_that_stops_burning_and_burns_again_is_one(self) -> None:
        """The commonest case: it goes up and down about what is too fast."""
        rounds = rounds_of((burning(),), (), (burning(),), (), (burning(),), (), (), ())
        assert 1 == len({one.key for its in rounds for one in its.incidents})
        assert [Phase.RESOLVED] == [one.phase for one in rounds[-1].incidents]

    def test_explains_what_burns_until_it_is_over(self) -> None:
        """Also what is bad after it became well, for it was open then: nobody is told of it besides."""
        rounds = rounds_of((late(),), (), (), ())
        since = NOW + 2.5 * HOUR
        (over,) = rounds[-1].incidents
        assert (NOW + HOUR, NOW + 3 * HOUR) == (over.resolved, over.closed)

        later = a_round(burning(since=since), after=rounds[-1], now=NOW + 4 * HOUR)
        assert [over.where] == [one.where for one in later.incidents]

    def test_a_product_that_was_retired_has_nothing_that_could_come_back(self) -> None:
        """It is over at once."""
        first = a_round(late(), rules=AFTER_TWO_HOURS)
        retired = {("shop", "orders"): replace(ORDERS, retired=True)}
        given = Round(now=NOW + HOUR, incidents=first.incidents, declared=retired, rules=AFTER_TWO_HOURS)
        assert [RETIRED] == [one.why_over for one in correlate(given).incidents]

    def test_a_clock_that_was_ahead_holds_nothing_open(self) -> None:
        """What became well at an instant that is still to come became well now."""
        rounds = rounds_of((late(),), ())
        (known,) = rounds[-1].incidents
        ahead = replace(rounds[-1], incidents=(replace(known, well_since=NOW + 90 * DAY),))
        again = a_round(after=ahead, now=NOW + 2 * HOUR, rules=AFTER_TWO_HOURS)
        assert NOW + 2 * HOUR == again.incidents[0].well_since


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (late(), REPAIRED),
        (late(since=NOW - 60 * DAY), LEFT),
        (signal(Kind.FAILED, since=NOW - 29 * DAY), LEFT),
        (signal(Kind.LATE, slo="gone"), WITHDRAWN),
        (burning(WHOLE), BURNT_OUT),
    ],
)
def test_why_it_is_over_is_named(wrong, why) -> None:
    """A partition that never comes ends, and is not called repaired."""
    assert why == a_round(after=a_round(wrong), now=NOW + HOUR).incidents[0].why_over


def test_what_one_part_was_repaired_was_repaired() -> None:
    """Something else of it may have left the window."""
    first = a_round(late(), signal(Kind.FAILED, since=NOW - 29 * DAY))
    assert REPAIRED == a_round(after=first, now=NOW + HOUR).incidents[0].why_over


@pytest.mark.parametrize("tier", ["", CRITICAL])
@pytest.mark.parametrize("kind", list(Kind))
def test_urgency_is_a_table(kind, tier) -> None:
    """Losses page; late and incomplete ones of a critical product page; budgets say it themselves."""
    pages = kind is Kind.LOST or (tier == CRITICAL and kind in {Kind.LATE, Kind.INCOMPLETE})
    declared = replace(ORDERS, tier=tier)

    assert (Urgency.PAGE if pages else Urgency.TICKET) is urgency_of(signal(kind), declared)
    assert Urgency.PAGE is urgency_of(signal(kind, urgency=Urgency.PAGE), declared)


def test_urgency_rises_and_never_falls() -> None:
    """What was a page stays one when that part of it is over."""
    first = a_round(late())
    raised = a_round(late(), signal(Kind.LOST), after=first, now=NOW + HOUR)
    after = a_round(late(), after=raised, now=NOW + 2 * HOUR)

    assert [Did.ADDED, Did.RAISED] == did(raised)
    assert [Urgency.TICKET, Urgency.PAGE, Urgency.PAGE] == [
        its.incidents[0].urgency for its in (first, raised, after)
    ]


class TestABudgetThatBurns:
    """It has no partition of its own."""

    def test_joins_the_incident_of_the_partition_that_it_burns_for(self) -> None:
        """One incident, which pages."""
        (incident,) = a_round(late(), burning()).incidents
        assert (THIRD, Urgency.PAGE) == (incident.where, incident.urgency)

    def test_stays_with_the_incident_that_has_it(self) -> None:
        """Though a newer partition is bad by now."""
        first = a_round(late(), burning())
        fourth = THIRD._replace(partition="2026-03-04")
        second = a_round(late(), late(fourth), burning(fourth), after=first, now=NOW + HOUR)

        has = {one.where: [each.kind for each in one.signals] for one in second.incidents}
        assert {THIRD: [Kind.LATE, Kind.BURNING], fourth: [Kind.LATE]} == has

    def test_does_not_hold_it_open_and_opens_none_when_it_is_over(self) -> None:
        """The burn is explained: neither now nor at the next evaluations is anybody told of it again."""
        first = a_round(late(), burning())
        over = a_round(burning(), after=first, now=NOW + HOUR)
        later = a_round(burning(), now=NOW + 2 * HOUR, over={THIRD: NOW + HOUR})

        assert [Phase.RESOLVED] == [one.phase for one in over.incidents]
        assert () == later.incidents
        assert () == a_round(burning(), after=over, now=NOW + 2 * HOUR).incidents[1:]

    def test_opens_one_of_the_whole_product_where_no_partition_explains_it(self) -> None:
        """It is held open by the burn alone, and stays the same for a newer event."""
        first = a_round(burning())
        fourth = burning(THIRD._replace(partition="2026-03-04"), since=NOW)
        second = a_round(fourth, after=first, now=NOW + HOUR)
        over = a_round(after=second, now=NOW + 2 * HOUR)

        assert [WHOLE] == [one.where for one in first.incidents]
        assert (True, 1, []) == (second.incidents[0].open, len(second.incidents), did(second))
        assert BURNT_OUT == over.incidents[0].why_over

    def test_opens_one_for_what_is_bad_after_the_incident_was_over(self) -> None:
        """That is not explained by it."""
        its = a_round(burning(since=NOW - HOUR), over={THIRD: NOW - 2 * HOUR})
        assert [WHOLE] == [one.where for one in its.incidents]

    def test_goes_on_to_the_newest_partition_when_the_one_that_had_it_is_over(self) -> None:
        """The third was delivered, the fourth is late."""
        fourth = THIRD._replace(partition="2026-03-04")
        first = a_round(late(), late(fourth), burning())
        second = a_round(late(fourth), burning(fourth), after=first, now=NOW + HOUR)

        has = {one.where: (one.open, [each.kind for each in one.signals]) for one in second.incidents}
        assert (True, [Kind.LATE, Kind.BURNING]) == has[fourth]
        assert not has[THIRD][0]


def test_signals_of_one_name_are_one_since_the_first_of_them_with_all_that_they_say() -> None:
    """Two datasets of one partition are bad: one signal."""
    one = signal(Kind.BAD, text="a", dataset="a", since=NOW, rules=(Broken(rule="x", failing=1, checked=9),))
    two = signal(
        Kind.BAD, text="b", dataset="b", rules=(Broken(rule="y", failing=2), Broken(rule="x", failing=3))
    )
    (its,) = dedupe(Round(now=NOW, signals=(one, two))).signals

    assert ("b; a", "b", NOW - HOUR) == (its.text, its.dataset, its.since)
    assert [("x", 3), ("y", 2)] == [(rule.rule, rule.failing) for rule in its.rules]


WHERES = st.builds(
    Where, st.just("shop"), st.sampled_from(["orders", "stock"]), st.sampled_from(["", "1", "2", "3"])
)
SIGNALS = st.builds(
    Signal,
    where=WHERES,
    kind=st.sampled_from(Kind),
    slo=st.sampled_from(["", "fresh"]),
    since=st.integers(0, 9).map(lambda hours: NOW - hours * HOUR),
    text=st.sampled_from(["", "a", "b"]),
    urgency=st.sampled_from([None, *Urgency]),
)
ROUNDS = st.lists(st.lists(SIGNALS, max_size=6), min_size=1, max_size=5)


def history(rounds: list[list[Signal]]) -> list[Round]:
    """Return rounds, one after the other; incidents that are over are remembered by when they were."""
    found: list[Round] = []
    for hours, signals in enumerate(rounds):
        its = a_round(*signals, after=found[-1] if found else None, now=NOW + hours * HOUR)
        found.append(its)
    return found


def _named(one: Signal) -> tuple[object, ...]:
    return (one.where[:2] if one.kind is Kind.BURNING else one.where, one.name)


@given(ROUNDS)
def test_there_is_one_open_incident_of_a_partition_and_nothing_is_lost(rounds) -> None:
    """Each signal is in one that is open; a budget that burns is in one, or explained by one that is over."""
    for raw, its in zip(rounds, history(rounds), strict=True):
        assert {_named(one) for one in raw} == {_named(one) for one in its.signals}
        open_ones = [one for one in its.incidents if one.open]
        assert len(open_ones) == len({one.where for one in open_ones})
        for each in its.signals:
            homes = [one for one in open_ones if each in one.signals]
            if each.kind is Kind.BURNING:
                over = [
                    one.resolved for one in its.incidents if one.where[:2] == each.where[:2] and not one.open
                ]
                assert [1] == [len(homes)] or any(at >= each.since for at in over)
                assert len(homes) <= 1
            else:
                assert [each.where] == [one.where for one in homes]


@given(ROUNDS, st.randoms())
def test_the_order_of_signals_and_incidents_is_no_matter(rounds, random) -> None:
    """All that is decided is the same."""
    for its in history(rounds):
        shuffled = random.sample(its.signals, len(its.signals))
        known = tuple(random.sample(its.incidents, len(its.incidents)))
        again = correlate(dedupe(replace(its, signals=tuple(shuffled), incidents=known, steps=())))
        same = correlate(dedupe(replace(its, steps=())))
        assert (same.incidents, same.steps) == (again.incidents, again.steps)


@given(ROUNDS)
def test_the_same_again_changes_nothing(rounds) -> None:
    """No incident stands otherwise, and nothing is written."""
    for its in history(rounds):
        again = correlate(dedupe(replace(its, steps=())))
        assert (its.incidents, ()) == (again.incidents, again.steps)


@given(ROUNDS)
def test_urgency_is_what_was_highest_and_never_falls(rounds) -> None:
    """And what is over stays as it is."""
    before: dict[str, Incident] = {}
    for its in history(rounds):
        for one in its.incidents:
            known = before.get(one.key)
            if known is not None:
                assert one.urgency is highest([known.urgency, one.urgency])
                assert known.open or replace(known, number=one.number) == one
            before[one.key] = one
