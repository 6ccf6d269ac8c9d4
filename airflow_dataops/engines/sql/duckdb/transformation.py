"""A team's own SELECT, run over the rows that it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from airflow_dataops.core.time_limit import NO_LIMIT
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.patience import stopped
from airflow_dataops.engines.sql.duckdb.session import WORLD, ask_numbers
from airflow_dataops.engines.sql.proofreading import in_file
from airflow_dataops.engines.sql.select import unresolved
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.errors import DataOpsError

WHERE = re.compile(r"\nLINE ([0-9]+): (.*)\n( *)\^")
"""Where DuckDB says that it stopped: the line, its text, and what stands before the mark below it."""

CUT = "..."
"""What DuckDB writes in place of the ends of a long line."""


def write_result(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    tree: exp.Query,
    *,
    schema: Mapping[str, Mapping[str, str]],
    place: str,
    part: str,
    template: str = "",
    limit: TimeLimit = NO_LIMIT,
) -> int:
    """Run a SELECT as it is written, write its rows into a Parquet file, and return how many.

    Args:
        connection: A DuckDB that may read the table of the schema and write the part.
        sql: The text.
        tree: Its tree.
        schema: The table, its columns, the names of their types.
        place: The file of the SQL, for messages.
        part: The file to write.
        template: The text of that file, where messages may quote the rows, as those of a test may be; empty
            where they may not.
        limit: How long it may take.

    Raises:
        NotEvaluatedError: If DuckDB refuses the SELECT, it fails over these rows, or takes too long.
    """
    result = _bound(connection, sql, tree, schema=schema, place=place, template=template)
    names = [name.casefold() for name in result.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = f"more than one column of the result is called {', '.join(twice)}"
        raise NotEvaluatedError(what, where=place, hint="Give every column a name of its own with AS.")
    failure: DataOpsError
    try:
        with stopped(connection, limit, where=place):
            result.write_parquet(part)
        count = exp.select(exp.Count(this=exp.Star())).from_(statement.parquet(part).subquery("result"))
        (rows,) = ask_numbers(connection, count.sql("duckdb"))
    except WORLD:
        raise
    except duckdb.Error as error:
        failure = (
            quoted(error, sql=sql, template=template, place=place)
            if template
            else NotEvaluatedError(
                f"the SQL failed over these rows ({type(error).__name__})",
                where=place,
                hint="DuckDB's message is withheld, for it may quote values: "
                "run the SQL over rows of your own with `airflow-dataops test`.",
            )
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
    template: str,
) -> duckdb.DuckDBPyRelation:
    """Return the SELECT with its names and types resolved; no row is read."""
    failure: DataOpsError
    try:
        return connection.query(sql)
    except duckdb.Error as error:
        failure = unresolved(tree, schema=schema, place=place) or (
            quoted(error, sql=sql, template=template, place=place)
            if template
            else NotEvaluatedError(
                f"DuckDB refuses the SQL ({type(error).__name__})",
                where=place,
                hint="Check its functions and the types that they take.",
            )
        )
    raise failure


def quoted(error: duckdb.Error, *, sql: str, template: str, place: str) -> NotEvaluatedError:
    """Return what DuckDB says of a failure, which may quote values of rows, and where in the file it is.

    Args:
        error: What DuckDB raised.
        sql: What was run.
        template: The text of the file that it was rendered from.
        place: The file.
    """
    said, _, rest = str(error).partition("\n")
    found = WHERE.search(f"\n{rest}")
    where = place
    if found is not None:
        number, shown, before = int(found[1]), found[2], len(found[3]) - len(f"LINE {found[1]}: ")
        core = shown.removeprefix(CUT).removesuffix(CUT).rstrip()
        # DuckDB counts a line more where it puts one of its own before the SQL.
        for line, text in list(enumerate(sql.split("\n"), start=1))[max(number - 2, 0) : number]:
            if core and core in text:
                column = text.index(core) + before - len(CUT) * shown.startswith(CUT) + 1
                where = in_file(f"{place}:{line}:{column}", place, text=template, sql=sql)
                break
    return NotEvaluatedError(said.rstrip("."), where=where)
