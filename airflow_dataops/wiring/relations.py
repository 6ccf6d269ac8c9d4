"""Rows from elsewhere, such that they can be judged."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Framed, Landed, LandedPart
from airflow_dataops.wiring.extras import extra_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.rows.relation import Arrived


def framed(frame: object, *, name: str) -> Framed:
    """Return the rows of a frame of polars or pandas.

    Args:
        frame: The frame.
        name: What its rows are traced back to.

    Raises:
        SettingsError: If the extra `local` is not installed.
        NotEvaluatedError: If it is no frame that can be judged.
    """
    try:
        from airflow_dataops.engines.frame.framing import framed
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    return framed(frame, name=name)


def delta_rows(uri: str, *, storage: Mapping[str, str] | None = None) -> Arrived | None:
    """Return what readers see in the newest version of a Delta table; None where there is no file of it.

    Args:
        uri: The table: a folder, or an address in object storage.
        storage: What is told of the storage, secrets among it.

    Raises:
        SettingsError: If the extra `local` is not installed, or it is no Delta table.
        BrokenWorldError: If it can't be read.
    """
    try:
        import deltalake  # noqa: F401 - what reads the table
    except ModuleNotFoundError as error:
        raise extra_missing(error) from None
    from airflow_dataops.targets.published import DeltaRows, delta_table, plain_files

    table = delta_table(uri, storage=storage)
    if table is None:
        return None
    files = plain_files(table)
    if files is not None:
        parts = tuple(LandedPart(file, PurePosixPath(file).name) for file in files)
        return Landed(uri, parts, Dialect(format=Format.PARQUET)) if parts else None
    rows = DeltaRows(table)
    return Framed(uri, rows.columns, rows, ordered=False)
