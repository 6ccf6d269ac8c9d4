"""A silence in one line, and as plain JSON types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.silence import state_of
from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.quantity import duration

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.alerts.silence import Silence

LINE = 400
"""Characters of what is silent."""


def silence_line(of: Silence, *, now: datetime) -> str:
    """Return which incidents a silence is about, and from when to when."""
    lasts = duration((of.end - of.start).total_seconds())
    begins = "now" if of.start <= now else f"{of.start:%Y-%m-%d %H:%M %Z}"
    return (
        f"silence {of.number}: nobody is told of {short(', '.join(map(str, of.matchers)), LINE)}"
        f" from {begins} to {of.end:%Y-%m-%d %H:%M %Z}, {lasts}"
    )


def silence_row(of: Silence, *, now: datetime) -> dict[str, object]:
    """Return a silence as plain JSON types."""
    return {
        "number": of.number,
        "state": state_of(of, now).value,
        "matchers": [str(one) for one in of.matchers],
        "start": of.start.isoformat(),
        "end": of.end.isoformat(),
        "who": of.who,
        "why": of.why,
    }
