"""What goes and what stays: every store must agree with `core/retention.py`, and with the promises here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.retention import Forgotten
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.policy import Action, PolicyAction
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import retention, schema
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.revision import REVISIONS
from airflow_dataops.store.shape import SHAPES
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.usecases.alerts.set_up_alerts import set_up_alerts
from airflow_dataops.usecases.ports.store import Fact

DAY = timedelta(days=1)


def everything(store) -> list[tuple[object, ...]]:
    """Ask for every kind of fact."""
    return [store.facts(kind) for kind in get_args(Fact)]


def test_what_readers_see_stays(store, one) -> None:
    """A partition that was published once and long ago must keep all that explains it."""
    gate = replace(one.verification, stage=Stage.GATE, outcomes=())
    facts = (one.landing, one.verification, gate, one.publication, one.audit)
    store.record(*facts)
    before = everything(store)

    assert Forgotten() == store.forget(one.at + 400 * DAY, audit_records=False, dry_run=False)
    assert before == everything(store)


def test_what_is_outlived_goes(store, one) -> None:
    """Of an old partition the versions, landings and events must go that nobody reads any more."""
    newest = replace(one.publication, version=9, manifest="b" * 64, at=one.at + DAY)
    its = replace(one.landing, sha256="b" * 64, landed_at=one.at + DAY)
    store.record(
        one.landing, its, one.verification, one.publication, newest, one.sli, one.observation, one.audit
    )

    gone = store.forget(one.at + 400 * DAY, audit_records=False, dry_run=False)

    assert Forgotten(landings=1, publications=1, sli_events=1, observations=1) == gone
    assert [(its,), (one.verification,), (newest,), (), (), (one.audit,)] == everything(store)


def test_of_two_versions_of_one_instant_the_greater_stays(store, one) -> None:
    """Readers see one of them, and which one that is must not be left to chance."""
    twin = replace(one.publication, version=one.publication.version + 1)
    store.record(twin, one.publication)

    assert 1 == store.forget(one.at + DAY, audit_records=False, dry_run=False).publications
    assert (twin,) == store.facts(Publication)


def test_a_version_counts_as_newest_by_its_time(store, one) -> None:
    """A table that was made anew begins at version 0 again, and that is what readers see."""
    anew = replace(one.publication, version=0, at=one.at + DAY)
    store.record(one.publication, anew)
    store.forget(one.at + 400 * DAY, audit_records=False, dry_run=False)

    assert (anew,) == store.facts(Publication)


def test_what_was_never_published_goes(store, one) -> None:
    """An old attempt that came to nothing must go, outcomes and all."""
    store.record(one.landing, one.verification)

    gone = store.forget(one.at + DAY, audit_records=False, dry_run=False)
    assert Forgotten(landings=1, verifications=1) == gone
    assert [(), (), (), (), (), ()] == everything(store)
    store.record(replace(one.verification, outcomes=()))
    assert ((),) == tuple(found.outcomes for found in store.facts(Verification))


def test_what_is_worked_on_stays(store, one) -> None:
    """An old landing that is being verified again must be there when it is published."""
    store.record(one.landing, replace(one.verification, at=one.at + 399 * DAY))

    assert 0 == store.forget(one.at + 300 * DAY, audit_records=False, dry_run=False).total


def test_the_landing_of_a_version_that_stays_stays(store, one) -> None:
    """A version that is young enough to stay must not lose what it was made from."""
    older = replace(one.publication, at=one.at + 350 * DAY)
    newest = replace(one.publication, version=9, manifest="b" * 64, at=one.at + 360 * DAY)
    store.record(one.landing, older, newest)

    assert 0 == store.forget(one.at + 300 * DAY, audit_records=False, dry_run=False).total
    assert 2 == store.forget(one.at + 355 * DAY, audit_records=False, dry_run=False).total
    assert [(), (newest,)] == [store.facts(kind) for kind in (Landing, Publication)]


def test_audit_records_go_only_when_they_are_asked_for(store, one) -> None:
    """Who did what must outlast everything else, unless somebody says otherwise."""
    young = replace(one.audit, subject="version 8", at=one.at + 2 * DAY)
    store.record(one.audit, young)

    assert 0 == store.forget(one.at + DAY, audit_records=False, dry_run=False).total
    assert Forgotten(audit_records=1) == store.forget(one.at + DAY, audit_records=True, dry_run=False)
    assert (young,) == store.facts(AuditRecord)


def test_what_policies_have_done_stays_known_while_it_is_in_force(url, one) -> None:
    """Else the next evaluation would pause again what a person lets run since."""
    store, levels = SqlStore(url), SqlServiceLevels(url)
    batch = replace(one.audit.batch, partition="*")
    paused = replace(
        one.audit, batch=batch, action="slo.pause", subject=f"orders, since {one.at.isoformat()}"
    )
    earlier = replace(paused, subject="orders, since before", at=one.at - DAY)
    lifted = replace(paused, action="slo.lift.pause", subject="orders, since before")
    store.record(paused, earlier, lifted)
    action = PolicyAction(
        team=batch.team,
        product=batch.product,
        action=Action.PAUSE,
        subject=batch.product,
        slo="fresh",
        since=one.at,
        why="",
    )
    levels.enforce(action)

    assert 2 == store.forget(one.at + 400 * DAY, audit_records=True, dry_run=False).audit_records
    assert (paused,) == store.facts(AuditRecord)
    levels.lift(action)
    assert 1 == store.forget(one.at + 400 * DAY, audit_records=True, dry_run=False).audit_records


def test_repairs_stay_known_while_an_objective_counts_them(url, one) -> None:
    """Else each evaluation would tell them again."""
    store, now = SqlStore(url), datetime.now(UTC)
    repaired = replace(one.audit, action="slo.repaired", subject="fresh", at=now - 20 * DAY)
    store.record(repaired, replace(repaired, subject="old", at=now - 200 * DAY))
    SqlServiceLevels(url).declare(
        Declaration(
            team="shop",
            product="orders",
            dataset="orders",
            expectation=Expectation(schedule="@daily"),
            objectives=(Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9")),),
            since=now - 300 * DAY,
        )
    )

    assert 1 == store.forget(now - DAY, audit_records=True, dry_run=False).audit_records
    assert (repaired,) == store.facts(AuditRecord)


def test_alerting_stays_set_up(url) -> None:
    """Else it would be set up anew, and nobody be told of what had gone wrong by then."""
    store, first = SqlStore(url), datetime.now(UTC) - 400 * DAY
    set_up_alerts(store=store, now=first)

    store.forget(first + 300 * DAY, audit_records=True, dry_run=False)

    assert first == set_up_alerts(store=store, now=first + 400 * DAY)


def test_the_instant_itself_is_not_old(store, one) -> None:
    """Before means before."""
    store.record(one.sli)

    assert 0 == store.forget(one.at, audit_records=True, dry_run=False).total
    assert 1 == store.forget(one.at + timedelta(microseconds=1), audit_records=True, dry_run=False).total


def test_a_dry_run_counts_and_changes_nothing(store, one) -> None:
    """What a person is shown must be what would go, and nothing may have gone."""
    store.record(one.landing, one.verification, one.sli, one.audit)
    before = everything(store)

    counted = store.forget(one.at + DAY, audit_records=True, dry_run=True)
    assert Forgotten(landings=1, verifications=1, sli_events=1, audit_records=1) == counted
    assert before == everything(store)
    assert counted == store.forget(one.at + DAY, audit_records=True, dry_run=False)


def test_a_time_without_a_zone_is_refused(store, one) -> None:
    """It is no instant, so it may remove nothing."""
    store.record(one.sli)
    with pytest.raises(ValueError, match="without a time zone"):
        store.forget(one.at.replace(tzinfo=None), audit_records=False, dry_run=False)

    assert (one.sli,) == store.facts(SliEvent)


def test_many_facts_go_a_few_at_a_time(url, one, monkeypatch) -> None:
    """However many are old, a transaction must stay small, and the last one must go as the first."""
    monkeypatch.setattr(retention, "AT_ONCE", 7)
    store = SqlStore(url)
    kept = [replace(one.audit, subject=f"k{n}", at=one.at + DAY) for n in range(20)]
    store.record(*(replace(one.audit, subject=f"{n}") for n in range(50)), *kept)

    assert 50 == store.forget(one.at + DAY, audit_records=True, dry_run=False).total
    assert sorted(kept, key=lambda record: record.subject) == list(store.facts(AuditRecord))


def test_the_schema_before_is_cleaned_alike(database, one) -> None:
    """Cleaning must not wait for a migration."""
    schema.downgrade(database.url, REVISIONS[-2])
    store = SqlStore(database.url)
    store.record(one.plain, one.verification, one.sli)

    assert 3 == store.forget(one.at + DAY, audit_records=False, dry_run=False).total


DAYS = st.integers(0, 3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.lists(
        st.tuples(
            st.sampled_from(list(SHAPES)),
            st.sampled_from("ab"),
            st.sampled_from("xyz"),
            st.integers(0, 2),
            DAYS,
        ),
        max_size=14,
    ),
    day=DAYS,
    audit_records=st.booleans(),
)
def test_every_store_forgets_the_same(database, one, facts, day, audit_records) -> None:
    """The rule in SQL must be the rule in Python, and a dry run must count what then goes."""
    database.run("DELETE FROM dataops_outcome", *(f"DELETE FROM {its.table}" for its in SHAPES.values()))  # noqa: S608
    stores = (SqlStore(database.url), MemoryStore())
    before = one.at + day * DAY
    for store in stores:
        store.record(*(_variant(one, each) for each in facts))
    counted = [store.forget(before, audit_records=audit_records, dry_run=True) for store in stores]
    gone = [store.forget(before, audit_records=audit_records, dry_run=False) for store in stores]

    assert counted == gone
    assert gone[0] == gone[1]
    assert everything(stores[1]) == everything(stores[0])


def _variant(one, drawn):
    """Make a fact that may or may not hang together with another one."""
    kind, partition, word, number, day = drawn
    batch = replace(one.batch, partition=partition)
    at = one.at + day * DAY
    match kind.__name__:
        case "Landing":
            return replace(one.landing, batch=batch, sha256=word, landed_at=at)
        case "Verification":
            return replace(one.verification, batch=batch, stage=list(Stage)[number], at=at)
        case "Publication":
            return replace(one.publication, batch=batch, version=number, manifest=word, at=at)
        case "SliEvent":
            return replace(one.sli, batch=batch, at=at)
        case "Observation":
            return replace(one.observation, batch=batch, subject=word, at=at)
        case _:
            return replace(one.audit, batch=batch, subject=word, at=at)
