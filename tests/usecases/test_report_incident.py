"""Reports on incidents, from what real stores remember."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.incident import Did, Incident, Phase, Step
from airflow_dataops.core.alerts.moment import Lane
from airflow_dataops.core.alerts.postmortem import Burned
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Objective, Urgency
from airflow_dataops.core.slo.observation import of_verification
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Kept, Standing, State
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import SettingsError
from airflow_dataops.render.incidents.incident_report import report_html, report_markdown
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.schema import migrate
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.report_incident import report_incident
from airflow_dataops.usecases.ports.alerts import Decided
from tests.render.test_incident_report import KNOWN, OVER, at

NOW = OVER + timedelta(days=2)
DAY = timedelta(days=1)
DAY_3 = "2026-03-03"
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(3600))
RIGHT = replace(FRESH, name="right", sli=Sli.CORRECTNESS, threshold=None)


def product(name: str, **more: object) -> Declaration:
    """A product of the shop."""
    made = Declaration(
        team="shop",
        product=name,
        dataset=name,
        expectation=Expectation(schedule="@daily"),
        since=at(0) - 300 * DAY,
    )
    return replace(made, **more)


ORDERS = product("orders", objectives=(FRESH, RIGHT), contract="orders@1.2.0", owner="ann", tier="critical")
DECLARED = (
    ORDERS,
    replace(ORDERS, contract="orders@1.3.0", code=(("transform.sql", "abc"),), since=at(-950)),
    replace(ORDERS, contract="orders@2.0.0", since=NOW - timedelta(hours=1)),
    product("raw"),
    product("revenue", expectation=Expectation(upstreams=("orders",))),
    product("board", expectation=Expectation(upstreams=("revenue",))),
)


def incident(name: str, since: float, *kinds: Kind, partition: str = DAY_3, **more: object) -> Incident:
    """An incident that was over with that of orders."""
    where = Where("shop", name, partition)
    signals = tuple(
        Signal(where=where, kind=kind, slo="fresh" if kind is Kind.LATE else "", since=at(since))
        for kind in kinds
    )
    made = Incident(
        where=where,
        began=at(since),
        detected=at(since + 3),
        signals=signals,
        had=tuple(signal.name for signal in signals),
        urgency=Urgency.PAGE,
        phase=Phase.RESOLVED,
        resolved=OVER,
        why_over="repaired",
    )
    return replace(made, **more)


OF_ORDERS = incident("orders", -48, Kind.BAD, Kind.LATE, acknowledged_by="ann")
INCIDENTS = (
    OF_ORDERS,
    incident("revenue", 60, Kind.LATE, explained_by="shop/orders/2026-03-03"),
    incident("revenue", 60 - 8 * 1440, Kind.LATE, partition="2026-02-24", resolved=at(-5 * 1440)),
    incident("orders", 0, Kind.BURNING, partition="", had=("burning right",)),
)


def kept(slo: str, *entries: Entry) -> Kept:
    """How an objective stands."""
    bad = sum((entry.bad for entry in entries), Fraction(0))
    standing = Standing(
        team="shop",
        product="orders",
        slo=slo,
        at=NOW,
        since=NOW - 28 * DAY,
        until=NOW,
        good=28 - bad,
        total=Fraction(28),
        expected=Fraction(28),
        allowed=Fraction(28, 10),
        state=State.OK,
    )
    return Kept(standing=standing, digest="", entries=entries, cursor=NOW, changes_at=None)


def entry(partition: str, minutes: float, good: str, mark: Mark = Mark.SEEN) -> Entry:
    """What a day came to."""
    return Entry(partition=partition, at=at(minutes), good=Fraction(good), total=Fraction(1), mark=mark)


class World:
    """A shop whose orders were bad and late on a day that is over."""

    def __init__(self, url: str) -> None:
        migrate(url)
        self.alerts, self.levels, self.store = SqlAlerts(url), SqlServiceLevels(url), SqlStore(url)
        self.levels.declare(*DECLARED)
        self.levels.ran(*KNOWN.runs)
        self.levels.keep(
            kept("fresh", entry("2026-03-02", -1440, "0"), entry("2026-03-03", 0, "0")),
            kept("right", entry("2026-03-03", 30, "39588/40000"), entry("2026-03-02", 60, "1/2")),
        )
        for verdict in KNOWN.verdicts:  # the second one replaces the first; what was seen stays
            self.store.record(verdict, *of_verification(verdict, looked_at=verdict.run_id, end=at(-60)))
        self.store.record(*KNOWN.landings, *KNOWN.publications)
        with self.alerts.deciding() as deciding:
            numbered = deciding.number(INCIDENTS)
            steps = tuple((numbered[0].key, replace(step, number=1)) for step in KNOWN.steps)
            deciding.keep(Decided(incidents=numbered, steps=steps))

    def report(self, number: int):
        """Report an incident."""
        return report_incident(
            number,
            incidents=self.alerts,
            levels=self.levels,
            store=self.store,
            timetable=CronTimetable(),
            clock=FrozenClock(NOW),
        )


@pytest.fixture
def world(store_url) -> World:
    """A shop."""
    return World(store_url)


def test_a_report_has_all_that_is_known_from_landing_to_repair(world) -> None:
    """In the order in which it happened."""
    report = world.report(1)
    words = [moment.word for moment in report.course]

    assert "orders 2026-03-03 was late and bad" == report.title
    assert ["changed", "run began", "landed", "judged", "run failed", "found"] == words[:6]
    assert ["passed", "published", "run ended well", "resolved", "to be told"] == words[-5:]
    assert "39,588 of 40,000 rows good" == report.course[3].text
    assert sorted(moment.at for moment in report.course) == [moment.at for moment in report.course]
    assert {*Lane} == {moment.lane for moment in report.course}
    assert ("orders@1.3.0", "ann", "critical") == (report.contract, report.owner, report.tier)
    assert (("transform.sql", "abc"),) == report.code
    assert ("since 2026-03-03 14:10 UTC the contract is orders@1.3.0, and was orders@1.2.0") in report.causes
    assert (timedelta(minutes=3), timedelta(minutes=3.1)) == (report.to_detect, report.to_tell)
    assert (timedelta(minutes=79), OVER - at(-48)) == (report.to_acknowledge, report.to_repair)
    assert Did.ACKNOWLEDGED in {step.did for step in report.steps}


def test_what_it_cost_is_counted_to_the_fraction(world) -> None:
    """Its own partition, of each budget; not what others burned."""
    assert (
        Burned(
            slo="fresh", bad=Fraction(1), total=Fraction(1), share=Fraction(10, 28), remaining=Fraction(8, 28)
        ),
        Burned(
            slo="right",
            bad=Fraction(412, 40_000),
            total=Fraction(1),
            share=Fraction(4_120, 1_120_000),
            remaining=1 - (Fraction(412, 40_000) + Fraction(1, 2)) / Fraction(28, 10),
        ),
    ) == world.report(1).burned


def test_one_that_is_about_no_partition_cost_what_burned_meanwhile(world) -> None:
    """Of the objective that it is about, from its beginning to its end."""
    report = world.report(4)

    assert [("right", Fraction(412, 40_000) + Fraction(1, 2))] == [
        (burned.slo, burned.bad) for burned in report.burned
    ]
    assert "orders burned its budget too fast" == report.title


def test_who_was_hit_is_who_it_explains(world) -> None:
    """Not an incident of another day; those that only read it are named besides."""
    hit = world.report(1).hit

    assert [("revenue", 2), ("board", None)] == [
        (each.product, each.incident and each.incident.number) for each in hit
    ]


def test_what_happened_long_afterwards_is_no_part_of_it(world) -> None:
    """A partition that is run again a day later, or a contract that changes then."""
    late = replace(KNOWN.landings[1], landed_at=OVER + DAY, sha256="later", run_id="backfill")
    world.store.record(late)
    report = world.report(1)

    assert "backfill" not in {moment.who for moment in report.course}
    assert not [moment for moment in report.course if "2.0.0" in moment.text]


def test_an_unknown_number_is_refused(world) -> None:
    """In one line, with what to do."""
    with pytest.raises(SettingsError, match="there is no incident 99") as refused:
        world.report(99)

    assert "incident list" in str(refused.value)


def test_a_watched_dag_that_declares_nothing_is_reported_as_well(world) -> None:
    """By its timeline alone."""
    with world.alerts.deciding() as deciding:
        numbered = deciding.number((incident("watched", 5, Kind.FAILED, partition="manual__1"),))
        step = Step(number=numbered[0].number, at=at(8), did=Did.OPENED, text="failed")
        deciding.keep(Decided(incidents=numbered, steps=((numbered[0].key, step),)))
    report = world.report(numbered[0].number)

    assert "watched manual__1 failed" == report.title
    assert ["found"] == [moment.word for moment in report.course]
    assert "watched manual__1 failed" in report_html(report)
    assert "watched manual\\_\\_1 failed" in report_markdown(report)
