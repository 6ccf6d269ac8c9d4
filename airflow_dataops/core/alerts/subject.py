"""What an incident is of, as the audit trail has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.batch import Batch

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident

ALL = "all"
"""What stands for a partition, or a team, where an incident is about no single one."""


def batch_of(incident: Incident) -> Batch:
    """Return the batch that an incident is of: of a product as a whole, `all` stands for its partition."""
    where = incident.where
    dataset = next((signal.dataset for signal in incident.signals if signal.dataset), "")
    return Batch(
        team=where.team or ALL,
        product=where.product,
        dataset=dataset or where.product,
        partition=where.partition or ALL,
    )
