"""How a team fared with its incidents: lines for people, plain JSON types for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.exact import percent
from airflow_dataops.render.quantity import NOTHING, duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.track_record import Spread, TrackRecord

MOST = 10
"""Products that people are shown; JSON has all of them."""

NAME = 60
"""Characters of a name."""


def team_text(of: TrackRecord) -> str:
    """Return what people read."""
    return "\n".join(_lines(of)) + "\n"


def _lines(of: TrackRecord) -> Iterator[str]:
    whose = f"team {short(of.team, NAME)}" if of.team else "all teams"
    yield f"Incidents of {whose}, found {of.since:%Y-%m-%d %H:%M %Z} to {of.until:%Y-%m-%d %H:%M %Z}"
    yield ""
    kinds = f"{_many(of.pages, 'page')}, {_many(of.tickets, 'ticket')}"
    yield f"incidents       {of.incidents:>6,}  {kinds}; {of.open:,} open"
    if of.explained:
        yield f"explained       {of.explained:>6,}  by an incident upstream: nobody was told of them besides"
    if of.unrepaired:
        yield f"never repaired  {of.unrepaired:>6,}  over all the same; the time to repair leaves them out"
    yield f"noise           {_share(of):>6}  {of.not_actionable:,} marked as not actionable"
    yield f"time to detect  {_spread(of.to_detect)}"
    yield f"time to repair  {_spread(of.to_repair)}"
    if of.products:
        yield ""
        yield from (f"{count:>6,}  {short(name, NAME)}" for name, count in of.products[:MOST])
    if len(of.products) > MOST:
        yield f"        and {len(of.products) - MOST:,} products more"


def _many(number: int, of: str) -> str:
    return f"{number:,} {of}{'' if number == 1 else 's'}"


def _share(of: TrackRecord) -> str:
    return NOTHING if of.noise is None else percent(of.noise, digits=0)


def _spread(of: Spread | None) -> str:
    if of is None:
        return NOTHING
    lengths = (of.mean, of.median, of.p90, of.longest)
    mean, middle, most, longest = (duration(one.total_seconds()) for one in lengths)
    return f"mean {mean}, median {middle}, 9 in 10 within {most}, longest {longest}, of {of.count:,}"


def team_json(of: TrackRecord) -> str:
    """Return it as a JSON object; durations are seconds, the share of noise a fraction in a text."""
    return json.dumps(_document(of), ensure_ascii=False, indent=2) + "\n"


def _document(of: TrackRecord) -> dict[str, Any]:
    return {
        "team": of.team or None,
        "since": of.since.isoformat(),
        "until": of.until.isoformat(),
        "incidents": of.incidents,
        "pages": of.pages,
        "tickets": of.tickets,
        "open": of.open,
        "explained": of.explained,
        "unrepaired": of.unrepaired,
        "not_actionable": of.not_actionable,
        "noise": None if of.noise is None else str(of.noise),
        "seconds_to_detect": _seconds(of.to_detect),
        "seconds_to_repair": _seconds(of.to_repair),
        "products": dict(of.products),
    }


def _seconds(of: Spread | None) -> dict[str, float] | None:
    if of is None:
        return None
    return {
        "count": of.count,
        "mean": of.mean.total_seconds(),
        "median": of.median.total_seconds(),
        "p90": of.p90.total_seconds(),
        "longest": of.longest.total_seconds(),
    }
