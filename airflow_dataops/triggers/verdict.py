"""Wait for verdicts that do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_dataops.bridge.requiring import Asked, scores
from airflow_dataops.errors import BrokenWorldError, DataOpsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow_dataops.core.requirement import Answer


class VerdictTrigger(BaseTrigger):
    """Ask the store again and again, until the verdicts on a producer's data do or the deadline has passed.

    Args:
        asked: What is asked, as the arguments of `Asked` but the partition.
        partitions: The partitions that are asked about; an empty one is the one that was judged last.
        poke_interval: Seconds between looks.
        deadline: When to give up, ISO 8601 with an offset.
    """

    def __init__(
        self, *, asked: dict[str, Any], partitions: list[str], poke_interval: float, deadline: str
    ) -> None:
        super().__init__()
        self.asked = asked
        self.partitions = partitions
        self.poke_interval = poke_interval
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to build this trigger again in another process."""
        return (
            "airflow_dataops.triggers.verdict.VerdictTrigger",
            {
                "asked": self.asked,
                "partitions": self.partitions,
                "poke_interval": self.poke_interval,
                "deadline": self.deadline,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event: `kept` with the scores, `late` with what isn't met, or `broken` with a message.

        A store that can't be reached may be there again at the next look.
        """
        deadline, product = datetime.fromisoformat(self.deadline), self.asked["product"]
        while True:
            try:
                # The store is asked in a thread: the event loop is that of all triggers.
                answers = await asyncio.to_thread(self._answers)
                unmet = [line for each in answers for line in each.lines(product)]
                if not unmet:
                    yield TriggerEvent({"status": "kept", "scores": scores(answers, product)})
                    return
            except BrokenWorldError as error:
                unmet = [str(error)]
            except DataOpsError as error:
                yield TriggerEvent({"status": "broken", "message": str(error)})
                return
            left = (deadline - datetime.now(UTC)).total_seconds()
            if left <= 0:
                yield TriggerEvent({"status": "late", "message": "; ".join(unmet)})
                return
            await asyncio.sleep(min(self.poke_interval, left))

    def _answers(self) -> list[Answer]:
        return [Asked(**self.asked, partition=partition).answer() for partition in self.partitions]
