"""The tables that rules look at besides the rows that are judged: those of the same database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.others import NONE
from airflow_dataops.engines.sql.far import Far
from airflow_dataops.engines.sql.hooked.statement import table_of
from airflow_dataops.engines.sql.lookup import typed
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.core.rows.others import Other, Others
    from airflow_dataops.engines.sql.hooked.session import Session
    from airflow_dataops.warehouse.database import Database


class Beside(Far):
    """What a session knows of other tables: each is a query by a name, and no row is copied.

    Args:
        session: A settled session.
        database: Its database.
        columns: The columns of the dataset that is judged.
        others: What there is to look at.
    """

    def __init__(
        self, session: Session, database: Database, columns: tuple[Column, ...], *, others: Others = NONE
    ) -> None:
        super().__init__(columns, others)
        self._session = session
        self._database = database
        self.tables: dict[str, exp.Query] = {}

    def types(self, name: str) -> Mapping[str, ColumnType]:
        """Return the columns of another dataset, as its contract has them."""
        return {column.name: column.type for column in self._others.datasets[name].columns}

    def rest(self, names: Iterable[str] = (), *, condition: str = "") -> str:
        """Return an empty text: there is no rest.

        Raises:
            NotEvaluatedError: If there is one.
        """
        if self._others.rest is not None:
            title = self._session.system.title
            raise NotEvaluatedError(f"the rest of the table can't be looked at where rows stay in {title}")
        return super().rest(names, condition=condition)

    def _bring(self, other: Other, wanted: Mapping[str, ColumnType], *, name: str) -> bool:
        table = self._database.table_at(other.rows.uri)
        if table is None:
            raise NotEvaluatedError(
                f"what the rule looks at lies in {other.rows.uri}, and the rows stay in their database"
            )
        found = self._session.columns(table)
        if found is None:
            return False
        raw = f"{name}_raw"
        read = typed(raw, found, wanted, spelling=self._session.system.spelling)
        asked = [exp.column(exp.to_identifier(column, quoted=True)) for column in wanted]
        self.tables[raw] = exp.select(*asked).from_(table_of(table, home=self._session.system.home))
        self.tables[name] = read
        return True

    def _keep(self, rows: exp.Query, *, table: str, name: str) -> None:  # noqa: ARG002 - there is no rest
        raise NotEvaluatedError(f"the rest of {table} has no {name}")
