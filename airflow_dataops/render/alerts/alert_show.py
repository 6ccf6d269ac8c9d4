"""Who was told of an incident: what happened, and what waits."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.alerts.course import word
from airflow_dataops.core.alerts.title import title
from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.incidents.incident_list import incident_row, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import RenderableType

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.render.incidents.incident_list import Row
    from airflow_dataops.usecases.alerts.show_alert import ShownAlert

LINE = 400
"""Characters of a line."""

MOST = 50
"""Lines of each part, the newest; JSON has all of them."""


def alert_page(of: ShownAlert, *, now: datetime) -> RenderableType:
    """Return what people read.

    Args:
        of: What there is to know.
        now: The instant, by which it is told what is still to be tried, aware.
    """
    return Group(*_parts(of, now))


def _parts(of: ShownAlert, now: datetime) -> Iterator[RenderableType]:
    incident = of.incident
    yield Text.assemble(
        (short(title(incident), LINE), "bold"), f"  {incident.urgency.value}  ", state(incident)
    )
    yield Text(f"Incident {incident.number}. What receivers know it by: {incident.key}")
    yield from _headed("who was told", _told(of) if of.told else Text("Nobody yet."))
    if of.waiting:
        yield from _headed("what waits", _waiting(of, now))


def _headed(head: str, body: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Text(head, style="bold")
    yield Padding(body, (0, 0, 0, 2))


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name in names[:-1]:
        table.add_column(name, no_wrap=True)
    table.add_column(names[-1], overflow="fold")
    return table


def _told(of: ShownAlert) -> Table:
    table = _table("at (UTC)", "what", "")
    if len(of.told) > MOST:
        table.add_row("…", f"{len(of.told) - MOST} more before", "")
    for step in of.told[-MOST:]:
        table.add_row(f"{step.at.astimezone(UTC):%F %H:%M:%S}", word(step), Text(short(step.text, LINE)))
    return table


def _waiting(of: ShownAlert, now: datetime) -> Table:
    table = _table("receiver", "what", "tries", "next (UTC)", "why it was not delivered")
    for one in of.waiting[:MOST]:
        later = one.next_at is not None and one.next_at > now
        table.add_row(
            Text(short(one.receiver, 60)),
            one.event.news,
            str(one.attempts),
            f"{one.next_at.astimezone(UTC):%F %H:%M}" if one.next_at and later else "next evaluation",
            Text(short(one.error, LINE) or "nobody has tried yet"),
        )
    if len(of.waiting) > MOST:
        table.add_row("…", f"{len(of.waiting) - MOST} more", "", "", "")
    return table


def alert_document(of: ShownAlert) -> Row:
    """Return it as plain JSON types."""
    return {
        **incident_row(of.incident),
        "told": [
            {"at": step.at.isoformat(), "did": step.did.value, "text": step.text or None} for step in of.told
        ],
        "waiting": [_letter(one) for one in of.waiting],
    }


def _letter(one: Notification) -> Row:
    return {
        "number": one.number,
        "receiver": one.receiver,
        "transport": one.transport,
        "event": one.event.value,
        "urgency": one.urgency.value,
        "decided": one.decided.isoformat(),
        "attempts": one.attempts,
        "error": one.error or None,
        "next_at": one.next_at and one.next_at.isoformat(),
        "instead_of": one.instead_of or None,
    }
