"""What is wrong, one line each, and the rules that were not kept, of all that an incident has."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.title import telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.signal import Broken, Signal

MOST = 10
"""Lines; what burns besides is told by the budgets."""

LONGEST = 500
"""Characters of a line."""

HEADS: dict[Kind, str] = {
    Kind.LOST: "lost rows",
    Kind.BAD: "bad",
    Kind.FAILED: "failed",
    Kind.INCOMPLETE: "incomplete",
    Kind.LATE: "late",
    Kind.BURNING: "burning",
}
"""Kind -> what its line begins with; in the order in which they are told."""


def lines_of(incident: Incident) -> tuple[str, ...]:
    """Return what is wrong with an incident, one line each, what explains the others first.

    Of one that is over, also what was right again before the last of it was.
    """
    order = list(HEADS)
    named = telling(incident.kinds)
    signals = sorted(
        (signal for signal in incident.signals if signal.kind in named),
        key=lambda signal: (order.index(signal.kind), signal.since),
    )
    lines = list(dict.fromkeys(map(_line, signals)))
    if len(lines) > MOST:
        lines[MOST - 1 :] = [f"… and {len(lines) - MOST + 1} more"]
    return (*lines, *_sooner(incident))


def _sooner(incident: Incident) -> Iterator[str]:
    """Yield what was over before the rest: else a file that was bad would read as one that was late alone."""
    last = {signal.name for signal in incident.signals}
    found = [name for name in incident.had if name not in last and not name.startswith(Kind.BURNING)]
    if incident.phase is Phase.RESOLVED and found:
        yield f"over sooner: {', '.join(found)}"


def _line(signal: Signal) -> str:
    head = HEADS[signal.kind] + (f" ({signal.slo})" if signal.slo else "")
    text = signal.text or f"since {signal.since.astimezone(UTC):%F %H:%M} UTC"
    line = f"{head}: {text}"
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def broken_of(incident: Incident) -> tuple[Broken, ...]:
    """Return the rules that were not kept, each once, those that most rows broke first."""
    worst: dict[str, Broken] = {}
    for signal in incident.signals:
        for broken in signal.rules:
            known = worst.get(broken.rule)
            if known is None or broken.failing > known.failing:
                worst[broken.rule] = broken
    return tuple(sorted(worst.values(), key=lambda broken: (-broken.failing, broken.rule)))
