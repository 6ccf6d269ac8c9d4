"""A Delta table, in a local folder or in object storage, in which each batch is one partition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core import naming
from airflow_dataops.core.publication import Commit
from airflow_dataops.errors import SettingsError
from airflow_dataops.targets.columns import (
    DELTA,
    delta_type,
    promised,
    refuse_others,
    staged_columns,
    table_columns,
)
from airflow_dataops.targets.delta_commit import carried, tried
from airflow_dataops.targets.delta_partition import counts, files_of, predicate, whole_head
from airflow_dataops.targets.delta_place import DeltaPlace
from airflow_dataops.targets.history import commit_of
from airflow_dataops.targets.owner import owner_of_delta, refuse_other_owner
from airflow_dataops.targets.staged import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deltalake import DeltaTable
    from duckdb import DuckDBPyRelation, Expression

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.relation import Staged

KEPT = "Restore a newer one, or run the partition again; `keep_versions` says how many are kept."


class DeltaTarget:
    """Publishes batches into one Delta table.

    Args:
        uri: A local folder, or an address in object storage that deltalake knows.
    """

    def __init__(self, uri: str) -> None:
        self._place = DeltaPlace(uri)

    @property
    def uri(self) -> str:
        """Where readers find the table."""
        return self._place.uri

    def head(self, batch: Batch) -> Commit | None:
        """Return the newest commit of a batch, or None, also where its rows are not all there any more.

        Raises:
            SettingsError: If something else is at the table's place, or the table is of another product.
            BrokenWorldError: If the target can't be read.
        """
        with self._place.ours("the table can't be read"):
            table = self._place.open()
            if table is None:
                return None
            self._refuse_of_another(table, batch)
            return whole_head(table, batch)

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
        self._place.refuse_label(batch)
        with self._place.ours("the rows can't be published"):

            def overtaken() -> Commit | None:
                table = self._place.open()
                head = None if table is None else whole_head(table, batch)
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
        with self._place.ours("the table can't be read"):
            table = self._place.open()
            return {} if table is None else counts(table)

    def restore(self, batch: Batch, version: int, *, labels: dict[str, str]) -> Commit:
        """Make an older version of the batch's partition the newest: its rows are written again.

        Raises:
            SettingsError: If there is no such version of that partition, or the table is of another product.
            BrokenWorldError: If the commit fails.
        """
        with self._place.ours("the version can't be restored"):
            return tried(lambda: self._restore(batch, version, labels), overtaken=lambda: None)

    def _restore(self, batch: Batch, version: int, labels: dict[str, str]) -> Commit:
        from deltalake import DeltaTable, write_deltalake

        table = self._place.open()
        old = None
        if table is not None:
            self._refuse_of_another(table, batch)
            old = commit_of(table, batch, version)
        if table is None or old is None:
            raise SettingsError(
                f"there is no version {version} of {batch}",
                where=self._place.uri,
                hint=f"The table's history names the batch of each version: {naming.COMMIT_BATCH}.",
            )
        older = DeltaTable(self._place.uri, version=version)
        if not self._there(older, batch):
            raise SettingsError(
                f"version {version} of {batch} is not kept any more", where=self._place.uri, hint=KEPT
            )
        more = labels | {naming.COMMIT_RESTORED_FROM: str(version)}
        if old.rows is not None:
            more[naming.COMMIT_ROWS] = str(old.rows)
        write_deltalake(
            table,
            older.scan(predicate=predicate(batch)),
            mode="overwrite",
            predicate=predicate(batch),
            commit_properties=carried(table, batch, content=old.commit.content, labels=more),
        )
        return Commit(version=table.version(), content=old.commit.content)

    def _there(self, older: DeltaTable, batch: Batch) -> bool:
        """Say whether the files of a batch in an older version are all there; of a folder alone it can."""
        if self._place.local is None:
            return True
        return all((self._place.local / file).is_file() for file in files_of(older, batch.partition))

    def _commit(
        self, batch: Batch, rows: Staged, *, dataset: Dataset, content: str, labels: dict[str, str]
    ) -> Commit:
        import duckdb
        from deltalake import write_deltalake

        table = self._place.open() or self._place.create(dataset, owner=batch.owner)
        self._refuse_of_another(table, batch)
        expected = promised(dataset, delta_type) | {naming.PARTITION_COLUMN: "string"}
        refuse_others(
            "the table",
            found=table_columns(table),
            expected=expected,
            where=self._place.uri,
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
                predicate=predicate(batch),
                commit_properties=carried(table, batch, content=content, labels=labels),
            )
        return Commit(version=table.version(), content=content)

    def _refuse_of_another(self, table: DeltaTable, batch: Batch) -> None:
        refuse_other_owner(owner_of_delta(table), batch, where=self._place.uri, key="target.path")


def _values(staged: DuckDBPyRelation) -> list[Expression]:
    """Return the staged columns as Delta has them: its texts of times of day are ours."""
    import duckdb

    return [
        duckdb.ColumnExpression(name).cast("VARCHAR").alias(name)
        if str(kind) == "TIME"
        else duckdb.ColumnExpression(name)
        for name, kind in zip(staged.columns, staged.types, strict=True)
    ]
