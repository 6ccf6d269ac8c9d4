"""Incidents in a list: a table for people, plain JSON types for programs."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.quantity import NOTHING, duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.silence import Silence

NARROW = 100
"""Columns below which what is least needed is left out."""

NAME = 60
"""Characters of a name."""

Row = dict[str, object]


def incident_table(incidents: Sequence[Incident], *, now: datetime, width: int) -> Table:
    """Return a table with one line for each incident.

    Args:
        incidents: At least one.
        now: The instant, by which it is told how long it has been, aware.
        width: Columns of what it is printed on.
    """
    wide = width >= NARROW
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("", justify="right", no_wrap=True)
    teams = len({each.where.team for each in incidents}) > 1
    for name, shown in (("team", teams), ("product", True), ("partition", True), ("what", True)):
        if shown:
            table.add_column(name, overflow="fold")
    table.add_column("urgency", no_wrap=True)
    if wide:
        table.add_column("since (UTC)", no_wrap=True)
    table.add_column("lasts", justify="right", no_wrap=True)
    table.add_column("state", overflow="fold")
    for each in incidents:
        cells = (
            str(each.number),
            *((Text(_name(each.where.team)),) if teams else ()),
            Text(_name(each.where.product)),
            Text(_name(each.where.partition) or NOTHING),
            Text(kinds(each)),
            _urgency(each),
            *((f"{each.began.astimezone(UTC):%F %H:%M}",) if wide else ()),
            duration(((each.resolved or now) - each.began).total_seconds()),
            state(each),
        )
        table.add_row(*cells)
    return table


def kinds(of: Incident) -> str:
    """Return in which ways an incident is wrong, or was."""
    had = dict.fromkeys(name.partition(" ")[0] for name in of.had)
    return ", ".join(had | dict.fromkeys(kind.value for kind in of.kinds))


def _urgency(of: Incident) -> Text:
    page = of.urgency is Urgency.PAGE
    return Text(of.urgency.value, style=("bold red" if page else "yellow") if of.open else "dim")


def state(of: Incident) -> Text:
    """Return how far an incident is, in words: who has it, what explains it, what holds it back."""
    if of.phase is Phase.RESOLVED:
        noise = "; not actionable" if of.not_actionable else ""
        return Text(f"✓ {short(of.why_over, NAME) or 'resolved'}{noise}", style="green")
    if of.explained_by:
        return Text(f"◦ explained by {short(of.explained_by, NAME)}", style="dim")
    held = f", held back by {short(of.held_by, NAME)}" if of.held_by else ""
    if of.phase is Phase.ACKNOWLEDGED:
        by = f" by {short(of.acknowledged_by, NAME)}" if of.acknowledged_by else ""
        return Text(f"● in hand{by}{held}", style="yellow")
    return Text(f"✗ open{held}", style="red")


def silence_table(silences: Sequence[Silence], *, now: datetime) -> Table:
    """Return a table with one line for each silence.

    Args:
        silences: At least one.
        now: The instant, by which it is told of those that are to come when they begin, aware.
    """
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("silence", justify="right", no_wrap=True)
    table.add_column("of what", overflow="fold")
    if any(each.start > now for each in silences):
        table.add_column("from (UTC)", no_wrap=True)
    table.add_column("until (UTC)", no_wrap=True)
    for name in ("who", "why"):
        table.add_column(name, overflow="fold")
    for each in silences:
        of = ", ".join(f'{one.name}{one.operator}"{short(one.value, NAME)}"' for one in each.matchers)
        table.add_row(
            str(each.number),
            Text(of),
            *(
                (f"{each.start.astimezone(UTC):%F %H:%M}",)
                if any(one.start > now for one in silences)
                else ()
            ),
            f"{each.end.astimezone(UTC):%F %H:%M}",
            Text(_name(each.who)),
            Text(_name(each.why)),
        )
    return table


def incident_rows(incidents: Iterable[Incident]) -> list[Row]:
    """Return one object of plain JSON types for each incident."""
    return [incident_row(each) for each in incidents]


def incident_row(of: Incident) -> Row:
    """Return an incident as plain JSON types."""
    return {
        "number": of.number,
        "team": of.where.team,
        "product": of.where.product,
        "partition": of.where.partition or None,
        "key": of.key,
        "phase": of.phase.value,
        "urgency": of.urgency.value,
        "began": of.began.isoformat(),
        "detected": of.detected.isoformat(),
        "resolved": of.resolved and of.resolved.isoformat(),
        "why_over": of.why_over or None,
        "signals": [
            {
                "kind": signal.kind.value,
                "slo": signal.slo or None,
                "since": signal.since.isoformat(),
                "text": signal.text or None,
            }
            for signal in of.signals
        ],
        "had": list(of.had),
        "explained_by": of.explained_by or None,
        "held_by": of.held_by or None,
        "acknowledged_by": of.acknowledged_by or None,
        "not_actionable": of.not_actionable or None,
    }


def _name(text: str) -> str:
    return short(text, NAME)
