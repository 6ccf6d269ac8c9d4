"""How incidents, notifications and their like lie in the tables: columns for what is asked by, and a body."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from airflow_dataops.core.alerts.incident import Incident
from airflow_dataops.core.alerts.notification import Logged, Notification
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Row

COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Incident: ("number", "where", "phase", "began", "resolved"),
    Notification: (
        *("number", "receiver", "transport", "key", "event", "decided"),
        *("attempts", "delivered", "error", "next_at"),
    ),
    Logged: ("group", "receiver", "key", "at"),
    Silence: ("number", "start", "end", "who", "why"),
}
"""What is kept as JSON -> its fields that have columns of their own, and are not in the JSON."""


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def row_of(value: Incident | Notification | Logged | Silence) -> dict[str, Any]:
    """Return a value as a row of its table, apart from columns that no field of it has."""
    kind: Any = type(value)
    body = _adapter(kind).dump_json(value, exclude=set(COLUMNS[kind]), exclude_defaults=True)
    row = {name: getattr(value, name) for name in COLUMNS[kind]} | {"body": body.decode()}
    if isinstance(value, Incident):
        del row["where"]
        return row | value.where._asdict() | {"key": value.key}
    if isinstance(value, Logged):
        return row | {"firing": bool(value.firing)}
    return row


def incident_of(row: Row[Any]) -> Incident:
    """Return an incident."""
    found: Incident = _read(Incident, row, where=Where(row.team, row.product, row.partition))
    return found


def notification_of(row: Row[Any]) -> Notification:
    """Return a notification."""
    found: Notification = _read(Notification, row)
    return found


def logged_of(row: Row[Any]) -> Logged:
    """Return what a receiver was told last."""
    found: Logged = _read(Logged, row)
    return found


def silence_of(row: Row[Any]) -> Silence:
    """Return a silence."""
    found: Silence = _read(Silence, row)
    return found


def _read(kind: Any, row: Row[Any], **more: object) -> Any:  # noqa: ANN401 - one of the kinds above
    """Return a value.

    Raises:
        SettingsError: If a version of the code wrote it that says what this one doesn't know.
    """
    its = row._asdict() | more
    try:
        columns = {name: its[name] for name in COLUMNS[kind]}
        return _adapter(kind).validate_python({**json.loads(its["body"]), **columns})
    except (ValidationError, ValueError):
        raise SettingsError(
            f"the {kind.__name__.lower()} that the store holds can't be read: a newer version wrote it",
            where=str(its.get("number", its.get("group", ""))),
            hint="Route alerts with the newest version of airflow-provider-dataops that uses the store.",
        ) from None
