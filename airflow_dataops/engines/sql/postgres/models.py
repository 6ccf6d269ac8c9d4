"""Models in PostgreSQL: each is one SELECT over tables of the database, and becomes a staged table of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.core.rows.relation import Modelled
from airflow_dataops.engines.sql.lineage import table_lineage
from airflow_dataops.engines.sql.postgres.selected import write_selected
from airflow_dataops.engines.sql.proofreading import in_file
from airflow_dataops.engines.sql.select import NAMED, parse_select
from airflow_dataops.engines.sql.template import render_model
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.catalog import READABLE, look_up
from airflow_dataops.warehouse.postgres import table as table_of
from airflow_dataops.warehouse.settled import hold, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection

    from airflow_dataops.warehouse.postgres import Table, Warehouse


class PostgresModels:
    """Makes models out of the tables of a database.

    Args:
        warehouse: The database.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    @property
    def root(self) -> str:
        """What the addresses of the database's tables start with."""
        return self._warehouse.root

    def absent(self, tables: Iterable[str]) -> dict[str, str]:
        """Return those of some tables that can't be read -> what is there instead, such as `a sequence`.

        Raises:
            BrokenWorldError: If the database can't be asked.
        """
        with settled(self._warehouse, "looking for the tables that models read") as connection:
            found = {name: look_up(connection, table_of(name)).get(table_of(name)) for name in tables}
        return {
            name: "nothing" if there is None else there.kind
            for name, there in found.items()
            if there is None or there.kind not in READABLE
        }

    def make(
        self, text: str, *, refs: Mapping[str, str], partition: str, place: str, into: str, note: str
    ) -> Modelled:
        """Run a model's SELECT, and write its rows into a table, in one transaction.

        It can read the tables of the database that it names, the models that it is given, and nothing else;
        and call functions that compute. What is there in the place of its table is replaced.

        Args:
            text: The model's template, in PostgreSQL's dialect.
            refs: Name of a model that it may read -> the address of its rows.
            partition: The label of the partition.
            place: The file of the model, for messages.
            into: The address of the table that is written.
            note: What is said of that table to whoever finds it.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            SettingsError: If there is no table that it names.
            BrokenWorldError: If the rows of a model are gone, or the database fails.
        """
        query, sources = render_model(text, refs=refs, partition=partition, place=place)
        given = {name: self._table(uri) for name, uri in refs.items()}
        given |= {name: table_of(name) for name in sources}  # a name with a dot, which no model has
        result = self._table(into)
        try:
            return self._made(query, given, place=place, result=result, note=note)
        except NotEvaluatedError as error:
            where = in_file(error.where, place, text=text, sql=query)
            raise NotEvaluatedError(error.what, where=where, hint=error.hint) from None

    def _made(
        self, query: str, given: Mapping[str, Table], *, place: str, result: Table, note: str
    ) -> Modelled:
        """Run the SELECT.

        Args:
            query: The SQL.
            given: What it calls each table that it may read -> the table.
            place: The file of the model.
            result: The table that is written.
            note: What is said of it.
        """
        tree = parse_select(query, table="", besides=given, place=place, dialect="postgres", hint=NAMED)
        with settled(self._warehouse, f"making {note}") as connection:
            hold(connection, str(result))
            schema = {name: _columns(connection, table, name, place) for name, table in given.items()}
            rows = write_selected(
                connection, query, tree, given=given, schema=schema, place=place, into=result
            )
            comment = sql.SQL("COMMENT ON TABLE {} IS {}").format(result.sql, sql.Literal(note))
            connection.execute(comment)
            # Models that build on it are planned by what is known of its rows.
            connection.execute(sql.SQL("ANALYZE {}").format(result.sql))
        return Modelled(
            uri=self._warehouse.address(result),
            rows=rows,
            tables=tuple(name for name, table in given.items() if name == str(table)),
            lineage=table_lineage(tree, schema=schema, dialect="postgres"),
        )

    def _table(self, uri: str) -> Table:
        table = self._warehouse.table_at(uri)
        if table is None:
            raise SettingsError(
                "the rows lie in another database",
                where=uri,
                hint="Give every model, and the target, one connection.",
            )
        return table


def _columns(connection: Connection, table: Table, name: str, place: str) -> dict[str, str]:
    """Return the columns of a table that a model reads.

    Args:
        connection: A settled transaction.
        table: The table.
        name: What the model calls it.
        place: The model's file.
    """
    found = look_up(connection, table).get(table)
    if found is not None and found.kind in READABLE:
        return found.columns
    if name == str(table):
        raise SettingsError(
            f"there is no table `{table}`" if found is None else f"`{table}` is {found.kind}",
            where=place,
            hint="Check its schema and name, and that the connection leads to its database.",
        )
    raise BrokenWorldError(
        f"the rows of the model `{name}` are gone: something removed them after they were written",
        where=str(table),
        hint="Clear that model's task, and what comes after it.",
    )
