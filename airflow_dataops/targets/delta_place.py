"""Where a Delta table is, in a local folder or in object storage: it is opened and created there."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow_dataops.core import naming
from airflow_dataops.errors import BrokenWorldError, DataOpsError, SettingsError
from airflow_dataops.targets.columns import delta_type, promised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deltalake import DeltaTable

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.contract.model import Dataset

CONFIGURATION = {
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
}
"""Each publish is a version that is kept: nothing but our own maintenance may tidy up older versions."""

UNUSABLE = frozenset("%\\[]^|#?\t\n")
"""Characters of a local path that deltalake 1.6 takes for those of an address: a panic, or no history."""

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""Hive's name for the folder of rows without a partition value; engines read it back as null."""

LONGEST_NAME = 255
"""Bytes of one name in the usual file systems."""


class DeltaPlace:
    """Where a Delta table is, or may be.

    Args:
        uri: A local folder, or an address in object storage that deltalake knows.

    Raises:
        SettingsError: If no Delta table can lie there.
    """

    def __init__(self, uri: str) -> None:
        self.local = None if "://" in uri else Path(uri).absolute()
        self.uri = uri if self.local is None else str(self.local)
        if self.local is not None and (unusable := sorted(UNUSABLE.intersection(self.uri))):
            raise SettingsError(
                f"a Delta table can't lie in a path with {' '.join(unusable)}",
                where=self.uri,
                hint="Choose another folder for the lake, or another `target.path`.",
            )

    def open(self) -> DeltaTable | None:
        """Open the table as it is now; None where there is none.

        Raises:
            SettingsError: If something else is at the table's place.
        """
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        self._refuse_foreign()
        try:
            return DeltaTable(self.uri)
        except TableNotFoundError:
            return None

    def create(self, dataset: Dataset, *, owner: str) -> DeltaTable:
        """Create the empty table, or open the one that another process creates at the same time."""
        from deltalake import CommitProperties, DeltaTable, Field, Schema
        from deltalake.exceptions import DeltaError
        from deltalake.schema import PrimitiveType

        columns = promised(dataset, delta_type) | {naming.PARTITION_COLUMN: "string"}
        try:
            return DeltaTable.create(
                self.uri,
                schema=Schema([Field(name, PrimitiveType(kind)) for name, kind in columns.items()]),
                mode="ignore",
                partition_by=[naming.PARTITION_COLUMN],
                configuration=CONFIGURATION | {naming.TABLE_OWNER: owner},
                raise_if_key_not_exists=False,  # the owner is a property of ours, that Delta doesn't know
                # Tried again, a creation that came second would become a second one and change the schema.
                commit_properties=CommitProperties(max_commit_retries=0),
            )
        except DeltaError:
            table = self.open()
            if table is None:
                raise
            return table

    def refuse_label(self, batch: Batch) -> None:
        """Refuse a batch whose label can't be that of a partition here.

        Raises:
            SettingsError: If it can't.
        """
        if batch.partition == NULL_PARTITION:
            raise SettingsError(
                f"the partition's label is {NULL_PARTITION!r}, which readers of Delta take for no label",
                where=self.uri,
                hint="Use another partition key.",
            )
        name = f"{naming.PARTITION_COLUMN}={quote(batch.partition, safe='')}"
        if self.local is not None and len(name) > LONGEST_NAME:
            raise SettingsError(
                "the partition's label is too long for a folder's name once it is quoted",
                where=str(batch),
                hint="Use a shorter partition key, or fewer characters beyond ASCII.",
            )

    @contextmanager
    def ours(self, what: str) -> Iterator[None]:
        """Raise what the libraries raise as ours, with no word of theirs: they quote values."""
        try:
            yield
        except DataOpsError:
            raise
        except BaseException as error:
            # A panic of deltalake is no Exception; interrupts and Airflow's time limit, none either, pass.
            if not isinstance(error, Exception) and type(error).__module__ != "pyo3_runtime":
                raise
            raise BrokenWorldError(
                f"{what} ({type(error).__name__})",
                where=self.uri,
                hint="Check that it can be reached and written; the old version is untouched.",
            ) from None

    def _refuse_foreign(self) -> None:
        """Leave alone what is no table of ours: a file, or a folder with other files."""
        place = self.local
        if place is None or not place.exists():
            return
        names = {inside.name for inside in place.iterdir()} if place.is_dir() else {"a file"}
        if names and "_delta_log" not in names:
            raise SettingsError(
                "there is something else where the Delta table should be",
                where=str(place),
                hint="Choose another `target.path`, or move it away.",
            )
