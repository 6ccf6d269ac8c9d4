"""Begin a batch that is made of tables which are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.beginning import Beginning
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.usecases.ports.models import Models


def begin(batch: Batch, *, tables: Sequence[str], run: Run, models: Models) -> Beginning:
    """See that the tables are there of which a batch is made; no row is read.

    Args:
        batch: The batch.
        tables: The tables that its models read, as schema.table.
        run: The attempt.
        models: The database.

    Raises:
        SettingsError: If tables can't be read: all of them at once.
        BrokenWorldError: If the database can't be asked.
    """
    absent = models.absent(tables)
    if absent:
        found = ", ".join(
            f"there is no table `{name}`" if what == "nothing" else f"`{name}` is {what}"
            for name, what in absent.items()
        )
        raise SettingsError(
            found,
            where=f"{batch} in {models.root.rstrip('/')}",
            hint="Check schema and name where models say `source`, and that the connection leads to their "
            "database.",
        )
    return Beginning(batch=batch, origin=models.root.rstrip("/"), tables=tuple(tables), run_id=run.run_id)
