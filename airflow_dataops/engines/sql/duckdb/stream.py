"""Frames as DuckDB reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.rows.relation import Streaming


class Stream:
    """Rows that show their Arrow stream and nothing else, so that nobody looks for pyarrow.

    Args:
        rows: A frame, or a relation of DuckDB.
    """

    def __init__(self, rows: Streaming) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as the Arrow C stream interface asks."""
        return self._rows.__arrow_c_stream__(requested_schema)
