"""Back-tests over what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import SettingsError
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.levels.backtest_slos import backtest_slos

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAGE = BurnAlert(
    urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(4 * 86_400), short=Fraction(86_400 * 3, 2)
)
FRESH = Objective(
    name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600), alerts=(PAGE,)
)
RUNS = Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.9"), alerts=(PAGE,))
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", start=START),
    objectives=(FRESH,),
    since=START,
)


class World:
    """A product that delivers each day, three hours after it, but for some days of the year."""

    def __init__(self, *missing: int, declared: Declaration = ORDERS) -> None:
        self.store = MemoryStore()
        self.levels = MemoryServiceLevels(self.store)
        self.levels.declare(declared)
        for at in range((NOW - START).days):
            if at not in missing:
                self.see(START + at * DAY)

    def see(self, day: datetime) -> None:
        """Deliver a day."""
        batch = Batch(team="shop", product="orders", dataset="orders", partition=f"{day:%F}")
        counts = {"good": None, "total": None, "value": None}
        at = day + DAY + 3 * HOUR
        self.store.record(
            Observation(batch=batch, sli=Sli.FRESHNESS, subject="1", end=day + DAY, at=at, **counts)
        )

    def backtest(self, since: str = "90d", **what):
        """Replay."""
        return backtest_slos(
            since=since,
            levels=self.levels,
            timetable=CronTimetable(),
            store=self.store,
            clock=FrozenClock(NOW),
            **what,
        )


def day(at: int) -> str:
    """Return the partition of a day of the year."""
    return f"{START + at * DAY:%F}"


def test_what_is_in_force_is_replayed() -> None:
    """Two missing days in a row would have paged, one alone not."""
    (made,), warnings = World(80, 120, 121).backtest()

    assert () == warnings
    assert ([Urgency.PAGE], 1) == ([each.alert.urgency for each in made.alarms], len(made.missed))
    assert day(80) == made.missed[0].burnt[0].entry.partition
    assert (90, 3) == (made.total, made.total - made.good)
    assert () == made.notes


def test_what_was_before_counts_for_its_first_window() -> None:
    """Else every back-test would begin with a full budget."""
    (made,), _ = World(55, 56).backtest()

    assert made.points[0][1] == 1 - 2 / Fraction(28, 10)
    assert made.total == made.good


def test_a_definition_that_is_not_in_force_is_replayed() -> None:
    """As its files say, over what was seen; nothing of it is remembered."""
    stricter = replace(
        ORDERS, team="", objectives=(replace(FRESH, name="sooner", threshold=Fraction(2 * 3600)),), since=NOW
    )
    world = World()
    (made,), _ = world.backtest(candidates=(stricter,))

    assert ("shop", "sooner", 0, 90) == (
        made.declaration.team,
        made.objective.name,
        made.good,
        made.total,
    )
    assert [ORDERS] == list(world.levels.declared())
    assert {} == world.levels.kept()


def test_a_period_of_the_calendar_knows_what_is_to_come() -> None:
    """June has thirty deliveries, of which one is due."""
    month = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
    (made,), _ = World(150, declared=replace(ORDERS, objectives=(replace(FRESH, window=month),))).backtest()

    assert (30, 1) == (made.standing.expected, made.standing.bad)
    assert made.points[-1][1] == 1 - Fraction(1, 3)


def test_what_a_verdict_stopped_and_nobody_was_told_of_is_named() -> None:
    """A blocked batch whose next attempt was in time burns nothing."""
    world = World()
    batch = Batch(team="shop", product="orders", dataset="orders", partition=day(100))
    world.store.record(
        Verification(
            batch=batch,
            stage=Stage.VERIFY,
            run_id="r",
            contract="orders@1",
            at=START + 101 * DAY,
            rows=10,
            good=1,
            bad=9,
            unparsable=0,
            outcomes=(),
            blocks=("9 of 10 rows break the contract, 5 % are allowed",),
        )
    )
    (made,), _ = world.backtest()

    assert ["stopped at verify: 9 of 10 rows break the contract, 5 % are allowed"] == [
        each.what for each in made.silent
    ]


def test_runs_of_another_place_count() -> None:
    """As Airflow's REST API has them, of a DAG of which the store knows none."""
    asked = []

    def past_runs(team: str, dag_id: str, since: datetime, until: datetime):
        asked.append((team, dag_id, until))
        return [
            RunOutcome(
                team=team,
                dag_id=dag_id,
                run_id=f"scheduled__{at}",
                start=START + at * DAY,
                end=START + (at + 1) * DAY,
                ended=START + (at + 1) * DAY + HOUR,
                first=Outcome.SUCCESS,
                final=Outcome.FAILED if at == 100 else Outcome.SUCCESS,
            )
            for at in range((NOW - START).days)
            if START + at * DAY >= since - DAY
        ]

    world = World(declared=replace(ORDERS, objectives=(RUNS,)))
    (without,), _ = world.backtest()
    (made,), _ = world.backtest(past_runs=past_runs)

    assert (0, 1) == (without.good, made.total - made.good)
    assert [("shop", "orders", NOW)] == asked


def test_where_nothing_was_seen_it_is_said() -> None:
    """A typo in a product's name would look like a disaster."""
    other = replace(ORDERS, product="refunds")
    (made,), _ = World().backtest(candidates=(other,))

    assert made.notes[-1].startswith("nothing was seen of it in this time")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"since": "soon"}, "is no number of days"),
        ({"since": "9999d"}, "is more than ten years. Write at most 3653d."),
        ({"since": "9999999999d"}, "since"),
        ({"product": "ordres"}, "Did you mean `orders`?"),
        ({"product": "orders", "slo": "frsh"}, "Did you mean `fresh`?"),
        ({"candidates": (ORDERS,), "slo": "frsh"}, "no objective `frsh` is declared there"),
        ({"candidates": (replace(ORDERS, objectives=()),)}, "no objective is declared there"),
    ],
)
def test_what_can_not_be_replayed_is_said(what, says) -> None:
    """In one line."""
    with pytest.raises(SettingsError) as caught:
        World().backtest(**what)

    assert says in str(caught.value)


def test_a_schedule_that_is_none_is_said() -> None:
    """Of files that lint was not asked about."""
    odd = replace(ORDERS, expectation=replace(ORDERS.expectation, schedule="now and then"))

    (made,), warnings = World().backtest(candidates=(odd,))

    assert "now and then" in warnings[0]
    assert 0 == made.total


def test_a_name_of_several_teams_asks_which() -> None:
    """What was seen of one is not what was seen of the other."""
    world = World()
    world.levels.declare(replace(ORDERS, team="mill"))

    with pytest.raises(
        SettingsError, match=r"several teams have a product `orders`: mill, shop\. Add --team"
    ):
        world.backtest(candidates=(replace(ORDERS, team=""),))
    (made,), _ = world.backtest(candidates=(replace(ORDERS, team=""),), team="shop")
    assert 90 == made.good
