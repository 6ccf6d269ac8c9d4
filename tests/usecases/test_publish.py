from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.policy import Action, PolicyAction
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.errors import BadDataError, WithheldError
from airflow_dataops.targets.delta import DeltaTarget
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.batches.announce import announce
from airflow_dataops.usecases.batches.approve import approve
from airflow_dataops.usecases.batches.publish import publish


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

    def do(run, actions=None, **changes):
        return publish(
            replace(staged, **changes),
            contract=contract,
            dataset=contract.datasets[0],
            run=run,
            target=target,
            store=store,
            clock=clock,
            actions=actions,
        )

    return do


def test_publish_leaves_a_publication_and_an_audit_record(published, run, store) -> None:
    """Who, what, when and why are kept with every change of published data."""
    publication = published(run)

    assert (publication,) == store.facts(Publication)
    (record,) = store.facts(AuditRecord)
    assert ("publish", "orders first", publication.at) == (record.action, record.who, record.at)
    assert "passed its audit against orders@1.0.0" in record.why


def test_how_fresh_a_batch_is_and_how_long_it_took_is_seen_at_once(published, run, store) -> None:
    """In the same transaction: a killed `announce` loses nothing."""
    publication = published(run)

    fresh, latency = store.facts(Observation)
    assert (Sli.FRESHNESS, 6 * 3600, run.interval_end) == (fresh.sli, fresh.value, fresh.end)
    assert (Sli.LATENCY, 600, publication.at) == (latency.sli, latency.value, latency.at)


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


def test_a_batch_is_as_fresh_as_its_commit_though_the_store_was_down(
    staged, contract, run, store, target
) -> None:
    """Readers had it all the time: the try that remembers it an hour later burns nothing."""
    target.publish(staged.landing.batch, staged, dataset=contract.datasets[0], content="one", labels={})
    committed = target.head(staged.landing.batch).at
    landing = replace(staged.landing, landed_at=committed - timedelta(minutes=10))

    publication = publish(
        replace(staged, landing=landing),
        contract=contract,
        dataset=contract.datasets[0],
        run=replace(run, interval_end=committed - timedelta(hours=2)),
        target=target,
        store=store,
        clock=FrozenClock(committed + timedelta(hours=1)),
    )

    assert committed == publication.at
    seen = {one.sli: (one.value, one.at) for one in store.facts(Observation)}
    assert {Sli.FRESHNESS: (7200, committed), Sli.LATENCY: (600, committed)} == seen


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


class Blocked:
    """Policy actions of which one is in force for a product of a team."""

    def __init__(self, action: Action, product: str = "orders") -> None:
        self.action = action
        self.product = product

    def in_force(self, *, team: str, product: str) -> tuple[PolicyAction, ...]:
        """Return it, where it is asked for."""
        if (team, product) != ("shop", self.product):
            return ()
        return (
            PolicyAction(
                team=team,
                product=product,
                action=self.action,
                subject=product,
                slo="right",
                since=datetime(2026, 3, 4, 5, tzinfo=UTC),
                why="3 % of the budget of `right` was left, less than 20 %",
            ),
        )


def test_publish_asks_policies_before_it_commits(published, run, store, target, batch) -> None:
    """It is no bad data; nothing is committed, and nothing is recorded."""
    with pytest.raises(
        WithheldError, match=r"2026-03-03: the policy `block_publish` is in force.*3 % of the"
    ):
        published(run, actions=Blocked(Action.BLOCK_PUBLISH))

    assert (None, ()) == (target.head(batch), store.facts(AuditRecord))


@pytest.mark.parametrize(
    "actions",
    [Blocked(Action.SHRINK_POOL), Blocked(Action.PAUSE), Blocked(Action.BLOCK_PUBLISH, "other")],
)
def test_publish_is_blocked_by_what_blocks_it_alone(published, run, actions) -> None:
    """Other actions are asked elsewhere, and other products are others."""
    assert 2 == published(run, actions=actions).rows


def test_publish_finishes_what_was_committed_before_a_policy_came_into_force(
    published, run, store, target, batch
) -> None:
    """Readers see it already; the store must know of it."""
    first = published(run)
    store.__init__()

    again = published(run, actions=Blocked(Action.BLOCK_PUBLISH))

    assert (first.version, first.content) == (again.version, again.content)
    assert first.version == target.head(batch).version


def test_publish_wants_a_person_s_word_where_a_policy_asks_for_it(
    published, run, staged, store, clock
) -> None:
    """On these rows: that somebody approved others, or rejected these, isn't enough."""
    given = {"actions": Blocked(Action.REQUIRE_APPROVAL), "store": store, "clock": clock, "who": "ada"}
    approve(replace(staged, content="two"), approved=True, **given)
    approve(staged, approved=False, **given)
    with pytest.raises(
        WithheldError, match=r"`require_approval` is in force.*nobody has approved these rows"
    ):
        published(run, actions=given["actions"])

    approve(staged, approved=True, **given)

    assert 2 == published(run, actions=given["actions"]).rows
    actions = [one.action for one in store.facts(AuditRecord)]
    assert ["approve", "approve", "publish", "reject"] == sorted(actions)


def test_publish_wants_a_new_word_when_the_policy_is_in_force_anew(
    published, run, staged, store, clock
) -> None:
    """What was approved in March isn't in May."""
    approve(staged, approved=True, who="ada", actions=Blocked(Action.PAUSE), store=store, clock=clock)

    with pytest.raises(WithheldError, match="nobody has approved"):
        published(run, actions=Blocked(Action.REQUIRE_APPROVAL))
    assert "the budget is back in the meantime" == store.facts(AuditRecord)[0].why
