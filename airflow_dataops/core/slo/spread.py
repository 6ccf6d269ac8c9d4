"""Over how much time the events of a budget are spread, so that alerts can tell how many belong to theirs.

An alert that holds bad events against the whole budget asks how many are expected in its window: so many of
the period's as the window is long (Yair Stark, Error Budget Is All You Need: bad >= share x (1 - target) x N
of the period). A product that is three days old has the events of three days and not of four weeks. Taken for
those of the period, they would make its alerts nine times as strict as those of one that is as old as that.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.budget import NONE
from airflow_dataops.core.slo.usual_alerts import spacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.windows import Span


def begun(history: Sequence[Declaration]) -> datetime:
    """Return since when something is expected of a product: since it starts, or was declared first.

    Args:
        history: Its declarations, oldest first.
    """
    first = history[0]
    return first.expectation.start or first.since


def spread(
    window: Span,
    inside: Sequence[Entry],
    recent: Sequence[Entry],
    *,
    now: datetime,
    longest: Fraction,
    foreseen: bool,
    since: datetime | None = None,
) -> Fraction:
    """Return over how many seconds the events are spread that a budget is counted in, the window at most.

    Where nobody can say how many are to come, as of rows, those of a period of the calendar are those so far.
    What lies close together for once is spread over all the time that has gone by; and what comes in lumps,
    over as much as lies between them on average. In the longest window of an alert no more than all of them
    can be expected, so it is the least.

    Args:
        window: The objective's window.
        inside: What counted in it by now, oldest first.
        recent: The same with what alerts look at before it.
        now: The instant, in UTC.
        longest: The longest window of an alert, seconds; 0 where there is none.
        foreseen: Whether the budget counts what is still to come in the window.
        since: Since when something is expected at all, aware; None for as long as the window reaches back.
    """
    begin = window.since if since is None else max(window.since, since)
    known = _seconds((window.until if foreseen else now) - begin)
    if not foreseen and known < window.seconds:
        known = max(known, (spacing(recent) or NONE) * len(inside))
    return min(max(known, longest), window.seconds)


def _seconds(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), 1_000_000)
