"""Wait for a drop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_dataops.bridge.object_storage import drops
from airflow_dataops.core.batch import Batch
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class DropTrigger(BaseTrigger):
    """Look for a drop again and again, until it is there or the deadline has passed.

    Args:
        folder: The folder in which drops are left, or its address in object storage.
        path: The drop's name below it.
        conn_id: The connection of the object storage; empty for a folder. It is looked up in a thread, where
            the triggerer answers; the event loop would wait for itself.
        ready: The path of the file that says that the drop is whole; empty where no file says so.
        team: Of the batch.
        product: Of the batch.
        dataset: Of the batch.
        partition: Of the batch.
        poke_interval: Seconds between looks.
        deadline: When to give up, ISO 8601 with an offset.
    """

    def __init__(
        self,
        *,
        folder: str,
        path: str,
        team: str,
        product: str,
        dataset: str,
        partition: str,
        poke_interval: float,
        deadline: str,
        conn_id: str = "",
        ready: str = "",
    ) -> None:
        super().__init__()
        self.folder = folder
        self.path = path
        self.conn_id = conn_id
        self.ready = ready
        self.batch = Batch(team=team, product=product, dataset=dataset, partition=partition)
        self.poke_interval = poke_interval
        self.deadline = deadline

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to build this trigger again in another process."""
        return (
            "airflow_dataops.triggers.drop.DropTrigger",
            {
                "folder": self.folder,
                "path": self.path,
                "conn_id": self.conn_id,
                "ready": self.ready,
                "team": self.batch.team,
                "product": self.batch.product,
                "dataset": self.batch.dataset,
                "partition": self.batch.partition,
                "poke_interval": self.poke_interval,
                "deadline": self.deadline,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event: `found`, `late`, or `broken` with a message."""
        source = drops(self.folder, self.path, conn_id=self.conn_id, ready=self.ready)
        deadline = datetime.fromisoformat(self.deadline)
        while True:
            try:
                drop = await asyncio.to_thread(source.find, self.batch)
            except DataOpsError as error:
                yield TriggerEvent({"status": "broken", "message": str(error)})
                return
            if drop is not None:
                yield TriggerEvent({"status": "found"})
                return
            left = (deadline - datetime.now(UTC)).total_seconds()
            if left <= 0:
                yield TriggerEvent({"status": "late", "expected": source.expected(self.batch)})
                return
            await asyncio.sleep(min(self.poke_interval, left))
