"""Ask how many rows a batch should have. That nobody knows is an answer, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.expected_rows import said, same_weekdays, usual
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import DataOpsError, NotEvaluatedError

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch
    from airflow_dataops.usecases.ports.row_counter import RowCounter
    from airflow_dataops.usecases.ports.source import Source
    from airflow_dataops.usecases.ports.store import Store

LARGEST = 1024 * 1024
"""Bytes of a manifest, at most."""


def expect_rows(batch: Batch, *, counter: RowCounter) -> tuple[int | None, str]:
    """Return how many rows a batch should have, and why that isn't known, in one line; or empty.

    Args:
        batch: The batch.
        counter: Who says it.
    """
    try:
        return counter.count(batch), ""
    except DataOpsError as error:
        return None, str(error)


class ManifestCounter:
    """Reads the number in the manifest that a producer leaves with a drop.

    Args:
        source: Where manifests are left.
        key: The number in it.
    """

    def __init__(self, source: Source, *, key: str) -> None:
        self._source = source
        self._key = key

    def count(self, batch: Batch) -> int:
        """Return how many rows the manifest of a batch says.

        Raises:
            NotEvaluatedError: If it isn't there, or says none.
            BrokenWorldError: If it can't be read.
        """
        drop = self._source.find(batch)
        if drop is None:
            raise NotEvaluatedError("there is no manifest", where=self._source.expected(batch))
        text = b""
        for file in drop.files:
            for chunk in self._source.read(file):
                text += chunk
                if len(text) > LARGEST:
                    raise NotEvaluatedError(f"the manifest is longer than {LARGEST} bytes", where=file.uri)
        try:
            return said(text.decode("utf-8-sig"), key=self._key, place=drop.uri)
        except UnicodeDecodeError:
            raise NotEvaluatedError("the manifest is no UTF-8", where=drop.uri) from None


class HistoryCounter:
    """Takes for expected what is usual: the median of the same weekdays before.

    Args:
        store: Where the verdicts on them are.
        weeks: How many weeks it looks back.
    """

    def __init__(self, store: Store, *, weeks: int) -> None:
        self._store = store
        self._weeks = weeks

    def count(self, batch: Batch) -> int:
        """Return how many rows are usual.

        Raises:
            NotEvaluatedError: If none of those days is known.
            BrokenWorldError: If the store can't be read.
        """
        days = same_weekdays(batch.partition, self._weeks)
        found = usual(rows for day in days if (rows := self._rows(batch, day)) is not None)
        if found is None:
            raise NotEvaluatedError(
                f"none of the {self._weeks} same weekdays before is known, so nothing is usual yet",
                where=str(batch),
            )
        return found

    def _rows(self, batch: Batch, partition: str) -> int | None:
        """Return how many rows were read of another partition of the same dataset."""
        known = self._store.facts(
            Verification,
            team=batch.team,
            product=batch.product,
            dataset=batch.dataset,
            partition=partition,
        )
        return next((one.rows for one in known if one.stage is Stage.VERIFY), None)
