"""The tables that rules look at besides the rows that are judged, whichever database they are in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.others import unpublished
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.rows.others import Other, Others


class Far(ABC):
    """What is known of other tables. Each set of columns of a table is brought in once, when a rule asks.

    Args:
        columns: The columns of the dataset that is judged.
        others: What there is to look at.
    """

    def __init__(self, columns: tuple[Column, ...], others: Others) -> None:
        self._columns = {column.name: column.type for column in columns}
        self._others = others
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
            rows = parse_select(condition, table=table, place="filter", filled=True)
            rows.set("expressions", [exp.Star()])
            name = self._free()
            self._keep(rows, table=table, name=name)
            self._tables[key] = name
        return self._tables[key]

    @abstractmethod
    def _bring(self, other: Other, wanted: Mapping[str, ColumnType], *, name: str) -> bool:
        """Give some columns of a table a name here; say whether there is such a table yet."""

    @abstractmethod
    def _keep(self, rows: exp.Query, *, table: str, name: str) -> None:
        """Give rows of a table that was brought in a name of their own."""

    def _table(self, other: Other, wanted: Mapping[str, ColumnType]) -> str:
        key = (other.rows, tuple(wanted.items()))
        if key not in self._tables:
            name = self._free()
            self._tables[key] = name if self._bring(other, wanted, name=name) else ""
        return self._tables[key]

    def _free(self) -> str:
        """Return a name that no table has had, not even one that could not be read."""
        self._taken += 1
        return f"o{self._taken}"
