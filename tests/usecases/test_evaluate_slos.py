"""Evaluating service levels, against what people work out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch, Grain
from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Exclusion, Expectation
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.objective import Budgeting, Gap, Late, Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import State
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)

DAILY = Expectation(schedule="@daily", start=START)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600))
RIGHT = Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction("0.95"), gap=Gap.EXCLUDED)
RUNS = Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.9"))
FIRST = Objective(name="first", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.9"))


class World:
    """A deployment: what it remembers, and its clock."""

    def __init__(self, now: datetime = NOW) -> None:
        self.store = MemoryStore()
        self.levels = MemoryServiceLevels(self.store)
        self.clock = FrozenClock(now)

    def declare(
        self, *objectives: Objective, expectation: Expectation = DAILY, product: str = "orders", **what
    ):
        """Declare objectives of a product."""
        its = {"team": "shop", "product": product, "dataset": "orders", "since": START, **what}
        self.levels.declare(Declaration(expectation=expectation, objectives=objectives, **its))

    def see(
        self, day: date | str, at: datetime, *, sli: Sli = Sli.FRESHNESS, subject: str = "1", **what
    ) -> None:
        """See something of a partition."""
        label = day if isinstance(day, str) else day.isoformat()
        batch = Batch(team="shop", product=what.pop("product", "orders"), dataset="orders", partition=label)
        counts = {"good": None, "total": None, "value": None, **what}
        self.store.record(Observation(batch=batch, sli=sli, subject=subject, end=None, at=at, **counts))

    def run(
        self,
        day: date,
        final: Outcome,
        *,
        first: Outcome | None = None,
        ended: datetime | None = None,
        **what,
    ):
        """Let a run end, three hours after the day by default."""
        end = midnight(day + DAY)
        self.levels.ran(
            RunOutcome(
                team="shop",
                dag_id="orders",
                run_id=what.pop("run_id", f"scheduled__{day}"),
                start=end - DAY,
                end=end,
                ended=ended or end + 3 * HOUR,
                first=first or final,
                final=final,
                **what,
            )
        )

    def evaluate(self, **where):
        """Evaluate."""
        return evaluate_slos(
            levels=self.levels, timetable=CronTimetable(), store=self.store, clock=self.clock, **where
        )

    def entries(self, slo: str) -> dict[str, tuple[Fraction, Fraction, Mark]]:
        """Return what was kept of an objective."""
        (kept,) = self.levels.kept(slo=slo).values()
        return {entry.partition: (entry.good, entry.total, entry.mark) for entry in kept.entries}


def midnight(day: date) -> datetime:
    """Return the start of a day."""
    return datetime.combine(day, time(), tzinfo=UTC)


def days(until: datetime = NOW, *, count: int = 28) -> list[date]:
    """Return the days of a window, the newest last: those that have ended by then."""
    last = until.date()
    return [last - n * DAY for n in range(count, 0, -1)]


@pytest.fixture
def world() -> World:
    """An empty deployment."""
    return World()


def test_a_paused_dag_burns_what_was_expected(world) -> None:
    """Nothing ran, nothing was published: every expected day is bad."""
    world.declare(FRESH)
    (standing,) = world.evaluate().standings

    assert (0, 28) == (standing.good, standing.total)
    assert (Fraction("2.8"), State.EXHAUSTED) == (standing.allowed, standing.state)
    assert 1 - 28 / Fraction("2.8") == standing.remaining
    assert {Mark.MISSING} == {mark for _, _, mark in world.entries("fresh").values()}


def test_a_late_day_is_bad_and_one_on_the_minute_is_not(world) -> None:
    """Good is what was first published at the threshold or before."""
    world.declare(FRESH)
    for day in days():
        late = {22: timedelta(0), 23: timedelta(microseconds=1), 24: 3 * HOUR}.get(day.day, -HOUR)
        world.see(day, midnight(day + DAY) + 6 * HOUR + late)
    (standing,) = world.evaluate().standings

    assert (26, 28) == (standing.good, standing.total)
    assert 1 - Fraction(2) / Fraction("2.8") == standing.remaining


def test_what_is_not_due_does_not_count(world) -> None:
    """Before the threshold nobody can tell; afterwards it is bad."""
    world.clock = FrozenClock(midnight(date(2026, 3, 29)) + 6 * HOUR - timedelta(seconds=1))
    world.declare(FRESH, expectation=replace(DAILY, start=midnight(date(2026, 3, 28))))
    (before,) = world.evaluate().standings
    world.clock.advance(timedelta(seconds=1))
    (after,) = world.evaluate().standings

    assert (0, 1) == (before.total, after.total)
    assert (after,) == world.evaluate().standings


def test_rows_count_where_they_were_seen(world) -> None:
    """A bad file burns its share of rows; a day of which nothing was seen is left out."""
    world.declare(RIGHT)
    for day in days()[5:]:
        bad = 12 if day.day == 20 else 0
        world.see(day, midnight(day + DAY) + HOUR, sli=Sli.CORRECTNESS, good=400 - bad, total=400)
    (standing,) = world.evaluate().standings

    assert (23 * 400 - 12, 23 * 400) == (standing.good, standing.total)
    assert 1 - Fraction(12) / (Fraction("0.05") * 9200) == standing.remaining


def test_a_run_that_failed_and_then_succeeded(world) -> None:
    """Retries must not mask: the first attempt failed, the end was good."""
    world.declare(RUNS, FIRST)
    for day in days(count=30)[:-1]:
        world.run(day, Outcome.SUCCESS, first=Outcome.FAILED if day.day == 20 else Outcome.SUCCESS)
    first, runs = world.evaluate().standings

    assert ("first", 26, 27) == (first.slo, first.good, first.total)
    assert ("runs", 27, 27) == (runs.slo, runs.good, runs.total)


def test_a_run_that_never_was_is_bad_when_the_next_could_begin(world) -> None:
    """A dead scheduler starts nothing, and nothing is what it is counted by."""
    world.declare(RUNS, expectation=replace(DAILY, start=midnight(date(2026, 3, 26))))
    world.run(date(2026, 3, 26), Outcome.SUCCESS)
    (standing,) = world.evaluate().standings

    assert (1, 2) == (standing.good, standing.total)
    assert ["2026-03-26", "2026-03-27"] == list(world.entries("runs"))
    world.run(date(2026, 3, 27), Outcome.SUCCESS, ended=NOW - HOUR)
    assert (1, 2) == (world.evaluate().standings[0].good, 2)


@pytest.mark.parametrize(("late", "good", "repaired"), [(Late.BAD, 27, 0), (Late.REPAIRED, 28, 1)])
def test_a_day_that_came_late_is_bad_or_repaired_once(world, late, good, repaired) -> None:
    """A repair gives back what was burnt, where it was burnt, and leaves one audit record."""
    world.declare(replace(FRESH, late=late))
    for day in days():
        world.see(day, midnight(day + DAY) + (30 if day.day == 20 else 1) * HOUR)
    first = world.evaluate()
    again = world.evaluate()

    assert (good, 28, repaired) == (first.standings[0].good, first.standings[0].total, first.repaired)
    assert 0 == again.repaired
    assert repaired == len(world.store.facts(AuditRecord))
    (kept,) = world.levels.kept().values()
    assert {midnight(date(2026, 3, 21)) + 6 * HOUR} == {
        e.at for e in kept.entries if e.partition == "2026-03-20"
    }


def test_a_corrected_file_counts_as_the_objective_says(world) -> None:
    """The first file counts, or the newest, at the instant of the first."""
    world.declare(RIGHT, replace(RIGHT, name="mended", late=Late.REPAIRED))
    world.see("2026-03-20", NOW - 8 * DAY, sli=Sli.CORRECTNESS, good=300, total=400)
    world.see("2026-03-20", NOW - DAY, sli=Sli.CORRECTNESS, subject="2", good=400, total=400)
    result = world.evaluate()

    mended, right = result.standings
    assert ((400, 400), (300, 400)) == ((mended.good, mended.total), (right.good, right.total))
    assert 1 == result.repaired
    seen = [[e.at for e in kept.entries if e.total] for kept in world.levels.kept().values()]
    assert seen[0] == seen[1]


def test_incremental_and_full_come_to_the_same(world) -> None:
    """Whatever was kept, the next evaluation must be as if there had been none before."""
    world.clock = FrozenClock(midnight(date(2026, 3, 20)))
    world.declare(FRESH, RIGHT, RUNS)
    for hour in range(0, 24 * 9, 7):
        now = world.clock.advance(7 * HOUR)
        if hour % 3:
            day = now.date() - DAY
            world.see(day, now, subject=str(hour))
            world.see(day, now, sli=Sli.CORRECTNESS, subject=str(hour), good=hour, total=300)
            world.run(day, Outcome.SUCCESS if hour % 2 else Outcome.FAILED, ended=now, run_id=str(hour))
        kept = world.evaluate().standings
        world.levels.drop(*world.levels.stood())
        assert [replace(one, at=now, since=now, until=now) for one in kept] == [
            replace(one, at=now, since=now, until=now) for one in world.evaluate().standings
        ]


class Counting(MemoryServiceLevels):
    """Counts how often it is asked what was seen, and knows when it was told."""

    def __init__(self, store: MemoryStore, clock: FrozenClock) -> None:
        super().__init__(store)
        self.clock, self.asked, self.told = clock, 0, {}

    def sights(self, **where):
        """Count."""
        found = super().sights(**where)
        self.asked += len(found)
        return found

    def touched(self, *, since: datetime):
        """Know when it was told."""
        return {owner: at for owner, at in self.told.items() if at >= since}


def test_what_nothing_is_new_of_is_not_looked_at(world) -> None:
    """Of ten thousand objectives most stand as they did."""
    world.levels = Counting(world.store, world.clock)
    world.declare(FRESH)
    world.declare(FRESH, product="others")
    for product in ("orders", "others"):
        for day in days(count=30):
            world.see(day, midnight(day + DAY) + HOUR, product=product)
    first = world.evaluate()
    asked = world.levels.asked
    world.clock.advance(HOUR)
    assert (first.standings, ()) == (world.evaluate().standings, world.evaluate().changed)
    assert asked == world.levels.asked

    world.see("2026-03-01", NOW, product="others", subject="2")
    world.levels.told["shop", "others"] = NOW + HOUR
    again = world.evaluate()
    assert asked + 1 == world.levels.asked
    assert [NOW, NOW + HOUR] == [one.at for one in again.standings]


def test_what_was_written_late_is_found(world) -> None:
    """A store that was down for an hour must cost nothing but time."""
    world.levels = Counting(world.store, world.clock)
    world.declare(RUNS, expectation=replace(DAILY, start=midnight(date(2026, 3, 26))))
    assert (0, 2) == (world.evaluate().standings[0].good, world.evaluate().standings[0].total)
    world.run(date(2026, 3, 26), Outcome.SUCCESS)
    world.clock.advance(HOUR)
    world.levels.told["shop", "orders"] = NOW + HOUR

    assert (1, 2) == (world.evaluate().standings[0].good, world.evaluate().standings[0].total)


def test_two_evaluators_do_no_harm(world) -> None:
    """The slower one must neither take the clock back nor repair twice."""
    world.declare(replace(FRESH, late=Late.REPAIRED))
    world.see("2026-03-20", NOW - DAY)
    late = FrozenClock(NOW - HOUR)
    first = world.evaluate()
    world.clock = late
    second = world.evaluate()

    assert (1, 0) == (first.repaired, second.repaired)
    (kept,) = world.levels.kept().values()
    assert first.standings[0] == kept.standing


class Breaking(MemoryServiceLevels):
    """Fails when it is to keep something, as often as it is told."""

    failures = 1

    def keep(self, *kept) -> None:
        """Fail, or keep."""
        if self.failures:
            self.failures -= 1
            raise BrokenWorldError("the store is down")
        super().keep(*kept)


def test_an_evaluation_that_is_killed_loses_nothing(world) -> None:
    """What it did before is done once."""
    world.levels = Breaking(world.store)
    world.declare(replace(FRESH, late=Late.REPAIRED))
    world.see("2026-03-20", NOW - DAY)
    with pytest.raises(BrokenWorldError):
        world.evaluate()
    result = world.evaluate()

    assert (1, 1) == (result.standings[0].good, len(world.store.facts(AuditRecord)))


def test_what_is_promised_no_more_is_forgotten(world) -> None:
    """An objective that was taken out of its file must not stand for ever."""
    world.declare(FRESH, RIGHT)
    assert 2 == len(world.evaluate().standings)
    world.declare(RIGHT, since=NOW - HOUR)
    result = world.evaluate()

    assert ["right"] == [one.slo for one in result.standings]
    assert [("shop", "orders", "right")] == list(world.levels.stood())
    world.declare(since=NOW - HOUR / 2)
    assert ((), {}) == (world.evaluate().standings, world.levels.stood())


def test_a_definition_that_changes_in_mid_window(world) -> None:
    """The newest judges all of the window, and says so; what was expected stays as it was."""
    world.declare(FRESH)
    for day in days():
        world.see(day, midnight(day + DAY) + 7 * HOUR)
    assert 0 == world.evaluate().standings[0].good
    off = Exclusion(first=date(2026, 3, 2), last=date(2026, 3, 20))
    world.declare(
        replace(FRESH, threshold=Fraction(8 * 3600)),
        since=NOW - 10 * DAY,
        expectation=replace(DAILY, exclusions=(off,)),
    )
    (standing,) = world.evaluate().standings

    assert [
        "what is expected changed on 2026-03-19: before, what held then is counted",
        "it was declared otherwise until 2026-03-19: all of the window is judged as it is now",
    ] == list(standing.notes)
    assert (26, 26) == (standing.good, standing.total)
    assert {"2026-03-19", "2026-03-20"} & set(world.entries("fresh")) == set()
    assert {"2026-03-02", "2026-03-18", "2026-03-21"} <= set(world.entries("fresh"))


def test_zero_expected_events_are_not_good(world) -> None:
    """Where nothing is expected nothing is known, and that is said."""
    world.declare(FRESH, expectation=Expectation())
    world.declare(FRESH, product="later", expectation=replace(DAILY, start=NOW + DAY))
    world.declare(RIGHT, product="empty", expectation=replace(DAILY, start=NOW - 3 * DAY))
    world.see("2026-03-27", NOW - DAY, sli=Sli.CORRECTNESS, product="empty", good=0, total=0)
    result = world.evaluate()

    assert {State.UNKNOWN} == {one.state for one in result.standings}
    assert {0} == {one.total for one in result.standings}
    assert [None] * 3 == [one.remaining for one in result.standings]
    assert ["it isn't known what is expected, so nothing is counted: say so with `expected:`"] == list(
        result.standings[2].notes
    )
    assert (
        "shop/orders: it isn't known what is expected of it, so nothing is counted: say so with `expected:`",
    ) == result.warnings


def test_all_is_evaluated_once_a_day(world) -> None:
    """What nothing ever happens to must not make every evaluation look for news of a year."""
    world.levels = Counting(world.store, world.clock)
    world.declare(FRESH, expectation=Expectation())
    first, again = world.evaluate(), world.evaluate()
    world.clock.advance(DAY + HOUR)

    assert [NOW, NOW] == [first.standings[0].at, again.standings[0].at]
    assert NOW + DAY + HOUR == world.evaluate().standings[0].at


def test_an_unknown_product_is_named(world) -> None:
    """Whoever mistypes a name must not read that all is well."""
    result = world.evaluate(product="ordesr")

    assert ((), ("nothing is declared of */ordesr: is it known here?",)) == (
        result.standings,
        result.warnings,
    )


def test_a_store_that_knows_of_no_product_is_named(world) -> None:
    """It may have been made anew: an evaluation of nothing must not read as if all were well."""
    (warning,) = world.evaluate().warnings
    assert warning.startswith("nothing is declared of any product")

    world.declare(FRESH)
    assert () == world.evaluate().warnings


def test_counts_that_make_no_sense_are_left_out_and_said(world) -> None:
    """Negative rows are no rows: they must not give back what others burnt."""
    world.declare(
        replace(RIGHT, gap=Gap.BAD), expectation=replace(DAILY, start=NOW.replace(hour=0) - 3 * DAY)
    )
    world.see("2026-03-26", NOW - 2 * DAY, sli=Sli.CORRECTNESS, good=-5, total=10)
    world.see("2026-03-27", NOW - DAY, sli=Sli.CORRECTNESS, good=11, total=10)
    (standing,) = world.evaluate().standings

    assert (0, 2) == (standing.good, standing.total)
    said = "2 of its observations left out, because its counts are negative, or more is good than there is"
    assert (said,) == standing.notes


def test_clocks_that_differ_are_noted(world) -> None:
    """Published before its end is good; seen in the future waits until the clock gets there."""
    world.declare(FRESH, expectation=replace(DAILY, start=NOW.replace(hour=0) - 2 * DAY))
    world.see("2026-03-27", midnight(date(2026, 3, 28)) - HOUR)
    world.see("2026-03-28", NOW + timedelta(minutes=5))
    (standing,) = world.evaluate().standings
    assert (1, 2) == (standing.good, standing.total)
    early, future = standing.notes
    assert (
        "1 of its observations published before the end of its interval: the clocks of workers differ"
        == early
    )
    assert "1 of its observations seen at an instant that is still to come" in future
    (kept,) = world.levels.kept().values()
    assert NOW + timedelta(minutes=5) == kept.changes_at


def test_a_naive_clock_is_refused(world) -> None:
    """An instant without a zone is none."""
    world.clock._now = datetime(2026, 3, 29)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no time zone"):
        world.evaluate()


@pytest.mark.parametrize(
    ("day", "ends"),
    [(date(2026, 3, 29), "2026-03-29T22:00:00+00:00"), (date(2026, 10, 25), "2026-10-25T23:00:00+00:00")],
)
def test_a_day_of_23_or_25_hours_is_one_day(day, ends) -> None:
    """By seven in the morning is seven by the clock on the wall, also after clocks were changed."""
    world = World(midnight(day + 3 * DAY))
    berlin = Expectation(schedule="@daily", timezone="Europe/Berlin", start=midnight(day - DAY))
    seven = replace(FRESH, threshold=None, by=time(7))
    world.declare(seven, expectation=berlin, since=midnight(day - DAY))
    end = datetime.fromisoformat(ends)
    world.see(day, end + 7 * HOUR)
    world.see(day - DAY, end - 3 * HOUR)
    world.evaluate()

    assert [(1, day.isoformat())] == [
        (good, label) for label, (good, _, _) in world.entries("fresh").items() if label == day.isoformat()
    ]
    world.see(day + DAY, end + DAY + 7 * HOUR + timedelta(microseconds=1))
    world.evaluate()
    assert 0 == world.entries("fresh")[(day + DAY).isoformat()][0]


def test_an_hour_that_comes_twice_is_two_partitions(world) -> None:
    """And one that is left out is none."""
    world.clock = FrozenClock(datetime(2026, 10, 25, 12, tzinfo=UTC))
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    hourly = Expectation(schedule="@hourly", timezone="Europe/Berlin", start=start, grain=Grain.HOUR)
    world.declare(replace(FRESH, threshold=Fraction(0)), expectation=hourly, since=start)
    world.evaluate()

    labels = list(world.entries("fresh"))
    assert ["2026-10-25T02", "2026-10-25T02+0100", "2026-10-25T03"] == labels[2:5]


def test_a_target_of_nothing_is_kept(world) -> None:
    """A budget of everything can be spent to the last event."""
    world.declare(replace(FRESH, target=Fraction(0)))
    (standing,) = world.evaluate().standings

    assert (28, 0, State.EXHAUSTED) == (standing.allowed, standing.remaining, standing.state)


def test_a_very_old_start_and_an_empty_history(world) -> None:
    """Only the window is walked through, whatever a file says."""
    world.declare(
        FRESH,
        expectation=replace(DAILY, start=datetime(1, 1, 2, tzinfo=UTC)),
        since=datetime(1, 1, 1, tzinfo=UTC),
    )

    assert 28 == world.evaluate().standings[0].total
    assert () == World().evaluate().standings


def test_holidays_are_not_expected(world) -> None:
    """Nothing comes on a holiday, and nothing is missed."""
    off = Exclusion(first=date(2026, 3, 7), last=date(2026, 3, 9))
    world.declare(FRESH, expectation=replace(DAILY, exclusions=(off,)))
    (standing,) = world.evaluate().standings

    assert 25 == standing.total
    assert not {"2026-03-07", "2026-03-08", "2026-03-09"} & set(world.entries("fresh"))


def test_what_waits_for_others_is_expected_when_they_are(world) -> None:
    """A day is expected when all upstreams expect it, or something that lies in it."""
    start = NOW.replace(hour=0) - 5 * DAY
    hourly = Expectation(schedule="@hourly", start=start + DAY, grain=Grain.HOUR)
    world.declare(expectation=hourly, product="clicks")
    off = Exclusion(first=date(2026, 3, 26), last=date(2026, 3, 26))
    world.declare(expectation=Expectation(schedule="@daily", start=start, exclusions=(off,)), product="shops")
    world.declare(FRESH, expectation=Expectation(upstreams=("clicks", "shops")))
    result = world.evaluate()
    assert ["2026-03-25", "2026-03-27", "2026-03-28"] == list(world.entries("fresh"))
    assert () == result.warnings

    world.declare(FRESH, expectation=Expectation(upstreams=("clicks", "ghost")), since=START + DAY)
    world.declare(FRESH, expectation=Expectation(upstreams=("loop",)), product="loop")
    said = world.evaluate().warnings
    assert (
        "shop/orders waits for `ghost`, of which nothing is declared: what is expected of it isn't known"
        in said
    )
    assert "shop/loop waits for `loop`, which waits for it: nothing is expected of either" in said


def test_what_upstreams_declare_anew_counts_downstream(world) -> None:
    """A product whose own files didn't change may be expected otherwise."""
    world.levels = Counting(world.store, world.clock)
    start = NOW.replace(hour=0) - 5 * DAY
    world.declare(expectation=replace(DAILY, start=start), product="shops")
    world.declare(FRESH, expectation=Expectation(upstreams=("shops",)))
    assert 5 == world.evaluate().standings[0].total
    world.declare(
        expectation=replace(DAILY, schedule="@monthly", start=start), product="shops", since=NOW - 3 * DAY
    )

    assert 2 == world.evaluate().standings[0].total


def test_watched_dags_are_counted_by_their_runs(world) -> None:
    """Their schedule isn't known; each run that there was is what was expected."""
    world.declare(RUNS, FIRST, expectation=Expectation(runs=True))
    for day in days():
        failed = day.day in {20, 21}
        world.run(day, Outcome.FAILED if failed else Outcome.SUCCESS, ended=midnight(day) + 40 * HOUR)
    first, runs = world.evaluate().standings

    assert (first.total, 2) == (runs.total, runs.bad)
    assert 27 == runs.total


def test_of_a_watched_dag_without_a_run_it_is_said(world) -> None:
    """Else a name that `watch` lacks would look like a DAG that never runs."""
    world.declare(RUNS, expectation=Expectation(runs=True))
    (standing,) = world.evaluate().standings

    assert State.UNKNOWN is standing.state
    assert ("no run of the DAG `orders` is recorded: see that `[dataops] watch` names it",) == standing.notes


def test_high_frequency_freshness_is_asked_of_each_slice(world) -> None:
    """A slice is good when the newest data that was due is there, or not later than allowed."""
    start = NOW - 3 * HOUR
    minutely = Expectation(schedule="*/10 * * * *", start=start, grain=Grain.HOUR)
    objective = replace(
        FRESH, method=Budgeting.TIMESLICES, slice=Fraction(60), threshold=Fraction(15 * 60), name="lag"
    )
    world.declare(objective, expectation=replace(minutely, schedule="@hourly"), since=start)
    # Due at 10:00, 11:00 and 12:00; there at 10:05, 11:30 and never.
    world.see("2026-03-29T09", start + HOUR + timedelta(minutes=5))
    world.see("2026-03-29T10", start + 2 * HOUR + timedelta(minutes=30))
    (standing,) = world.evaluate().standings

    # Slices end at 10:00 … 12:00: 121 of them. Late by more than 15 minutes: those that end 11:16 … 11:29.
    assert (121 - 14, 121) == (standing.good, standing.total)


def test_a_calendar_window_is_counted_in_all_of_its_period(world) -> None:
    """The budget of March is that of 31 days, from its first day on."""
    march = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
    world.declare(replace(FRESH, window=march), RIGHT)
    fresh, _ = world.evaluate().standings

    assert (29, 31, Fraction("3.1")) == (fresh.total, fresh.expected, fresh.allowed)
    assert (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)) == (fresh.since, fresh.until)


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        (replace(DAILY, schedule="61 * * * *"), "`61 * * * *` is no cron expression. Such as"),
        (replace(DAILY, timezone="Europe/Atlantis"), "there is no time zone `Europe/Atlantis`"),
    ],
)
def test_one_that_can_not_be_told_takes_no_other_with_it(world, expectation, said) -> None:
    """Whatever another version has declared, the rest is evaluated."""
    world.declare(FRESH, expectation=expectation, product="broken")
    world.declare(FRESH)
    result = world.evaluate()

    assert [State.UNKNOWN, State.EXHAUSTED] == [one.state for one in result.standings]
    (warning,) = result.warnings
    assert f"shop/broken: it isn't known what is expected of it: {said}" in warning


def test_a_window_that_is_none_takes_no_other_with_it(world) -> None:
    """Half a month has no beginning."""
    half = Calendar(Duration(Fraction(1, 2), TimeUnit.MONTH), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
    world.declare(replace(FRESH, window=half), product="broken")
    world.declare(FRESH)
    result = world.evaluate()

    assert ["orders"] == [one.product for one in result.standings]
    assert "shop/broken: a window of its objectives is none" in result.warnings[0]


def test_more_rows_than_expected_are_complete_and_said(world) -> None:
    """Twice the rows don't make up for a day without any."""
    full = Objective(
        name="full", sli=Sli.COMPLETENESS, target=Fraction("0.9"), method=Budgeting.RATIO_TIMESLICES
    )
    world.declare(full, expectation=replace(DAILY, start=NOW.replace(hour=0) - 4 * DAY))
    world.see("2026-03-25", NOW - 3 * DAY, sli=Sli.COMPLETENESS, good=200, total=100)
    world.see("2026-03-26", NOW - 2 * DAY, sli=Sli.COMPLETENESS, good=50, total=100)
    (standing,) = world.evaluate().standings

    assert (Fraction("1.5"), 3) == (standing.good, standing.total)
    assert ("1 of its observations complete with more rows than were expected",) == standing.notes
