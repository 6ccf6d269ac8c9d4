"""Who is told of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.errors import Problem
    from airflow_dataops.wiring.settings import Settings


def alert_rules(settings: Settings) -> tuple[Rules, tuple[Problem, ...]]:
    """Return who is told of what, and what is wrong with the file that says so.

    Where the file is wrong, all goes to the log of the task. Whoever calls this says the problems there, too.
    """
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.errors import DocumentError

    if not settings.alerts_path:
        return Rules(), ()
    from airflow_dataops.documents.alerts.rules import read_alerts

    try:
        rules, _ = read_alerts(settings.alerts_path)
    except DocumentError as error:
        return Rules(), error.problems
    return rules, ()
