"""The one number that a SQL rule asks for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.time_limit import NO_LIMIT
from airflow_dataops.engines.sql.counting import counts
from airflow_dataops.engines.sql.duckdb.patience import stopped
from airflow_dataops.engines.sql.duckdb.reason import reason
from airflow_dataops.engines.sql.duckdb.session import ask
from airflow_dataops.engines.sql.duckdb.statement import said
from airflow_dataops.engines.sql.select import TOO_DEEP, parse_select, unresolved
from airflow_dataops.engines.sql.selection import pointed
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_dataops.core.time_limit import TimeLimit

NUMERIC = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
NUMERIC_OR_FRACTION = (*NUMERIC, "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BIGNUM")
"""How the names of DuckDB's number types begin."""


NOTHING: Mapping[str, str] = {}
"""No other dataset is read."""


def answer(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    *,
    table: str,
    columns: Mapping[str, str],
    besides: Mapping[str, str] = NOTHING,
    rows: int,
    limit: TimeLimit = NO_LIMIT,
) -> Measured:
    """Run a SQL rule and return its number, or why there is none. Never raises for what the rule says.

    Args:
        connection: Where the rows are.
        sql: One SELECT; `{object}` stands for the table.
        table: The table with the rows that would be passed on.
        columns: Its columns and the names of their types.
        besides: What it may call another dataset -> the table of its rows.
        rows: How many rows it has.
        limit: How long it may take.
    """

    def number(tree: exp.Query) -> Measured:
        with stopped(connection, limit):
            return Measured(number=_number(connection, tree), checked=rows, withheld=not counts(tree))

    return evaluated(number, sql, table=table, columns=columns, besides=besides, rows=rows)


def evaluated(
    work: Callable[[exp.Query], Measured],
    sql: str,
    *,
    table: str,
    columns: Mapping[str, str],
    besides: Mapping[str, str] = NOTHING,
    rows: int,
) -> Measured:
    """Return what the work over the tree of a SQL rule came to, or why it came to nothing.

    Args:
        work: What is done with the tree; it may fail as DuckDB, sqlglot and we do.
        sql: One SELECT; `{object}` stands for the table.
        table: The table.
        columns: Its columns and the names of their types.
        besides: What it may call another dataset -> the table of its rows.
        rows: How many rows it has.
    """
    try:
        tree = parse_select(sql, table=table, place="query", filled=True, besides=besides)
        return work(pointed(tree, {name.casefold(): found for name, found in besides.items()}))
    except NotEvaluatedError as error:
        problem = str(error)
    except RecursionError:
        problem = TOO_DEEP
    except SqlglotError as error:
        problem = f"the query failed in sqlglot ({type(error).__name__})"
    except duckdb.Error as error:
        wrong = None if besides else unresolved(tree, schema={table: columns}, place="query")
        why = "" if besides else reason(tree, table=table, columns=columns)
        failed = f"the query failed in DuckDB ({type(error).__name__})"
        problem = str(wrong) if wrong else ": ".join(filter(None, (failed, why)))
    return Measured(number=None, checked=rows, problem=problem)


def numbers(connection: duckdb.DuckDBPyConnection, tree: exp.Select) -> tuple[Fraction | None, ...]:
    """Return the numbers of a SELECT of aggregates.

    Raises:
        NotEvaluatedError: If one is no number.
    """
    for found in connection.query(said(tree)).types:
        _check(str(found))
    texts = tree.copy()
    names = [column.alias for column in tree.expressions]
    read = [exp.cast(exp.column(name), "VARCHAR", dialect="duckdb") for name in names]
    (row,) = ask(connection, said(exp.select(*read).from_(texts.subquery("answers"))))
    return tuple(_exact(number) for number in row)


def _check(found: str) -> None:
    if not found.startswith(NUMERIC_OR_FRACTION) or found.endswith("]"):
        raise NotEvaluatedError(f"the query returns {found}, one number is needed")


def _exact(number: int | str | None) -> Fraction | None:
    if number is None:
        return None
    if not Decimal(number).is_finite():
        raise NotEvaluatedError("the query returns no finite number")
    return Fraction(number)


def _number(connection: duckdb.DuckDBPyConnection, tree: exp.Query) -> Fraction | None:
    types = [str(found) for found in connection.query(said(tree)).types]
    if len(types) != 1:
        raise NotEvaluatedError(f"the query returns {len(types)} columns, one number is needed")
    _check(types[0])
    name = exp.TableAlias(this=exp.to_identifier("answer"), columns=[exp.to_identifier("number")])
    text = exp.cast(exp.Max(this=exp.column("number")), "VARCHAR", dialect="duckdb")
    whole = exp.select(exp.Count(this=exp.Star()), text).from_(exp.Subquery(this=tree.copy(), alias=name))
    ((count, number),) = ask(connection, said(whole))
    if count != 1:
        raise NotEvaluatedError(f"the query returns {count} rows, one number is needed")
    return _exact(number)
