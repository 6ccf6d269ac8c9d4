"""How long SQL may take, as it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.wrong_call import WrongCallError
from airflow_dataops.core.time_limit import time_limit
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.time_limit import TimeLimit


def typed_limit(given: str) -> TimeLimit:
    """Return the value of `--time-limit`; an empty one is no limit.

    Raises:
        WrongCallError: If it is no time.
    """
    try:
        return time_limit(given, setting="--time-limit")
    except SettingsError as error:
        raise WrongCallError(error.what, hint=error.hint) from None
