from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.testing.clock import FrozenClock

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_a_frozen_clock_stands_still() -> None:
    """A test that asks twice must be told the same time."""
    clock = FrozenClock(NOON)

    assert [NOON, NOON] == [clock.now(), clock.now()]


def test_a_frozen_clock_goes_on_when_told() -> None:
    """Time must pass by exactly as much as the test says."""
    clock = FrozenClock(NOON)

    assert NOON + timedelta(minutes=5) == clock.advance(timedelta(minutes=5))
    assert NOON + timedelta(minutes=5) == clock.now()


def test_a_frozen_clock_refuses_a_naive_time() -> None:
    """A clock shows instants, and a time without a zone is none."""
    with pytest.raises(ValueError, match="without a time zone"):
        FrozenClock(datetime(2026, 3, 3))  # noqa: DTZ001


def test_the_twins_need_no_library() -> None:
    """A user's tests must not pay for a database to use a store in memory."""
    program = (
        "import sys, airflow_dataops.testing.store, airflow_dataops.testing.clock;"
        "sys.exit(bool({'sqlalchemy', 'airflow', 'hypothesis', 'pytest', 'polars'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], check=False)

    assert 0 == answer.returncode
