from __future__ import annotations

import pytest

from airflow_dataops.core.time_limit import NO_LIMIT, time_limit
from airflow_dataops.errors import SettingsError


@pytest.mark.parametrize(
    ("written", "seconds"), [("1s", 1.0), ("90s", 90.0), (" 10m\n", 600.0), ("2h", 7200.0), ("", None)]
)
def test_a_time_limit_is_a_number_with_a_unit(written: str, seconds: float | None) -> None:
    """Nothing is no limit; a line feed that a `_CMD` leaves at the end doesn't count."""
    assert seconds == time_limit(written, setting="--time-limit").seconds


@pytest.mark.parametrize("written", ["0s", "10", "s", "1.5m", "-1s", "1d", "1m30s", "٣s", "1234567s"])
def test_a_time_limit_that_is_none_is_refused(written: str) -> None:
    """In one line that names the setting."""
    with pytest.raises(SettingsError) as refused:
        time_limit(written, setting="--time-limit")

    assert str(refused.value) == (
        f"`--time-limit` can't be `{written}`. Write a number above 0 with a unit, such as 90s, 10m or 2h."
    )


def test_what_took_longer_names_the_limit_and_the_setting() -> None:
    """So that it can be given longer."""
    assert time_limit("10m", setting="--time-limit").over == (
        "the SQL was stopped after 10m (`--time-limit`): has a WITH RECURSIVE no end?"
    )
    assert NO_LIMIT.seconds is None
