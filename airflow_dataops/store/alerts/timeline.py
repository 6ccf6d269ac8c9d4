"""What happens in the lives of incidents, in a SQL database: what was written stays."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import literal, select

from airflow_dataops.core.alerts.incident import Step
from airflow_dataops.store.alerts.tables import incident, incident_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Select

COLUMNS = ("number", "at", "did", "text", "who")

_turns = itertools.count()


def write(connection: Connection, steps: Iterable[Step]) -> None:
    """Write steps; what is said of an incident that has been cleaned away is left out.

    Args:
        connection: A transaction that writes.
        steps: In their order.
    """
    c = incident_step.c
    for step in steps:
        # As nobody else is waited for, the place is one that nobody else takes, in the order of time.
        place = f"{time.time_ns():020d}-{next(_turns):06d}-{uuid4().hex[:8]}"
        values = {
            "place": place,
            "at": step.at,
            "did": step.did,
            "text": step.text,
            "who": step.who,
        }
        row = select(incident.c.number, *(literal(value, c[name].type) for name, value in values.items()))
        mine = row.where(incident.c.number == step.number)
        connection.execute(incident_step.insert().from_select(["number", *values], mine))


def written(number: int) -> Select[tuple[object, ...]]:
    """Select the steps of an incident, oldest first."""
    c = incident_step.c
    return select(*(c[name] for name in COLUMNS)).where(c.number == number).order_by(c.at, c.place)


def step_of(row: tuple[object, ...]) -> Step:
    """Return a step."""
    return Step(**dict(zip(COLUMNS, row, strict=True)))  # type: ignore[arg-type]
