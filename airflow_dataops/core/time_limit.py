"""How long SQL of people may take: a `WITH RECURSIVE` without an end would run for ever."""

from __future__ import annotations

import re
from dataclasses import dataclass

from airflow_dataops.errors import SettingsError

SECONDS = {"s": 1, "m": 60, "h": 3600}
"""Unit -> its seconds."""

WRITTEN = re.compile(r"([1-9][0-9]{0,5})([smh])")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long one statement of people may take.

    Args:
        seconds: So long; None for as long as it takes.
        written: The same as people wrote it, such as `1m`.
        setting: What they set it by, such as `--time-limit`.
    """

    seconds: float | None = None
    written: str = ""
    setting: str = ""

    @property
    def over(self) -> str:
        """What is said of a statement that took longer."""
        return f"the SQL was stopped after {self.written} (`{self.setting}`): has a WITH RECURSIVE no end?"


NO_LIMIT = TimeLimit()
"""For as long as it takes."""


def time_limit(written: str, *, setting: str) -> TimeLimit:
    """Read a time limit: a number with a unit, such as `90s`, `10m` or `2h`; nothing is no limit.

    Args:
        written: What people wrote.
        setting: What they set by it.

    Raises:
        SettingsError: If it is something else.
    """
    text = written.strip()
    if not text:
        return NO_LIMIT
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise SettingsError(
            f"`{setting}` can't be `{text}`",
            hint="Write a number above 0 with a unit, such as 90s, 10m or 2h.",
        )
    return TimeLimit(float(int(found[1]) * SECONDS[found[2]]), text, setting)


USUAL = time_limit("1h", setting="[dataops] duckdb_time_limit")
"""What a deployment has that sets nothing: DuckDB hears no `execution_timeout` within a `WITH RECURSIVE`."""
