"""The tables that rules look at besides the rows that are judged: those of the same database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from sqlglot import exp

from airflow_dataops.core.naming import PARTITION_COLUMN
from airflow_dataops.core.rows.others import NONE, Published, unpublished
from airflow_dataops.engines.sql.lookup import typed
from airflow_dataops.engines.sql.postgres.given import view_of
from airflow_dataops.engines.sql.postgres.reading import POSTGRES
from airflow_dataops.engines.sql.postgres.spelled import written
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.catalog import look_up
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.rows.others import Other, Others
    from airflow_dataops.warehouse.postgres import Warehouse


class Beside:
    """What a transaction knows of other tables: each is a temporary view, and no row is copied.

    A view is known for the rest of the transaction: none may be asked for where it could be undone.

    Args:
        connection: A settled transaction.
        warehouse: Its database.
        columns: The columns of the dataset that is judged.
        others: What there is to look at.
    """

    def __init__(
        self,
        connection: Connection,
        warehouse: Warehouse,
        columns: tuple[Column, ...],
        *,
        others: Others = NONE,
    ) -> None:
        self._connection = connection
        self._warehouse = warehouse
        self._columns = {column.name: column.type for column in columns}
        self._others = others
        self._views: dict[object, str] = {}

    def dataset(self, name: str, wanted: Mapping[str, ColumnType] | None = None) -> str:
        """Return the view of another dataset.

        Args:
            name: What it is called.
            wanted: Its columns that are asked for, and the types to read them in; all as its contract has
                them by default.

        Raises:
            NotEvaluatedError: If there is no such table in this database, or it lacks a column.
        """
        other = self._others.datasets.get(name)
        if other is None:
            raise NotEvaluatedError(f"nothing says where `{name}` lies")
        view = self._view(other, wanted or {column.name: column.type for column in other.columns})
        if not view:
            raise NotEvaluatedError(unpublished(name))
        return view

    def columns(self, names: Iterable[str]) -> dict[str, str]:
        """Return the columns of other datasets, and PostgreSQL's names of their types."""
        others = [self._others.datasets[name] for name in names if name in self._others.datasets]
        return {column.name: postgres_type(column.type) for other in others for column in other.columns}

    def rest(self, names: Iterable[str] = (), *, condition: str = "") -> str:
        """Return the view of the rest of the judged rows' own table; empty where there is no rest.

        Args:
            names: The columns that are asked for; all of the contract by default.
            condition: `SELECT COUNT(*) FROM {object} WHERE condition`, for the rows that it counts alone.

        Raises:
            NotEvaluatedError: If the table lacks a column, or the condition is wrong.
        """
        if self._others.rest is None:
            return ""
        every = self._columns if condition else {name: self._columns[name] for name in names}
        view = self._view(self._others.rest, every or self._columns)
        if not view or not condition:
            return view
        key = (view, condition)
        if key not in self._views:
            tree = parse_select(condition, table=view, place="filter", filled=True)
            tree.set("expressions", [exp.Star()])
            left = f"o{len(self._views)}"
            text = written(tree, columns=dict.fromkeys(self._columns, ""))
            view_of(self._connection, text, name=left, given=(view,), place="filter")
            self._views[key] = left
        return self._views[key]

    def _view(self, other: Other, wanted: Mapping[str, ColumnType]) -> str:
        key = (other.rows, tuple(wanted.items()))
        if key not in self._views:
            self._views[key] = self._made(other, wanted, name=f"o{len(self._views)}")
        return self._views[key]

    def _made(self, other: Other, wanted: Mapping[str, ColumnType], *, name: str) -> str:
        table = self._warehouse.table_at(other.rows.uri)
        if table is None:
            raise NotEvaluatedError(
                f"what the rule looks at lies in {other.rows.uri}, and the batch stays in its database"
            )
        found = look_up(self._connection, table).get(table)
        if found is None:
            return ""
        raw = f"{name}_raw"
        rows = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}").format(sql.Identifier(raw), table.sql)
        if isinstance(other.rows, Published) and other.rows.but:
            rows += sql.SQL(" WHERE {} IS DISTINCT FROM {}").format(
                sql.Identifier(PARTITION_COLUMN), sql.Literal(other.rows.but)
            )
        read = typed(raw, found.columns, wanted, spelling=POSTGRES).sql("postgres")
        with self._connection.transaction():
            self._connection.execute(rows)
            self._connection.execute(
                sql.SQL("CREATE TEMPORARY VIEW {} AS ").format(sql.Identifier(name)) + sql.SQL(read)
            )
        return name
