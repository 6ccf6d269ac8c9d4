"""Waiting for an error budget to be back."""

from __future__ import annotations

import threading

import pytest
from airflow.sdk import Asset

from airflow_dataops.sensors.error_budget import ErrorBudgetSensor


@pytest.fixture
def wait(in_dag):
    """Run one sensor, and return how it ended."""

    def run(**given):
        given = {"product": "orders", "retry_delay": 0, "poke_interval": 0.2, "timeout": 30} | given
        return in_dag(lambda: ErrorBudgetSensor(task_id="verify", **given))

    return run


@pytest.mark.parametrize("deferrable", [True, False])
def test_the_wait_is_over_when_enough_is_left(wait, rows_seen, deferrable) -> None:
    """More good rows on another day bring some of the budget back."""
    rows_seen(91)
    timer = threading.Timer(1.5, rows_seen, [100], {"days": 2})
    timer.start()

    ended = wait(deferrable=deferrable, at_least="50%")

    timer.join()
    assert ("success", []) == (ended.state(), ended.lines)
    assert {"remaining": {"right": 0.55}} == ended.returned()


def test_what_is_so_already_is_not_waited_for(wait, rows_seen, monkeypatch) -> None:
    """Airflow 3.3 can fail a deferral whose trigger fires at once, so there is none."""
    rows_seen(98)
    monkeypatch.setattr(ErrorBudgetSensor, "defer", lambda *_, **__: pytest.fail("it was deferred"))

    assert "success" == wait(product=Asset("orders")).state()


@pytest.mark.parametrize("soft_fail", [True, False])
@pytest.mark.parametrize("deferrable", [True, False])
def test_the_time_is_up(wait, rows_seen, soft_fail, deferrable) -> None:
    """The task fails, or is skipped, and isn't tried again."""
    rows_seen(91)

    ended = wait(timeout=0.5, soft_fail=soft_fail, deferrable=deferrable)

    assert ("skipped" if soft_fail else "failed") == ended.state()
    assert 1 == ended.run.get_task_instance("verify").try_number


def test_a_product_may_come_to_be(wait, rows_seen) -> None:
    """Its DAG is read a little later."""
    timer = threading.Timer(1.0, rows_seen, [100])
    timer.start()

    ended = wait()

    timer.join()
    assert "success" == ended.state()


def test_each_look_says_that_nobody_declares_it(rows_seen, monkeypatch) -> None:
    """So that a name that is misspelt is seen before the time is up."""
    rows_seen(100)
    sensor = ErrorBudgetSensor(task_id="t", product="order")
    said: list[str] = []
    monkeypatch.setattr(sensor.log, "warning", lambda line, *told: said.append(line % told))

    assert not sensor.poke({}).is_done
    assert not sensor.poke({}).is_done

    assert 2 == len(said)
    assert "order: no service levels of it are declared; did you mean `orders`?" in said[0]


def test_what_can_t_be_asked_is_not_waited_for(wait, rows_seen) -> None:
    """It is one line, at once."""
    rows_seen(100)

    ended = wait(at_least="much")

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert "`at_least` can't be `much`" in ended.lines[0]


def test_a_sensor_that_is_deferred_has_a_retry() -> None:
    """Airflow 3.3 can mark it as failed when its trigger fires at once."""
    assert 1 == ErrorBudgetSensor(task_id="t", product="p", retries=0).retries
    assert 0 == ErrorBudgetSensor(task_id="t", product="p", retries=0, deferrable=False).retries
