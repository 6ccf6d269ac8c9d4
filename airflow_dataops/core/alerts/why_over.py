"""Why an incident is over: because it was repaired, or because nobody looks at it any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.slo.reckoning import reach

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.slo.declaration import Declaration

LOOK_BACK = timedelta(days=28)
"""How far back refusals, failed runs, losses and reports are looked at, which no objective says."""

REPAIRED = "repaired"
BURNT_OUT = "its budget burns too fast no longer"
LEFT = "left the window of what is looked at, and was never repaired"
RETIRED = "the product was retired"
WITHDRAWN = "nothing promises it any more"
UNEXPECTED = "is not expected any more, or not yet"
UNTOLD = "can't be evaluated any more"


def why_over(
    incident: Incident,
    declaration: Declaration | None,
    now: datetime,
    unexpected: Container[tuple[Where, str]] = (),
) -> str:
    """Return why an incident is over of which nothing is found to be wrong any more.

    Args:
        incident: The incident, with what was wrong last.
        declaration: What its product declares now; None where nothing is declared of it.
        now: The instant, aware.
        unexpected: Partitions, each with an objective, of which nothing is expected now.
    """
    if declaration is not None and declaration.retired:
        return RETIRED
    plain = [signal for signal in incident.signals if signal.kind is not Kind.BURNING]
    if not plain:
        return BURNT_OUT
    reasons = {
        UNEXPECTED if (signal.where, signal.slo) in unexpected else _why(signal, declaration, now)
        for signal in plain
    }
    # What was repaired was repaired, though something else of it has left the window.
    return next(why for why in (REPAIRED, LEFT, UNEXPECTED, WITHDRAWN, UNTOLD) if why in reasons)


def _why(signal: Signal, declaration: Declaration | None, now: datetime) -> str:
    if not signal.slo:
        return LEFT if signal.since <= now - LOOK_BACK else REPAIRED
    objectives = () if declaration is None else declaration.objectives
    objective = next((one for one in objectives if one.name == signal.slo), None)
    if objective is None:
        return WITHDRAWN
    try:
        return LEFT if signal.since <= reach(objective, now) else REPAIRED
    except (ArithmeticError, LookupError, ValueError):
        return UNTOLD
