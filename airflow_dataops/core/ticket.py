"""Tickets: what one stage hands to the next, as plain JSON. Counts, digests and places; never a row."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

Ticket = dict[str, Any]


def written(value: Landing | StagedBatch | Publication) -> Ticket:
    """Return a value as plain JSON types; instants as ISO 8601."""
    return {
        key: _plain(found) if not isinstance(found, Landing) else written(found)
        for key, found in ((name, getattr(value, name)) for name in value.__dataclass_fields__)
    }


def landing(ticket: Mapping[str, Any]) -> Landing:
    """Read what `land` handed on.

    Raises:
        SettingsError: If it is not a landing.
    """
    try:
        return Landing(
            **{
                **ticket,
                "batch": Batch(**ticket["batch"]),
                "dialect": Dialect(**ticket["dialect"]),
                "landed_at": datetime.fromisoformat(ticket["landed_at"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("landing", "LandOperator") from error


def staged(ticket: Mapping[str, Any]) -> StagedBatch:
    """Read what `verify`, `transform` or `audit` handed on.

    Raises:
        SettingsError: If it is not a staged batch.
    """
    try:
        return StagedBatch(
            **{**ticket, "landing": landing(ticket["landing"]), "stage": Stage(ticket["stage"])}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("staged", "VerifyOperator, TransformOperator or AuditOperator") from error


def publication(ticket: Mapping[str, Any]) -> Publication:
    """Read what `publish` handed on.

    Raises:
        SettingsError: If it is not a publication.
    """
    try:
        return Publication(
            **{**ticket, "batch": Batch(**ticket["batch"]), "at": datetime.fromisoformat(ticket["at"])}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("publication", "PublishOperator") from error


def _plain(found: object) -> object:
    if isinstance(found, datetime):
        return found.isoformat()
    if isinstance(found, Batch | Dialect):
        return asdict(found)
    if isinstance(found, Stage):
        return found.value
    return found


def _refused(knob: str, operator: str) -> SettingsError:
    return SettingsError(
        f"`{knob}` is not what {operator} returns", hint=f"Pass its output: {knob}=that_task.output."
    )
