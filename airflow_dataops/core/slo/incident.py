"""What burnt without a good event between: the unit in which people remember a bad week."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.ledger import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.ledger import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Events that burnt budget one after the other.

    Args:
        burnt: The events, oldest first; at least one.
        share: The share of the budget that they burnt; None where there is no budget.
    """

    burnt: tuple[Burnt, ...]
    share: Fraction | None

    @property
    def bad(self) -> Fraction:
        """How many events it cost."""
        return sum((each.entry.bad for each in self.burnt), Fraction(0))

    @property
    def worst(self) -> Burnt:
        """The event that cost most; the first of several."""
        return max(self.burnt, key=lambda each: each.entry.bad)


def incidents(entries: Iterable[Entry], burnt: Iterable[Burnt], *, allowed: Fraction) -> tuple[Incident, ...]:
    """Return incidents, the one that cost most first.

    An event that is good ends one; one that is left out, such as a holiday, does not.

    Args:
        entries: Every entry of the time.
        burnt: Those that burnt, with their reasons.
        allowed: How many events may be bad.
    """
    reasons = {(each.entry.partition, each.entry.at): each for each in burnt}
    groups: list[list[Burnt]] = [[]]
    for entry in sorted(entries, key=lambda entry: entry.at):
        if entry.bad > 0:
            groups[-1].append(reasons[entry.partition, entry.at])
        elif entry.mark is not Mark.EXCLUDED and groups[-1]:
            groups.append([])
    found = [Incident(burnt=tuple(group), share=_share(group, allowed)) for group in groups if group]
    return tuple(sorted(found, key=lambda each: (-each.bad, each.burnt[0].entry.at)))


def _share(group: Iterable[Burnt], allowed: Fraction) -> Fraction | None:
    return sum((each.entry.bad for each in group), Fraction(0)) / allowed if allowed else None
