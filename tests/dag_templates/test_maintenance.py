"""The DAG that looks after the store, as a platform team copies it."""

from __future__ import annotations

import importlib.util
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.documents.shelf import names, shelf
from airflow_dataops.operators.maintenance import CleanStoreOperator, MigrateStoreOperator
from airflow_dataops.store import schema
from airflow_dataops.store.revision import Standing
from airflow_dataops.store.sql import SqlStore

NUMBERS = itertools.count()


@pytest.fixture
def store(deployment, store_url, monkeypatch) -> str:
    """The URL of a store that the deployment names, on each server; nobody has made it."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", store_url)
    assert deployment.is_dir()
    return store_url


@pytest.fixture
def maintenance():
    """The DAG of the template, under an id of its own, for Airflow keeps each version of a DAG."""
    spec = importlib.util.spec_from_file_location("maintenance", shelf() / "maintenance" / "dag.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.dag.dag_id = f"maintenance{next(NUMBERS)}"
    return module.dag


def ends(run) -> dict[str, str]:
    """Return how each task ended."""
    return {task.task_id: str(task.state) for task in run.get_task_instances()}


def test_the_dag_makes_a_store_and_cleans_it(store, maintenance, run_dag) -> None:
    """Without a shell, a store must come about, be kept up to date and be rid of what is old."""
    assert {"migrate": "success", "clean": "success"} == ends(run_dag(maintenance))
    assert Standing.CURRENT is schema.check(store).standing
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    young, old = (datetime.now(UTC) - timedelta(days=days) for days in (1, 200))
    event = SliEvent(batch=batch, sli=Sli.FRESHNESS, good=1, total=1, value=None, at=old)
    kept = SliEvent(batch=batch, sli=Sli.CORRECTNESS, good=1, total=1, value=None, at=young)
    record = AuditRecord(batch=batch, action="publish", subject="version 1", who="w", why="y", at=old)
    schema.downgrade(store, "0001")
    SqlStore(store).record(event, kept, record)

    assert {"migrate": "success", "clean": "success"} == ends(run_dag(maintenance))
    assert Standing.CURRENT is schema.check(store).standing
    assert ((kept,), (record,)) == (SqlStore(store).facts(SliEvent), SqlStore(store).facts(AuditRecord))


def test_the_tasks_return_what_they_did(store) -> None:
    """Whoever looks at a run must see the revisions and the counts."""
    assert {"before": None, "after": "0002"} == MigrateStoreOperator(task_id="migrate").execute({})
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    old = datetime.now(UTC) - timedelta(days=200)
    SqlStore(store).record(
        AuditRecord(batch=batch, action="publish", subject="version 1", who="w", why="y", at=old)
    )
    clean = CleanStoreOperator(task_id="clean", before="180d", audit_records=True)

    counts = {"landings": 0, "verifications": 0, "publications": 0, "sli_events": 0, "audit_records": 1}
    assert counts == clean.execute({})


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("soon", r"^before: `soon` is no time before which facts are old\. Write a date"),
        ("9999-12-31", "is in the future"),
        ("180d", "has no schema"),
    ],
)
def test_what_another_try_will_not_heal_is_not_tried_again(before, said) -> None:
    """A wrong word or a missing store must fail the task for good, with one line."""
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match=said):
        CleanStoreOperator(task_id="clean", before=before).execute({})


def test_a_store_that_migrates_itself_needs_no_migration_first(store, monkeypatch) -> None:
    """With `auto_migrate` the first task of a deployment must find a store, whichever task that is."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__AUTO_MIGRATE", "True")

    assert {0} == set(CleanStoreOperator(task_id="clean", before="180d").execute({}).values())
    assert Standing.CURRENT is schema.check(store).standing


@pytest.mark.parametrize(
    "operator", [MigrateStoreOperator(task_id="m"), CleanStoreOperator(task_id="c", before="1d")], ids=repr
)
def test_a_broken_world_is_tried_again(deployment, monkeypatch, operator) -> None:
    """A server that can't be reached now may be reached later."""
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    assert deployment.is_dir()
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", "postgresql+psycopg://u:zq7@127.0.0.1:1/d")
    with pytest.raises(AirflowException, match=r"^Broken world: the store at") as caught:
        operator.execute({})

    assert not isinstance(caught.value, AirflowFailException)
    assert "zq7" not in str(caught.value)


def test_it_is_no_template_for_products() -> None:
    """A pipeline file must not be able to name it."""
    assert [] == [name for name in names() if name.startswith("maintenance")]
