"""What is found to be wrong, and what ends that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.rules import USUAL
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.why_over import REPAIRED, UNEXPECTED, WITHDRAWN
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.expectation import Exclusion
from airflow_dataops.core.slo.objective import Budgeting, Objective, Urgency
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.render.alerts.runbook import fill
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.compose_message import compose_message
from airflow_dataops.usecases.alerts.find_signals import find_signals
from airflow_dataops.usecases.alerts.route_alerts import bare, route_alerts
from airflow_dataops.usecases.alerts.set_up_alerts import set_up_alerts
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
THIRD = date(2026, 3, 3)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.5"), threshold=Fraction(6 * 3600))
WHOLE = Objective(
    name="whole", sli=Sli.COMPLETENESS, target=Fraction("0.99"), method=Budgeting.RATIO_TIMESLICES
)
STREAM = Objective(
    name="stream",
    sli=Sli.FRESHNESS,
    target=Fraction("0.5"),
    threshold=Fraction(6 * 3600),
    slice=Fraction(3600),
    method=Budgeting.TIMESLICES,
)

AT_ONCE = replace(USUAL, keep_firing_for=timedelta())
"""What is well is over: what is wrong matters here; `test_drills.py` has for how long it must be well."""


@pytest.fixture
def world(world):
    """A deployment on SQLite, in which what is well is over at once."""
    world.rules = AT_ONCE
    return world


@pytest.fixture
def worlds(worlds):
    """The same on each server."""
    worlds.rules = AT_ONCE
    return worlds


def kinds(world) -> dict[str, set[str]]:
    """Return product/partition -> what is wrong with it, but for burning budgets."""
    found = {name: {*one.kinds} - {Kind.BURNING} for name, one in world.open().items()}
    return {name: {str(kind) for kind in some} for name, some in found.items() if some}


def begin(world, *objectives: Objective, **what) -> None:
    """Declare orders, deliver two days, and set alerting up."""
    world.declare("orders", *objectives, **what)
    world.evaluate()
    for day in (THIRD - 2 * DAY, THIRD - DAY):
        world.deliver(day, world.at(day, 2))
    world.go(world.at(THIRD, 0.1))


def test_a_partition_is_incomplete_until_all_rows_came_and_its_own_publication_ends_nothing(world) -> None:
    """Ninety of a hundred rows were published; then a hundred came."""
    begin(world, WHOLE, tier="critical")
    world.deliver(THIRD, world.at(THIRD, 2), rows=90)
    world.go(world.at(THIRD, 2.25))
    world.go(world.at(THIRD, 3))
    (incident,) = world.open().values()

    assert {f"orders/{THIRD}": {"incomplete"}} == kinds(world)
    assert (Urgency.PAGE, "90 of 100 rows came") == (incident.urgency, incident.signals[0].text)
    world.deliver(THIRD, world.at(THIRD, 4))
    world.go(world.at(THIRD, 4.25))
    assert ({}, REPAIRED) == (world.open(), world.alerts.incidents()[0].why_over)


def test_a_partition_of_which_no_rows_were_counted_is_incomplete_until_it_is_published(world) -> None:
    """Nothing came by the time at which the next one could be delivered."""
    begin(world, WHOLE)
    world.go(world.at(THIRD + DAY, 0.1))
    assert {f"orders/{THIRD}": {"incomplete"}} == kinds(world)
    world.deliver(THIRD, world.at(THIRD + DAY, 1))
    world.go(world.at(THIRD + DAY, 1.1))
    assert {} == kinds(world)


def test_rows_that_are_lost_are_a_page_until_another_version_has_them(world) -> None:
    """A hundred passed the audit, sixty were published."""
    begin(world, FRESH)
    world.deliver(THIRD, world.at(THIRD, 2), visible=60)
    world.go(world.at(THIRD, 2.25))
    assert ({f"orders/{THIRD}": {"lost"}}, "page") == (kinds(world), world.open()[f"orders/{THIRD}"].urgency)
    world.deliver(THIRD, world.at(THIRD, 3))
    world.go(world.at(THIRD, 3.25))
    assert {} == world.open()


def test_a_version_with_fewer_rows_than_the_one_before_is_no_loss(world) -> None:
    """A correction takes rows away, too."""
    begin(world, FRESH)
    world.deliver(THIRD, world.at(THIRD, 2))
    world.deliver(THIRD, world.at(THIRD, 3), rows=80)
    world.go(world.at(THIRD, 3.25))
    assert {} == world.open()


@pytest.mark.parametrize("mended", ["run", "publication"])
@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.LATE])
def test_what_a_callback_reported_holds_until_the_run_ends_well_or_the_partition_is_delivered(
    world, kind, mended
) -> None:
    """The run is known by its id."""
    begin(world, FRESH)
    world.report(THIRD, kind, world.at(THIRD, 2), text="task land failed")
    world.go(world.at(THIRD, 2.25))
    assert {f"orders/{THIRD}": {str(kind)}} == kinds(world)
    if mended == "run":
        world.run(THIRD, Outcome.SUCCESS, world.at(THIRD, 3))
    else:
        world.deliver(THIRD, world.at(THIRD, 3), run_id="another")
    world.go(world.at(THIRD, 3.25))
    assert {} == kinds(world)


def test_a_dag_that_only_has_callbacks_fails_and_is_well_by_their_word(world) -> None:
    """Nobody listens to it, nothing of it is declared, nothing is published."""
    begin(world, FRESH)
    world.report(THIRD, Kind.FAILED, world.at(THIRD, 2), "etl", task_id="load", text="the task load failed")
    world.report(THIRD, Kind.FAILED, world.at(THIRD, 2), "etl", text="the run failed")
    world.report(THIRD, Kind.LATE, world.at(THIRD, 2.1), "etl", text="not done by its deadline")
    world.go(world.at(THIRD, 2.25))
    assert {f"etl/{THIRD}": {"failed", "late"}} == kinds(world)
    world.report(THIRD, Kind.FAILED, world.at(THIRD, 3), "etl", well=True)
    world.go(world.at(THIRD, 3.25))
    assert {} == world.open()
    assert ["trigger", "resolve"] == [one.event for one in world.told]


def test_rules_that_could_not_be_evaluated_are_a_failure_and_no_bad_data(world) -> None:
    """Nobody knows whether the rows are bad."""
    begin(world, FRESH)
    said = {"blocks": (), "errors": ("order_id.unique: no such column",)}
    world.store.record(world.verdict(THIRD, world.at(THIRD, 2), stage=Stage.VERIFY, **said))
    world.go(world.at(THIRD, 2.25))
    assert {f"orders/{THIRD}": {"failed"}} == kinds(world)


def test_a_newer_refusal_replaces_the_one_before_it_whatever_its_stage(world) -> None:
    """The second file has a wrong header: what was wrong with the rows of the first is of no interest."""
    begin(world, FRESH)
    world.refuse(THIRD, world.at(THIRD, 2))
    world.store.record(
        world.verdict(THIRD, world.at(THIRD, 3), stage=Stage.GATE, blocks=("header: expected a, b",))
    )
    world.go(world.at(THIRD, 3.25))
    (bad,) = (one for one in world.open()[f"orders/{THIRD}"].signals if one.kind is Kind.BAD)
    assert "gate" in bad.text
    assert () == bad.rules


class TestAWatchedDag:
    """Of which nothing is declared."""

    @staticmethod
    def run(world, run_id: str, final: Outcome, at: datetime, **what) -> None:
        """Let a run end."""
        its = {"start": at - DAY, "end": at - HOUR, **what}
        outcome = RunOutcome(
            team="shop", dag_id="etl", run_id=run_id, ended=at, first=final, final=final, **its
        )
        world.levels.ran(outcome)

    def test_a_failed_run_is_an_incident_of_its_own_until_it_is_cleared_and_ends_well(self, world) -> None:
        """The run's id stands for the partition."""
        begin(world, FRESH)
        self.run(world, "r1", Outcome.FAILED, world.at(THIRD, 2))
        world.go(world.at(THIRD, 2.25))
        assert {"etl/r1": {"failed"}} == kinds(world)
        self.run(world, "r2", Outcome.SUCCESS, world.at(THIRD, 3))
        world.go(world.at(THIRD, 3.25))
        assert {"etl/r1": {"failed"}} == kinds(world)
        self.run(world, "r1", Outcome.SUCCESS, world.at(THIRD, 4))
        world.go(world.at(THIRD, 4.25))
        assert {} == kinds(world)

    def test_another_run_of_the_same_interval_ends_it_too(self, world) -> None:
        """Somebody started it by hand."""
        begin(world, FRESH)
        interval = {"start": world.at(THIRD), "end": world.at(THIRD, 1)}
        self.run(world, "r1", Outcome.FAILED, world.at(THIRD, 2), **interval)
        world.go(world.at(THIRD, 2.25))
        self.run(world, "by hand", Outcome.SUCCESS, world.at(THIRD, 3), **interval)
        world.go(world.at(THIRD, 3.25))
        assert ["resolved"] == [one.phase for one in world.alerts.incidents()]


def test_a_stream_is_late_as_a_whole_as_long_as_its_newest_slice_is(world) -> None:
    """Since the first of the slices that are bad in a row."""
    begin(world, STREAM)
    world.go(world.at(THIRD, 9.1))
    incident = world.open()["orders/"]
    assert {"orders/": {"late"}} == kinds(world)
    assert world.at(THIRD, 7) == incident.began
    world.deliver(THIRD, world.at(THIRD, 9.5))
    world.go(world.at(THIRD, 10.1))
    world.go(world.at(THIRD, 11.1))
    assert {} == world.open()


def test_what_was_wrong_stays_wrong_while_nobody_can_tell(world) -> None:
    """A schedule that is none expects nothing: that isn't a delivery."""
    begin(world, FRESH)
    world.go(world.at(THIRD, 6.25))
    assert {f"orders/{THIRD}": {"late"}} == kinds(world)
    world.declare("orders", FRESH, since=world.at(THIRD, 7), expects={"timezone": "Mars/Olympus"})
    found = world.go(world.at(THIRD, 7.25))

    assert {f"orders/{THIRD}": {"late"}} == kinds(world)
    assert any("wrong still" in line for line in found.warnings)
    world.deliver(THIRD, world.at(THIRD, 8))
    world.go(world.at(THIRD, 8.25))
    assert {} == kinds(world)


def test_nobody_is_woken_for_what_was_in_time_and_is_written_a_moment_later(world) -> None:
    """An evaluation begins when the partition is due, and is faster than who published it."""
    begin(world, FRESH)
    due = world.at(THIRD, 6)
    world.go(due + timedelta(seconds=1))
    assert {} == world.open()
    world.deliver(THIRD, due - timedelta(seconds=1))
    world.go(due + timedelta(minutes=5))
    assert ({}, []) == (world.open(), world.told)

    world.go(due + DAY)
    assert {} == world.open()
    world.go(due + DAY + timedelta(seconds=2))
    assert {f"orders/{THIRD + DAY}"} == set(world.open())


@pytest.mark.parametrize("meant", ["holiday", "later", "taken out"])
def test_what_is_not_expected_any_more_is_over_and_not_called_repaired(world, meant) -> None:
    """Somebody says afterwards that it was a holiday, or has promised less."""
    begin(world, FRESH, WHOLE)
    world.go(world.at(THIRD, 6.25))
    expects, objectives = {}, (FRESH, WHOLE)
    if meant == "holiday":
        expects = {"exclusions": (Exclusion(first=THIRD, last=THIRD),)}
    elif meant == "later":
        objectives = (replace(FRESH, threshold=Fraction(20 * 3600)), WHOLE)
    else:
        objectives = (WHOLE,)
    since = world.at(THIRD - 2 * DAY, 1) if meant == "holiday" else world.at(THIRD, 7)
    world.declare("orders", *objectives, since=since, expects=expects)
    world.go(world.at(THIRD, 7.25))

    (incident,) = world.alerts.incidents()
    assert (False, WITHDRAWN if meant == "taken out" else UNEXPECTED) == (incident.open, incident.why_over)
    assert ["trigger", "resolve"] == [one.event for one in world.told]


def test_nothing_is_told_of_before_its_product_was_declared(world) -> None:
    """A product that is new today has no past."""
    begin(world, FRESH)
    world.declare("stock", FRESH, since=world.at(THIRD, 6.1))
    world.run(THIRD, Outcome.FAILED, world.at(THIRD, 2), "stock")
    world.deliver(THIRD, world.at(THIRD, 2))
    world.go(world.at(THIRD, 6.25))
    assert {} == world.open()
    world.go(world.at(THIRD + DAY, 6.25))
    assert {f"stock/{THIRD + DAY}"} == {name for name in kinds(world) if "stock" in name}


def test_the_same_again_tells_nobody_and_changes_nothing(world) -> None:
    """Three evaluations at one instant."""
    begin(world, FRESH)
    first = world.go(world.at(THIRD, 6.25))
    again = [world.evaluate() for _ in range(2)]

    assert (1, 1) == (len(first.changed), len(first.notifications))
    assert [((), ())] * 2 == [(one.changed, one.notifications) for one in again]
    assert 1 == len([step for step in world.alerts.timeline(1) if step.did == "opened"])


def test_only_the_entries_of_products_with_something_bad_are_read(world) -> None:
    """Of a thousand that are well, not one."""
    asked: list[str] = []

    class Counting(SqlServiceLevels):
        def kept(self, **where):
            asked.extend(where.get("product", ()))
            return super().kept(**where)

    for product in ("orders", "stock", "prices"):
        world.declare(product, FRESH)
    world.evaluate()
    for day in (THIRD - 2 * DAY, THIRD - DAY, THIRD):
        for product in ("orders", "stock"):
            world.deliver(day, world.at(day, 2), product)
    world.go(world.at(THIRD, 6.25))
    found = find_signals(
        levels=Counting(world.url),
        faults=world.faults,
        reports=world.alerts,
        now=world.clock.now(),
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert {"prices"} == set(asked) == {one.where.product for one in found.signals}


class TestWords:
    """What is told is put together by something that may fail."""

    @staticmethod
    def route(world, compose):
        """Route alerts."""
        return route_alerts(
            levels=world.levels,
            faults=world.faults,
            alerts=world.alerts,
            store=world.store,
            rules=world.rules,
            clock=world.clock,
            compose=compose,
        )

    def test_an_incident_is_told_without_its_surroundings_where_these_cannot_be_told(self, world) -> None:
        """Never nothing."""
        begin(world, FRESH)
        world.report(THIRD, Kind.FAILED, world.clock.now(), text="task land failed")

        def compose(incident, given):  # noqa: ARG001
            raise LookupError("no such zone")

        found = self.route(world, compose)
        assert ("orders 2026-03-03 is failed", ("task land failed",)) == (
            found.notifications[0].messages[0].title,
            found.notifications[0].messages[0].what,
        )
        assert any("no such zone" in line for line in found.warnings)

    def test_nothing_is_decided_while_the_store_is_gone_and_all_of_it_afterwards(self, world) -> None:
        """The next evaluation decides."""
        begin(world, FRESH)
        world.report(THIRD, Kind.FAILED, world.clock.now())

        def compose(incident, given):  # noqa: ARG001
            raise BrokenWorldError("the store is gone")

        with pytest.raises(BrokenWorldError):
            self.route(world, compose)
        assert () == world.alerts.incidents()
        assert 1 == len(self.route(world, bare).notifications)


def test_alerting_is_set_up_once(world) -> None:
    """The first time stays."""
    first = datetime(2026, 3, 1, tzinfo=UTC)
    assert [first, first] == [set_up_alerts(store=world.store, now=first + n * DAY) for n in range(2)]


def test_what_is_open_stays_open_though_audit_records_were_cleaned_away(world) -> None:
    """When alerting was set up is known all the same; nobody is told that what is wrong is repaired."""
    begin(world, FRESH)
    world.go(world.at(THIRD, 6.25))
    world.store.forget(world.at(THIRD - 3 * DAY, 1), audit_records=True, dry_run=False)
    world.go(world.at(THIRD, 6.75))
    assert {f"orders/{THIRD}": {"late"}} == kinds(world)
    assert ["trigger"] == [one.event for one in world.told]
    world.deliver(THIRD, world.at(THIRD, 7))
    world.go(world.at(THIRD, 7.25))
    assert {} == world.open()


def test_a_fault_is_found_and_over_on_each_server(worlds) -> None:
    """The same incidents on SQLite and on PostgreSQL."""
    begin(worlds, FRESH, WHOLE)
    worlds.refuse(THIRD, worlds.at(THIRD, 2))
    worlds.report(THIRD, Kind.LATE, worlds.at(THIRD, 3))
    worlds.go(worlds.at(THIRD, 6.25))
    assert {f"orders/{THIRD}": {"bad", "failed", "late"}} == kinds(worlds)
    worlds.deliver(THIRD, worlds.at(THIRD, 7))
    worlds.go(worlds.at(THIRD, 7.25))
    assert {} == worlds.open()
    assert ["trigger", "resolve"] == [one.event for one in worlds.told]


def test_two_evaluators_at_once_open_one_incident_and_tell_of_it_once(worlds) -> None:
    """Each looks up what is wrong while the other doesn't decide."""
    begin(worlds, FRESH)
    worlds.clock = FrozenClock(worlds.at(THIRD, 6.25))
    evaluate_slos(levels=worlds.levels, timetable=CronTimetable(), store=worlds.store, clock=worlds.clock)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: TestWords.route(worlds, bare), range(4)))

    assert [0, 0, 0, 1] == sorted(len(one.notifications) for one in found)
    assert 1 == len(worlds.alerts.incidents())


def test_a_message_is_composed_of_all_that_the_store_knows_while_it_is_decided(worlds) -> None:
    """It reads the store beside the transaction."""
    begin(worlds, FRESH, owner="data team", contract="orders@1")
    worlds.refuse(THIRD, worlds.at(THIRD, 2))
    worlds.clock = FrozenClock(worlds.at(THIRD, 2.25))

    def compose(incident, given):
        return compose_message(
            incident, given, levels=worlds.levels, store=worlds.store, timetable=CronTimetable(), fill=fill
        )

    (told,) = TestWords.route(worlds, compose).notifications
    (message,) = told.messages
    assert ("data team", "orders@1", "order_id.unique") == (
        message.owner,
        message.contract,
        message.broken[0].rule,
    )
    assert message.number == told.incidents[0] == 1


def test_who_had_to_wait_decides_by_what_is_wrong_then_and_not_by_what_was_before(world) -> None:
    """While one evaluator waits, the partition is delivered, and another one tells that it is over."""
    begin(world, FRESH)
    world.go(world.at(THIRD, 6.25))

    class Waiting(SqlAlerts):
        def deciding(self):
            world.deliver(THIRD, world.at(THIRD, 6.3))
            world.go(world.at(THIRD, 6.4))
            return super().deciding()

    late = type(world)(world.url, world.clock, world.rules)
    late.alerts = Waiting(world.url)
    assert () == TestWords.route(late, bare).notifications
    assert ["trigger", "resolve"] == [one.event for one in world.told]
    assert {} == world.open()
