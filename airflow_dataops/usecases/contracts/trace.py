"""Trace for how long the rules of a dataset have not been kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.checks.streak import streaks

if TYPE_CHECKING:
    from airflow_dataops.core.checks.streak import Streaks
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.usecases.ports.history import History

LOOKED_BACK = 30
"""Runs: a month of days. Who wants to know more asks the report."""


def trace(verification: Verification, *, history: History) -> Streaks:
    """Return the streaks of the rules that a verification found broken, or kept again.

    Args:
        verification: What was found, as it was recorded.
        history: Where older ones are.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    known = history.until(verification, most=LOOKED_BACK)
    found = streaks(known, whole=len(known) < LOOKED_BACK)
    return found.get((verification.batch, verification.stage), {})
