"""Tickets: what one stage hands to the next, as plain JSON. Counts, digests and places; never a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.beginning import Beginning
from airflow_dataops.core.landing import Dialect, Format, LandedFile, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.staged import StagedBatch
from airflow_dataops.errors import SettingsError

Ticket = dict[str, Any]


def written(value: Landing | Beginning | StagedBatch | Publication) -> Ticket:
    """Return a value as plain JSON types; instants as ISO 8601."""
    return {
        key: _plain(found) if not isinstance(found, Landing | Beginning) else written(found)
        for key, found in ((name, getattr(value, name)) for name in value.__dataclass_fields__)
    }


def landing(ticket: object) -> Landing:
    """Read what `land` handed on.

    Raises:
        SettingsError: If it is not a landing.
    """
    try:
        handed = _handed(ticket)
        return Landing(
            **{
                **handed,
                "batch": Batch(**handed["batch"]),
                "dialect": _dialect(handed["dialect"]),
                "files": tuple(LandedFile(**file) for file in handed.get("files", ())),
                "landed_at": _instant(handed["landed_at"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("landing", "LandOperator") from error


def beginning(ticket: object) -> Beginning:
    """Read what `begin` handed on.

    Raises:
        SettingsError: If it is not a beginning.
    """
    try:
        handed = _handed(ticket)
        return Beginning(**{**handed, "batch": Batch(**handed["batch"]), "tables": tuple(handed["tables"])})
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("begun", "BeginOperator") from error


def origin(ticket: object) -> Landing | Beginning:
    """Read what the first stage of a batch handed on: where nothing lands, that is `begin`.

    Raises:
        SettingsError: If it is neither.
    """
    return beginning(ticket) if isinstance(ticket, Mapping) and "tables" in ticket else landing(ticket)


def staged(ticket: object) -> StagedBatch:
    """Read what `verify`, `transform`, a model or `audit` handed on.

    Raises:
        SettingsError: If it is not a staged batch.
    """
    try:
        handed = _handed(ticket)
        return StagedBatch(
            **{**handed, "landing": origin(handed["landing"]), "stage": Stage(handed["stage"])}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(
            "staged", "VerifyOperator, TransformOperator, ModelOperator or AuditOperator"
        ) from error


def publication(ticket: object) -> Publication:
    """Read what `publish` handed on.

    Raises:
        SettingsError: If it is not a publication.
    """
    try:
        handed = _handed(ticket)
        return Publication(**{**handed, "batch": Batch(**handed["batch"]), "at": _instant(handed["at"])})
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("publication", "PublishOperator") from error


def _handed(ticket: object) -> Mapping[str, Any]:
    if not isinstance(ticket, Mapping):
        raise TypeError(type(ticket).__name__)
    return ticket


def _dialect(handed: Mapping[str, Any]) -> Dialect:
    """Read a dialect; one that an older version wrote lacks some of its parts."""
    paths = tuple((column, path) for column, path in handed.get("paths", ()))
    return Dialect(**{**handed, "format": Format(handed.get("format", Format.CSV)), "paths": paths})


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _plain(found: object) -> object:
    if isinstance(found, datetime):
        return found.astimezone(UTC).isoformat()
    if isinstance(found, Batch):
        return asdict(found)
    if isinstance(found, Dialect):
        paths = [[column, path] for column, path in found.paths]
        return {**asdict(found), "format": found.format.value, "paths": paths}
    if isinstance(found, tuple):
        return [asdict(each) if isinstance(each, LandedFile) else each for each in found]
    if isinstance(found, Stage):
        return found.value
    return found


def _refused(knob: str, operator: str) -> SettingsError:
    return SettingsError(
        f"`{knob}` is not what {operator} returns", hint=f"Pass its output: {knob}=that_task.output."
    )
