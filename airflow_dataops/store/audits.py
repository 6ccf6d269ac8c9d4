"""Audit records, written in the transaction of what they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.store.levels.tables import insert
from airflow_dataops.store.shape import shape

if TYPE_CHECKING:
    from sqlalchemy import Connection


def write(connection: Connection, *records: AuditRecord) -> None:
    """Write audit records; one that is there already stays as it is.

    Args:
        connection: A transaction that writes.
        records: What was done.
    """
    its = shape(AuditRecord, {})
    for record in records:
        statement = insert(connection, its.table).values(its.row(record))
        connection.execute(statement.on_conflict_do_nothing(index_elements=its.keys))
