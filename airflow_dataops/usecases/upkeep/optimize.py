"""Write small files of published tables into larger ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.usecases.upkeep.each_table import each_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.upkeep import Compacted
    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.upkeep import Upkeep


def optimize(
    *, store: Store, upkeep: Callable[[str], Upkeep]
) -> tuple[dict[str, Compacted], dict[str, DataOpsError]]:
    """Compact every table that the store knows.

    Args:
        store: What is remembered.
        upkeep: Opens a table by its address.

    Returns:
        How many files became how many, and why nothing could be done, by the table's address.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    return each_table(lambda _address, table, _known: table.compact(), store=store, upkeep=upkeep)
