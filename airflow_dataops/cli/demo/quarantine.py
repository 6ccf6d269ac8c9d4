"""What a quarantine holds: lines and rules, never a value."""

from __future__ import annotations

from airflow_dataops.cli.demo.truth import Quarantined
from airflow_dataops.core.naming import LINE_COLUMN, RULES_COLUMN
from airflow_dataops.errors import BrokenWorldError


def quarantined(file: str) -> tuple[Quarantined, ...]:
    """Return the line and the rules of each record in a quarantine file, by line.

    Raises:
        BrokenWorldError: If the file can't be read.
    """
    import polars as pl
    from polars.exceptions import PolarsError

    try:
        found = pl.read_parquet(file, columns=[LINE_COLUMN, RULES_COLUMN]).sort(LINE_COLUMN)
    except (OSError, PolarsError) as error:
        raise BrokenWorldError(
            f"the quarantine can't be read ({type(error).__name__})", where=file, hint="Is it still there?"
        ) from None
    return tuple(Quarantined(line, tuple(rules)) for line, rules in found.iter_rows())
