"""Zones as lineage names them: one dataset a zone, product and stage, the same for all its partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.bridge.settings import settings
from airflow_dataops.core.batch import segment
from airflow_dataops.core.lineage import file_dataset

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.lineage import DatasetRef


def zone_dataset(zone: str, batch: Batch, *, stage: str = "", **known: object) -> DatasetRef:
    """Return a zone's dataset of a product.

    Args:
        zone: raw, staging or quarantine.
        batch: Any batch of the product.
        stage: Which stage wrote it, in the staging zone.
        known: What else is known of it, as `DatasetRef`.
    """
    parts = (settings().zones_path, zone, *map(segment, (batch.team, batch.product, batch.dataset)), stage)
    return file_dataset("/".join(part for part in parts if part), **known)
