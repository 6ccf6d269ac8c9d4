"""The Parquet file of bad rows, before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from airflow_dataops.core.naming import LINE_COLUMN, RAW_COLUMN, RULES_COLUMN
from airflow_dataops.engines.sql.occupant import refuse_others
from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

UNWRITTEN = "the bad rows can't be kept"

COLUMNS = frozenset({LINE_COLUMN, RULES_COLUMN, RAW_COLUMN})
"""Columns that the file has: a contract can't have them."""


def check_bad_rows(to: str, *, spared: Iterable[str]) -> None:
    """Refuse a file of bad rows in whose place something lies that no earlier run wrote.

    Args:
        to: The file; there need be none.
        spared: Files that are never replaced.

    Raises:
        SettingsError: If it is refused.
        BrokenWorldError: If it can't be looked at.
    """
    try:
        refuse_others(to, spared=spared, is_ours=_has_bad_rows, unwritten=UNWRITTEN)
    except OSError as error:
        raise BrokenWorldError(f"{UNWRITTEN}: {error.strerror}", where=to) from None


def _has_bad_rows(place: Path) -> bool:
    try:
        return pl.read_parquet_schema(place).keys() >= COLUMNS
    except pl.exceptions.PolarsError:
        return False
