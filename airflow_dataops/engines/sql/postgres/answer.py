"""SQL rules in PostgreSQL: the one number that a rule asks for, and the rows that a rule names."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.engines.sql.counting import counts
from airflow_dataops.engines.sql.postgres.given import heals, view_of
from airflow_dataops.engines.sql.postgres.spelled import written
from airflow_dataops.engines.sql.select import TOO_DEEP, parse_select, unresolved
from airflow_dataops.engines.sql.selection import pointed
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.column_type import named_types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from psycopg import Connection
    from sqlglot import exp

    from airflow_dataops.core.contract.model import ColumnType

NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
"""How the names of PostgreSQL's number types begin."""

ANSWER = "dataops_answer"

NOTHING: Mapping[str, str] = {}
"""No other dataset is read."""


def answer(
    connection: Connection,
    text: str,
    *,
    table: str,
    columns: Mapping[str, Mapping[str, ColumnType]],
    besides: Mapping[str, str] = NOTHING,
    rows: int,
) -> Measured:
    """Run a SQL rule and return its number, or why there is none. Never raises for what the rule says.

    Args:
        connection: A settled transaction.
        text: One SELECT as DuckDB reads it; `{object}` stands for the table.
        table: The temporary view of the rows that would be passed on.
        columns: The table, and the views of the datasets besides -> their columns and the types of these.
        besides: What it may call another dataset -> the view of its rows.
        rows: How many rows it has.
    """

    def number(tree: exp.Query) -> Measured:
        return Measured(
            number=_number(connection, tree, given=(table, *besides.values()), columns=columns),
            checked=rows,
            withheld=not counts(tree),
        )

    return evaluated(
        connection, number, text, table=table, columns=columns[table], besides=besides, rows=rows
    )


def evaluated(
    connection: Connection,
    work: Callable[[exp.Query], Measured],
    text: str,
    *,
    table: str,
    columns: Mapping[str, ColumnType],
    besides: Mapping[str, str] = NOTHING,
    rows: int,
) -> Measured:
    """Return what the work over the tree of a SQL rule came to, or why it came to nothing.

    Args:
        connection: A settled transaction; what failing work did in it is undone.
        work: What is done with the tree; it may fail as PostgreSQL, sqlglot and we do.
        text: One SELECT as DuckDB reads it; `{object}` stands for the table.
        table: The table.
        columns: Its columns and their types.
        besides: What it may call another dataset -> the view of its rows.
        rows: How many rows it has.

    Raises:
        psycopg.Error: If another try may heal it.
    """
    try:
        tree = parse_select(text, table=table, place="query", filled=True, besides=besides)
        with connection.transaction():
            return work(pointed(tree, {name.casefold(): found for name, found in besides.items()}))
    except NotEvaluatedError as error:
        problem = str(error)
    except RecursionError:
        problem = TOO_DEEP
    except SqlglotError as error:
        problem = f"the query failed in sqlglot ({type(error).__name__})"
    except psycopg.Error as error:
        if heals(error):
            raise
        wrong = None if besides else unresolved(tree, schema={table: named_types(columns)}, place="query")
        problem = str(wrong) if wrong else f"the query failed in PostgreSQL ({type(error).__name__})"
    return Measured(number=None, checked=rows, problem=problem)


def numbers(
    connection: Connection, tree: exp.Select, *, table: str, columns: Mapping[str, ColumnType]
) -> tuple[Fraction | None, ...]:
    """Return the numbers of a SELECT of aggregates.

    Args:
        connection: A settled transaction.
        tree: The SELECT, as DuckDB reads it.
        table: The temporary view that it reads.
        columns: Its columns and their types.

    Raises:
        NotEvaluatedError: If one is no number, or PostgreSQL refuses it.
        psycopg.Error: If it fails.
    """
    text = written(tree, columns={table: columns})
    found = view_of(connection, text, name=ANSWER, given=(table,), place="query")
    for kind in found.values():
        _check(kind)
    texts = [sql.SQL("{}::text").format(sql.Identifier(name)) for name in found]
    query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(texts), sql.Identifier(ANSWER))
    ((*row,),) = connection.execute(query).fetchall()
    connection.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(ANSWER)))
    return tuple(_exact(number) for number in row)


def _check(kind: str) -> None:
    if not kind.startswith(NUMBERS) or kind.endswith("]"):
        raise NotEvaluatedError(f"the query returns {kind}, one number is needed")


def _exact(number: str | None) -> Fraction | None:
    if number is None:
        return None
    if not Decimal(number).is_finite():
        raise NotEvaluatedError("the query returns no finite number")
    return Fraction(number)


def _number(
    connection: Connection,
    tree: exp.Query,
    *,
    given: tuple[str, ...],
    columns: Mapping[str, Mapping[str, ColumnType]],
) -> Fraction | None:
    text = written(tree, columns=columns)
    types = list(view_of(connection, text, name=ANSWER, given=given, place="query").values())
    if len(types) != 1:
        raise NotEvaluatedError(f"the query returns {len(types)} columns, one number is needed")
    _check(types[0])
    ((count, number),) = connection.execute(
        sql.SQL("SELECT count(*), max(number)::text FROM {} AS answer(number)").format(sql.Identifier(ANSWER))
    ).fetchall()
    connection.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(ANSWER)))
    if count != 1:
        raise NotEvaluatedError(f"the query returns {count} rows, one number is needed")
    return _exact(number)
