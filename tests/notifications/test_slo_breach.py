"""What callbacks report, by the contexts with which Airflow really calls."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from airflow.sdk import DAG, CronDataIntervalTimetable, task
from airflow.sdk.execution_time.callback_supervisor import execute_callback

from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.notifications.slo_breach import SloBreachNotifier
from airflow_dataops.notifications.slo_deadline import slo_deadline
from airflow_dataops.store.outbox import Outbox

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.reported import Reported

START = datetime(2026, 3, 1, tzinfo=UTC)
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)
DEADLINE = {
    "dag_run": {
        "dag_id": "orders",
        "dag_run_id": "scheduled__2026-03-02",
        "data_interval_start": "2026-03-01T00:00:00Z",
        "partition_key": None,
        "state": "running",
    },
    "deadline": {"id": "1", "deadline_time": datetime(2026, 3, 2, 0, 30, tzinfo=UTC)},
}


@pytest.fixture
def reports(tmp_path, monkeypatch):
    """Return what lies in the outbox."""
    monkeypatch.setattr("airflow_dataops.bridge.settings.outbox_path", lambda: tmp_path / "outbox")

    def all_of_it() -> list[Reported]:
        return [letter.fact for letter in Outbox(tmp_path / "outbox").letters(most=100)]

    return all_of_it


@pytest.fixture
def ran(deployment, run_dag):  # noqa: ARG001 - a store of its own
    """Run a DAG of one task, which fails as often as it is said."""

    def run(*, callbacks=(), dag_callbacks=(), fails=1, retries=0):
        failed = []
        with DAG(
            "billing",
            schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
            start_date=START,
            catchup=False,
            **{name: SloBreachNotifier(team="shop") for name in dag_callbacks},
        ) as dag:

            @task(
                retries=retries,
                retry_delay=timedelta(0),
                **{name: SloBreachNotifier(team="shop") for name in callbacks},
            )
            def bill() -> None:
                if len(failed) < fails:
                    failed.append(1)
                    raise ValueError("card 4111-1111 of row 7 is no number")

            bill()
        return run_dag(dag, logical_date=LOGICAL)

    return run


def test_a_task_that_failed_is_reported_without_the_words_of_its_error(ran, reports) -> None:
    """An error may quote what a row holds."""
    run = ran(callbacks=("on_failure_callback",))

    (said,) = reports()

    assert Where("shop", "billing", run.run_id) == said.where
    assert (Kind.FAILED, "bill", False) == (said.kind, said.task_id, said.well)
    assert said.text == "the task bill failed: ValueError"


def test_a_task_that_is_tried_again_is_not_reported(ran, reports) -> None:
    """It is no incident, whatever callbacks are set."""
    ran(
        callbacks=("on_failure_callback", "on_retry_callback", "on_execute_callback", "on_success_callback"),
        retries=1,
    )

    assert [] == reports()


@pytest.mark.parametrize(("fails", "well"), [(1, False), (0, True)])
def test_the_end_of_a_run_is_reported(ran, reports, fails, well) -> None:
    """A run that ended well takes back what was reported of its partition."""
    ran(dag_callbacks=("on_failure_callback", "on_success_callback"), fails=fails)

    (said,) = reports()

    assert (well, "") == (said.well, said.task_id)


def test_a_missed_deadline_is_late_in_the_partition_of_the_run(reports) -> None:
    """So a run that failed before is in the same incident; and the triggerer gets nothing back."""
    notifier = SloBreachNotifier(
        product="orders", team="shop", grain="day", timezone="UTC", context=dict(DEADLINE)
    )

    assert asyncio.run(_awaited(notifier)) is None
    (said,) = reports()
    assert Where("shop", "orders", "2026-03-01") == said.where
    assert Kind.LATE is said.kind
    assert said.text == "not done by 2026-03-02 00:30 UTC, its deadline"


def test_a_worker_reports_a_missed_deadline_likewise(reports) -> None:
    """As Airflow's executor calls it: by its path, with plain JSON."""
    callback = slo_deadline(
        timedelta(minutes=1), team="shop", product="orders", grain="day", sync=True
    ).callback
    context = {**DEADLINE, "deadline": {"id": "1", "deadline_time": "2026-03-02T00:30:00Z"}}

    came = execute_callback(
        callback.path, {**callback.kwargs, "context": context}, "", None, structlog.get_logger()
    )

    assert (True, None) == came
    assert Where("shop", "orders", "2026-03-01") == reports()[0].where
    assert reports()[0].text == "not done by 2026-03-02 00:30 UTC, its deadline"


def test_a_deadline_of_any_dag_is_of_its_run(reports) -> None:
    """Where there are no partitions, a run is one."""
    SloBreachNotifier(team="shop").notify(dict(DEADLINE))

    assert Where("shop", "orders", "scheduled__2026-03-02") == reports()[0].where


def test_a_partition_key_tells_the_partition(reports) -> None:
    """It counts over the interval."""
    SloBreachNotifier(team="shop").notify(
        {**DEADLINE, "dag_run": {**DEADLINE["dag_run"], "partition_key": "2026-02-28"}}
    )

    assert reports()[0].where.partition == "2026-02-28"


@pytest.mark.parametrize("context", [{}, {"dag_run": {}}, {"dag_run": None}])
def test_what_tells_nothing_is_logged_and_raises_nothing(reports, capsys, context) -> None:
    """Other callbacks come after it."""
    SloBreachNotifier(team="shop").notify(context)

    assert [] == reports()
    assert "It was not reported that something is wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("its", "context"),
    [
        ({"grain": "fortnight"}, DEADLINE),
        ({"grain": "day", "timezone": "Mars/Olympus"}, DEADLINE),
        ({}, DEADLINE | {"deadline": {}}),
        ({}, DEADLINE | {"deadline": None}),
        ({}, DEADLINE | {"deadline": {"deadline_time": "soon"}}),
    ],
)
def test_what_cant_be_said_of_it_keeps_nothing_from_being_reported(reports, its, context) -> None:
    """It is of its run then, whose deadline was missed."""
    SloBreachNotifier(product="orders", team="shop", **its).notify(context)

    (said,) = reports()

    assert (Kind.LATE, "scheduled__2026-03-02") == (said.kind, said.where.partition)
    assert said.text.endswith("its deadline")


def test_a_text_of_five_megabytes_is_cut(reports) -> None:
    """It would be kept with each word on its incident."""
    SloBreachNotifier(product="orders", team="shop", text="x" * 5_000_000).notify(DEADLINE)

    assert 2_000 == len(reports()[0].text)


def test_an_outbox_that_takes_nothing_is_logged_in_one_line(tmp_path, monkeypatch, capsys) -> None:
    """Nothing passes silently, and no traceback hides it."""
    (tmp_path / "file").touch()
    monkeypatch.setattr("airflow_dataops.bridge.settings.outbox_path", lambda: tmp_path / "file" / "outbox")

    SloBreachNotifier(team="shop").notify(dict(DEADLINE))

    (line,) = capsys.readouterr().out.splitlines()
    assert "the outbox can't be written" in line


async def _awaited(notifier: SloBreachNotifier) -> object:
    return await notifier
