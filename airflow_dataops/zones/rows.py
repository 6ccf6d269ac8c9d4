"""How many rows a raw copy holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.counting import count
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.landing import Dialect


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
    """Return what the footer says."""
    try:
        import polars as pl  # noqa: PLC0415 - it takes a second to load, and only Parquet needs it
    except ModuleNotFoundError:
        raise SettingsError(
            "the module `polars` is not installed, which Parquet files need",
            hint="Install `airflow-provider-dataops[local]` where tasks run.",
        ) from None
    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return 0
