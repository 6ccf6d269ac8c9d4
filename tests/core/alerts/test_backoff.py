from __future__ import annotations

from datetime import timedelta

import pytest

from airflow_dataops.core.alerts.backoff import pause


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (10_000, 30)]
)
def test_each_pause_is_twice_as_long_and_none_longer_than_half_an_hour(attempts, minutes) -> None:
    """Who is down for a second is told a minute later, and who is down for a day isn't asked all the time."""
    assert timedelta(minutes=minutes) == pause(attempts)
