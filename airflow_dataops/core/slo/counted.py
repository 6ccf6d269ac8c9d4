"""Events that came due between two evaluations: what a counter of a metric grows by."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo import budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.standing import Kept


def counted(old: Kept | None, new: Kept, objective: Objective) -> tuple[Fraction, Fraction]:
    """Return how many good events, and how many in all, one ledger has that the one before it hadn't.

    Events are what the objective's method counts: where it counts slices, one that has ended, or its share.

    What left the window is no event that was taken back. The first evaluation counts nothing, for its
    events didn't come due now; so it is with what a longer window shows of the past.

    Args:
        old: What was kept before; None where nothing was.
        new: What is kept now.
        objective: The objective.

    Returns:
        Both may be below 0 where an event was taken back.
    """
    good, total = Fraction(0), Fraction(0)
    if old is None:
        return good, total
    before = {entry.partition: entry for entry in _ended(old, objective)}
    for entry in _ended(new, objective):
        if entry.at <= new.standing.since:
            continue
        known = before.get(entry.partition)
        if known is not None:
            good, total = good + entry.good - known.good, total + entry.total - known.total
        elif entry.at > old.standing.since:
            good, total = good + entry.good, total + entry.total
    return good, total


def _ended(kept: Kept, objective: Objective) -> Iterator[Entry]:
    """Yield what counted by then."""
    return (entry for entry in budget.counted(kept.entries, objective) if entry.at <= kept.standing.at)
