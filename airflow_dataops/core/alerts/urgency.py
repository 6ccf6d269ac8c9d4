"""What is asked of a person: a literal table. Who is woken up is never a matter of how code is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.signal import Signal
    from airflow_dataops.core.slo.declaration import Declaration

CRITICAL = "critical"
"""The `tier` of a product that people are woken up for."""

USUAL: dict[Kind, Urgency] = {
    Kind.FAILED: Urgency.TICKET,
    Kind.LATE: Urgency.TICKET,
    Kind.BAD: Urgency.TICKET,
    Kind.INCOMPLETE: Urgency.TICKET,
    Kind.LOST: Urgency.PAGE,
    Kind.BURNING: Urgency.TICKET,
}
"""Kind -> what it asks for, of any product. A budget that burns says so itself, by its alert."""

OF_CRITICAL: dict[Kind, Urgency] = USUAL | {Kind.LATE: Urgency.PAGE, Kind.INCOMPLETE: Urgency.PAGE}
"""Kind -> what it asks for, of a critical product."""


def urgency_of(signal: Signal, declaration: Declaration | None) -> Urgency:
    """Return what a signal asks of a person.

    Args:
        signal: The signal.
        declaration: What its product declares; None where nothing is declared of it.
    """
    if signal.urgency is not None:
        return signal.urgency
    critical = declaration is not None and declaration.tier == CRITICAL
    return (OF_CRITICAL if critical else USUAL)[signal.kind]


def highest(urgencies: Iterable[Urgency]) -> Urgency:
    """Return the highest of what is asked for; a ticket where nothing is."""
    return Urgency.PAGE if Urgency.PAGE in set(urgencies) else Urgency.TICKET
