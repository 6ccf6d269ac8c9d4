"""What went wrong and what was delivered, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome as Verdict
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError
from airflow_dataops.store import schema
from airflow_dataops.store.faults import SqlFaults
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore

NOON = datetime(2026, 3, 3, 12, 0, 0, 250, tzinfo=UTC)
HOUR = timedelta(hours=1)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
OTHER = replace(BATCH, product="stock", dataset="stock")
FOREIGN = replace(BATCH, team="lab")

RULE = Verdict(
    rule="id.unique",
    status=Status.FAILED,
    severity=Severity.ERROR,
    dimension="uniqueness",
    column="id",
    expected="= 0",
    observed="2",
    failing=2,
    checked=11,
    quarantines=True,
)


def verdict(batch: Batch = BATCH, **what) -> Verification:
    """Return a verdict that refuses a batch, with a rule that is kept and one that isn't."""
    its = {"stage": Stage.VERIFY, "blocks": ("2 of 11 rows",), "at": NOON, "run_id": "r1", "good": 9, **what}
    kept = replace(RULE, rule="id.required", status=Status.PASSED, failing=0)
    return Verification(
        batch=batch, contract="orders@1", rows=11, bad=2, unparsable=0, outcomes=(kept, RULE), **its
    )


def publication(batch: Batch = BATCH, **what) -> Publication:
    """Return a publication."""
    its = {"version": 1, "rows": 9, "at": NOON + HOUR, "run_id": "r1", **what}
    return Publication(batch=batch, content="c", target="lake", contract="orders@1", manifest="m", **its)


def run(dag_id: str = "orders", final: Outcome = Outcome.FAILED, **what) -> RunOutcome:
    """Return what became of a run."""
    its = {"run_id": "r1", "ended": NOON, **what}
    return RunOutcome(team="shop", dag_id=dag_id, first=Outcome.FAILED, final=final, **its)


@pytest.fixture
def faults(store_url: str) -> SqlFaults:
    """An empty store on each server."""
    schema.migrate(store_url)
    return SqlFaults(store_url)


def test_verdicts_that_refuse_are_found_with_the_rules_that_are_not_kept(faults, store_url) -> None:
    """One that lets pass is none, one that could not be evaluated is one."""
    SqlStore(store_url).record(
        verdict(),
        verdict(stage=Stage.GATE, blocks=()),
        verdict(OTHER, blocks=(), errors=("id.unique: no such column",), at=NOON + HOUR),
        verdict(FOREIGN, at=NOON - HOUR),
    )
    first, second = faults.refused(since=NOON)

    assert (BATCH, Stage.VERIFY, (RULE,)) == (first.batch, first.stage, first.outcomes)
    assert (OTHER, ("id.unique: no such column",)) == (second.batch, second.errors)
    assert 3 == len(faults.refused(since=NOON - HOUR))


def test_runs_that_failed_in_the_end_are_found_until_they_end_well(faults, store_url) -> None:
    """A run that was cleared and ended well has not failed."""
    levels = SqlServiceLevels(store_url)
    stock = run("stock", partition="2026-03-03", start=NOON - HOUR, end=NOON, ended=NOON + HOUR, tries=3)
    levels.ran(run(), stock, run("prices", Outcome.SUCCESS), run("old", ended=NOON - HOUR))
    assert (run(), stock) == faults.failed(since=NOON)
    levels.ran(run(final=Outcome.SUCCESS, ended=NOON + 2 * HOUR))
    assert (stock,) == faults.failed(since=NOON)


def test_rows_are_lost_where_fewer_were_published_than_the_audit_let_pass(faults, store_url) -> None:
    """An audit of another run says nothing; neither does a version that isn't the newest."""
    passed = {"blocks": (), "stage": Stage.AUDIT}
    whole, other = replace(BATCH, partition="2026-03-01"), replace(BATCH, partition="2026-03-02")
    store = SqlStore(store_url)
    store.record(
        *(verdict(batch, **passed) for batch in (BATCH, whole, other)),
        publication(rows=7),
        publication(whole),
        publication(other, rows=7, run_id="r0"),
    )
    assert [(publication(rows=7), 9)] == list(faults.lost(since=NOON))
    assert () == faults.lost(since=NOON + 2 * HOUR)
    store.record(publication(version=2, rows=9, at=NOON + 2 * HOUR))
    assert () == faults.lost(since=NOON)


def test_it_is_known_when_batches_of_products_were_published_last(faults, store_url) -> None:
    """Of the products that are asked for, and since an instant."""
    SqlStore(store_url).record(
        publication(),
        publication(version=2, at=NOON + 3 * HOUR),
        publication(OTHER),
        publication(FOREIGN),
        publication(replace(BATCH, partition="2026-03-01"), at=NOON - HOUR),
    )
    orders, stock = ("shop", "orders"), ("shop", "stock")
    assert {BATCH: NOON + 3 * HOUR} == faults.published(since=NOON, of=[orders])
    assert {BATCH, OTHER} == set(faults.published(since=NOON, of=[orders, stock]))
    assert {FOREIGN: NOON + HOUR} == faults.published(since=NOON, of=[("lab", "orders")])
    assert {} == faults.published(since=NOON, of=[])


def test_a_store_without_tables_is_named(store_url) -> None:
    """Nobody takes it for a store in which all is well."""
    faults = SqlFaults(store_url)
    for ask in (faults.refused, faults.failed, faults.lost):
        with pytest.raises(SettingsError, match="no schema"):
            ask(since=NOON)
