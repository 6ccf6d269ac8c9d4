"""What readers see in a Delta table: through its own reader, or in the files that hold it now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.naming import PARTITION_COLUMN
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError

PLAIN = frozenset({"timestampNtz", "v2Checkpoint", "vacuumProtocolCheck"})
"""Features with which the files of a Delta table still hold what readers see, as readers see it."""

MAPPED = 2
"""The version of the protocol for readers that brought column mapping, and nothing else."""

LOCAL = ("file://", "/")
"""How the address of a table on this machine begins."""

ONE_BY_ONE = {"datafusion.execution.target_partitions": "1"}
"""Reads one file after the other, so that rows come in the same order when a task is run again."""

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl
    from arro3.core import RecordBatchReader
    from deltalake import DeltaTable


def delta_rows(uri: str, *, columns: tuple[str, ...], but: str = "") -> Iterator[pl.DataFrame] | None:
    """Return some columns of a Delta table, a part at a time; None where there is no table yet.

    Args:
        uri: The table: a folder, or an address in object storage.
        columns: The columns.
        but: The label of a partition whose rows are left out; empty for none.

    Raises:
        NotEvaluatedError: If the table lacks a column.
        BrokenWorldError: If it can't be read.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        table = DeltaTable(uri)
        found = {field.name for field in table.schema().fields}
    except TableNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - deltalake's and the storage's own, with values in their text
        kind = type(error).__name__
    else:
        missing = [name for name in columns if name not in found]
        if missing:
            raise NotEvaluatedError(f"what the rule looks at has no column `{missing[0]}`", where=uri)
        literal = but.replace("'", "''")
        others = f"\"{PARTITION_COLUMN}\" <> '{literal}'" if but and PARTITION_COLUMN in found else None
        return _parts(table.scan(columns=list(columns), predicate=others), where=uri)
    raise _unreadable(kind, uri)


def _parts(rows: RecordBatchReader, *, where: str) -> Iterator[pl.DataFrame]:
    import polars as pl

    yield pl.DataFrame(rows.schema.empty_table())
    parts = iter(rows)
    while True:
        try:
            part = next(parts, None)
        except Exception as error:  # noqa: BLE001 - the storage's own, with values in their text
            kind = type(error).__name__
            break
        if part is None:
            return
        yield pl.DataFrame(part)
    raise _unreadable(kind, where)


class DeltaRows:
    """What readers see in one version of a Delta table: all rows, in the order of its files.

    It is read anew for each stream.

    Args:
        table: The table, at that version.
    """

    def __init__(self, table: DeltaTable) -> None:
        self._table = table
        self.columns = tuple(field.name for field in table.schema().fields if field.name != PARTITION_COLUMN)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as the Arrow C stream interface asks.

        Raises:
            BrokenWorldError: If they can't be read.
        """
        from deltalake import QueryBuilder

        names = (exp.column(exp.to_identifier(name, quoted=True)) for name in self.columns)
        query = exp.select(*names).from_("published").sql()
        try:
            rows = QueryBuilder(ONE_BY_ONE).register("published", self._table).execute(query)
            return rows.__arrow_c_stream__(requested_schema)
        except Exception as error:  # noqa: BLE001 - deltalake's and the storage's own, with values in their text
            kind = type(error).__name__
        raise _unreadable(kind, self._table.table_uri)


def delta_table(uri: str, *, storage: Mapping[str, str] | None = None) -> DeltaTable | None:
    """Open the newest version of a Delta table; None where there is nothing.

    Args:
        uri: The table: a folder, or an address in object storage.
        storage: What deltalake is told of the storage, secrets among it.

    Raises:
        SettingsError: If it is something else.
        BrokenWorldError: If it can't be read.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(uri, storage_options=dict(storage or {}))
    except TableNotFoundError:
        if not Path(uri).exists():
            return None
        what, hint = "this is no Delta table", "Name the folder that has `_delta_log` in it."
        raise SettingsError(what, where=uri, hint=hint) from None
    except Exception as error:  # noqa: BLE001 - deltalake's and the storage's own, with values in their text
        kind = type(error).__name__
    raise _unreadable(kind, uri)


def plain_files(table: DeltaTable) -> tuple[str, ...] | None:
    """Return the Parquet files of a local Delta table; None where they alone don't say what readers see.

    A table without a file is empty, wherever it lies. Files don't say it all where rows are deleted in them,
    where a value is in their path, or where the table has a column that a file lacks. They lie on this
    machine, so they are read where they are.

    Args:
        table: The table.

    Raises:
        BrokenWorldError: If they can't be read.
    """
    import polars as pl

    uri = table.table_uri
    try:
        if not (files := tuple(table.file_uris())):
            return ()
        if not uri.startswith(LOCAL):
            return None
        columns = [field.name for field in table.schema().fields if field.name != PARTITION_COLUMN]
        features = set(table.protocol().reader_features or ())
        # Before there were features, the second version of the protocol was the one that renames columns.
        told = table.protocol().min_reader_version == MAPPED or not features <= PLAIN
        if told or set(table.metadata().partition_columns) - {PARTITION_COLUMN}:
            return None
        whole = all(set(pl.read_parquet_schema(file)) == set(columns) for file in files)
    except Exception as error:  # noqa: BLE001 - deltalake's and polars' own, with values in their text
        kind = type(error).__name__
    else:
        return files if whole else None
    raise _unreadable(kind, uri)


def _unreadable(kind: str, uri: str) -> BrokenWorldError:
    return BrokenWorldError(
        f"the table can't be read ({kind})",
        where=uri,
        hint="Check that it can be reached, then run it again.",
    )
