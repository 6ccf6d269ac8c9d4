"""Rows of which nobody knows whether they are good, for a rule about single rows could not be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from airflow_dataops.core.checks.metric import Measured
    from airflow_dataops.core.checks.spec import Check

UNJUDGED = "rows could not be judged"
"""What is observed of every rule about good rows then."""

SHOWN = 3
"""Rules that are named."""


def unjudged(checks: Iterable[Check], measured: Mapping[str, Measured]) -> str:
    """Return why nobody knows which rows are good; empty where it is known.

    A rule that only warns, or that some rows may break, sends no row away: without it the good rows are the
    same ones.

    Args:
        checks: The checks.
        measured: Id of each of them that judges rows -> what was measured.
    """
    return without([rule for rule, found in measured.items() if found.problem], checks)


def without(rules: Collection[str], checks: Iterable[Check]) -> str:
    """Return the same, where some rules are not evaluated.

    Args:
        rules: Their ids.
        checks: The checks.
    """
    lost = [check.id for check in checks if check.quarantines and check.id in rules]
    more = f" and {len(lost) - SHOWN} more" if lost[SHOWN:] else ""
    return f"{UNJUDGED}: {', '.join(lost[:SHOWN])}{more}" if lost else ""
