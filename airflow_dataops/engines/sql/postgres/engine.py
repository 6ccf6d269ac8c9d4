"""PostgreSQL as the engine over the tables that it holds: no row leaves it, but JSON to be judged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.naming import LINE_COLUMN, RESERVED_PREFIX
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import InPlace, Landed, Transformed
from airflow_dataops.engines.sql.columns import check_columns
from airflow_dataops.engines.sql.judging import Shape
from airflow_dataops.engines.sql.lineage import column_lineage
from airflow_dataops.engines.sql.postgres.beside import Beside
from airflow_dataops.engines.sql.postgres.given import heals, view_of
from airflow_dataops.engines.sql.postgres.pattern import translated
from airflow_dataops.engines.sql.postgres.reading import POSTGRES, value_of
from airflow_dataops.engines.sql.postgres.run import Halves, PostgresScan
from airflow_dataops.engines.sql.problem import problems
from airflow_dataops.engines.sql.select import TOO_DEEP, parse_select, unresolved
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.engines.sql.template import render_sql
from airflow_dataops.errors import BadDataError, BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.catalog import READABLE, look_up
from airflow_dataops.warehouse.settled import hold, settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Relation, Split, Staged
    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.warehouse.postgres import Table, Warehouse

MOST_COLUMNS = 1600
"""PostgreSQL's limit for one table (https://www.postgresql.org/docs/current/limits.html)."""

RESULT = "dataops_result"
"""The view of what a team's SELECT returns."""


class PostgresEngine:
    """Reads and judges rows in the tables of a database.

    Args:
        warehouse: The database.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def header(self, relation: Landed | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of a table, in their order; without those that are ours.

        Raises:
            BadDataError: If there is no table in the place of a team's own.
            BrokenWorldError: If a raw copy is gone, or the database can't be reached.
        """
        table = self._table(relation.uri)
        with settled(self._warehouse, "reading the columns") as connection:
            if isinstance(relation, Landed):
                return tuple(self._columns(connection, table, landed=True))
            there = self._existing(connection, table)
            return tuple(name for name in there if not name.startswith(RESERVED_PREFIX))

    def types(self, relation: Landed | InPlace) -> dict[str, str]:
        """Return name -> type of the columns of a table; without those that are ours.

        Raises:
            BadDataError: If there is no table in the place of a team's own.
            BrokenWorldError: If a raw copy is gone, or the database can't be reached.
        """
        table = self._table(relation.uri)
        with settled(self._warehouse, "reading the columns") as connection:
            if isinstance(relation, Landed):
                return self._columns(connection, table, landed=True)
            there = self._existing(connection, table)
            return {name: kind for name, kind in there.items() if not name.startswith(RESERVED_PREFIX)}

    def scan(self, relation: Relation, scan: ScanPlan, *, split: Split | None, others: Others = NONE) -> Scan:
        """Measure every check over the rows of a table, and write the good and the bad rows into two tables.

        The good one has the columns of the contract, typed. The bad one has `dataops_file`, `dataops_line`,
        `dataops_rules` in the order of the plan, every column as text, and `dataops_raw`. All of it is one
        transaction. Without a split only temporary tables are written, which end with it.

        Raises:
            BadDataError: If the table lacks columns of the plan, or has columns that can't be told apart; or
                where it is a team's own, and isn't there.
            BrokenWorldError: If the table is gone, or the database fails.
            NotEvaluatedError: If PostgreSQL can't do it for another reason.
        """
        table = self._table(relation.uri)
        halves = None if split is None else Halves(self._table(split.good), self._table(split.bad))
        with settled(self._warehouse, f"the scan of {table}") as connection:
            if halves is not None:
                hold(connection, str(halves.good))
            columns = self._columns_of(connection, relation, scan)
            check_columns(relation, columns, wanted=[column.name for column in scan.columns])
            _check_width(columns, scan, table)
            shape = Shape(columns, scan, {}, POSTGRES, row="line")
            found = problems(
                shape,
                compiles=partial(_compiles, connection),
                has_value=partial(_has_value, connection),
                reader="PostgreSQL",
            )
            shape = replace(shape, problems=dict(found))
            beside = Beside(connection, self._warehouse, scan.columns, others=others)
            try:
                return PostgresScan(connection, relation, table, shape, beside=beside).run(halves)
            except psycopg.errors.ProgramLimitExceeded:
                raise _too_wide("a row with its values and marks is larger than a page", table) from None

    def transform(
        self, source: Staged, sql: str, *, name: str, partition: str, place: str, into: str
    ) -> Transformed:
        """Run a team's SELECT, in PostgreSQL's dialect, over a table, and write the result into another.

        In the SQL `{{ source }}` is the table, called `name`, and `{{ partition }}` the partition's label.

        It can read the rows that it is given and nothing else, and call functions that compute.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            BrokenWorldError: If the table is gone, or the database fails.
        """
        query = render_sql(sql, source=name, partition=partition, place=place)
        tree = parse_select(query, table=name, place=place, dialect="postgres")
        table, result = self._table(source.uri), self._table(into)
        with settled(self._warehouse, f"the transformation of {table}") as connection:
            hold(connection, str(result))
            schema = {name: self._columns(connection, table, landed=False)}
            rows = _transformed(connection, query, tree, table=table, schema=schema, place=place, into=result)
        return Transformed(
            uri=into, rows=rows, lineage=column_lineage(tree, schema=schema, dialect="postgres")
        )

    def _table(self, uri: str) -> Table:
        table = self._warehouse.table_at(uri)
        if table is None:
            raise SettingsError(
                "the rows lie in another database",
                where=uri,
                hint="Give every stage the connection of the source.",
            )
        return table

    def _columns_of(self, connection: Connection, relation: Relation, scan: ScanPlan) -> dict[str, str]:
        """Return the columns that are read: of a team's own table, those that its contract names."""
        table = self._table(relation.uri)
        if not isinstance(relation, InPlace):
            return self._columns(connection, table, landed=isinstance(relation, Landed))
        wanted = {column.name for column in scan.columns}
        return {name: kind for name, kind in self._existing(connection, table).items() if name in wanted}

    def _existing(self, connection: Connection, table: Table) -> dict[str, str]:
        """Return the columns of a team's own table."""
        found = look_up(connection, table).get(table)
        if found is None or found.kind not in READABLE:
            raise BadDataError(
                f"there is no table `{table}`" if found is None else f"`{table}` is {found.kind}",
                where=f"connection `{self._warehouse.conn_id}`",
                hint="Check its schema and name, and that the connection leads to its database.",
            )
        return found.columns

    def _columns(self, connection: Connection, table: Table, *, landed: bool) -> dict[str, str]:
        found = look_up(connection, table).get(table)
        if found is None:
            raise BrokenWorldError(
                "the table is gone: something removed it after it was written",
                where=self._warehouse.address(table),
                hint="Clear the run from `land` on.",
            )
        return {name: kind for name, kind in found.columns.items() if not landed or name != LINE_COLUMN}


def _check_width(columns: Mapping[str, str], scan: ScanPlan, table: Table) -> None:
    width = len(columns) + len(scan.columns) + len(scan.rows) + 1  # as texts, as values, marks, the line
    if width > MOST_COLUMNS:
        raise _too_wide(f"columns and rules come to {width}, PostgreSQL takes {MOST_COLUMNS} at once", table)


def _too_wide(what: str, table: Table) -> NotEvaluatedError:
    hint = "Make a view that has fewer columns, or land the rows as files."
    return NotEvaluatedError(what, where=str(table), hint=hint)


def _compiles(connection: Connection, pattern: str) -> bool:
    try:
        with connection.transaction():
            connection.execute("SELECT '' ~ %s", [translated(pattern)])
    except psycopg.errors.InvalidRegularExpression:
        return False
    return True


def _has_value(connection: Connection, text: str, column_type: ColumnType) -> bool:
    value = value_of(exp.cast(exp.Literal.string(text), "text", dialect="postgres"), TEXT, column_type)
    query = exp.select(exp.Is(this=value, expression=exp.null())).sql("postgres")
    ((missing,),) = connection.execute(query).fetchall()
    return not missing


def _transformed(
    connection: Connection,
    query: str,
    tree: exp.Query,
    *,
    table: Table,
    schema: Mapping[str, Mapping[str, str]],
    place: str,
    into: Table,
) -> int:
    """Write what a SELECT returns into a table, and return how many rows."""
    (name,) = schema
    given = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}")
    connection.execute(given.format(sql.Identifier(name), table.sql))
    failure: DataOpsError
    what, hint = "PostgreSQL refuses the SQL", "Check its functions and the types that they take."
    try:
        columns = view_of(connection, query, name=RESULT, given=(name,), place=place)
        _check_names(columns, place)
        what = "the SQL failed over these rows"
        hint = "PostgreSQL's message is withheld, for it may quote values: run the SQL by hand over its rows."
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(into.sql))
        write = sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(into.sql, sql.Identifier(RESULT))
        return connection.execute(write).rowcount
    except psycopg.errors.DuplicateColumn:
        failure = _twice(place)
    except psycopg.Error as error:
        if heals(error):
            raise
        wrong = unresolved(tree, schema=schema, place=place, dialect="postgres")
        failure = wrong or NotEvaluatedError(f"{what} ({type(error).__name__})", where=place, hint=hint)
    except (SqlglotError, RecursionError):
        failure = NotEvaluatedError(TOO_DEEP, where=place)
    raise failure


def _check_names(columns: Mapping[str, str], place: str) -> None:
    folded = [name.casefold() for name in columns]
    if len(set(folded)) < len(folded):
        raise _twice(place)


def _twice(place: str) -> NotEvaluatedError:
    return NotEvaluatedError(
        "two columns of the result have one name",
        where=place,
        hint="Give every column a name of its own with AS.",
    )
