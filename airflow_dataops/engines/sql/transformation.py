"""A team's own SELECT, run over the rows that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from airflow_dataops.engines.sql import statement
from airflow_dataops.engines.sql.select import unresolved
from airflow_dataops.engines.sql.session import WORLD, ask_numbers
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.errors import DataOpsError


def write_result(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    tree: exp.Query,
    *,
    schema: Mapping[str, Mapping[str, str]],
    place: str,
    part: str,
) -> int:
    """Run a SELECT as it is written, write its rows into a Parquet file, and return how many.

    Args:
        connection: A DuckDB that may read the table of the schema and write the part.
        sql: The text.
        tree: Its tree.
        schema: The table, its columns, the names of their types.
        place: The file of the SQL, for messages.
        part: The file to write.

    Raises:
        NotEvaluatedError: If DuckDB refuses the SELECT, or it fails over these rows.
    """
    result = _bound(connection, sql, tree, schema=schema, place=place)
    names = [name.casefold() for name in result.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = f"more than one column of the result is called {', '.join(twice)}"
        raise NotEvaluatedError(what, where=place, hint="Give every column a name of its own with AS.")
    failure: DataOpsError
    try:
        result.write_parquet(part)
        count = exp.select(exp.Count(this=exp.Star())).from_(statement.parquet(part).subquery("result"))
        (rows,) = ask_numbers(connection, count.sql("duckdb"))
    except WORLD:
        raise
    except duckdb.Error as error:
        failure = NotEvaluatedError(
            f"the SQL failed over these rows ({type(error).__name__})",
            where=place,
            hint="DuckDB's message is withheld, for it may quote values: run the SQL by hand over its rows.",
        )
    else:
        return rows
    raise failure


def _bound(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    tree: exp.Query,
    *,
    schema: Mapping[str, Mapping[str, str]],
    place: str,
) -> duckdb.DuckDBPyRelation:
    """Return the SELECT with its names and types resolved; no row is read."""
    failure: DataOpsError
    try:
        return connection.query(sql)
    except duckdb.Error as error:
        failure = unresolved(tree, schema=schema, place=place) or NotEvaluatedError(
            f"DuckDB refuses the SQL ({type(error).__name__})",
            where=place,
            hint="Check its functions and the types that they take.",
        )
    raise failure
