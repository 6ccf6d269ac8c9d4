"""The tables that rules look at besides the rows that are judged, brought into DuckDB when a rule asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.others import NONE, Published
from airflow_dataops.core.rows.relation import Streaming
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.session import ask, types_of
from airflow_dataops.engines.sql.duckdb.stream import Stream
from airflow_dataops.engines.sql.far import Far
from airflow_dataops.engines.sql.lookup import typed
from airflow_dataops.engines.sql.reading import DUCKDB

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.rows.others import Other, Others

Reader = Callable[[Published, tuple[str, ...]], Iterable[Streaming] | None]
"""Returns some columns of a published table, in parts; None where there is no table yet."""

PART = "dataops_part"
"""Rows of a published table on their way in."""


def nowhere(_: Published, __: tuple[str, ...]) -> None:
    """Read no published table: for an engine that is given none."""


class Beside(Far):
    """What a session knows of other tables.

    Args:
        connection: A DuckDB.
        columns: The columns of the dataset that is judged.
        others: What there is to look at.
        published: Reads published tables.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        columns: tuple[Column, ...],
        *,
        others: Others = NONE,
        published: Reader = nowhere,
    ) -> None:
        super().__init__(columns, others)
        self._connection = connection
        self._published = published

    def _bring(self, other: Other, wanted: Mapping[str, ColumnType], *, name: str) -> bool:
        raw = f"{name}_raw"
        if isinstance(other.rows, Published):
            parts = self._published(other.rows, tuple(wanted))
            if parts is None or not self._copied(parts, raw):
                return False
        else:
            ask(self._connection, statement.view(raw, statement.parquet(other.rows.uri)))
        kinds = types_of(self._connection, exp.select(exp.Star()).from_(raw))
        ask(self._connection, statement.view(name, typed(raw, kinds, wanted, spelling=DUCKDB)))
        return True

    def _keep(self, rows: exp.Query, *, table: str, name: str) -> None:  # noqa: ARG002 - it stands in the rows
        ask(self._connection, statement.table(name, rows))

    def _copied(self, parts: Iterable[Streaming], into: str) -> bool:
        """Copy the parts of a table into one of this session, and say whether there was any."""
        query = exp.select(exp.Star()).from_(PART)
        found = False
        for part in parts:
            self._connection.register(PART, Stream(part))
            ask(self._connection, statement.insert(into, query) if found else statement.table(into, query))
            self._connection.unregister(PART)
            found = True
        return found
