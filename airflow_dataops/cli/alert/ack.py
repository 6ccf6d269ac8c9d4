"""`alert ack` and `alert mark`: what a person says of an incident. The rim gives them their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.cli.alert.store import alerts_of
from airflow_dataops.core.alerts.title import subject, title
from airflow_dataops.usecases.alerts.acknowledge import acknowledge
from airflow_dataops.usecases.alerts.mark_incident import mark_incident
from airflow_dataops.wiring import clocks, receivers

if TYPE_CHECKING:
    from typing import TextIO

    from airflow_dataops.wiring.settings import Settings


def ack(number: int, *, who: str, why: str, settings: Settings, stream: TextIO, warn: TextIO) -> None:
    """Take an incident in hand, and say so.

    Args:
        number: The incident.
        who: Who has it.
        why: What they say, in one line; or empty.
        settings: Where the store is, and who is told.
        stream: Where to.
        warn: Where it goes that the file is wrong which says who is told.

    Raises:
        SettingsError: If there is no such incident, it is over, or the store has no tables.
        BrokenWorldError: If the store can't be written.
    """
    alerts = alerts_of(settings)
    rules, problems = receivers.alert_rules(settings)
    warn.writelines(f"warning: {problem}\n" for problem in problems)
    taken = acknowledge(
        number,
        who=who,
        why=why,
        alerts=alerts,
        rules=rules,
        clock=clocks.clock(),
    )
    stream.write(f"incident {number} is in the hands of {who}: {title(taken)}\n")


def mark(number: int, *, actionable: bool, who: str, why: str, settings: Settings, stream: TextIO) -> None:
    """Mark an incident, and say so.

    Args:
        number: The incident.
        actionable: Whether something could be done after all.
        who: Who says so.
        why: The reason, in one line.
        settings: Where the store is.
        stream: Where to.

    Raises:
        SettingsError: If there is no such incident, or the store has no tables.
        BrokenWorldError: If the store can't be written.
    """
    marked = mark_incident(
        number,
        actionable=actionable,
        who=who,
        why=why,
        alerts=alerts_of(settings),
        clock=clocks.clock(),
    )
    counts = "counts" if actionable else "counts as noise"
    stream.write(f"incident {number} {counts}: {subject(marked.where)}\n")
