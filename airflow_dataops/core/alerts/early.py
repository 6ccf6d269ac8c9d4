"""How much earlier than it is due something may be looked at."""

from __future__ import annotations

from datetime import timedelta

SLACK = timedelta(seconds=30)
"""How much less than a time is enough, at most."""


def enough(wanted: timedelta) -> timedelta:
    """Return what is enough of a time: evaluations begin some seconds earlier or later each time.

    Otherwise what is due at the next evaluation would wait for the one after it.
    """
    return wanted - min(wanted / 10, SLACK)
