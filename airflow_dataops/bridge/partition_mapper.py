"""The partition of one product -> the partition of another one that runs after it. The scheduler asks."""

from __future__ import annotations

from typing import Any

from airflow.partition_mappers.base import PartitionMapper

from airflow_dataops.core.batch import Grain, label_at


class GrainMapper(PartitionMapper):
    """Map a partition to the one of a grain in which it lies: a day to itself, or to its month.

    Airflow writes into its audit log what can't be mapped, as a month can't to a day, and starts nothing.

    Args:
        grain: How much time a partition covers of what runs after.
    """

    def __init__(self, grain: str) -> None:
        super().__init__()
        self.grain = Grain(grain)

    def to_downstream(self, key: str) -> str:
        """Return the partition in which another one lies.

        Raises:
            SettingsError: If it lies in none.
        """
        return label_at(key, self.grain)

    def serialize(self) -> dict[str, Any]:
        """Return what makes an equal one."""
        return {"grain": self.grain.value}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> GrainMapper:
        """Return an equal one."""
        return cls(data["grain"])
