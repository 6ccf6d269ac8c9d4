"""An incident: all that is wrong with one partition of one product, from the first sign to the last."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime  # noqa: TC003 - what reads an incident back from JSON asks for it
from enum import StrEnum

from airflow_dataops.core.alerts.signal import Kind, Signal, Where  # noqa: TC001 - as above
from airflow_dataops.core.slo.objective import Urgency  # noqa: TC001 - as above


class Phase(StrEnum):
    """How far an incident is."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. Whatever is added to it, it stays one.

    Args:
        number: What people call it, from 1; 0 until the store has given it one.
        where: What it is about.
        began: When it was wrong first, aware.
        detected: At which evaluation that was found, aware.
        signals: What is wrong now; of one that is well or resolved, what was wrong last.
        had: The names of all signals it ever had.
        urgency: What it asks of a person; it may rise, and never falls.
        phase: How far it is.
        well_since: From which evaluation on nothing is wrong, aware; None while something is, or it is over.
        resolved: From which evaluation on nothing was wrong, aware; None as long as it isn't over.
        closed: When that had lasted for long enough, aware; None where it isn't known, or isn't over.
        why_over: Why it is over: repaired, or left the window of what is looked at; or empty.
        explained_by: The upstream incident that explains it, as `team/product/partition`; or empty.
        held_by: What keeps people from being told of it: `silence 3`, `interval evenings`; or empty.
        acknowledged_by: Who has it in hand; or empty.
        not_actionable: Who said that nothing could be done about it, and why; or empty.
    """

    number: int = 0
    where: Where
    began: datetime
    detected: datetime
    signals: tuple[Signal, ...]
    had: tuple[str, ...] = ()
    urgency: Urgency
    phase: Phase = Phase.OPEN
    well_since: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None
    why_over: str = ""
    explained_by: str = ""
    held_by: str = ""
    acknowledged_by: str = ""
    not_actionable: str = ""

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.phase is not Phase.RESOLVED

    @property
    def wrong(self) -> bool:
        """Whether something is wrong: else it is over, or will be if nothing comes back."""
        return self.open and self.well_since is None

    @property
    def explained_until(self) -> datetime | None:
        """Until when what burns a budget is a part of it; None as long as it isn't over."""
        return self.closed or self.resolved

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """In which ways it is wrong, each once."""
        return tuple(dict.fromkeys(signal.kind for signal in self.signals))

    @property
    def said(self) -> str:
        """What it is about, in one word: `team/product/partition`."""
        return "/".join(part for part in self.where if part)

    @property
    def key(self) -> str:
        """What receivers know it by: it is the same whatever is added to it, and another when it comes again.

        It comes again at another evaluation, though what is wrong may be wrong since the same instant.

        At most 255 characters, as PagerDuty's Events API v2 asks for (`dedup_key`).
        """
        said = "\0".join((*self.where, self.detected.astimezone(UTC).isoformat()))
        return f"dataops-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


class Did(StrEnum):
    """What happens in an incident's life."""

    OPENED = "opened"
    ADDED = "added"
    CLEARED = "cleared"
    RAISED = "raised"
    INHIBITED = "inhibited"
    SILENCED = "silenced"
    NOTIFIED = "notified"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    MARKED = "marked"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of an incident's timeline; what was written stays.

    Args:
        number: The incident.
        at: When, aware.
        did: What happened.
        text: It in words, without a row's value.
        who: A person, or the DAG and run that did it.
    """

    number: int
    at: datetime
    did: Did
    text: str = ""
    who: str = ""
