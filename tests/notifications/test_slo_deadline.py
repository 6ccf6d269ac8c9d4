"""Deadlines that belong to the incidents of their product."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk import DAG, DeadlineReference
from airflow.serialization.serialized_objects import DagSerialization

from airflow_dataops.notifications.slo_deadline import slo_deadline


def test_it_is_a_native_deadline_that_airflow_keeps() -> None:
    """What is kept names the callback by its path, and what it is called with."""
    with DAG(
        "orders", schedule=None, deadline=slo_deadline(timedelta(minutes=30), team="shop", grain="day")
    ) as dag:
        pass

    (kept,) = DagSerialization.to_dict(dag)["dag"]["deadline"]

    assert "slo_breach.SloBreachNotifier" in str(kept)
    assert "shop" in str(kept)


def test_it_counts_from_when_a_run_was_queued_unless_it_is_told() -> None:
    """What waits for a worker is late, too."""
    assert DeadlineReference.DAGRUN_QUEUED_AT == slo_deadline(timedelta(minutes=1)).reference
    since = DeadlineReference.DAGRUN_LOGICAL_DATE
    assert since == slo_deadline(timedelta(minutes=1), since=since).reference


@pytest.mark.parametrize(("sync", "kind"), [(False, "AsyncCallback"), (True, "SyncCallback")])
def test_the_triggerer_reports_it_or_a_worker(sync, kind) -> None:
    """Not every deployment has a triggerer."""
    assert kind == type(slo_deadline(timedelta(minutes=1), sync=sync).callback).__name__


@pytest.mark.parametrize("within", [timedelta(0), timedelta(minutes=-5)])
def test_a_deadline_that_is_over_at_once_is_refused(within) -> None:
    """Airflow would call for every run."""
    with pytest.raises(ValueError, match="must be above zero"):
        slo_deadline(within)
