"""What an incident is called in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.signal import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.signal import Where

IS: dict[Kind, str] = {
    Kind.LATE: "late",
    Kind.BAD: "bad",
    Kind.INCOMPLETE: "incomplete",
}
"""Kind -> what a partition is."""

DOES: dict[Kind, str] = {
    Kind.FAILED: "has failed",
    Kind.LOST: "has lost rows",
    Kind.BURNING: "burns its budget too fast",
}
"""Kind -> what became of a partition, where it is no word for what it is."""

DID: dict[Kind, str] = {
    Kind.FAILED: "failed",
    Kind.LOST: "lost rows",
    Kind.BURNING: "burned its budget too fast",
}
"""Kind -> the same, once it is over."""


def subject(where: Where) -> str:
    """Return what an incident is about, such as `orders 2026-03-03`."""
    return f"{where.product} {where.partition}".rstrip()


def telling(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """Return the kinds that are named, each once: that a budget burns, where nothing else is wrong."""
    found = tuple(dict.fromkeys(kinds))
    return tuple(kind for kind in found if kind is not Kind.BURNING) or found


def wrong(kinds: Iterable[Kind]) -> str:
    """Return what is wrong in a few words, such as `is late and bad and has failed`."""
    found = telling(kinds)
    is_ = _joined([IS[kind] for kind in IS if kind in found])
    parts = [f"is {is_}" if is_ else "", *(DOES[kind] for kind in DOES if kind in found)]
    return _joined([part for part in parts if part])


def was(kinds: Iterable[Kind]) -> str:
    """Return what was wrong in a few words, such as `was late and bad and failed`."""
    found = telling(kinds)
    is_ = _joined([IS[kind] for kind in IS if kind in found])
    parts = [f"was {is_}" if is_ else "", *(DID[kind] for kind in DID if kind in found)]
    return _joined([part for part in parts if part])


def _joined(parts: list[str]) -> str:
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def title(incident: Incident) -> str:
    """Return an incident in one line, such as `orders 2026-03-03 is late and has failed`."""
    about = subject(incident.where)
    if incident.phase is Phase.RESOLVED:
        return f"{about}: {incident.why_over or 'nothing is wrong any more'}"
    return f"{about} {wrong(incident.kinds)}".rstrip()
