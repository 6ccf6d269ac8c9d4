"""How a batch begins for which nothing lands: it is made of tables that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A batch that is made of tables that are there, each as it is when it is read.

    There is no drop and no raw copy of one, and so no digest that says what the batch was made of.

    Args:
        batch: What is made.
        origin: The database that has the tables, as the beginning of their addresses.
        tables: The tables, as schema.table.
        run_id: The run that began it.
    """

    batch: Batch
    origin: str
    tables: tuple[str, ...]
    run_id: str

    @property
    def sha256(self) -> str:
        """The digest of the raw copy: empty, for there is none."""
        return ""
