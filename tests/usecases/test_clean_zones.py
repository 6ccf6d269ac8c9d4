"""Clearing the zones: what of raw copies, staged rows and quarantines goes, and what is told of it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.clearance import Zone
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.core.versions import Keeping, kept_publications
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.reconcile import reconcile
from airflow_dataops.usecases.upkeep.clean_zones import clean_zones
from airflow_dataops.zones.folder import FolderSource
from airflow_dataops.zones.local import LocalZones
from airflow_dataops.zones.stock import LocalStock
from airflow_dataops.zones.storeroom import LocalStoreroom

DAY = timedelta(days=1)
KEEP = {Zone.RAW: 400 * DAY, Zone.STAGING: 14 * DAY, Zone.QUARANTINE: 90 * DAY}
NOW = datetime(2026, 6, 1, tzinfo=UTC)
RUN = Run(run_id="r", dag_id="d")
LAST = Keeping(1, timedelta(0))


@pytest.fixture
def landed(tmp_path, zones, store, batch, run, clock):
    """Land a drop of so many days ago, with what its verification came to."""

    def work(text: str, *, days: int, of: Batch = batch, bad: int = 0) -> Landing:
        drops = tmp_path / "drops"
        drops.mkdir(exist_ok=True)
        (drops / "d.csv").write_text(text)
        source = FolderSource(str(drops), "d.csv")
        drop = source.find(of)
        at = clock.now() - days * DAY
        landing, _ = zones.keep(drop, read=source.read, batch=of, run=run, dialect=Dialect(), at=at)
        quarantine = zones.quarantine(of, landing) if bad else ""
        if bad:
            Path(quarantine).write_bytes(b"rows")
            os.utime(quarantine, (at.timestamp(), at.timestamp()))
        verdict = Verification(
            batch=of,
            stage=Stage.VERIFY,
            run_id="r",
            contract="orders@1",
            at=at,
            rows=landing.rows,
            good=landing.rows - bad,
            bad=bad,
            unparsable=0,
            outcomes=(),
            quarantine=quarantine,
        )
        store.record(landing, verdict)
        return landing

    return work


def published(landing: Landing, version: int) -> Publication:
    """The version that was made from a landing, on the day that it landed."""
    return Publication(
        batch=landing.batch,
        version=version,
        content=f"c{version}",
        rows=1,
        target="/lake/orders",
        contract="orders@1",
        manifest=landing.sha256,
        run_id="r",
        at=landing.landed_at,
    )


def clear(store, zones, clock, *, keeping: Keeping = LAST, dry_run: bool = False):
    """Clear the zones."""
    return clean_zones(
        KEEP,
        keeping,
        who="maintenance r1",
        dry_run=dry_run,
        store=store,
        storerooms=lambda _: {"zones": lambda: LocalStoreroom(str(zones.root))},
        clock=clock,
    )


def raw(zones) -> set[str]:
    """Return the digests of the raw copies that are there."""
    return {one.sha256 for one in LocalStoreroom(str(zones.root)).stored() if one.zone is Zone.RAW}


def test_the_copy_of_a_kept_version_stays(landed, store, zones, clock) -> None:
    """Another copy of its batch, of a version that is not kept, goes; with a record."""
    first, second = landed("id\n1\n", days=500), landed("id\n2\n", days=450)
    store.record(published(first, 1), published(second, 2))

    assert 1 == clear(store, zones, clock, dry_run=True).things[Zone.RAW]
    assert {first.sha256, second.sha256} == raw(zones)
    assert 0 == clear(store, zones, clock, keeping=Keeping(2, timedelta(0))).things.total()
    found = clear(store, zones, clock)

    assert ({second.sha256}, 1, first.bytes) == (raw(zones), found.things[Zone.RAW], found.bytes[Zone.RAW])
    (record,) = store.facts(AuditRecord)
    assert (first.batch, "remove raw copy", f"raw copy {first.sha256}", "maintenance r1", clock.now()) == (
        *(record.batch, record.action, record.subject, record.who, record.at),
    )
    assert "it is older than 400 days, and no kept version was made of it" == record.why
    assert 0 == clear(store, zones, clock).things.total()


def test_what_goes_by_age_is_no_leak(landed, store, zones, clock, run, batch) -> None:
    """Reconciliation looks in the audit trail for what is gone; what is gone without a record is a leak."""
    later = replace(batch, partition="2026-03-04")
    old, new = landed("id\n1\nx\n", days=100, bad=1), landed("id\n5\nx\n", days=10, bad=1, of=later)
    first = landed("id\n3\n", days=500)
    staged = Path(zones.staging(batch, run, "verify"))
    staged.write_bytes(b"rows")
    at = (clock.now() - 15 * DAY).timestamp()
    for place in (staged, staged.parent):
        os.utime(place, (at, at))
    # The verdict on the newest drop of 3 March came last.
    store.record(
        replace(
            store.facts(Verification)[-1],
            batch=batch,
            at=old.landed_at,
            rows=2,
            good=1,
            bad=1,
            quarantine=zones.quarantine(batch, old),
        )
    )

    def leaks() -> list[str]:
        found = reconcile(
            store=store, stock=lambda _: LocalStock(), target=lambda _: pytest.fail("no target")
        )
        return [str(leak) for account in found for leak in account.leaks]

    assert [] == leaks()
    found = clear(store, zones, clock)

    assert {Zone.RAW: 0, Zone.STAGING: 1, Zone.QUARANTINE: 1} == {zone: found.things[zone] for zone in Zone}
    assert [] == leaks()
    assert [f"quarantine {old.sha256}.parquet"] == [one.subject for one in store.facts(AuditRecord)]
    Path(zones.quarantine(later, new)).unlink()
    assert ["is missing" in one for one in leaks()] == [True]
    assert first.sha256 in raw(zones), "its batch was worked on since"


def test_a_removed_copy_is_no_leak(landed, store, zones, clock) -> None:
    """One that somebody removed by hand is."""
    landed("id\n1\n", days=500)
    store.forget(clock.now() - 401 * DAY, audit_records=False, dry_run=False)
    first, second = landed("id\n1\n", days=500), landed("id\n2\n", days=499)
    (stays,) = store.facts(Verification)
    assert stays.at < clock.now() - 400 * DAY
    clear(store, zones, clock)
    assert set() == raw(zones)

    def leaks() -> int:
        found = reconcile(
            store=store, stock=lambda _: LocalStock(), target=lambda _: pytest.fail("no target")
        )
        return sum(len(account.leaks) for account in found)

    assert 0 == leaks()
    assert {first.sha256, second.sha256} == {one.subject.split()[-1] for one in store.facts(AuditRecord)}
    third = landed("id\n3\n", days=1)
    assert 0 == leaks()
    Path(third.uri).unlink()
    assert 1 == leaks()


def test_the_copies_of_a_product_that_the_store_does_not_know_stay(landed, zones, clock, store) -> None:
    """It may be the wrong store, or one that was made anew."""
    landing = landed("id\n1\n", days=500)
    empty = MemoryStore()

    found = clear(empty, zones, clock)

    assert (1, 0, {landing.sha256}) == (found.unknown, found.things.total(), raw(zones))
    assert () == empty.facts(AuditRecord)
    assert 1 == clear(store, zones, clock).things[Zone.RAW]


def test_zones_that_cannot_be_reached_stop_no_others(landed, zones, clock, store) -> None:
    """They are named."""
    landed("id\n1\n", days=500)

    def shut():
        raise BrokenWorldError("the database is down")

    found = clean_zones(
        KEEP,
        LAST,
        who="w",
        dry_run=False,
        store=store,
        storerooms=lambda _: {"a": shut, "zones": lambda: LocalStoreroom(str(zones.root))},
        clock=clock,
    )

    assert (1, ["a"]) == (found.things[Zone.RAW], list(found.failed))


@settings(max_examples=25)
@given(
    drops=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 800)), min_size=1, max_size=8),
    unpublished=st.sets(st.integers(0, 7)),
    newest=st.integers(1, 3),
)
def test_the_copy_of_every_kept_version_stays(tmp_path_factory, drops, unpublished, newest) -> None:
    """Whatever landed when, and whatever of it was published."""
    root = tmp_path_factory.mktemp("zones")
    zones, store, keeping = LocalZones(str(root / "zones")), MemoryStore(), Keeping(newest, timedelta(0))
    clock = FrozenClock(NOW)
    (root / "drops").mkdir()
    source = FolderSource(str(root / "drops"), "d.csv")
    for number, (partition, days) in enumerate(sorted(drops, key=lambda one: -one[1])):
        one = Batch(team="t", product="p", dataset="d", partition=str(partition))
        (root / "drops" / "d.csv").write_text(f"id\n{number}\n")
        drop = source.find(one)
        at = NOW - days * DAY
        landing, _ = zones.keep(drop, read=source.read, batch=one, run=RUN, dialect=Dialect(), at=at)
        store.record(landing, *([] if number in unpublished else [published(landing, number)]))
    kept = {one.manifest for one in kept_publications(store.facts(Publication), keeping, now=NOW)}
    young = {one.sha256 for one in store.facts(Landing) if one.landed_at >= NOW - KEEP[Zone.RAW]}

    clear(store, zones, clock, keeping=keeping)

    assert kept | young == raw(zones)
