"""What is asked of a product's error budgets, held against how they stand: for gates and sensors alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.bridge.settings import settings
from airflow_dataops.core.slo.enough import at_least
from airflow_dataops.usecases.levels.require_budget import require_budget
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.slo.enough import Enough

    Log = Callable[..., object]


def say(found: Enough, *, info: Log, warn: Log) -> None:
    """Tell a log what is waited for; as a warning where it may never come."""
    for note in found.notes:
        warn("%s", note)
    if found.lines:
        (warn if found.wrong else info)("%s", found.awaited)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBudget:
    """What a consumer asks, as it was written.

    Args:
        product: The data product.
        at_least: The share of each budget that must be left: `0.2` or `20%`.
        slo: The objective whose budget matters; empty for all.
        team: Whose product it is; empty for the only one.
    """

    product: str
    at_least: float | str = 0.2
    slo: str = ""
    team: str = ""

    def __post_init__(self) -> None:
        """Refuse what can't be asked.

        Raises:
            SettingsError: If the share is none.
        """
        at_least(self.at_least)

    def answer(self) -> Enough:
        """Return whether enough is left now.

        Raises:
            SettingsError: If several teams have a product of the name.
            BrokenWorldError: If the store can't be reached.
        """
        at = settings()
        return require_budget(
            self.product,
            least=at_least(self.at_least),
            slo=self.slo,
            team=self.team,
            levels=stores.service_levels(at),
            timetable=clocks.timetable(),
            clock=clocks.clock(),
        )
