"""A clock for tests: yours, and those of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class FrozenClock:
    """A clock that stands still until it is told to go on.

    Args:
        now: The instant it shows, aware.

    Raises:
        ValueError: If the instant has no time zone.
    """

    def __init__(self, now: datetime) -> None:
        if now.utcoffset() is None:
            raise ValueError("a clock shows no time without a time zone")
        self._now = now

    def now(self) -> datetime:
        """Return the instant it shows."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Go on by a span of time, and return the instant it shows then."""
        self._now += by
        return self._now
