"""Who would be told of an incident: the way through the tree of routes, as lines and as plain JSON types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.transport import (
    AlertmanagerTransport,
    LogTransport,
    NotifierTransport,
    PagerDutyTransport,
)
from airflow_dataops.render.alerts.legible import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.alerts.transport import Transport
    from airflow_dataops.core.alerts.way import Stop
    from airflow_dataops.usecases.alerts.send_test import Heard
    from airflow_dataops.usecases.alerts.try_route import End, TriedRoute

LINE = 400
"""Characters of a line."""

Row = dict[str, object]


def route_lines(of: TriedRoute) -> Iterator[str]:
    """Yield the way, who is told at its end, and what holds it back at that instant."""
    labels = ", ".join(f'{name}="{value}"' for name, value in sorted(of.labels.items()))
    yield short(labels, LINE)
    if of.filled:
        yield f"filled in, as the product declares it: {', '.join(of.filled)}"
    yield ""
    yield from map(_stop, of.stops)
    yield ""
    for end in of.ends:
        yield from _end(end, of)


def _stop(of: Stop) -> str:
    matchers = ", ".join(map(str, of.route.matchers)) or ("the root" if not of.depth else "all")
    mark, why = "✓", f" → {short(of.route.receiver, 60)}" if of.told else ""
    if of.missed is not None:
        mark, why = "✗", f": not {of.missed}" if len(of.route.matchers) > 1 else ""
    goes_on = ", and goes on" if of.route.go_on and of.missed is None else ""
    return f"{'  ' * of.depth}{mark} {short(matchers, LINE)}{short(why, LINE)}{goes_on}"


def _end(of: End, tried: TriedRoute) -> Iterator[str]:
    because = " (a support channel of the product's contract)" if of.support else ""
    ways = ", ".join(map(way_of, of.receiver.transports))
    yield short(f"{of.receiver.name}{because}: {ways}", LINE)
    yield short(f"  told together: {of.group}", LINE)
    direct = [isinstance(one, AlertmanagerTransport) for one in of.receiver.transports]
    yield from (f"  {line}" for line in _held(of, tried) if not all(direct))
    if any(direct):
        yield "  Alertmanager groups, silences and repeats itself"


def _held(of: End, tried: TriedRoute) -> Iterator[str]:
    at = f"{tried.at:%Y-%m-%d %H:%M %Z}"
    if of.muted:
        said = "in" if set(of.muted) <= set(of.route.mute) else "outside of"
        yield f"nobody is told at {at}: {said} the time interval {short(', '.join(of.muted), 200)}"
    if tried.silence is not None:
        until = f"{tried.silence.end:%Y-%m-%d %H:%M %Z}"
        yield f"nobody is told at {at}: silence {tried.silence.number} holds until {until}"
    if not of.muted and tried.silence is None:
        yield f"at {at} nothing holds it back"


def way_of(transport: Transport) -> str:
    """Return how a receiver is told, in a few words; never what a notifier is made with."""
    match transport:
        case NotifierTransport():
            return f"notifier {transport.path}"
        case LogTransport():
            return "the log"
        case AlertmanagerTransport():
            return f"Alertmanager at `{transport.conn_id}`"
        case PagerDutyTransport():
            return f"PagerDuty at `{transport.conn_id}`"
        case _:
            return f"webhook at `{transport.conn_id}`"


STAYS: dict[type[object], str] = {
    AlertmanagerTransport: "it ends there by itself, within an hour",
    PagerDutyTransport: "it is open there until somebody resolves it",
}
"""Transport -> what becomes of a test there."""


def heard_lines(of: Iterable[Heard]) -> Iterator[str]:
    """Yield what each receiver said to a test."""
    for one in of:
        to = f"{one.receiver}, {way_of(one.transport)}"
        if one.error:
            yield f"✗ {to}: {_short_of_path(one)}"
            continue
        said = "; ".join(part for part in (one.note, STAYS.get(type(one.transport), "")) if part)
        yield f"✓ {to}: told{f' ({said})' if said else ''}"


def _short_of_path(of: Heard) -> str:
    """Return why one could not be told, without the path of its notifier, which stands before it."""
    if isinstance(of.transport, NotifierTransport):
        return of.error.removeprefix(f"{of.transport.path}: ")
    return of.error


def route_row(of: TriedRoute, heard: Iterable[Heard] = ()) -> Row:
    """Return it as plain JSON types."""
    return {
        "at": of.at.isoformat(),
        "labels": dict(of.labels),
        "filled": [*of.filled],
        "way": [
            {
                "matchers": [str(one) for one in stop.route.matchers],
                "depth": stop.depth,
                "matches": stop.missed is None,
                "missed": None if stop.missed is None else str(stop.missed),
                "place": stop.route.place or None,
            }
            for stop in of.stops
        ],
        "receivers": [
            {
                "name": end.receiver.name,
                "ways": [way_of(one) for one in end.receiver.transports],
                "group": end.group,
                "muted_by": list(end.muted),
                "support": end.support,
            }
            for end in of.ends
        ],
        "silence": None if of.silence is None else of.silence.number,
        "heard": [
            {
                "receiver": one.receiver,
                "way": way_of(one.transport),
                "note": one.note or None,
                "error": one.error or None,
            }
            for one in heard
        ],
    }
