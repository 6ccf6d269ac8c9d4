"""When something is due: a cron expression, or one of Airflow's names for one; and where."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator

from airflow_dataops.documents.yaml.node import described
from airflow_dataops.documents.yaml.scalar import did_you_mean, name, wrong

PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Airflow's own names for cron expressions (`airflow.utils.dates.cron_presets`)."""


RANDOM = re.compile(r"(?<![a-z])r(?![a-z])", re.IGNORECASE)
"""How croniter writes a number that it draws."""

FIELDS = 5
"""Minute, hour, day, month, weekday. Airflow takes a sixth for seconds and a seventh for years, others write
seconds first: `0 0 5 * * *` is five o'clock to them, and sixty times on each fifth of a month to Airflow."""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""From when on a schedule must come once: within 50 years, which is how far croniter looks."""


def _comes(expression: str) -> bool:
    from croniter import CroniterBadDateError, croniter  # type: ignore[import-untyped]  # noqa: PLC0415 - as below

    try:
        croniter(expression, BEGINNING).get_next()
    except CroniterBadDateError:
        return False
    return True


def cron(value: object) -> str:
    """Return a cron expression, or one of Airflow's names for one.

    Raises:
        PydanticCustomError: If a value is none; see `scalar.wrong`.
    """
    # Airflow's own parser of cron; it has no types, and only what has a schedule needs it.
    from croniter import croniter  # noqa: PLC0415

    found = name(value)
    if found.startswith("@"):
        valid, hint = found in PRESETS, did_you_mean(found, PRESETS) or f"There are: {', '.join(PRESETS)}."
    else:
        valid, hint = croniter.is_valid(found), 'Such as "0 5 * * *" or "@daily".'
        if valid and (has := len(found.split())) > FIELDS:
            raise wrong(
                f"must have {FIELDS} fields, it has {has}",
                "Write minute, hour, day, month and weekday: a partition lasts an hour at least.",
            )
        if valid and RANDOM.search(found):
            raise wrong("is another one each time it is read: `R` stands for any", hint)
        if valid and not _comes(found):
            raise wrong(f"never comes, it is {described(value)}", "Airflow's scheduler would look for it.")
    if not valid:
        raise wrong(f"must be a cron expression or a preset, it is {described(value)}", hint)
    return found


def zone(value: object) -> ZoneInfo:
    """Return a time zone of the IANA database."""
    found = name(value)
    try:
        return ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(found, available_timezones()) or "Such as Europe/Paris; see the IANA database."
        raise wrong(f"must be a time zone, it is {described(value)}", hint) from None


Cron = Annotated[str, BeforeValidator(cron)]
Zone = Annotated[ZoneInfo, BeforeValidator(zone)]
