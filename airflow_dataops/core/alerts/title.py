"""What an incident is called in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.landing import MISSING as NO_DROP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.signal import Signal, Where

IS: dict[Kind, str] = {
    Kind.LATE: "late",
    Kind.BAD: "bad",
    Kind.INCOMPLETE: "incomplete",
}
"""Kind -> what a partition is."""

ABSENT = "missing"
"""What a partition is of which there is no drop."""

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


def is_missing(signals: Iterable[Signal]) -> bool:
    """Tell whether all that is bad is that there is no drop: then nothing is there that could be bad."""
    bad = [{broken.rule for broken in signal.rules} for signal in signals if signal.kind is Kind.BAD]
    return bool(bad) and all(rules == {NO_DROP} for rules in bad)


def wrong(kinds: Iterable[Kind], *, missing: bool = False) -> str:
    """Return what is wrong in a few words, such as `is late and bad and has failed`.

    Args:
        kinds: In which ways it is wrong.
        missing: Whether what is bad is only that it isn't there.
    """
    found = telling(kinds)
    is_ = _joined(_is(found, missing=missing))
    parts = [f"is {is_}" if is_ else "", *(DOES[kind] for kind in DOES if kind in found)]
    return _joined([part for part in parts if part])


def wrong_of(incident: Incident) -> str:
    """Return what is wrong with an incident in a few words, such as `is missing and has failed`."""
    return wrong(incident.kinds, missing=is_missing(incident.signals))


def was(kinds: Iterable[Kind], *, missing: bool = False) -> str:
    """Return what was wrong in a few words, such as `was late and bad and failed`.

    Args:
        kinds: In which ways it was wrong.
        missing: Whether what was bad is only that it wasn't there.
    """
    found = telling(kinds)
    is_ = _joined(_is(found, missing=missing))
    parts = [f"was {is_}" if is_ else "", *(DID[kind] for kind in DID if kind in found)]
    return _joined([part for part in parts if part])


def _is(kinds: tuple[Kind, ...], *, missing: bool) -> list[str]:
    words = IS | {Kind.BAD: ABSENT} if missing else IS
    return [words[kind] for kind in words if kind in kinds]


def _joined(parts: list[str]) -> str:
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def title(incident: Incident) -> str:
    """Return an incident in one line, such as `orders 2026-03-03 is late and has failed`."""
    about = subject(incident.where)
    if incident.phase is Phase.RESOLVED:
        return f"{about}: {incident.why_over or 'nothing is wrong any more'}"
    if incident.well_since is not None:
        before = was(incident.kinds, missing=is_missing(incident.signals))
        return f"{about} {before}; nothing is wrong since {incident.well_since:%H:%M %Z}"
    return f"{about} {wrong_of(incident)}".rstrip()
