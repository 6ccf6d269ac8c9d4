"""All drills, on a real Airflow with a real Alertmanager."""

from __future__ import annotations

import os
from argparse import Namespace

import pytest

from airflow_dataops.cli.demo.alerts import demo
from airflow_dataops.core.alerts.incident import Did
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.testing.alertmanager import alertmanager_program
from airflow_dataops.wiring import stores
from airflow_dataops.wiring.settings import local_settings

pytestmark = pytest.mark.e2e


def test_each_drill_is_told_once_and_is_over_once(tmp_path, capsys) -> None:
    """Five drills, one more in maintenance, and sixty clean days."""
    if alertmanager_program() is None:
        reason = "there is no Alertmanager: make alertmanager"
        if os.environ.get("DATAOPS_REQUIRE_ALERTMANAGER") == "1":
            pytest.fail(f"{reason}; DATAOPS_REQUIRE_ALERTMANAGER=1 asks for it")
        pytest.skip(reason)

    code = demo.run(Namespace(home=str(tmp_path / "home")))

    printed = capsys.readouterr().out
    assert "✓ 5 of 5 drills: one page or ticket each, 0 false alarms over 60 clean days" in printed, printed
    assert 0 == code
    alerts = stores.alerts(local_settings(tmp_path / "home"))
    known = {one.where.product: one for one in alerts.incidents()}
    assert {"paused", "late", "bad", "retried", "orders", "serviced", "sales", "stock", "margin"} == {*known}
    assert not [one for one in known.values() if one.open]
    for product in ("sales", "stock", "margin"):
        assert "shop/orders/" in known[product].explained_by
    for product, one in known.items():
        # What is in maintenance goes to Alertmanager all the same: it has a silence of its own.
        told = [
            step.text
            for step in alerts.timeline(one.number)
            if step.did is Did.DELIVERED and "Alertmanager" not in step.text
        ]
        assert bool(told) == (product in {"paused", "late", "bad", "retried", "orders"})
    assert {Kind.BAD, Kind.FAILED, Kind.LATE} <= set(known["orders"].kinds)
    assert (tmp_path / "home" / "incident.html").is_file()
