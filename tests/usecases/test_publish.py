from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.errors import BadDataError
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.usecases.announce import announce
from airflow_dataops.usecases.publish import publish


@pytest.fixture
def target(tmp_path) -> DeltaTarget:
    """A table that is not there yet."""
    return DeltaTarget(str(tmp_path / "lake" / "orders"))


@pytest.fixture
def staged(batch, clock, tmp_path) -> StagedBatch:
    """Two audited rows."""
    file = tmp_path / "audit.parquet"
    pl.DataFrame({"id": [1, 2]}, schema={"id": pl.Int64}).write_parquet(file)
    landing = Landing(
        batch=batch,
        origin="/drops/x.csv",
        uri="/raw/x",
        sha256="a" * 64,
        bytes=9,
        rows=2,
        dialect=Dialect(),
        landed_at=clock.now() - timedelta(minutes=10),
        run_id="first",
    )
    return StagedBatch(landing=landing, stage=Stage.AUDIT, uri=str(file), rows=2, content="one", contract="f")


@pytest.fixture
def published(staged, contract, target, store, clock):
    """Publish the staged rows, as somebody asks."""

    def do(run, **changes):
        return publish(
            replace(staged, **changes),
            contract=contract,
            dataset=contract.datasets[0],
            run=run,
            target=target,
            store=store,
            clock=clock,
        )

    return do


def test_publish_leaves_a_publication_and_an_audit_record(published, run, store) -> None:
    """Who, what, when and why are kept with every change of published data."""
    publication = published(run)

    assert (publication,) == store.facts(Publication)
    (record,) = store.facts(AuditRecord)
    assert ("publish", "orders first", publication.at) == (record.action, record.who, record.at)
    assert "passed its audit against orders@1.0.0" in record.why


def test_publish_of_the_same_content_commits_nothing(published, run, store, target, clock) -> None:
    """A later run finds the content at the head, and the publication that is known."""
    first = published(run)
    clock.advance(timedelta(days=7))

    again = published(replace(run, run_id="second"))

    assert first == again
    assert first.version == target.head(first.batch).version
    assert (first,) == store.facts(Publication)


def test_publish_of_older_content_is_a_new_version(published, run, store) -> None:
    """Only the head counts: going back to what was there before is a change."""
    versions = [published(run, content=content).version for content in ("one", "two", "one")]

    assert sorted(set(versions)) == versions
    assert 3 == len(store.facts(Publication))


def test_publish_remembers_a_commit_that_the_store_had_missed(
    published, staged, contract, run, store, target
) -> None:
    """Killed between commit and store: the next run commits nothing, and finishes the rest."""
    target.publish(staged.landing.batch, staged, dataset=contract.datasets[0], content="one", labels={})

    publication = published(run)

    assert publication.version == target.head(publication.batch).version
    assert (publication,) == store.facts(Publication)


def test_publish_into_a_target_that_was_dropped_is_a_publication_of_its_own(
    published, run, store, target
) -> None:
    """It counts from 1 again: the number alone doesn't tell which rows readers see."""
    published(run)
    shutil.rmtree(target.uri)

    later = published(run, content="two", rows=1)

    assert (later,) == store.facts(Publication)
    assert ("two", 1) == (later.content, later.rows)
    assert 2 == len(store.facts(AuditRecord))


def test_announce_records_service_levels_and_clears_the_staging(published, staged, run, store, zones) -> None:
    """Freshness counts from the end of the interval, latency from the landing."""
    publication = published(run)
    left = zones.staging(publication.batch, run, "verify")

    announce(publication, landing=staged.landing, run=run, store=store, zones=zones)

    seconds = {event.sli: event.value for event in store.facts(SliEvent)}
    assert {Sli.FRESHNESS: 6 * 3600, Sli.LATENCY: 600} == seconds
    assert not Path(left).parent.exists()


def test_publish_refuses_rows_that_were_audited_by_another_contract(published, run, store) -> None:
    """Who changes the contract after the audit must have the rows audited again."""
    with pytest.raises(
        BadDataError, match=r"changed after the rows were audited.*Clear the run from `audit` on"
    ):
        published(run, contract="another")

    assert () == store.facts(Publication)
