"""Which batch a task works on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from airflow_dataops.bridge import attempt
from airflow_dataops.errors import SettingsError


def context(key: str) -> dict[str, object]:
    """Return what a task is given that was triggered with a partition key."""
    run = SimpleNamespace(run_id="r", dag_id="d", partition_key=key, data_interval_start=None)
    return {"dag_run": run, "ti": SimpleNamespace(bundle_instance=None)}


def test_a_partition_key_is_the_partition() -> None:
    """Whatever script it is written in."""
    assert "März 3" == attempt.batch_of(context("März 3"), product="orders", dataset="orders").partition


@pytest.mark.parametrize("sign", ["\x1b", "\n", "\x9b"])
def test_a_partition_key_that_commands_a_terminal_is_refused(sign) -> None:
    """It is shown in lists, on pages and in logs. It isn't shown here."""
    with pytest.raises(SettingsError, match=r"^d r: the partition key holds control characters\.") as told:
        attempt.batch_of(context(f"a{sign}b"), product="orders", dataset="orders")
    assert sign not in str(told.value)
