"""The task that finds what is wrong and tells people."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk import DAG, CronDataIntervalTimetable

from airflow_dataops.bridge import alerting
from airflow_dataops.operators.route_alerts import RouteAlertsOperator

LOGICAL = datetime(2026, 3, 3, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIVE = timedelta(minutes=5)
NUMBERS = itertools.count(1)
"""Airflow keeps each version of a DAG: another schedule is another DAG here."""


@pytest.mark.parametrize(
    ("schedule", "every", "between"),
    [
        ("*/5 * * * *", None, FIVE),
        ("* * * * *", None, FIVE),
        ("0 */6 * * *", None, 6 * HOUR),
        ("0 */6 * * *", HOUR, HOUR),
        (None, None, FIVE),
    ],
)
def test_receivers_that_forget_remember_for_as_long_as_the_next_run_takes(
    deployment,  # noqa: ARG001 - a store of its own
    run_dag,
    monkeypatch,
    schedule,
    every,
    between,
) -> None:
    """An alert that ended before the next round would end and begin with every one."""
    asked = []
    really = alerting.alerted

    def alerted(*, every: timedelta):
        asked.append(every)
        return really(every=every)

    monkeypatch.setattr(alerting, "alerted", alerted)
    clock = schedule and CronDataIntervalTimetable(schedule, timezone="UTC")
    began = datetime(2026, 3, 1, tzinfo=UTC)
    with DAG(f"monitor{next(NUMBERS)}", schedule=clock, start_date=began, catchup=False) as dag:
        RouteAlertsOperator(task_id="route", every=every)

    run = run_dag(dag, logical_date=LOGICAL)

    assert "success" == run.state
    assert [between] == asked
