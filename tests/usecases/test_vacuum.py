"""Old versions of published tables: what the store, the table and the audit trail say afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import COMMIT_RUN
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.core.versions import Keeping
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.targets.delta_upkeep import DeltaUpkeep
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.upkeep.each_table import refuse_failed
from airflow_dataops.usecases.upkeep.optimize import optimize
from airflow_dataops.usecases.upkeep.vacuum import vacuum

DAY = timedelta(days=1)
LATER = FrozenClock(datetime.now(UTC) + 10 * DAY)


@pytest.fixture
def published(tmp_path, contract, store):
    """Publish rows of 3 March, and return the version."""

    def work(*rows: int, name: str = "orders") -> int:
        one = Batch(team="shop", product=name, dataset="orders", partition="2026-03-03")
        target = DeltaTarget(str(tmp_path / name))
        place = tmp_path / "staged.parquet"
        pl.DataFrame({"id": rows}, schema={"id": pl.Int64}).write_parquet(place)
        commit = target.publish(
            one, Staged(str(place)), dataset=contract.datasets[0], content=str(rows), labels={COMMIT_RUN: "r"}
        )
        store.record(
            Publication(
                batch=one,
                version=commit.version,
                content=commit.content,
                rows=len(rows),
                target=target.uri,
                contract="orders@1",
                manifest="m",
                run_id="r",
                at=datetime.now(UTC),
            )
        )
        return commit.version

    return work


def clean(store, *, keep: int = 2, grace: timedelta = DAY, clock=LATER, dry_run: bool = False):
    """Keep so many versions."""
    return vacuum(
        Keeping(keep, timedelta(0)),
        grace=grace,
        who="maintenance r1",
        dry_run=dry_run,
        store=store,
        upkeep=DeltaUpkeep,
        clock=clock,
    )


def test_a_version_that_goes_is_recorded(published, store, tmp_path) -> None:
    """Once, by whom, and why; its publication stays in the store's history."""
    versions = [published(number) for number in range(4)]
    (looked,), failed = clean(store, dry_run=True)
    assert ((2, 2, 2), {}) == ((looked.kept, looked.gone, looked.freed.files), failed)
    assert () == store.facts(AuditRecord)

    (done,), _ = clean(store)
    (again,), _ = clean(store)

    assert (looked, 0, 0) == (done, again.gone, again.freed.files)
    place = str(tmp_path / "orders")
    assert [
        (f"version {version}, content ({number},), {place}", "remove version", "maintenance r1")
        for number, version in enumerate(versions[:2])
    ] == [(one.subject, one.action, one.who) for one in store.facts(AuditRecord)]
    assert "it is not among the newest 2 versions of its partition" == store.facts(AuditRecord)[0].why
    assert versions == [one.version for one in store.facts(Publication)]


def test_the_grace_holds_whatever_is_kept(published, store) -> None:
    """What is younger is not even recorded as gone."""
    for number in range(3):
        published(number)

    (done,), _ = clean(store, keep=1, clock=FrozenClock(datetime.now(UTC)))

    assert (3, 0, 0) == (done.kept, done.gone, done.freed.files)
    assert () == store.facts(AuditRecord)


def test_a_run_that_was_killed_after_its_record_is_finished(published, store) -> None:
    """It says that versions went, and the files are still there: the next run removes them."""
    for number in range(3):
        published(number)

    def killed(address):
        class Mortal(DeltaUpkeep):
            def free(self, *_, **__):
                raise KeyboardInterrupt

        return Mortal(address)

    with pytest.raises(KeyboardInterrupt):
        vacuum(
            Keeping(1, timedelta(0)),
            grace=DAY,
            who="w",
            dry_run=False,
            store=store,
            upkeep=killed,
            clock=LATER,
        )
    assert 2 == len(store.facts(AuditRecord))

    (done,), _ = clean(store, keep=1)

    assert (0, 2, 2) == (done.gone, done.freed.files, len(store.facts(AuditRecord)))


def test_one_table_that_fails_stops_no_other(published, store, tmp_path) -> None:
    """It is named, with why."""
    for name in ("broken", "orders"):
        for number in range(3):
            published(number, name=name)
    log = tmp_path / "broken" / "_delta_log"
    (log / "00000000000000000001.json").write_text("{")
    broken = str(tmp_path / "broken")

    done, failed = clean(store, keep=1)

    assert [(str(tmp_path / "orders"), 2)] == [(one.table, one.freed.files) for one in done]
    assert [broken] == list(failed)
    assert {broken} == set(optimize(store=store, upkeep=DeltaUpkeep)[1])
    with pytest.raises(BrokenWorldError, match=rf"^{broken}: the table can't be read"):
        refuse_failed(failed)


def test_of_many_failures_a_broken_world_is_told() -> None:
    """Another try may heal it, and then tells what is left."""
    refuse_failed({})
    failures = {"a": SettingsError("no"), "b": BrokenWorldError("down", where="b", hint="Wait.")}

    with pytest.raises(BrokenWorldError, match=r"^b: down; so it is with 1 more of them\. Wait\.$"):
        refuse_failed(failures)
