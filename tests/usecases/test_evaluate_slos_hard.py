"""Evaluating what goes wrong: runs that are cleared, clocks that lie, schedules that are rare or edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch, Grain
from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Exclusion, Expectation
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.objective import Budgeting, Gap, Late, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome, of_outcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Calendar, Rolling
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 3, 1, tzinfo=UTC)

GOOD = (Fraction(1), Fraction(1), Mark.SEEN)
BAD = (Fraction(0), Fraction(1), Mark.SEEN)
MISSING = (Fraction(0), Fraction(1), Mark.MISSING)

DAILY = Expectation(schedule="@daily", start=START)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600))
RUNS = Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.9"))
FIRST = Objective(name="first", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.9"))


class World:
    """A deployment."""

    def __init__(self, now: datetime = NOW) -> None:
        self.store = MemoryStore()
        self.levels = MemoryServiceLevels(self.store)
        self.clock = FrozenClock(now)

    def declare(self, *objectives: Objective, expectation: Expectation = DAILY, since: datetime = START):
        """Declare objectives."""
        self.levels.declare(
            Declaration(
                team="shop",
                product="orders",
                dataset="orders",
                expectation=expectation,
                objectives=objectives,
                since=since,
            )
        )

    def publish(self, partition: str, at: datetime) -> None:
        """Publish a partition."""
        batch = Batch(team="shop", product="orders", dataset="orders", partition=partition)
        nothing = {"end": None, "good": None, "total": None, "value": None}
        seen = Observation(batch=batch, sli=Sli.FRESHNESS, subject=at.isoformat(), at=at, **nothing)
        self.store.record(seen)

    def run(self, day: datetime, ended: datetime, final: Outcome, first: Outcome | None = None) -> None:
        """Let the run of a day end, as the listener tells of it."""
        outcome = RunOutcome(
            team="shop",
            dag_id="orders",
            run_id=f"scheduled__{day.date()}",
            start=day,
            end=day + DAY,
            ended=ended,
            first=first or final,
            final=final,
        )
        self.store.record(of_outcome(outcome))
        self.levels.ran(outcome)

    def evaluate(self):
        """Evaluate."""
        return evaluate_slos(
            levels=self.levels, timetable=CronTimetable(), store=self.store, clock=self.clock
        )

    def entries(self, slo: str) -> dict[str, tuple[Fraction, Fraction, Mark]]:
        """Return what was kept of an objective."""
        (kept,) = self.levels.kept(slo=slo).values()
        return {entry.partition: (entry.good, entry.total, entry.mark) for entry in kept.entries}

    def at(self, slo: str) -> dict[str, datetime]:
        """Return when entries of an objective count."""
        (kept,) = self.levels.kept(slo=slo).values()
        return {entry.partition: entry.at for entry in kept.entries}


@pytest.fixture
def world() -> World:
    """An empty deployment."""
    return World()


@pytest.mark.parametrize("then", [Outcome.SUCCESS, Outcome.FAILED])
def test_a_good_run_that_is_cleared_days_later_stays_good(world, then) -> None:
    """It was there in time: whoever runs it again to load something anew takes nothing back."""
    world.declare(RUNS, FIRST)
    day = datetime(2026, 3, 10, tzinfo=UTC)
    world.run(day, day + 27 * HOUR, Outcome.SUCCESS)
    world.run(day, day + 9 * DAY, then, first=Outcome.FAILED)
    world.evaluate()

    assert GOOD == world.entries("runs")["2026-03-10"] == world.entries("first")["2026-03-10"]
    assert day + 27 * HOUR == world.at("runs")["2026-03-10"] == world.at("first")["2026-03-10"]


def test_a_bad_run_that_is_cleared_counts_where_it_failed(world) -> None:
    """Made good in time, it is good; made good later, it stays bad; the first attempt is bad in both."""
    world.declare(RUNS, FIRST)
    early, late = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
    for day, again in ((early, 40 * HOUR), (late, 9 * DAY)):
        world.run(day, day + 27 * HOUR, Outcome.FAILED)
        world.run(day, day + again, Outcome.SUCCESS, first=Outcome.FAILED)
    world.evaluate()

    runs, first = world.entries("runs"), world.entries("first")
    assert (GOOD, BAD) == (runs["2026-03-10"], runs["2026-03-12"])
    assert BAD == first["2026-03-10"] == first["2026-03-12"]
    assert late + 27 * HOUR == world.at("runs")["2026-03-12"]


def test_a_watched_run_that_is_cleared_stays_where_it_was(world) -> None:
    """The event was then, and there is one of it."""
    world.declare(RUNS, expectation=Expectation(runs=True))
    day = datetime(2026, 3, 10, tzinfo=UTC)
    world.run(day, day + 27 * HOUR, Outcome.FAILED)
    world.run(day, day + 9 * DAY, Outcome.SUCCESS)
    world.evaluate()

    assert {"scheduled__2026-03-10": GOOD} == world.entries("runs")
    assert {"scheduled__2026-03-10": day + 27 * HOUR} == world.at("runs")


def test_a_watched_backfill_counts_when_it_ran(world) -> None:
    """Its data is of last year; it ran last night, between others."""
    world.declare(RUNS, expectation=Expectation(runs=True))
    for day in range(2, 27):
        its = datetime(2026, 3, day, tzinfo=UTC)
        world.run(its, its + 27 * HOUR, Outcome.SUCCESS)
    old = datetime(2025, 1, 1, tzinfo=UTC)
    world.run(old, NOW - 10 * DAY, Outcome.FAILED)
    world.run(old + DAY, NOW - 9 * DAY, Outcome.FAILED)
    (standing,) = world.evaluate().standings

    assert (25, 27) == (standing.good, standing.total)


def test_watched_runs_count_once_when_what_is_expected_changes(world) -> None:
    """A run is of the declaration that held when its interval ended."""
    world.declare(RUNS, expectation=Expectation(runs=True))
    changed = datetime(2026, 3, 15, tzinfo=UTC)
    world.declare(RUNS, expectation=Expectation(runs=True, timezone="Europe/Berlin"), since=changed)
    world.declare(RUNS, expectation=replace(DAILY, start=None), since=changed + 7 * DAY)
    for day in range(2, 28):
        its = datetime(2026, 3, day, tzinfo=UTC)
        world.run(its, its + 27 * HOUR, Outcome.SUCCESS)
    (standing,) = world.evaluate().standings

    # Those of the 2nd to the 21st by themselves, and then a slot a day: that of the 28th isn't due.
    assert (20 + 6, 20 + 6) == (standing.good, standing.total)


def test_a_partition_is_expected_once_when_its_schedule_moves(world) -> None:
    """The interval from five to five was over when the schedule became one from six to six."""
    changed = datetime(2026, 3, 15, 5, 30, tzinfo=UTC)
    world.declare(FRESH, expectation=replace(DAILY, schedule="0 5 * * *"))
    world.declare(FRESH, expectation=replace(DAILY, schedule="0 6 * * *"), since=changed)
    (standing,) = world.evaluate().standings

    # From the first (its interval begins at five) to the 27th: that of the 28th is due at noon of the 29th.
    assert 28 == standing.total == len(world.entries("fresh"))


@pytest.mark.parametrize(
    ("schedule", "grain", "now", "label"),
    [
        ("0 0 1 * *", Grain.DAY, datetime(2026, 3, 25, tzinfo=UTC), "2026-01-01"),
        ("0 0 1 * *", Grain.MONTH, datetime(2026, 3, 25, tzinfo=UTC), "2026-01"),
        ("0 0 1 1 *", Grain.DAY, datetime(2026, 1, 20, tzinfo=UTC), "2024-01-01"),
        ("0 0 1 1 *", Grain.YEAR, datetime(2026, 1, 20, tzinfo=UTC), "2024"),
        ("0 0 29 2 *", Grain.DAY, datetime(2028, 3, 20, tzinfo=UTC), "2020-02-29"),
    ],
)
def test_what_is_rare_is_missed_as_long_as_its_window_lasts(schedule, grain, now, label) -> None:
    """It was due when the next one ended, days ago; it ended itself a month, a year, or four before."""
    world = World(now)
    start = datetime(2010, 1, 1, tzinfo=UTC)
    world.declare(RUNS, expectation=Expectation(schedule=schedule, grain=grain, start=start), since=start)
    world.evaluate()

    assert {label: MISSING} == world.entries("runs")


def test_what_was_expected_before_long_holidays_is_missed_after_them(world) -> None:
    """It was due when the first one after them ended, however long they lasted."""
    off = Exclusion(first=date(2026, 1, 20), last=date(2026, 3, 5))
    world.declare(
        RUNS, expectation=replace(DAILY, start=datetime(2026, 1, 19, tzinfo=UTC), exclusions=(off,))
    )
    world.evaluate()

    assert MISSING == world.entries("runs")["2026-01-19"]
    assert datetime(2026, 3, 7, tzinfo=UTC) == world.at("runs")["2026-01-19"]


def test_the_last_one_that_is_expected_can_be_missed(world) -> None:
    """No other one ends after it: it is over when another one would."""
    world.declare(RUNS, expectation=replace(DAILY, end=START + 9 * DAY))
    world.evaluate()

    assert [f"2026-03-{day:02}" for day in range(1, 11)] == list(world.entries("runs"))
    assert {MISSING} == set(world.entries("runs").values())


def test_a_clock_that_was_wrong_once_stops_nothing(world) -> None:
    """An evaluator whose clock was a year ahead has kept what nobody can be faster than."""
    world.declare(FRESH)
    world.clock = FrozenClock(NOW + 365 * DAY)
    world.evaluate()
    world.clock = FrozenClock(NOW)
    found = world.evaluate()

    assert NOW == found.standings[0].at
    assert (0, 28) == (found.standings[0].good, found.standings[0].total)
    assert "still to come" in found.warnings[0]
    assert () == world.evaluate().warnings
    assert NOW == next(iter(world.levels.kept().values())).cursor


WEEK = Rolling(Duration(Fraction(7), TimeUnit.DAY))
MONTH = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "Europe/Berlin")  # noqa: DTZ001
RIGHT = Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction("0.95"), gap=Gap.EXCLUDED, window=WEEK)
OBJECTIVES = (
    FRESH,
    replace(FRESH, name="repaired", late=Late.REPAIRED, window=WEEK),
    replace(FRESH, name="month", window=MONTH),
    replace(FRESH, name="slices", method=Budgeting.TIMESLICES, slice=Fraction(6 * 3600), window=WEEK),
    RIGHT,
    replace(RIGHT, name="gap", gap=Gap.BAD, late=Late.REPAIRED),
    replace(RUNS, window=WEEK),
    replace(FIRST, window=MONTH),
    Objective(name="whole", sli=Sli.COMPLETENESS, target=Fraction("0.9"), method=Budgeting.RATIO_TIMESLICES),
)
EXPECTED = st.sampled_from(
    [
        DAILY,
        replace(DAILY, timezone="Europe/Berlin"),
        replace(DAILY, schedule="0 */5 * * *", timezone="Europe/Berlin", grain=Grain.HOUR),
        replace(DAILY, schedule="30 2 * * *", timezone="Europe/Berlin"),
        replace(DAILY, exclusions=(Exclusion(first=date(2026, 3, 22), last=date(2026, 3, 24)),)),
        replace(DAILY, end=NOW + DAY),
        Expectation(runs=True),
        Expectation(),
    ]
)
HOURS = st.integers(min_value=0, max_value=12 * 24)
STEP = st.one_of(
    st.tuples(st.just("wait"), st.integers(min_value=1, max_value=60)),
    st.tuples(st.just("publish"), HOURS, st.integers(min_value=-6, max_value=60)),
    st.tuples(st.just("verify"), HOURS, st.integers(min_value=0, max_value=4)),
    st.tuples(st.just("run"), HOURS, st.sampled_from(Outcome)),
    st.tuples(st.just("declare"), EXPECTED),
)


def tell(world: World, step: tuple) -> None:
    """Let something happen."""
    now = world.clock.now()
    match step:
        case ("wait", hours):
            world.clock = FrozenClock(now + hours * HOUR)
        case ("publish", ago, late):
            world.publish((now - ago * HOUR).date().isoformat(), now + late * HOUR)
        case ("verify", ago, good):
            label = (now - ago * HOUR).date().isoformat()
            batch = Batch(team="shop", product="orders", dataset="orders", partition=label)
            counts = {"good": good, "total": 4, "value": None, "end": None}
            for sli in (Sli.CORRECTNESS, Sli.COMPLETENESS):
                seen = Observation(batch=batch, sli=sli, subject=f"{now} {good}", at=now, **counts)
                world.store.record(seen)
        case ("run", ago, final):
            day = (now - ago * HOUR).replace(hour=0)
            world.run(day, now, final)
        case ("declare", expectation):
            world.declare(*OBJECTIVES, expectation=expectation, since=now)


@given(first=EXPECTED, steps=st.lists(STEP, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_an_evaluation_comes_to_what_one_from_nothing_does(first, steps) -> None:
    """What was kept is never worth more than what was seen."""
    world = Heard(datetime(2026, 3, 26, tzinfo=UTC))
    world.declare(*OBJECTIVES, expectation=first)
    for step in steps:
        tell(world, step)
        going_on = world.evaluate().standings
        kept = {key: one.entries for key, one in world.levels.kept().items()}
        world.levels.drop(*kept)
        anew = world.evaluate().standings
        assert [account(one) for one in anew] == [account(one) for one in going_on]


def account(standing) -> tuple:
    """Return what an objective comes to; where its window lies is as old as the evaluation."""
    burns = tuple((burn.long, burn.short, burn.firing) for burn in standing.burns)
    its = (standing.good, standing.total, standing.expected, standing.allowed, standing.state, burns)
    return (standing.slo, *its)


class Heard(World):
    """A deployment whose levels know what is new."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.levels = Recording(self.store, self)


class Recording(MemoryServiceLevels):
    """Service levels that know since when each fact is known."""

    def __init__(self, store: MemoryStore, world: World) -> None:
        super().__init__(store)
        self._world = world
        self._facts: tuple = ()
        self._at = datetime.min.replace(tzinfo=UTC)

    def touched(self, *, since: datetime):
        """Return whose facts there are that were not there when it was asked last."""
        facts = (frozenset(self._store.facts(Observation)), frozenset(self._runs.values()))
        if facts != self._facts:
            self._facts, self._at = facts, self._world.clock.now()
        return {("shop", "orders"): self._at} if self._at >= since else {}


AGES = Rolling(Duration(Fraction(10**6), TimeUnit.YEAR))
OF_OLD = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(1, 1, 1), "Asia/Tokyo")  # noqa: DTZ001
END = datetime(9999, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("objective", "expectation", "now"),
    [
        (replace(FRESH, threshold=Fraction(10**12)), DAILY, NOW),
        (replace(FRESH, threshold=Fraction(10**15)), DAILY, NOW),
        (replace(FRESH, sli=Sli.LATENCY, threshold=Fraction(10**15)), DAILY, NOW),
        (replace(FRESH, window=AGES), DAILY, NOW),
        (replace(FRESH, window=OF_OLD), DAILY, NOW),
        (replace(FRESH, method=Budgeting.TIMESLICES, slice=Fraction(1, 10**9)), DAILY, NOW),
        (replace(RUNS, method=Budgeting.TIMESLICES, slice=Fraction(1, 10**9)), DAILY, NOW),
        (replace(RUNS, method=Budgeting.TIMESLICES, slice=Fraction(10**12)), DAILY, NOW),
        (FRESH, replace(DAILY, exclusions=(Exclusion(first=date.min, last=date.max),)), NOW),
        (FRESH, replace(DAILY, start=END), NOW),
        (FRESH, DAILY, END),
        (FRESH, DAILY, datetime(1, 1, 2, tzinfo=UTC)),
    ],
)
def test_numbers_beyond_all_measure_take_no_other_product_with_them(objective, expectation, now) -> None:
    """They are of one objective: the next one is evaluated, and a word says why where one can't be."""
    world = World(now)
    world.declare(objective, replace(RUNS, name="sound"), expectation=expectation)
    found = world.evaluate()
    stand = {standing.slo for standing in found.standings}

    assert stand == {objective.name, "sound"} or len(found.warnings) == 1


@pytest.mark.parametrize("objective", [RUNS, FRESH, OBJECTIVES[-1]], ids=lambda its: its.name)
@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 3, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 15, 12, tzinfo=UTC),
        datetime(2026, 3, 31, 1, tzinfo=UTC),
        datetime(2026, 3, 31, 12, tzinfo=UTC),
    ],
)
def test_a_month_has_as_many_events_at_its_start_as_at_its_end(objective, now) -> None:
    """A budget that grows with the last day was too small before: 31 days end in March."""
    world = World(now)
    month = replace(MONTH, timezone="UTC")
    world.declare(replace(objective, window=month), expectation=replace(DAILY, start=START - 28 * DAY))
    day = START - 28 * DAY
    while day + 27 * HOUR <= now:
        world.publish(day.date().isoformat(), day + 27 * HOUR)
        world.run(day, day + 27 * HOUR, Outcome.SUCCESS)
        batch = Batch(team="shop", product="orders", dataset="orders", partition=day.date().isoformat())
        counts = {"good": 5, "total": 5, "value": None, "end": None}
        world.store.record(
            Observation(batch=batch, sli=Sli.COMPLETENESS, subject="1", at=day + 27 * HOUR, **counts)
        )
        day += DAY
    (standing,) = world.evaluate().standings

    assert standing.total == standing.good
    assert 31 == standing.expected


def test_a_declaration_of_a_clock_far_ahead_does_not_count(world) -> None:
    """Until its instant comes; and each evaluation says so, though nothing else is new."""
    early = NOW + 2 * DAY
    world.declare(FRESH)
    world.declare(replace(FRESH, name="other"), since=early)

    first, second = world.evaluate(), world.evaluate()

    assert ["fresh"] == [one.slo for one in first.standings] == [one.slo for one in second.standings]
    (line,) = first.warnings
    assert (line,) == second.warnings
    assert line.startswith("shop/orders: its declaration of 2026-03-31 12:00 UTC is of an instant")
    assert line.endswith("what was declared before it holds")

    world.clock.advance(2 * DAY)
    later = world.evaluate()

    assert ["other"] == [one.slo for one in later.standings]
    assert () == later.warnings


def test_where_nothing_but_the_future_is_declared_that_is_said(world) -> None:
    """And nothing is counted."""
    world.declare(FRESH, since=NOW + 2 * DAY)

    found = world.evaluate()

    assert () == found.standings
    (line,) = found.warnings
    assert "nothing else is declared of it" in line


class Watched(MemoryServiceLevels):
    """Remembers which ledgers were read; what was touched when is what it is told."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.read: list[str] = []
        self.news: dict[tuple[str, str], datetime] = {}

    def touched(self, *, since: datetime):
        """Return what it was told."""
        return {owner: at for owner, at in self.news.items() if at >= since}

    def stood(self, **where):
        """Return how objectives stand, which reads no ledger."""
        return {key: replace(one, entries=()) for key, one in super().kept(**where).items()}

    def kept(self, **where):
        """Return ledgers, and remember whose."""
        found = super().kept(**where)
        self.read += [product for _, product, _ in found]
        return found


@pytest.mark.parametrize("asked", [True, False])
def test_who_counts_events_reads_each_ledger_once_that_is_made_anew(asked) -> None:
    """And no other; who doesn't count reads none."""
    store = MemoryStore()
    levels, clock = Watched(store), FrozenClock(NOW)
    orders = Declaration(
        team="shop", product="orders", dataset="orders", expectation=DAILY, objectives=(FRESH,), since=START
    )
    levels.declare(orders, replace(orders, product="sales", dataset="sales"))
    told: list[tuple[str, Fraction, Fraction]] = []

    def evaluate() -> None:
        evaluate_slos(
            levels=levels,
            timetable=CronTimetable(),
            store=store,
            clock=clock,
            tell=(lambda its, old, new: told.append((its.product, old.standing.good, new.standing.good)))
            if asked
            else None,
        )

    evaluate()
    clock.advance(timedelta(minutes=20))
    evaluate()
    assert [] == levels.read == told

    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-27")
    nothing = {"end": None, "good": None, "total": None, "value": None}
    seen = datetime(2026, 3, 28, 2, tzinfo=UTC)
    store.record(Observation(batch=batch, sli=Sli.FRESHNESS, subject="late", at=seen, **nothing))
    levels.news["shop", "orders"] = clock.now()
    clock.advance(timedelta(minutes=20))
    evaluate()

    assert (["orders"] if asked else []) == levels.read
    assert ([("orders", 0, 1)] if asked else []) == told


@pytest.mark.parametrize("since", [START, NOW - DAY])
def test_one_late_hour_of_a_new_product_tells_nobody(world, since) -> None:
    """Whether it began three days ago, or was declared only now and says when it began."""
    begin = NOW - 3 * DAY
    hourly = Expectation(schedule="@hourly", start=begin, grain=Grain.HOUR)
    fresh = replace(FRESH, target=Fraction("0.95"), threshold=Fraction(1800))
    world.declare(fresh, expectation=hourly, since=since)
    for hour in range(72):
        at = begin + hour * HOUR
        world.publish(f"{at:%FT%H}", at + HOUR + (HOUR if hour == 60 else timedelta(minutes=5)))

    (found,) = world.evaluate().standings

    assert (1, 71, Fraction("3.55")) == (found.bad, found.total, found.allowed)
    # In the 33.6 hours of the ticket as many may be bad as belong to them of the 72 so far.
    (ticket,) = (burn for burn in found.burns if burn.alert.urgency is Urgency.TICKET)
    assert (1 / (Fraction("3.55") * Fraction("33.6") / 72), False) == (ticket.long, ticket.firing)
