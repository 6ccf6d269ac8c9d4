"""How many rows a batch should have, as a database says."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.slo.expected_rows import whole
from airflow_dataops.engines.sql.hooked.session import session
from airflow_dataops.engines.sql.hooked.systems import system_of
from airflow_dataops.engines.sql.template import render_partition
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.database import Database, table_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.warehouse.postgres import Warehouse

    Asked = Callable[[str, str], exp.Query]

LABEL = "dataops-partition"
"""Stands for a partition's label until the SELECT is parsed: no character of a label is read as SQL."""

TOLD = "told"
"""What the control table is called in the SELECT."""


class DatabaseCounter:
    """Asks a database for one number.

    Args:
        database: The database.
        asked: sqlglot's name of its dialect and a partition's label -> the SELECT.
    """

    def __init__(self, database: Warehouse | Database, asked: Asked) -> None:
        self._database = database
        self._asked = asked

    def count(self, batch: Batch) -> int:
        """Return how many rows a batch should have.

        Raises:
            NotEvaluatedError: If the database says no number, or more than one; or if the SELECT is none.
            SettingsError: If the connection may not read it.
            BrokenWorldError: If the database can't be reached.
        """
        doing, where = f"counting what is expected of {batch}", f"connection `{self._database.conn_id}`"
        rows = self._answer(batch.partition, doing)
        if len(rows) != 1 or len(rows[0]) != 1 or rows[0][0] is None:
            raise NotEvaluatedError(f"{doing}: the answer is not one number", where=where)
        return whole(rows[0][0], where="the answer", place=where)

    def _answer(self, label: str, doing: str) -> Sequence[Sequence[Any]]:
        database = self._database
        if isinstance(database, Database):
            system = system_of(database.kind)
            text = self._asked(system.dialect, label).sql(system.dialect)
            with session(database, system, doing) as opened, closing(opened.connection.cursor()) as cursor:
                cursor.execute(text)
                return cursor.fetchall()
        text = self._asked("postgres", label).sql("postgres")
        with database.transaction(doing) as connection:
            connection.execute("SET TRANSACTION READ ONLY")
            return connection.execute(text.encode()).fetchall()


def of_table(table: str, *, partition_column: str, count_column: str) -> Asked:
    """Return what asks a control table: the sum of its rows of a partition, nothing where there is none.

    Args:
        table: The table, as schema.table or the table alone.
        partition_column: Its column that holds the partition's label.
        count_column: Its column that holds the number.

    Raises:
        SettingsError: If it is no such name.
    """
    named = table_name(table)

    def asked(_: str, label: str) -> exp.Query:
        # SQLite takes a name that it doesn't know for a text, unless it is one of a table.
        column, count = (exp.column(_quoted(name), table=TOLD) for name in (partition_column, count_column))
        table = exp.table_(_quoted(named.name), db=_quoted(named.schema) if named.schema else None)
        return (
            exp.select(exp.Sum(this=count))
            .from_(table.as_(TOLD))
            .where(exp.EQ(this=column, expression=exp.Literal.string(label)))
        )

    return asked


def of_query(text: str, *, place: str) -> Asked:
    """Return what asks with a team's own SELECT, in which `{{ partition }}` is the partition's label.

    Args:
        text: The text of the file.
        place: The file, for messages.
    """

    def asked(dialect: str, label: str) -> exp.Query:
        sql = render_partition(text, partition=LABEL, place=place)
        try:
            statements = sqlglot.parse(sql, read=dialect)
        except (SqlglotError, RecursionError):
            raise NotEvaluatedError("the SELECT can't be parsed", where=place) from None
        tree = statements[0] if len(statements) == 1 else None
        if not isinstance(tree, exp.Query) or any(tree.find_all(exp.Into, exp.DML, exp.DDL)):
            raise NotEvaluatedError("it is not one SELECT", where=place)
        for node in [*tree.find_all(exp.Literal)]:
            if node.is_string and node.this == LABEL:
                node.replace(exp.Literal.string(label))
        return tree

    return asked


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
