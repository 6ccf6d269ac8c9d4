"""Which verdicts fail a task that judges rows which nobody publishes: its own choice, not the contract's."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.verification import reason
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.verification import Verification


class FailOn(StrEnum):
    """The least verdict that fails a task (the words of Airflow's common.dataquality provider).

    What could not be evaluated fails it in each case: nothing is known of the data then.
    """

    ERROR = "error"
    WARN = "warn"
    NEVER = "never"


def fail_on(given: str) -> FailOn:
    """Read the choice.

    Raises:
        SettingsError: If it is none of the words.
    """
    try:
        return FailOn(given)
    except ValueError:
        hint = f"Use one of {', '.join(FailOn)}."
        raise SettingsError(f"`fail_on` can't be `{given}`", hint=hint) from None


def stopping(verification: Verification, choice: FailOn) -> tuple[str, ...]:
    """Return why a task fails by a verdict, one line each; empty when it goes on."""
    if choice is FailOn.NEVER:
        return ()
    warned = (o for o in verification.outcomes if choice is FailOn.WARN and o.status is Status.WARNING)
    return (*verification.blocks, *map(reason, warned))
