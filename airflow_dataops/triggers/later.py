"""Look again later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class LaterTrigger(BaseTrigger):
    """Wake a task that looks at rows itself, for a worker can judge them and the triggerer can't.

    What the task has to know comes back with the event: `dag.test()` hands on nothing else.

    Args:
        moment: When, ISO 8601 with an offset.
        until: When the task gives up, likewise.
    """

    def __init__(self, *, moment: str, until: str) -> None:
        super().__init__()
        self.moment = moment
        self.until = until

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to build this trigger again in another process."""
        return (
            "airflow_dataops.triggers.later.LaterTrigger",
            {"moment": self.moment, "until": self.until},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event, when the moment has come: `until`."""
        left = (datetime.fromisoformat(self.moment) - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(0.0, left))
        yield TriggerEvent({"until": self.until})
