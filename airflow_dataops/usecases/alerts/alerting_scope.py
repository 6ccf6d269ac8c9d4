"""What finding out what is wrong looks at: from when on, until when, and of which products."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.newest import held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.usecases.ports.service_levels import Declarations, Owner

AT_ONCE = 300
"""Products that are asked for at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked at.

    Args:
        now: The instant, aware.
        since: When alerting was set up, aware.
        first: Facts that are older are not looked at, aware.
        history: Product -> its declarations, oldest first.
    """

    now: datetime
    since: datetime
    first: datetime
    history: Mapping[Owner, Sequence[Declaration]]

    def newest(self, owner: Owner) -> Declaration | None:
        """Return what a product declares now; None where nothing is declared of it."""
        history = self.history.get(owner)
        return history[-1] if history else None

    def floor(self, owner: Owner) -> datetime:
        """Return the instant up to which nothing of a product is told."""
        history = self.history.get(owner)
        return max(self.since, history[0].since) if history else self.since


def declared(
    levels: Declarations, owners: Sequence[Owner], *, now: datetime
) -> Mapping[Owner, Sequence[Declaration]]:
    """Return product -> its declarations that count now, oldest first, of those that have any."""
    found: dict[Owner, list[Declaration]] = defaultdict(list)
    for some in portions(owners):
        for one in held(levels.declared(**names(some, "product")), now):
            if (one.team, one.product) in some:
                found[one.team, one.product].append(one)
    return dict(found)


def portions(owners: Sequence[Owner]) -> Iterator[Sequence[Owner]]:
    """Yield products, so many at a time."""
    for first in range(0, len(owners), AT_ONCE):
        yield owners[first : first + AT_ONCE]


def names(owners: Iterable[Owner], name: str) -> dict[str, tuple[str, ...]]:
    """Return what products are asked for by: more than they may come, for teams may share a name."""
    some = tuple(owners)
    return {"team": tuple({team for team, _ in some}), name: tuple({product for _, product in some})}
