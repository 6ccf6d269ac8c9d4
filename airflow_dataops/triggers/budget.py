"""Wait for error budgets to be back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_dataops.bridge.budgets import AskedBudget, say
from airflow_dataops.errors import BrokenWorldError, DataOpsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class BudgetTrigger(BaseTrigger):
    """Evaluate the objectives of a product again and again, until enough is left or the deadline has passed.

    Args:
        asked: What is asked, as the arguments of `AskedBudget`.
        poke_interval: Seconds between looks.
        deadline: When to give up, ISO 8601 with an offset.
    """

    def __init__(self, *, asked: dict[str, Any], poke_interval: float, deadline: str) -> None:
        super().__init__()
        self.asked = asked
        self.poke_interval = poke_interval
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to build this trigger again in another process."""
        return (
            "airflow_dataops.triggers.budget.BudgetTrigger",
            {"asked": self.asked, "poke_interval": self.poke_interval, "deadline": self.deadline},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event: `enough` with what is left, `late` with what isn't enough, or `broken`.

        A store that can't be reached may be there again at the next look.
        """
        deadline = datetime.fromisoformat(self.deadline)
        while True:
            try:
                # The store is asked in a thread: the event loop is that of all triggers.
                found = await asyncio.to_thread(AskedBudget(**self.asked).answer)
                lines = found.lines
                say(found, info=self.log.info, warn=self.log.warning)
                if not lines:
                    yield TriggerEvent({"status": "enough", "remaining": found.shares})
                    return
            except BrokenWorldError as error:
                lines = (str(error),)
                self.log.warning("Not yet: %s", error)
            except DataOpsError as error:
                yield TriggerEvent({"status": "broken", "message": str(error)})
                return
            left = (deadline - datetime.now(UTC)).total_seconds()
            if left <= 0:
                yield TriggerEvent({"status": "late", "message": "; ".join(lines)})
                return
            await asyncio.sleep(min(self.poke_interval, left))
