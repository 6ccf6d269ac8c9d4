"""Days and instants in PostgreSQL: which there are, and of which zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.postgres.words import between, call, constant, equal, matches, text, when
from airflow_dataops.engines.sql.reading import CALENDAR
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType

NO_DAY = r"^.{4}-(02-3|(0[469]|11)-31)"
LEAP_DAY = r"^.{4}-02-29"
LEAP_YEAR = r"^([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-"
"""Of texts that are dates as DATE has it: those that no year has; that some years have; those years."""


def on_the_calendar(column: exp.Expr) -> exp.Expr:
    """Return whether a text that is a date as DATE has it is a day that there is."""
    leaps = exp.or_(exp.not_(matches(column, LEAP_DAY)), matches(column, LEAP_YEAR))
    return exp.and_(exp.not_(matches(column, NO_DAY)), leaps)


def in_zone(local: exp.Expr, zone: str) -> exp.Expr:
    """Return the instant of a local time in a zone; null for one that the zone skips."""
    instant = call("timezone", text(zone), local)
    return when(equal(call("timezone", text(zone), instant), local), instant)


def of_calendar(value: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return a day or an instant within the years that four digits can write, or a time before 24:00."""
    first, last = (constant(end, postgres_type(column_type)) for end in CALENDAR[column_type.logical])
    return when(between(value, first, last), value)
