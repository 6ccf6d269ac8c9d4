"""The tables that rules look at besides the rows that are judged: those of the same database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.core.naming import PARTITION_COLUMN
from airflow_dataops.core.rows.others import NONE, Published
from airflow_dataops.engines.sql.far import Far
from airflow_dataops.engines.sql.lookup import typed
from airflow_dataops.engines.sql.postgres.given import view_of
from airflow_dataops.engines.sql.postgres.reading import POSTGRES
from airflow_dataops.engines.sql.postgres.spelled import written
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.catalog import look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection
    from sqlglot import exp

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.rows.others import Other, Others
    from airflow_dataops.warehouse.postgres import Warehouse


class Beside(Far):
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
        super().__init__(columns, others)
        self._connection = connection
        self._warehouse = warehouse

    def columns(self, names: Iterable[str]) -> dict[str, dict[str, ColumnType]]:
        """Return the views of other datasets -> their columns and the types of these."""
        others = {name: self._others.datasets[name] for name in names if name in self._others.datasets}
        return {
            self.dataset(name): {column.name: column.type for column in other.columns}
            for name, other in others.items()
        }

    def _bring(self, other: Other, wanted: Mapping[str, ColumnType], *, name: str) -> bool:
        table = self._warehouse.table_at(other.rows.uri)
        if table is None:
            raise NotEvaluatedError(
                f"what the rule looks at lies in {other.rows.uri}, and the batch stays in its database"
            )
        found = look_up(self._connection, table).get(table)
        if found is None:
            return False
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
        return True

    def _keep(self, rows: exp.Query, *, table: str, name: str) -> None:
        text = written(rows, columns={table: self._columns})
        view_of(self._connection, text, name=name, given=(table,), place="filter")
