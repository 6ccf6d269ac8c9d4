"""Who says how many rows a batch should have -> what asks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.hooks import database, drops_folder
from airflow_dataops.bridge.object_storage import ADDRESS, drops
from airflow_dataops.bridge.settings import settings
from airflow_dataops.core.slo.expected_rows import ExpectedRows, SaidBy
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.batches.expect_rows import HistoryCounter, ManifestCounter
from airflow_dataops.wiring import counters, stores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.usecases.ports.row_counter import RowCounter


class Counter:
    """Asks whoever says how many rows a batch should have; it is found when it is asked.

    Args:
        said: Who says it, as `bridge/dag.py` writes it.
        file: A file or folder of the product -> its path.
    """

    def __init__(self, said: Mapping[str, Any], file: Callable[[str], str]) -> None:
        self._said = said
        self._file = file

    def count(self, batch: Batch) -> int:
        """Return how many rows a batch should have.

        Raises:
            NotEvaluatedError: If that isn't known.
            SettingsError: If something is named that isn't there.
            BrokenWorldError: If who says it can't be reached.
        """
        return self._found().count(batch)

    def _found(self) -> RowCounter:
        try:
            said = ExpectedRows(**{**self._said, "said_by": SaidBy(self._said["said_by"])})
        except (TypeError, ValueError, LookupError):
            raise SettingsError(
                "`expected_rows` says nothing that is known",
                hint=f"Give it `said_by`, one of {', '.join(SaidBy)}, and what that takes.",
            ) from None
        match said.said_by:
            case SaidBy.MANIFEST:
                named = said.folder if said.conn_id or ADDRESS in said.folder else self._file(said.folder)
                folder = drops_folder(said.conn_id, named)
                return ManifestCounter(drops(folder, said.path, conn_id=said.conn_id), key=said.key)
            case SaidBy.HISTORY:
                return HistoryCounter(stores.store(settings()), weeks=int(said.weeks))
            case SaidBy.TABLE:
                return counters.table_counter(
                    database(said.conn_id),
                    said.table,
                    partition_column=said.partition_column,
                    count_column=said.count_column,
                )
            case SaidBy.QUERY:
                return counters.query_counter(database(said.conn_id), self._file(said.query))
