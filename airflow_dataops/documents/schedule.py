"""When something is due: a cron expression, or one of Airflow's names for one."""

from __future__ import annotations

from airflow_dataops.documents.node import described
from airflow_dataops.documents.scalar import did_you_mean, name, wrong

PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Airflow's own names for cron expressions (`airflow.utils.dates.cron_presets`)."""


def cron(value: object) -> str:
    """Return a cron expression, or one of Airflow's names for one.

    Raises:
        PydanticCustomError: If a value is none; see `scalar.wrong`.
    """
    # Airflow's own parser of cron; it has no types, and only what has a schedule needs it.
    from croniter import croniter  # type: ignore[import-untyped]  # noqa: PLC0415

    found = name(value)
    if found.startswith("@"):
        valid, hint = found in PRESETS, did_you_mean(found, PRESETS) or f"There are: {', '.join(PRESETS)}."
    else:
        valid, hint = croniter.is_valid(found), 'Such as "0 5 * * *" or "@daily".'
    if not valid:
        raise wrong(f"must be a cron expression or a preset, it is {described(value)}", hint)
    return found
