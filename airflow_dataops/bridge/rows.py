"""Rows that a team has somewhere -> a relation that an engine reads: a table, files, a frame."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.bridge.attempt import folder_of
from airflow_dataops.bridge.delta_storage import storage_of
from airflow_dataops.bridge.file_format import DELTA, format_named, format_of
from airflow_dataops.bridge.hooks import database, drops_folder
from airflow_dataops.bridge.object_storage import ADDRESS, drops
from airflow_dataops.bridge.placed import parted, placed
from airflow_dataops.bridge.scratch import fetched
from airflow_dataops.bridge.unchanged import unchanged
from airflow_dataops.core.batch import segment
from airflow_dataops.core.drop_path import PARTITION
from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.relation import InPlace, Landed, LandedPart
from airflow_dataops.errors import SettingsError
from airflow_dataops.wiring import databases, relations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import BaseOperator

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.rows.relation import Arrived
    from airflow_dataops.warehouse.database import Database
    from airflow_dataops.warehouse.postgres import Warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Where a team has rows: in a table, or in files. It is one of the two.

    Args:
        table: A table in the database of `conn_id`, as schema.table, or the table alone.
        partition_clause: The SQL condition of those of its rows that are meant; empty for all.
        path: The file, its last parts with `*` and `?` where it is several; or its address in object storage.
            `{partition}` stands for the partition's label.
        conn_id: The connection of the database; or one of the type File (path), or of the object storage.
        format: csv, jsonl or parquet; empty where the file's name tells; delta, where the path is the folder
            of a Delta table: its newest version is meant.
        delimiter: One character; of CSV.
        encoding: Of CSV and JSON lines.
        quote: The character around fields that hold delimiters or line ends; empty for none.
        header: Whether each file starts with the names of its columns.
        paths: Column -> where its value is in a JSON record.
    """

    table: str = ""
    partition_clause: str = ""
    path: str = ""
    conn_id: str = ""
    format: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    header: bool = True
    paths: dict[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse what is neither a table nor files, or a bit of both.

        Raises:
            SettingsError: If it is so.
        """
        if bool(self.table) == bool(self.path):
            raise SettingsError("the rows are in a table or in files", hint="Set one of `table` and `path`.")
        if self.table and not self.conn_id:
            raise SettingsError(
                "nothing says in which database the table is", where=self.table, hint="Set `conn_id`."
            )
        if self.path and self.partition_clause:
            raise SettingsError(
                "a condition leaves some rows of a table, not of files",
                where=self.path,
                hint="Name the partition's files in `path`, and leave `partition_clause` out.",
            )

    @property
    def whole(self) -> bool:
        """Whether the rows are all of a table; of files it isn't known whether there are others."""
        return (bool(self.table) and not self.partition_clause) or self.format == DELTA

    def database(self) -> Warehouse | Database | None:
        """Return the database of the table; None where the rows are in files.

        Raises:
            SettingsError: If there is no such connection, or nothing here judges tables of its type.
        """
        return database(self.conn_id) if self.table else None

    def origin(self, batch: Batch | None = None) -> str:
        """Return where the rows are, for messages and for lineage: an address without any secret.

        Args:
            batch: What they are of; None to leave `{partition}` as it is: so the rows of all batches are one
                dataset.

        Raises:
            SettingsError: If there is no such connection, or no such name.
        """
        found = self.database()
        if found is None:
            path = self.path if batch is None else self.path.replace(PARTITION, batch.partition)
            place = drops_folder("" if ADDRESS in path else self.conn_id, path)
            return place if ADDRESS in place else str(Path(place).absolute())
        return databases.address(found, self.table)

    def files(self, batch: Batch) -> tuple[str, ...]:
        """Return the files on this machine in which the rows of a batch are; none, where they are elsewhere.

        Raises:
            SettingsError: If there is no such connection or folder.
            BrokenWorldError: If they can't be looked for.
        """
        if self.table or self.format == DELTA:
            return ()
        folder, name = parted(drops_folder(self.conn_id, self.path))
        drop = None if ADDRESS in folder else drops(folder, name).find(batch)
        return () if drop is None else tuple(file.uri for file in drop.files)

    @contextmanager
    def opened(self, batch: Batch, *, scratch: Path) -> Iterator[InPlace | Arrived | None]:
        """Yield the rows, where they are; None where there is no file.

        Files in object storage are copied to this machine for as long as the block lasts; no Delta table is.

        Args:
            batch: What the rows are of.
            scratch: Where copies may lie.

        Raises:
            SettingsError: If there is no such connection, folder or storage.
            BrokenWorldError: If a file can't be read, or changed while the block lasted.
        """
        if self.table:
            yield InPlace(self.origin(), self.partition_clause)
            return
        if self.format == DELTA:
            yield self._published()
            return
        folder, name = parted(drops_folder(self.conn_id, self.path))
        if ADDRESS not in folder and not Path(folder).is_dir():
            hint = "Create or mount it, or mend the path."
            raise SettingsError("there is no such folder", where=folder, hint=hint)
        source = drops(folder, name, conn_id=self.conn_id)
        _refuse_table(Path(folder, name.replace(PARTITION, segment(batch.partition))))
        drop = source.find(batch)
        if drop is None:
            yield None
        elif ADDRESS in folder:
            yield Landed(drop.uri, fetched(drop, source, to=scratch), self._dialect())
        else:
            parts = tuple(LandedPart(file.uri, file.name) for file in drop.files)
            with unchanged(parts):
                yield Landed(drop.uri, parts, self._dialect())

    def _published(self) -> Arrived | None:
        """Return what readers see in the newest version of a Delta table; None where it has no row yet."""
        place = drops_folder(self.conn_id, self.path)
        return relations.delta_rows(place, storage=storage_of(self.conn_id) if ADDRESS in place else {})

    def _dialect(self) -> Dialect:
        return Dialect(
            delimiter=self.delimiter,
            encoding=self.encoding,
            format=format_named(self.format) if self.format else format_of(self.path),
            quote=self.quote,
            header=self.header,
            paths=tuple((self.paths or {}).items()),
        )


FIELDS = (
    *("table", "partition_clause", "path", "conn_id"),
    *("format", "delimiter", "encoding", "quote", "header", "paths"),
)
"""The attributes by which a task says where its rows are."""


def rows_of(task: BaseOperator) -> Rows:
    """Return where the rows of a task are, by its attributes.

    Raises:
        SettingsError: If it says nothing of it, or too much.
    """
    said = {name: getattr(task, name) for name in FIELDS}
    path, conn_id = placed(str(said["path"]), conn_id=said["conn_id"], folder=folder_of(task))
    return Rows(**(said | {"path": path, "conn_id": conn_id}))


def _refuse_table(place: Path) -> None:
    """Refuse a Delta table where files are meant: some of those in its folder may be of older versions.

    Raises:
        SettingsError: If it is one.
    """
    if (place / "_delta_log").is_dir():
        what = "this is a Delta table, which isn't judged as files"
        raise SettingsError(what, where=str(place), hint=f'Set format="{DELTA}".')
