"""An objective beside how it stands: a line of what people look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.newest import newest
from airflow_dataops.core.slo.standing import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.standing import Kept, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """An objective beside how it stands.

    Args:
        declaration: The newest declaration of its product.
        objective: The objective.
        kept: How it stood when it was evaluated last; None where it never was.
    """

    declaration: Declaration
    objective: Objective
    kept: Kept | None

    @property
    def standing(self) -> Standing | None:
        """How it stood when it was evaluated last."""
        return None if self.kept is None else self.kept.standing

    @property
    def state(self) -> State:
        """How it stands in a word."""
        return State.UNKNOWN if self.kept is None else self.kept.standing.state


def levels(
    declared: Iterable[Declaration], kept: Mapping[tuple[str, str, str], Kept], *, now: datetime
) -> tuple[Level, ...]:
    """Return every objective that is declared now, in the order of team, product and declaration.

    Args:
        declared: Declarations, oldest first.
        kept: (team, product, objective) -> how it stood when it was evaluated last.
        now: The present, aware: what is declared of an instant that is still to come doesn't count.
    """
    counts = newest(declared, now)
    return tuple(
        Level(
            declaration=counts[of],
            objective=objective,
            kept=kept.get((*of, objective.name)),
        )
        for of in sorted(counts)
        for objective in counts[of].objectives
    )
