"""How service levels were kept over a month, for those who read the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.slo.compliance import Compliance, Reached
    from airflow_dataops.core.slo.month import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """How the objectives of a team, or of all teams, were kept over a month.

    Args:
        month: The month.
        team: The team; empty for all.
        at: When it was made, aware.
        objectives: Each objective, in the order of team, product and name.
        warnings: What could not be reported, one line each.
    """

    month: Month
    team: str = ""
    at: datetime
    objectives: tuple[Compliance, ...]
    warnings: tuple[str, ...] = ()

    def count(self, reached: Reached) -> int:
        """Return how many objectives came to something."""
        return sum(each.verdict is reached for each in self.objectives)
