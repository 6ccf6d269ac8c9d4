"""Evaluating over each sort of store: they must come to the same, and to nothing by halves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Gap, Late, Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, Retry, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.store import schema
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.outbox import Outbox
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.service_levels import MemoryServiceLevels
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.deliver import deliver
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from airflow_dataops.usecases.deliver import Addresses

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ANY = Objective(name="any", sli=Sli.FRESHNESS, target=Fraction("0.95"), gap=Gap.EXCLUDED, late=Late.REPAIRED)
OBJECTIVES = (
    replace(ANY, name="fresh", threshold=Fraction(7200), gap=Gap.BAD),
    replace(ANY, name="right", sli=Sli.CORRECTNESS),
    replace(ANY, name="quick", sli=Sli.LATENCY, threshold=Fraction("59.9")),
    Objective(name="runs", sli=Sli.SUCCESS, target=Fraction("0.9")),
    Objective(name="first", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.9")),
)
PRODUCTS = [f"p{n}" for n in range(4)]


def fill(levels, store, products) -> None:
    """Remember three weeks of products, each of them different."""
    for seed, product in enumerate(products):
        levels.declare(
            Declaration(
                team="shop",
                product=product,
                dataset="d",
                expectation=Expectation(schedule=f"{seed} 0 * * *", start=NOW - 20 * DAY),
                objectives=OBJECTIVES,
                since=NOW - 20 * DAY,
            )
        )
        seen_all, runs = [], []
        for day in range(20):
            start = NOW.replace(hour=0, minute=seed) - (day + 1) * DAY
            end = start + DAY
            if (seed + day) % 7 == 0:
                continue
            late = timedelta(hours=(seed * day) % 5, microseconds=seed)
            batch = Batch(team="shop", product=product, dataset="d", partition=f"{start:%Y-%m-%d}")
            seen = {"batch": batch, "subject": "1", "end": end, "good": None, "total": None}
            rows = {"good": 100 - seed % 3, "total": 100, "value": Fraction(100 - seed % 3, 100)}
            again = seen | rows | {"good": 100, "subject": "2"}
            seen_all += [
                Observation(**seen, sli=Sli.FRESHNESS, value=Fraction(7), at=end + late),
                Observation(**seen, sli=Sli.LATENCY, value=Fraction(50 + day), at=end + late),
                Observation(**seen | rows, sli=Sli.CORRECTNESS, at=end + late),
                Observation(**again, sli=Sli.CORRECTNESS, at=end + late + HOUR),
            ]
            end_of = Outcome.FAILED if (seed + day) % 11 == 0 else Outcome.SUCCESS
            runs.append(
                RunOutcome(
                    team="shop",
                    dag_id=product,
                    run_id=f"r{day}",
                    start=start,
                    end=end,
                    ended=end + late,
                    first=Outcome.FAILED if day % 3 else end_of,
                    final=end_of,
                )
            )
        store.record(*seen_all)
        levels.ran(*runs)


def evaluate(levels, store, now=NOW, **where):
    """Evaluate at an instant."""
    return evaluate_slos(
        levels=levels, timetable=CronTimetable(), store=store, clock=FrozenClock(now), **where
    )


@pytest.mark.parametrize("some", [500, 3], ids=["in one go", "by and by"])
def test_every_store_comes_to_the_same(url, some, monkeypatch) -> None:
    """To the fraction, for standings and entries, and again when it is asked again."""
    monkeypatch.setattr("airflow_dataops.usecases.levels.evaluate_slos.AT_ONCE", some)
    products = PRODUCTS
    memory, sql = MemoryStore(), SqlStore(url)
    stores = ((MemoryServiceLevels(memory), memory), (SqlServiceLevels(url), sql))
    for levels, store in stores:
        fill(levels, store, products)
    first, second = (evaluate(levels, store) for levels, store in stores)

    assert replace(first, standings=()) == replace(second, standings=())
    assert first.standings == second.standings
    assert len(products) * 5 == len(first.standings)
    assert 0 < first.repaired == len(sql.facts(AuditRecord))
    entries = [{key: kept.entries for key, kept in levels.kept().items()} for levels, _ in stores]
    assert entries[0] == entries[1]
    later = evaluate(*stores[1], now=NOW + timedelta(minutes=1), team="shop", product=products[0])
    assert (5, 0) == (len(later.standings), later.repaired)


def to(url: str) -> Addresses:
    """Return where facts go."""
    return stores.addresses(Settings(store_url=url, zones_path="", lake_path=""))


def test_a_store_that_is_down_for_an_hour_is_said_and_nothing_is_lost(url, tmp_path) -> None:
    """What waited in the outbox and in tasks counts where it happened, as if it had never been down."""
    never, outbox = f"sqlite:///{tmp_path}/never.db", Outbox(tmp_path / "outbox")
    schema.migrate(never)
    declaration = Declaration(
        team="shop",
        product="p0",
        dataset="d",
        expectation=Expectation(schedule="0 0 * * *", start=NOW - 20 * DAY),
        objectives=(*OBJECTIVES[1:], replace(OBJECTIVES[0], target=Fraction("0.9"))),
        since=NOW - HOUR / 2,
    )
    midnight = NOW.replace(hour=0)
    run = RunOutcome(
        team="shop",
        dag_id="p0",
        run_id="late",
        start=midnight - DAY,
        end=midnight,
        ended=NOW - HOUR / 3,
        first=Outcome.SUCCESS,
        final=Outcome.SUCCESS,
    )
    retry = Retry(team="shop", dag_id="p0", run_id="late", task_id="land", try_number=2, at=NOW - HOUR / 2)
    batch = Batch(team="shop", product="p0", dataset="d", partition=f"{midnight - DAY:%Y-%m-%d}")
    seen = {"batch": batch, "subject": "1", "end": midnight, "good": None, "total": None}
    sight = Observation(**seen, sli=Sli.FRESHNESS, value=Fraction(7), at=NOW - HOUR / 3)

    came, down = [], "postgresql+psycopg://u@127.0.0.1:1/x"
    for address, goes in ((never, True), (url, False)):
        levels, store = SqlServiceLevels(address), SqlStore(address)
        fill(levels, store, PRODUCTS[:2])
        evaluate(levels, store, now=NOW - HOUR)
        outbox.put(declaration, retry, run)
        for minutes in (40, 20, 10):
            now = NOW - timedelta(minutes=minutes)
            if goes:
                deliver(outbox, to=to(address), aside=pytest.fail)
                store.record(sight)
                evaluate(levels, store, now=now)
                continue
            away, its_store = SqlServiceLevels(down), SqlStore(down)
            with pytest.raises(BrokenWorldError, match="could not be"):
                deliver(outbox, to=to(down), aside=pytest.fail)
            assert 3 == outbox.waiting()
            with pytest.raises(BrokenWorldError, match=r"^the store at [^\n]* could not be read[^\n]*$"):
                evaluate(away, its_store, now=now)
        deliver(outbox, to=to(address), aside=pytest.fail)
        store.record(sight)
        found = evaluate(levels, store, now=NOW)
        kept = {key: one.entries for key, one in levels.kept().items()}
        records = {(one.batch, one.subject) for one in store.facts(AuditRecord)}
        came.append((found.standings, kept, records, levels.declared()))

    assert came[0] == came[1]
    standings, kept, _, declarations = came[1]
    assert (10, 3) == (len(standings), len(declarations))
    last = {slo: kept["shop", "p0", slo][-1] for slo in ("runs", "first", "fresh")}
    assert {batch.partition} == {entry.partition for entry in last.values()}
    assert {"runs": 1, "first": 0, "fresh": 1} == {slo: entry.good for slo, entry in last.items()}


def test_evaluators_at_once_come_to_the_same(url) -> None:
    """A DAG and cron may both be at work: one audit record a repair, and no standing by halves."""
    store = SqlStore(url)
    fill(SqlServiceLevels(url), store, PRODUCTS)

    def work(second: int):
        return evaluate(SqlServiceLevels(url), SqlStore(url), now=NOW + timedelta(seconds=second))

    with ThreadPoolExecutor(4) as pool:
        found = [one.standings for one in pool.map(work, range(4))]

    once = {(one.product, one.slo): one.good for one in found[0]}
    assert [once] * 4 == [{(one.product, one.slo): one.good for one in standings} for standings in found]
    records = store.facts(AuditRecord)
    assert len(records) == len({(one.batch, one.subject) for one in records}) > 0
    kept = SqlServiceLevels(url).stood()
    assert {len(PRODUCTS) * len(OBJECTIVES)} == {len(kept)}
