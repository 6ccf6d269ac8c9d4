"""How long nobody tries again to tell a receiver that could not be told."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(minutes=1)

LONGEST = timedelta(minutes=30)
"""No pause is longer, however often it failed: a receiver that works again is told within it."""

UNREACHABLE = 3
"""After so many attempts that failed, another receiver is told instead: 3 minutes after the first."""


def pause(attempts: int) -> timedelta:
    """Return the pause after an attempt: 1 minute, twice as long each time, 30 minutes at most.

    Args:
        attempts: How often delivery was begun, from 1.
    """
    return min(FIRST * (1 << min(max(attempts - 1, 0), 10)), LONGEST)
