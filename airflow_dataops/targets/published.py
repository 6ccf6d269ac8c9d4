"""What readers see in a Delta table: as frames, and as the files that hold it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import PARTITION_COLUMN
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError

UNREADABLE = frozenset({"columnMapping", "deletionVectors"})
"""Features of a Delta table whose files alone don't say what readers see."""

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from arro3.core import RecordBatchReader


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
        return _parts(table.scan(columns=list(columns), predicate=others))
    raise BrokenWorldError(
        f"the table can't be read ({kind})",
        where=uri,
        hint="Check that it can be reached, then run it again.",
    )


def _parts(rows: RecordBatchReader) -> Iterator[pl.DataFrame]:
    import polars as pl

    yield pl.DataFrame(rows.schema.empty_table())
    for part in rows:
        yield pl.DataFrame(part)


def delta_files(uri: str) -> tuple[str, ...]:
    """Return the Parquet files of the newest version of a local Delta table; none of an empty one.

    Args:
        uri: The folder of the table.

    Raises:
        SettingsError: If there is no such table, or its files alone don't say what readers see.
        BrokenWorldError: If it can't be read.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        table = DeltaTable(uri)
        features = UNREADABLE.intersection(table.protocol().reader_features or ())
        partitions = [name for name in table.metadata().partition_columns if name != PARTITION_COLUMN]
        files = tuple(table.file_uris())
    except TableNotFoundError:
        what, hint = "there is no Delta table", "Name the folder that has `_delta_log` in it."
        raise SettingsError(what, where=uri, hint=hint) from None
    except Exception as error:  # noqa: BLE001 - deltalake's and the storage's own, with values in their text
        kind = type(error).__name__
    else:
        if features or partitions:
            why = f"has {', '.join(sorted(features))}" if features else f"is partitioned by `{partitions[0]}`"
            raise SettingsError(
                f"the table {why}, so its files don't hold all that readers see",
                where=uri,
                hint="Give its rows as a frame: `@task.contract`.",
            )
        return files
    raise BrokenWorldError(
        f"the table can't be read ({kind})",
        where=uri,
        hint="Check that it can be reached, then run it again.",
    )
