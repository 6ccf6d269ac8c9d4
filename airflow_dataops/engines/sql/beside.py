"""The tables that rules look at besides the rows that are judged, brought into DuckDB when a rule asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.others import NONE, Published, unpublished
from airflow_dataops.engines.sql import statement
from airflow_dataops.engines.sql.lookup import typed
from airflow_dataops.engines.sql.reading import DUCKDB
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.session import ask, types_of
from airflow_dataops.engines.sql.stream import Stream, Streaming
from airflow_dataops.errors import NotEvaluatedError

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


class Beside:
    """What a session knows of other tables. Each set of columns of a table is brought in once.

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
        self._connection = connection
        self._columns = {column.name: column.type for column in columns}
        self._others = others
        self._published = published
        self._tables: dict[object, str] = {}
        self._taken = 0

    def dataset(self, name: str, wanted: Mapping[str, ColumnType] | None = None) -> str:
        """Return the table of another dataset.

        Args:
            name: What it is called.
            wanted: Its columns that are asked for, and the types to read them in; all as its contract has
                them by default.

        Raises:
            NotEvaluatedError: If there is no such table, or it lacks a column.
        """
        other = self._others.datasets.get(name)
        if other is None:
            raise NotEvaluatedError(f"nothing says where `{name}` lies")
        table = self._table(other, wanted or {column.name: column.type for column in other.columns})
        if not table:
            raise NotEvaluatedError(unpublished(name))
        return table

    def rest(self, names: Iterable[str] = (), *, condition: str = "") -> str:
        """Return the table of the rest of the judged rows' own table; empty where there is no rest.

        Args:
            names: The columns that are asked for; all of the contract by default.
            condition: `SELECT COUNT(*) FROM {object} WHERE condition`, for the rows that it counts alone.

        Raises:
            NotEvaluatedError: If the table lacks a column, or the condition is wrong.
        """
        if self._others.rest is None:
            return ""
        every = self._columns if condition else {name: self._columns[name] for name in names}
        table = self._table(self._others.rest, every or self._columns)
        if not table or not condition:
            return table
        key = (table, condition)
        if key not in self._tables:
            tree = parse_select(condition, table=table, place="filter", filled=True)
            tree.set("expressions", [exp.Star()])
            left = self._free()
            ask(self._connection, statement.table(left, tree))
            self._tables[key] = left
        return self._tables[key]

    def _table(self, other: Other, wanted: Mapping[str, ColumnType]) -> str:
        key = (other.rows, tuple(wanted.items()))
        if key not in self._tables:
            self._tables[key] = self._brought(other, wanted, name=self._free())
        return self._tables[key]

    def _free(self) -> str:
        """Return a name that no table has had, not even one that could not be read."""
        self._taken += 1
        return f"o{self._taken}"

    def _brought(self, other: Other, wanted: Mapping[str, ColumnType], *, name: str) -> str:
        raw = f"{name}_raw"
        if isinstance(other.rows, Published):
            parts = self._published(other.rows, tuple(wanted))
            if parts is None or not self._copied(parts, raw):
                return ""
        else:
            ask(self._connection, statement.view(raw, statement.parquet(other.rows.uri)))
        kinds = types_of(self._connection, exp.select(exp.Star()).from_(raw))
        ask(self._connection, statement.view(name, typed(raw, kinds, wanted, spelling=DUCKDB)))
        return name

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
