"""What is told of an incident, by what is declared, what stood, what was seen, and what else is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.incident import Incident, Phase
from airflow_dataops.core.alerts.message import Downstream, Left
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.batch import Batch, Grain
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Burn, Kept, Standing, State
from airflow_dataops.core.verification import Verification
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.render.alerts.runbook import fill
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.alerts.compose_message import MOST, compose_message
from airflow_dataops.usecases.alerts.next_run import next_run, runs_of

BEGAN = datetime(2026, 3, 4, 6, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=2)
DAY = timedelta(days=1)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600))
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="lines",
    expectation=Expectation(schedule="0 5 * * *", timezone="Europe/Berlin"),
    objectives=(FRESH,),
    owner="orders@example.com",
    contract="orders@1.3.0",
    tier="critical",
    runbooks=(
        Runbook(of="fresh", at="late.md", text="Look at {{ product }} {{ partition }}: {{ commands[0] }}"),
    ),
    since=BEGAN - timedelta(hours=15),
)
BEFORE = replace(ORDERS, contract="orders@1.2.0", since=BEGAN - 300 * DAY)


def product(name: str, *, team: str = "shop", **expected: object) -> Declaration:
    """A product that promises nothing."""
    return Declaration(
        team=team, product=name, dataset=name, expectation=Expectation(**expected), since=BEGAN - 300 * DAY
    )


OTHERS = (
    product("raw", schedule="0 3 * * *"),
    product("revenue", schedule="42 8 * * *"),
    product("churn", team="growth", upstreams=("orders",)),
    product("board", team="growth", upstreams=("churn", "revenue")),
    product("by_hand"),
)
UPSTREAMS = {
    ("shop", "orders"): (("shop", "raw"),),
    ("shop", "revenue"): (("shop", "orders"),),
    ("growth", "churn"): (("shop", "orders"),),
    ("growth", "board"): (("growth", "churn"), ("shop", "revenue")),
    ("shop", "by_hand"): (("growth", "board"),),
}


def incident(name: str, *kinds: Kind, partition: str = "2026-03-03", **more: object) -> Incident:
    """An incident of a product."""
    where = Where("shop", name, partition)
    signals = tuple(
        Signal(
            where=where,
            kind=kind,
            since=BEGAN,
            slo="fresh" if kind is Kind.LATE else "",
            rules=(Broken(rule="amount.minimum", failing=4, checked=9),) if kind is Kind.BAD else (),
        )
        for kind in kinds
    )
    made = Incident(
        number=12, where=where, began=BEGAN, detected=BEGAN, signals=signals, urgency=Urgency.PAGE
    )
    return replace(made, **more)


class World:
    """A shop in which orders are late."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.levels = MemoryServiceLevels(self.store)
        self.levels.declare(BEFORE, ORDERS, *OTHERS)
        self.round = Round(
            now=NOW,
            declared={(one.team, one.product): one for one in (ORDERS, *OTHERS)},
            upstreams=UPSTREAMS,
            environment="prod",
        )

    def compose(self, of: Incident, **more: object):
        """Compose a message."""
        return compose_message(
            of,
            replace(self.round, incidents=(of, *more.pop("incidents", ())), **more),
            levels=self.levels,
            store=self.store,
            timetable=CronTimetable(),
            fill=fill,
        )


@pytest.fixture
def world() -> World:
    """A shop."""
    return World()


def test_all_of_it_is_told(world) -> None:
    """What is declared of the product, and what is wrong with it."""
    message = world.compose(incident("orders", Kind.LATE))

    assert (12, "orders 2026-03-03 is late", "lines") == (message.number, message.title, message.dataset)
    assert ("orders@example.com", "orders@1.3.0") == (message.owner, message.contract)
    assert (
        "since 2026-03-03 15:00 UTC the contract is orders@1.3.0, and was orders@1.2.0",
    ) == message.causes
    assert {
        "product": "orders",
        "tier": "critical",
        "severity": "page",
        "environment": "prod",
    }.items() <= dict(message.labels).items()
    # 5 o'clock of Berlin is 4 o'clock: the run of 3 March has the logical date of its interval's start.
    assert (
        "airflow dags list-runs --start-date 2026-03-03T04:00:00Z orders",
        (
            "airflow backfill create --dag-id orders --from-date 2026-03-03T04:00:00Z"
            " --to-date 2026-03-03T04:00:00Z --reprocess-behavior failed"
        ),
    ) == message.commands
    assert f"Look at orders 2026-03-03: {message.commands[0]}" == message.runbook.text


def test_readers_are_told_with_the_minutes_until_they_run(world) -> None:
    """Those that wait run when the last that they wait for is due; all are reckoned from one instant."""
    late = replace(incident("revenue", Kind.LATE), explained_by="shop/orders/2026-03-03")
    message = world.compose(incident("orders", Kind.LATE), incidents=(late,))

    minutes = 19 * 60 + 60  # orders runs next at 5 o'clock of Berlin on the 5th: 04:00 UTC
    assert (
        Downstream(team="shop", product="revenue", minutes=42, wrong="2026-03-03 is late"),
        Downstream(team="growth", product="board", minutes=minutes, waits=True),
        Downstream(team="growth", product="churn", minutes=minutes, waits=True),
        Downstream(team="shop", product="by_hand", minutes=minutes, waits=True),
    ) == message.downstream


def test_what_a_reader_waits_for_besides_is_looked_up(world) -> None:
    """A round knows what is wrong, and who reads it; not what those read besides."""
    world.levels.declare(product("stock", schedule="0 0 6 3 *"))
    world.round = replace(
        world.round,
        upstreams={**UPSTREAMS, ("growth", "churn"): (("shop", "orders"), ("shop", "stock"))},
    )
    message = world.compose(incident("orders", Kind.LATE))

    churn = next(each for each in message.downstream if each.product == "churn")
    assert (24 + 16) * 60 == churn.minutes  # the 6th of March at midnight


def test_an_incident_that_this_round_explains_is_told_as_well(world) -> None:
    """Before it is written into the incident."""
    late = incident("revenue", Kind.LATE)
    quiet = {late.key: "shop/orders/2026-03-03"}
    message = world.compose(incident("orders", Kind.LATE), incidents=(late,), quiet=quiet)

    assert "2026-03-03 is late" == message.downstream[0].wrong


def test_products_that_wait_for_each_other_keep_nobody_waiting(world) -> None:
    """When they run next isn't known."""
    world.round = replace(
        world.round, upstreams={("growth", "churn"): (("shop", "orders"), ("growth", "churn"))}
    )
    message = world.compose(incident("orders", Kind.LATE))

    assert (Downstream(team="growth", product="churn", waits=True),) == message.downstream


def test_an_upstream_that_is_wrong_is_the_first_suspect_unless_rows_are_bad(world) -> None:
    """What is bad of a product is its own."""
    upstream = incident("raw", Kind.LATE, number=11)

    assert (
        world.compose(incident("orders", Kind.LATE), incidents=(upstream,))
        .causes[0]
        .startswith("upstream raw 2026-03-03 is late")
    )
    assert "upstream" not in "".join(
        world.compose(incident("orders", Kind.BAD), incidents=(upstream,)).causes
    )
    over = replace(upstream, phase=Phase.RESOLVED)
    assert "upstream" not in "".join(world.compose(incident("orders", Kind.LATE), incidents=(over,)).causes)


def test_budgets_that_are_concerned_are_told_first(world) -> None:
    """Then those that burn, then those of which least is left; not those that have nothing to do with it."""

    def kept(slo: str, bad: int, burn: Fraction | None = None) -> Kept:
        alert = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(3600), short=Fraction(300))
        burns = () if burn is None else (Burn(alert=alert, long=burn, short=burn, firing=True),)
        standing = Standing(
            team="shop",
            product="orders",
            slo=slo,
            at=NOW,
            since=NOW - 28 * DAY,
            until=NOW,
            good=Fraction(28 - bad),
            total=Fraction(28),
            expected=Fraction(28),
            allowed=Fraction(28, 10),
            burns=burns,
            state=State.OK,
        )
        return Kept(standing=standing, digest="", entries=(), cursor=NOW, changes_at=None)

    world.levels.keep(kept("a", 0), kept("b", 2), kept("c", 1, Fraction(5)), kept("fresh", 0))

    assert (
        Left(slo="fresh", remaining=Fraction(1)),
        Left(slo="c", remaining=Fraction(9, 14), burn=Fraction(5)),
        Left(slo="b", remaining=Fraction(2, 7)),
    ) == world.compose(incident("orders", Kind.LATE)).left


def test_bad_rows_are_found_where_they_are(world) -> None:
    """In the quarantine of the last verdict that has some."""
    batch = Batch(team="shop", product="orders", dataset="lines", partition="2026-03-03")
    for at, quarantine in enumerate(("", "/old", "/new", "")):
        world.store.record(
            Verification(
                batch=batch,
                stage=list(Stage)[at],
                run_id="r",
                contract="orders@1.3.0",
                at=BEGAN + timedelta(minutes=at),
                rows=9,
                good=5,
                bad=4,
                unparsable=0,
                outcomes=(),
                quarantine=quarantine,
            )
        )

    assert "/new" == world.compose(incident("orders", Kind.BAD)).quarantine
    assert "" == world.compose(incident("orders", Kind.LATE)).quarantine


def test_the_runs_of_the_partition_are_suspects_and_a_last_good_delivery_is_known(world) -> None:
    """Runs of other partitions are not."""
    for partition, tries in (("2026-03-03", 3), ("2026-03-02", 2)):
        world.levels.ran(
            RunOutcome(
                team="shop",
                dag_id="orders",
                run_id=f"run of {partition}",
                partition=partition,
                ended=BEGAN - timedelta(minutes=1),
                first=Outcome.FAILED,
                final=Outcome.FAILED,
                tries=tries,
            )
        )
    batch = Batch(team="shop", product="orders", dataset="lines", partition="2026-03-02")
    world.store.record(
        Observation(
            batch=batch,
            sli=Sli.FRESHNESS,
            subject="1",
            end=None,
            good=None,
            total=None,
            value=None,
            at=BEGAN - DAY,
        )
    )

    assert (
        (
            "since 2026-03-03 15:00 UTC the contract is orders@1.3.0, and was orders@1.2.0,"
            " after the last good delivery"
        ),
        "run run of 2026-03-03 ended failed at 2026-03-04 05:59 UTC after 3 tries",
    ) == world.compose(incident("orders", Kind.LATE)).causes


def test_of_a_product_that_declares_nothing_there_is_a_message_too(world) -> None:
    """A DAG that is watched, or one whose declaration is gone."""
    message = world.compose(incident("unheard_of", Kind.FAILED, partition="manual__1"))

    assert "unheard_of manual__1 has failed" == message.title
    assert message.runbook is None
    assert all(message.commands)


def test_what_is_over_names_no_reader(world) -> None:
    """None of them is affected any more."""
    over = replace(incident("orders", Kind.LATE), phase=Phase.RESOLVED, resolved=NOW, why_over="repaired")
    message = world.compose(over)

    assert () == message.downstream
    assert "orders 2026-03-03: repaired" == message.title
    assert "airflow dataops incident report 12" in message.commands


def test_a_runbook_that_cant_be_filled_in_is_told_as_it_is(world) -> None:
    """There is always a message."""
    broken = replace(ORDERS, runbooks=(Runbook(at="x.md", text="Ask {{ nobody }}"),))
    world.round = replace(world.round, declared={("shop", "orders"): broken})

    assert world.compose(incident("orders", Kind.FAILED)).runbook.text.endswith("Ask {{ nobody }}")


def test_thousands_of_rules_are_counted_and_not_kept(world) -> None:
    """A message is kept in the store, and sent."""
    rules = tuple(Broken(rule=f"r{at:04}", failing=at, checked=9_999) for at in range(5_000))
    of = incident("orders", Kind.BAD)
    message = world.compose(replace(of, signals=(replace(of.signals[0], rules=rules),)))

    assert (MOST, 5_000 - MOST, "r4999") == (len(message.broken), message.more_broken, message.broken[0].rule)


BERLIN = {"timezone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("expected", "partition", "first", "last"),
    [
        ({"schedule": "@daily"}, "2026-03-03", "2026-03-03T00:00", "2026-03-03T00:00"),
        ({"schedule": "0 5 * * *", **BERLIN}, "2026-03-29", "2026-03-29T03:00", "2026-03-29T03:00"),
        ({"schedule": "@hourly"}, "2026-03-03", "2026-03-03T00:00", "2026-03-03T23:00"),
        ({"schedule": "@hourly", **BERLIN}, "2026-03-29", "2026-03-28T23:00", "2026-03-29T21:00"),
        (
            {"schedule": "@hourly", "grain": Grain.HOUR, **BERLIN},
            "2026-10-25T02+0100",
            "2026-10-25T01:00",
            "2026-10-25T01:00",
        ),
        (
            {"schedule": "@hourly", "grain": Grain.HOUR, **BERLIN},
            "2026-10-25T02",
            "2026-10-25T00:00",
            "2026-10-25T00:00",
        ),
        ({"schedule": "@monthly", "grain": Grain.MONTH}, "2026-02", "2026-02-01T00:00", "2026-02-01T00:00"),
        ({"schedule": "@daily", "grain": Grain.YEAR}, "2026", "2026-01-01T00:00", "2026-12-31T00:00"),
    ],
)
def test_the_runs_of_a_partition_are_found_by_the_clock(expected, partition, first, last) -> None:
    """Over days that have 23 hours, and hours that come twice."""
    found = runs_of(product("orders", **expected), partition, timetable=CronTimetable())

    assert (first, last) == tuple(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" for at in found)


@pytest.mark.parametrize(
    ("expected", "partition"),
    [
        ({"schedule": "@daily"}, "manual__2026"),
        ({"schedule": "@daily"}, ""),
        ({"schedule": "@weekly"}, "2026-03-03"),
        ({"schedule": "nonsense"}, "2026-03-03"),
        ({"schedule": "@daily", "timezone": "Nowhere/At_All"}, "2026-03-03"),
        ({"schedule": "@daily"}, "9999-12-31"),
        ({"upstreams": ("raw",)}, "2026-03-03"),
        ({}, "2026-03-03"),
    ],
)
def test_where_the_clock_starts_no_run_none_is_found(expected, partition) -> None:
    """Whatever the reason is: then other commands are told."""
    assert runs_of(product("orders", **expected), partition, timetable=CronTimetable()) is None


@pytest.mark.parametrize(
    ("expected", "at"),
    [
        ({"schedule": "@daily"}, datetime(2026, 3, 5, tzinfo=UTC)),
        ({"schedule": "@daily", "end": BEGAN}, None),
        ({"schedule": "nonsense"}, None),
        ({"schedule": "0 0 30 2 *"}, None),
        ({}, None),
    ],
)
def test_the_next_run_is_when_the_interval_ends(expected, at) -> None:
    """Where there is one."""
    assert at == next_run(product("orders", **expected), now=NOW, timetable=CronTimetable())
