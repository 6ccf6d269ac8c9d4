"""What was heard of each drill, beside what should have been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.cli.demo.alerts.heard import first_after, heard_by_them, heard_by_us
from airflow_dataops.core.alerts.notification import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.cli.demo.alerts.drills import Drill
    from airflow_dataops.cli.demo.alerts.heard import Heard, Look
    from airflow_dataops.core.alerts.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When something was wrong, and when it was mended.

    Args:
        wrong: From when on it could be known, aware.
        mended: When it was published after all, aware.
    """

    wrong: datetime
    mended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A drill, and what was heard of it.

    Args:
        drill: The drill.
        told_at: Evaluations of which the first word may come.
        over_at: Evaluations of which the last word may come.
        ours: What our own webhook was told.
        theirs: What Alertmanager told its webhook.
        aside: What either heard of the products that the drill explains.
        incidents: Incidents of the product.
        explained: Products whose incident was explained by the drill's.
    """

    drill: Drill
    told_at: frozenset[int]
    over_at: frozenset[int]
    ours: tuple[Heard, ...] = ()
    theirs: tuple[Heard, ...] = ()
    aside: tuple[Heard, ...] = ()
    incidents: int = 0
    explained: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether what was to be heard was heard once, by both, and nothing else."""
        if self.incidents != 1 or self.aside or set(self.explained) != set(self.drill.explains):
            return False
        if self.drill.urgency is None:
            return not self.ours and not self.theirs
        return self._once(self.ours) and self._once(self.theirs)

    def _once(self, heard: tuple[Heard, ...]) -> bool:
        """Say whether a receiver heard a first word and a last one, at the right evaluations."""
        if not heard or {one.urgency for one in heard} != {self.drill.urgency}:
            return False
        first, last = heard[0], heard[-1]
        counts = [sum(one.event is event for one in heard) for event in (Event.TRIGGER, Event.RESOLVE)]
        ends = (first.event, last.event) == (Event.TRIGGER, Event.RESOLVE)
        return counts == [1, 1] and ends and first.look in self.told_at and last.look in self.over_at


def findings(
    drills: Sequence[Drill],
    *,
    looks: Sequence[Look],
    times: Mapping[str, Times],
    incidents: Sequence[Incident],
) -> tuple[Finding, ...]:
    """Return what was heard of each drill.

    Args:
        drills: The drills.
        looks: Evaluations, in their order.
        times: Product -> when it was wrong, and mended.
        incidents: All incidents that the store has.
    """
    return tuple(_finding(drill, looks, times[drill.product], incidents) for drill in drills)


def _finding(drill: Drill, looks: Sequence[Look], its: Times, incidents: Sequence[Incident]) -> Finding:
    of = [one for one in incidents if one.where.product == drill.product]
    numbers = {one.said for one in of}
    return Finding(
        drill=drill,
        told_at=first_after(looks, its.wrong),
        # One finds it well, and at the next one that has lasted (`keep_firing_for` in `products.py`).
        over_at=frozenset(number + 1 for number in first_after(looks, its.mended)),
        ours=heard_by_us(looks, drill.product),
        theirs=heard_by_them(looks, drill.product),
        aside=tuple(
            heard
            for product in drill.explains
            for heard in (*heard_by_us(looks, product), *heard_by_them(looks, product))
        ),
        incidents=len(of),
        explained=tuple(
            one.where.product
            for one in incidents
            if one.where.product in drill.explains and one.explained_by in numbers
        ),
    )
