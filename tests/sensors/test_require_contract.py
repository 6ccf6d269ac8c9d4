"""Waiting for verdicts that do."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from airflow.sdk import Asset

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification
from airflow_dataops.sensors.require_contract import RequireContractSensor
from airflow_dataops.store.sql import SqlStore

ORDERS = Asset("orders", uri="dataops://orders/orders")


@pytest.fixture
def known(deployment):
    """Let the store know a verdict."""

    def record(status: str, partition: str = "2026-03-01") -> None:
        outcome = Outcome(
            rule="id.required",
            status=Status(status),
            severity=Severity.ERROR,
            dimension="completeness",
            column="id",
            expected="rows that break it = 0",
            observed="3",
            failing=3,
            checked=9,
            quarantines=True,
        )
        SqlStore(f"sqlite:///{deployment}/store.db").record(
            Verification(
                batch=Batch(team="shop", product="orders", dataset="orders", partition=partition),
                stage=Stage.CHECK,
                run_id="r",
                contract="orders@1.0.0",
                at=datetime.now(UTC),
                rows=9,
                good=6,
                bad=3,
                unparsable=0,
                outcomes=(outcome,),
                blocks=("id.required",) if status == "failed" else (),
            )
        )

    return record


@pytest.fixture
def wait(in_dag):
    """Run one sensor, and return how it ended."""

    def run(**given):
        given = {"asset": ORDERS, "retry_delay": 0, "poke_interval": 0.2, "timeout": 30} | given
        return in_dag(lambda: RequireContractSensor(task_id="verify", **given))

    return run


@pytest.mark.parametrize("deferrable", [True, False])
def test_the_wait_is_over_when_the_verdict_does(wait, known, deferrable) -> None:
    """A verdict that fails is no end: the producer may mend its data."""
    known("failed")
    timer = threading.Timer(1.0, known, ["passed"])
    timer.start()

    ended = wait(deferrable=deferrable)

    timer.join()
    assert ("success", []) == (ended.state(), ended.lines)
    assert {"scores": {"orders/2026-03-01": 1.0}} == ended.returned()


def test_what_does_already_is_not_waited_for(wait, known, monkeypatch) -> None:
    """Airflow 3.3 can fail a deferral whose trigger fires at once, so there is none."""
    known("passed")
    monkeypatch.setattr(RequireContractSensor, "defer", lambda *_, **__: pytest.fail("it was deferred"))

    assert "success" == wait().state()


@pytest.mark.parametrize("soft_fail", [True, False])
def test_the_time_is_up(wait, known, soft_fail) -> None:
    """The task fails, or is skipped, and isn't tried again."""
    known("failed")

    ended = wait(timeout=0.5, soft_fail=soft_fail)

    assert ("skipped" if soft_fail else "failed") == ended.state()
    assert 1 == ended.run.get_task_instance("verify").try_number


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"max_age": "soon"}, "`max_age` can't be `soon`"), ({"min_score": 2}, "`min_score` can't be `2`")],
)
def test_what_can_t_be_asked_is_not_waited_for(wait, known, asked, told) -> None:
    """It is one line, at once."""
    known("passed")

    ended = wait(**asked)

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert told in ended.lines[0]
