"""A Delta table, in a local folder or in object storage, in which each batch is one partition."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, unquote

from airflow_dataops.core import naming
from airflow_dataops.core.publication import Commit
from airflow_dataops.errors import BrokenWorldError, DataOpsError, SettingsError
from airflow_dataops.targets.columns import (
    DELTA,
    delta_type,
    promised,
    refuse_others,
    staged_columns,
    table_columns,
)
from airflow_dataops.targets.history import commit_of, newest
from airflow_dataops.targets.owner import owner_of_delta, refuse_other_owner
from airflow_dataops.targets.staged import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deltalake import CommitProperties, DeltaTable
    from duckdb import DuckDBPyRelation, Expression

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.relation import Staged

T = TypeVar("T")

CONFIGURATION = {
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
}
"""Each publish is a version that is kept: nothing but our own maintenance may tidy up older versions."""

COUNTS = f"SELECT {naming.PARTITION_COLUMN}, count(*) FROM published GROUP BY {naming.PARTITION_COLUMN}"  # noqa: S608
"""Counts the rows of each partition."""

LABEL = f"partition.{naming.PARTITION_COLUMN}"
"""What deltalake calls the label of the partition of a file."""

KEPT = "Restore a newer one, or run the partition again; `keep_versions` says how many are kept."

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds to wait before trying a commit again that another one came before."""

UNUSABLE = frozenset("%\\[]^|#?\t\n")
"""Characters of a local path that deltalake 1.6 takes for those of an address: a panic, or no history."""

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""Hive's name for the folder of rows without a partition value; engines read it back as null."""

LONGEST_NAME = 255
"""Bytes of one name in the usual file systems."""


class DeltaTarget:
    """Publishes batches into one Delta table.

    Args:
        uri: A local folder, or an address in object storage that deltalake knows.
    """

    def __init__(self, uri: str) -> None:
        self._local = None if "://" in uri else Path(uri).absolute()
        self._uri = uri if self._local is None else str(self._local)
        if self._local is not None and (unusable := sorted(UNUSABLE.intersection(self._uri))):
            raise SettingsError(
                f"a Delta table can't lie in a path with {' '.join(unusable)}",
                where=self._uri,
                hint="Choose another folder for the lake, or another `target.path`.",
            )

    @property
    def uri(self) -> str:
        """Where readers find the table."""
        return self._uri

    def head(self, batch: Batch) -> Commit | None:
        """Return the newest commit of a batch, or None, also where its rows are not all there any more.

        Raises:
            SettingsError: If something else is at the table's place, or the table is of another product.
            BrokenWorldError: If the target can't be read.
        """
        with self.ours("the table can't be read"):
            table = self.open()
            if table is None:
                return None
            self._refuse_of_another(table, batch)
            return _whole_head(table, batch)

    def publish(
        self, batch: Batch, rows: Staged, *, dataset: Dataset, content: str, labels: dict[str, str]
    ) -> Commit:
        """Replace the batch's partition by the rows, in one commit that carries key, content and labels.

        Readers see the old or the new partition, nothing between. When another process commits the same
        content at the same time, its commit is returned.

        Raises:
            BadDataError: If the table's columns, or those of the rows, are not the dataset's.
            SettingsError: If something else is at the table's place, the table is of another product, or it
                can't hold the partition's label.
            BrokenWorldError: If the commit fails.
        """
        self._refuse_label(batch)
        with self.ours("the rows can't be published"):

            def overtaken() -> Commit | None:
                table = self.open()
                head = None if table is None else _whole_head(table, batch)
                return head if head is not None and head.content == content else None

            return tried(
                lambda: self._commit(batch, rows, dataset=dataset, content=content, labels=labels),
                overtaken=overtaken,
            )

    def counts(self) -> Mapping[str, int]:
        """Return the label of each partition -> how many rows readers see in it. Empty without a table.

        A partition without rows is not among them.

        Raises:
            SettingsError: If something else is at the table's place.
            BrokenWorldError: If the target can't be read.
        """
        from deltalake import QueryBuilder

        with self.ours("the table can't be read"):
            table = self.open()
            if table is None:
                return {}
            found = QueryBuilder().register("published", table).execute(COUNTS).read_all()
            labels, rows = (found.column(position).to_pylist() for position in (0, 1))
            return dict(zip(labels, rows, strict=True))

    def restore(self, batch: Batch, version: int, *, labels: dict[str, str]) -> Commit:
        """Make an older version of the batch's partition the newest: its rows are written again.

        Raises:
            SettingsError: If there is no such version of that partition, or the table is of another product.
            BrokenWorldError: If the commit fails.
        """
        with self.ours("the version can't be restored"):
            return tried(lambda: self._restore(batch, version, labels), overtaken=lambda: None)

    def _restore(self, batch: Batch, version: int, labels: dict[str, str]) -> Commit:
        from deltalake import DeltaTable, write_deltalake

        table = self.open()
        old = None
        if table is not None:
            self._refuse_of_another(table, batch)
            old = commit_of(table, batch, version)
        if table is None or old is None:
            raise SettingsError(
                f"there is no version {version} of {batch}",
                where=self._uri,
                hint=f"The table's history names the batch of each version: {naming.COMMIT_BATCH}.",
            )
        older = DeltaTable(self._uri, version=version)
        if not self._there(older, batch):
            raise SettingsError(
                f"version {version} of {batch} is not kept any more", where=self._uri, hint=KEPT
            )
        more = labels | {naming.COMMIT_RESTORED_FROM: str(version)}
        if old.rows is not None:
            more[naming.COMMIT_ROWS] = str(old.rows)
        write_deltalake(
            table,
            older.scan(predicate=_predicate(batch)),
            mode="overwrite",
            predicate=_predicate(batch),
            commit_properties=_properties(table, batch, content=old.commit.content, labels=more),
        )
        return Commit(version=table.version(), content=old.commit.content)

    def _there(self, older: DeltaTable, batch: Batch) -> bool:
        """Say whether the files of a batch in an older version are all there; of a folder alone it can."""
        if self._local is None:
            return True
        return all((self._local / file).is_file() for file in files_of(older, batch.partition))

    def _commit(
        self, batch: Batch, rows: Staged, *, dataset: Dataset, content: str, labels: dict[str, str]
    ) -> Commit:
        import duckdb
        from deltalake import write_deltalake

        table = self.open() or self._create(dataset, owner=batch.owner)
        self._refuse_of_another(table, batch)
        expected = promised(dataset, delta_type) | {naming.PARTITION_COLUMN: "string"}
        refuse_others(
            "the table",
            found=table_columns(table),
            expected=expected,
            where=self._uri,
            hint="Publish the new columns to a new `target.path`, or give the contract the table's columns.",
        )
        with reading(rows) as staged:
            refuse_others(
                "the staged rows",
                found=staged_columns(staged, DELTA),
                expected=promised(dataset, delta_type),
                where=f"{batch}: {dataset.name}",
                hint="Stage exactly the contract's columns, with its types.",
            )
            labels = labels | {naming.COMMIT_ROWS: str(len(staged))}
            partition = duckdb.ConstantExpression(batch.partition).alias(naming.PARTITION_COLUMN)
            write_deltalake(
                table,
                staged.select(*_values(staged), partition),
                mode="overwrite",
                predicate=_predicate(batch),
                commit_properties=_properties(table, batch, content=content, labels=labels),
            )
        return Commit(version=table.version(), content=content)

    def open(self) -> DeltaTable | None:
        """Open the table as it is now; None where there is none.

        Raises:
            SettingsError: If something else is at the table's place.
        """
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        self._refuse_foreign()
        try:
            return DeltaTable(self._uri)
        except TableNotFoundError:
            return None

    def _create(self, dataset: Dataset, *, owner: str) -> DeltaTable:
        """Create the empty table, or open the one that another process creates at the same time."""
        from deltalake import CommitProperties, DeltaTable, Field, Schema
        from deltalake.exceptions import DeltaError
        from deltalake.schema import PrimitiveType

        columns = promised(dataset, delta_type) | {naming.PARTITION_COLUMN: "string"}
        try:
            return DeltaTable.create(
                self._uri,
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

    def _refuse_of_another(self, table: DeltaTable, batch: Batch) -> None:
        refuse_other_owner(owner_of_delta(table), batch, where=self._uri, key="target.path")

    def _refuse_foreign(self) -> None:
        """Leave alone what is no table of ours: a file, or a folder with other files."""
        place = self._local
        if place is None or not place.exists():
            return
        names = {inside.name for inside in place.iterdir()} if place.is_dir() else {"a file"}
        if names and "_delta_log" not in names:
            raise SettingsError(
                "there is something else where the Delta table should be",
                where=str(place),
                hint="Choose another `target.path`, or move it away.",
            )

    def _refuse_label(self, batch: Batch) -> None:
        if batch.partition == NULL_PARTITION:
            raise SettingsError(
                f"the partition's label is {NULL_PARTITION!r}, which readers of Delta take for no label",
                where=self._uri,
                hint="Use another partition key.",
            )
        name = f"{naming.PARTITION_COLUMN}={quote(batch.partition, safe='')}"
        if self._local is not None and len(name) > LONGEST_NAME:
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
                where=self._uri,
                hint="Check that it can be reached and written; the old version is untouched.",
            ) from None


def tried(commit: Callable[[], T], *, overtaken: Callable[[], T | None] = lambda: None) -> T:
    """Commit, again and again while others commit before; what `overtaken` finds then makes it needless."""
    from deltalake.exceptions import CommitFailedError

    for pause in PAUSES:
        try:
            return commit()
        except CommitFailedError:
            time.sleep(pause)
        done = overtaken()
        if done is not None:
            return done
    return commit()


def _values(staged: DuckDBPyRelation) -> list[Expression]:
    """Return the staged columns as Delta has them: its texts of times of day are ours."""
    import duckdb

    return [
        duckdb.ColumnExpression(name).cast("VARCHAR").alias(name)
        if str(kind) == "TIME"
        else duckdb.ColumnExpression(name)
        for name, kind in zip(staged.columns, staged.types, strict=True)
    ]


def _properties(table: DeltaTable, batch: Batch, *, content: str, labels: dict[str, str]) -> CommitProperties:
    """Return what a commit carries, and the number of the batch's publish."""
    from deltalake import CommitProperties, Transaction

    return CommitProperties(
        custom_metadata=labels | {naming.COMMIT_BATCH: batch.key, naming.COMMIT_CONTENT: content},
        app_transactions=[Transaction(batch.key, (table.transaction_version(batch.key) or 0) + 1)],
    )


def _whole_head(table: DeltaTable, batch: Batch) -> Commit | None:
    """Return the newest commit of a batch if readers see as many rows as it wrote: others may write there."""
    found = newest(table, batch)
    if found is None or found.rows in {None, _visible(table, batch)}:
        return None if found is None else found.commit
    return None


def _visible(table: DeltaTable, batch: Batch) -> int:
    from deltalake import QueryBuilder

    count = f"SELECT count(*) FROM published WHERE {_predicate(batch)}"  # noqa: S608 - our own literal
    rows = QueryBuilder().register("published", table).execute(count).read_all()
    return int(rows.column(0).to_pylist()[0])


def files_of(table: DeltaTable, *labels: str) -> Iterator[str]:
    """Yield the files of some partitions, or of all, as they are called below the table's folder."""
    files = table.get_add_actions(flatten=True)
    named = zip(*(files.column(name).to_pylist() for name in ("path", LABEL)), strict=True)
    # The protocol has them as parts of an address, in which the names of folders are quoted once more.
    return (unquote(path) for path, label in named if not labels or label in labels)


def _predicate(batch: Batch) -> str:
    """Return the condition for the batch's partition; a literal needs nothing but its quotes doubled."""
    literal = batch.partition.replace("'", "''")
    return f"{naming.PARTITION_COLUMN} = '{literal}'"
