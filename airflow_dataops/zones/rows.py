"""How many rows a raw copy holds."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.counting import count
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.landing import Dialect

COUNT = "SELECT count(*) FROM read_parquet($1, hive_partitioning = false)"


def rows(path: Path, name: str, dialect: Dialect) -> int:
    """Count the rows of a file; one that can't be read in its format has none, for the gate to refuse it.

    Args:
        path: The file.
        name: Its name in the drop.
        dialect: How it is written.

    Raises:
        SettingsError: If the dialect can't work, or what reads its format is not installed.
        OSError: If the file can't be read.
    """
    if dialect.format is Format.PARQUET:
        return _of_parquet(path)
    with path.open("rb") as file:
        return count(file, name, dialect)


def _of_parquet(path: Path) -> int:
    """Count as the engine does that judges the rows later, so that both say the same of any file."""
    try:
        import duckdb  # noqa: PLC0415 - only Parquet needs it
    except ModuleNotFoundError:
        raise SettingsError(
            "the module `duckdb` is not installed, which Parquet files need",
            hint="Install `airflow-provider-dataops[local]` where tasks run.",
        ) from None
    if not path.stat().st_size:
        return 0
    try:
        with duckdb.connect(":memory:") as connection:
            found = connection.execute(COUNT, [glob.escape(str(path))]).fetchone()
    except duckdb.Error:
        return 0
    return int(found[0]) if found else 0
