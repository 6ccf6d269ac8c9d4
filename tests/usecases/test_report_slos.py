"""Reports on months, and lists and pages, from what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.compliance import Reached
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Exclusion, Expectation
from airflow_dataops.core.slo.objective import BurnAlert, Gap, Late, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import State
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.levels.cause import incident
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.alerts.set_up_alerts import set_up_alerts
from airflow_dataops.usecases.levels.aside import NoStore, Unwritten
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.usecases.levels.list_slos import list_slos
from airflow_dataops.usecases.levels.report_slos import report_slos
from airflow_dataops.usecases.levels.show_slo import show_slo

START = datetime(2026, 8, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600))
BURNS = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(0), long=Fraction(30 * 86400), short=Fraction(0))
RIGHT = Objective(name="right", sli=Sli.CORRECTNESS, target=Fraction("0.99"), gap=Gap.EXCLUDED)
RUNS = Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.9"))
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", start=START),
    objectives=(FRESH, RIGHT, RUNS),
    owner="ann",
    since=START,
)


class World:
    """A product of which something was seen every day until November."""

    def __init__(self, *declarations: Declaration) -> None:
        self.store = MemoryStore()
        self.levels = MemoryServiceLevels(self.store)
        self.levels.declare(*(declarations or (ORDERS,)))
        self.clock = FrozenClock(NOW)

    def days(self, late: dict[int, timedelta] | None = None, missing: frozenset[int] = frozenset()) -> World:
        """Deliver each day from September to November, three hours after it, except for those of October."""
        day = datetime(2026, 9, 1, tzinfo=UTC)
        while day < NOW:
            of_october = day.day if day.month == 10 else 0
            if of_october not in missing:
                self.see(day, day + DAY + 3 * HOUR + (late or {}).get(of_october, timedelta()))
            day += DAY
        return self

    def see(self, day: datetime, at: datetime, *, sli: Sli = Sli.FRESHNESS, subject: str = "1", **counts):
        """See something of a day."""
        batch = Batch(team="shop", product="orders", dataset="orders", partition=f"{day:%F}")
        seen = {"good": None, "total": None, "value": None, **counts}
        self.store.record(Observation(batch=batch, sli=sli, subject=subject, end=day + DAY, at=at, **seen))

    def report(self, month: str = "2026-10", **where):
        """Make the report."""
        return report_slos(month, levels=self.levels, timetable=CronTimetable(), clock=self.clock, **where)

    def shown(self, slo: str = "", warn=pytest.fail):
        """Show its objectives."""
        return show_slo("orders", slo=slo, levels=self.levels, store=self.store, clock=self.clock, warn=warn)


def test_a_month_by_hand() -> None:
    """31 deliveries due in October; one late, two missing: 3 bad, 31/10 may be."""
    world = World(replace(ORDERS, objectives=(FRESH,))).days({9: 5 * HOUR}, frozenset({17, 18}))
    (made,) = world.report().objectives

    assert (28, 31, Fraction(31, 10)) == (made.good, made.total, made.allowed)
    assert (Reached.KEPT, 1 - Fraction(30, 31)) == (made.verdict, made.remaining)
    assert ["2 times no delivery", "late by 2 h 0 min"] == [
        incident(each, Sli.FRESHNESS) for each in made.incidents
    ]
    assert [10, 18, 19] == [day.date.day for day in made.days if day.bad]
    assert ("ann", True, ()) == (made.owner, made.over, made.notes)


def test_rows_and_runs_have_their_reasons() -> None:
    """Of a day on which some rows were bad, and whose run failed."""
    world = World(replace(ORDERS, objectives=(RIGHT, RUNS)))
    day = datetime(2026, 10, 5, tzinfo=UTC)
    while day < datetime(2026, 10, 8, tzinfo=UTC):
        bad = day.day == 6
        world.see(day, day + DAY + HOUR, sli=Sli.CORRECTNESS, good=400 - 12 * bad, total=400)
        world.levels.ran(
            RunOutcome(
                team="shop",
                dag_id="orders",
                run_id=f"scheduled__{day:%F}",
                start=day,
                end=day + DAY,
                ended=day + DAY + HOUR,
                first=Outcome.SUCCESS,
                final=Outcome.FAILED if bad else Outcome.SUCCESS,
            )
        )
        day += DAY
    right, runs = world.report().objectives

    assert ["12 of 400 rows bad"] == [incident(each, Sli.CORRECTNESS) for each in right.incidents]
    failed = next(each for of in runs.incidents for each in of.burnt if each.entry.partition == "2026-10-06")
    assert "failed" == failed.kind


def test_a_report_that_is_made_again_says_the_same() -> None:
    """What was repaired, seen and declared after the month is not the month's."""
    late = replace(FRESH, late=Late.REPAIRED)
    world = World(replace(ORDERS, objectives=(late,))).days({8: 4 * DAY, 31: 9 * DAY})
    (first,) = world.report().objectives
    world.clock.advance(30 * DAY)
    world.levels.declare(replace(ORDERS, objectives=(replace(late, target=Fraction("0.5")),), since=NOW))
    (second,) = world.report().objectives

    assert first == second
    assert ["2026-10-08"] == [each.entry.partition for each in first.repaired]
    assert 31 == first.good


def test_a_month_that_goes_on_is_held_against_all_of_it() -> None:
    """November has 30 deliveries, of which 20 are due."""
    (made,) = World(replace(ORDERS, objectives=(FRESH,))).days().report("2026-11").objectives

    assert (20, 30, 3, False) == (made.total, made.expected, made.allowed, made.over)


def test_what_changed_is_a_note_and_holidays_are_left_out() -> None:
    """Whoever reads the report must know that another promise was made before."""
    changed = replace(
        ORDERS,
        objectives=(replace(FRESH, target=Fraction("0.8")),),
        since=datetime(2026, 10, 14, 9, 12, tzinfo=UTC),
        expectation=replace(
            ORDERS.expectation,
            exclusions=(Exclusion(first=datetime(2026, 10, 20).date(), last=datetime(2026, 10, 21).date()),),  # noqa: DTZ001
        ),
    )
    world = World(replace(ORDERS, objectives=(FRESH,)), changed).days(missing=frozenset({20, 21}))
    (made,) = world.report().objectives

    assert (29, 29) == (made.good, made.total)
    assert "target was 0.9 until 2026-10-14 09:12 UTC, and is 0.8 since" in made.notes


def test_each_zone_has_its_own_month() -> None:
    """At the same instant it is over in Tokyo, and not in New York."""
    there = replace(
        ORDERS,
        product="trades",
        objectives=(FRESH,),
        expectation=replace(ORDERS.expectation, timezone="Asia/Tokyo"),
    )
    here = replace(
        there, product="sales", expectation=replace(ORDERS.expectation, timezone="America/New_York")
    )
    world = World(there, here)
    world.clock = FrozenClock(datetime(2026, 10, 31, 20, tzinfo=UTC))
    made = {each.product: each for each in world.report().objectives}

    assert (True, False) == (made["trades"].over, made["sales"].over)
    assert {"Asia/Tokyo"} == {made["trades"].timezone}
    assert 31 == made["trades"].total


def test_what_was_declared_after_the_month_says_so() -> None:
    """It judges days on which nobody had promised anything."""
    (made,) = World(replace(ORDERS, objectives=(FRESH,), since=NOW - DAY)).days().report().objectives

    assert ("it was first declared at 2026-11-19 12:00 UTC: the month was over",) == made.notes
    assert 31 == made.good


def test_a_time_zone_that_is_none_is_one_line() -> None:
    """It can't come from files that were read here; a store may be older."""
    zone = replace(ORDERS.expectation, timezone="Mars/Base")

    with pytest.raises(SettingsError, match="`Mars/Base` is no time zone"):
        World(replace(ORDERS, expectation=zone)).report()


def test_a_schedule_that_is_none_takes_no_other_with_it() -> None:
    """Nothing is known of it, and the report says so."""
    fresh = replace(ORDERS, objectives=(FRESH,))
    odd = replace(fresh, product="odd", expectation=replace(ORDERS.expectation, schedule="now and then"))
    made = World(fresh, odd).days().report()

    assert {"odd": Reached.UNKNOWN, "orders": Reached.KEPT} == {
        each.product: each.verdict for each in made.objectives
    }
    assert "now and then" in made.warnings[0]


def test_nothing_is_remembered() -> None:
    """Neither standings nor audit records: a report is no evaluation."""
    world = World().days()
    world.report()

    assert {} == world.levels.kept()


@pytest.mark.parametrize(
    ("month", "where", "says"),
    [
        ("2026-13", {}, "is no month"),
        ("2027-01", {}, "has not begun"),
        ("2026-10", {"product": "ordres"}, "Did you mean `orders`?"),
        ("2026-10", {"team": "mill"}, "There are: shop."),
        ("2026-10", {"team": "mill", "product": "orders"}, "no product `orders` of the team `mill`"),
    ],
)
def test_what_can_not_be_reported_is_said(month, where, says) -> None:
    """In one line, with what there is."""
    with pytest.raises(SettingsError) as caught:
        World().report(month, **where)

    assert says in str(caught.value)


def test_where_nothing_is_declared_people_are_told_how() -> None:
    """An empty report would look like one on which all is well."""
    world = World(replace(ORDERS, objectives=()))

    with pytest.raises(SettingsError, match="no objective is declared"):
        world.report()
    with pytest.raises(SettingsError, match="the product `orders` declares no objective"):
        world.report(product="orders")


def evaluated(world: World, *, dry: bool = False) -> None:
    """Evaluate, for good or not."""
    levels = Unwritten(world.levels) if dry else world.levels
    store = NoStore() if dry else world.store
    evaluate_slos(levels=levels, timetable=CronTimetable(), store=store, clock=world.clock)


def test_a_list_says_what_was_never_evaluated() -> None:
    """A dry run changes nothing about that."""
    world = World().days()
    evaluated(world, dry=True)
    before = list_slos(levels=world.levels, clock=world.clock, warn=pytest.fail)
    evaluated(world)
    after = list_slos(levels=world.levels, clock=world.clock, warn=pytest.fail)

    assert [None, None, None] == [level.kept for level in before]
    assert ["fresh", "right", "runs"] == [level.objective.name for level in after]
    assert State.OK is after[0].state


def test_a_page_has_what_burnt_in_the_window() -> None:
    """And nothing of what is older."""
    world = World(replace(ORDERS, objectives=(FRESH,))).days({1: 9 * HOUR, 30: 9 * HOUR})
    evaluated(world)
    (shown,) = world.shown("fresh")

    assert ["2026-10-30"] == [each.entry.partition for each in shown.burnt]
    assert 6 * 3600 == shown.burnt[0].seconds


def test_a_page_says_why_nobody_is_told_that_an_alert_fires() -> None:
    """Since nobody routes alerts, or it was before somebody did; of what came after it, people are told."""
    firing = replace(FRESH, alerts=(BURNS,))
    world = World(replace(ORDERS, objectives=(firing,)))
    world.see(NOW - 2 * DAY, NOW)
    evaluated(world)
    assert "alerts were never routed here" in world.shown("fresh")[0].untold

    set_up_alerts(store=world.store, now=NOW)
    assert "was before alerting was set up, at 2026-11-20 12:00 UTC" in world.shown("fresh")[0].untold

    world.clock.advance(DAY)
    evaluated(world)
    assert "" == world.shown("fresh")[0].untold


def test_an_objective_that_there_is_not_is_told_with_what_there_is() -> None:
    """A misspelt name must not look like one without a problem."""
    with pytest.raises(SettingsError, match=r"no objective `frsh`\. Did you mean `fresh`\?"):
        World().shown("frsh")


def test_a_declaration_of_a_clock_far_ahead_is_named_and_left_out() -> None:
    """In lists, on pages and in reports alike."""
    world = World().days()
    early = world.clock.now() + timedelta(days=9)
    world.levels.declare(replace(ORDERS, objectives=(replace(FRESH, name="other"),), since=early))
    said: list[str] = []

    listed = list_slos(levels=world.levels, clock=world.clock, warn=said.append)
    shown = world.shown(warn=said.append)
    reported = world.report()

    assert ["fresh", "right", "runs"] == [level.objective.name for level in listed]
    assert ["fresh", "right", "runs"] == [each.level.objective.name for each in shown]
    assert ["fresh", "right", "runs"] == [each.objective.name for each in reported.objectives]
    assert 1 == len(set(said)) == len(reported.warnings)
    assert "is of an instant that is still to come" in said[0]


def test_where_nothing_but_the_future_is_declared_a_list_says_so() -> None:
    """That is another trouble than a name that is misspelt."""
    world = World()
    world.levels = type(world.levels)(world.store)
    world.levels.declare(replace(ORDERS, since=world.clock.now() + timedelta(days=9)))

    with pytest.raises(SettingsError, match=r"still to come.*nothing else is declared.*Set that clock right"):
        list_slos(levels=world.levels, clock=world.clock, warn=pytest.fail, product="orders")
