"""A SELECT that people wrote, in PostgreSQL: it reads what it is given, and calls nothing that acts.

PostgreSQL itself says what a SELECT means: it becomes a temporary view, which can't change rows, and the
view's tree names every table and every function in it. A function may be called that computes (PostgreSQL
calls it immutable), or that is in HARMLESS: not one that reads a table or a file that its argument names,
waits, counts a sequence up, or sets a setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.postgres import WORLD

if TYPE_CHECKING:
    from psycopg import Connection, Error

HARMLESS: tuple[str, ...] = (
    *("age", "anytextcat", "array_to_json", "array_to_string", "concat", "concat_ws", "date_part"),
    *("date_trunc", "enum_first", "enum_last", "enum_range", "extract", "format", "generate_series"),
    *("in_range", "interval_pl_timestamptz", "json_agg", "json_build_array", "json_build_object"),
    *("json_object_agg", "jsonb_agg", "jsonb_build_array", "jsonb_build_object", "jsonb_object_agg"),
    *("length", "make_timestamptz", "money", "now", "numeric", "overlaps", "quote_literal", "quote_nullable"),
    *("row_to_json", "textanycat", "time", "timetz", "timezone", "to_char", "to_date", "to_json", "to_jsonb"),
    *("to_number", "to_timestamp"),
)
"""Functions whose result hangs on a setting, such as the time zone, and on nothing else of the world."""

TEMPORAL = (
    "^(date|timestamp|timestamptz)(_(cmp|eq|ge|gt|le|lt|mi|ne|pl)_(date|interval|timestamp|timestamptz))?$"
)
"""What casts and compares days and instants."""

TREE = r"""
WITH tree AS (
    SELECT ev_action::text AS written FROM pg_catalog.pg_rewrite WHERE ev_class = to_regclass(%(view)s)
), called AS (
    SELECT found[1]::oid AS oid
    FROM tree,
        regexp_matches(written, ':(?:\w*funcid|\w+fnoid|\w+RangeFunc|tsmhandler) (\d+)', 'g') AS found
    UNION
    SELECT oprcode::oid
    FROM tree, regexp_matches(written, ':(?:opno|eqop|sortop) (\d+)', 'g') AS found
    JOIN pg_catalog.pg_operator ON pg_operator.oid = found[1]::oid
)
SELECT
    (
        SELECT count(*) FROM tree, regexp_matches(written, ':relid (\d+)', 'g') AS found
        WHERE found[1]::oid NOT IN (0, to_regclass(%(view)s))
            AND found[1]::oid <> ALL (%(given)s::text[]::regclass[])
    ),
    (
        SELECT coalesce(array_agg(DISTINCT proname::text), ARRAY[]::text[])
        FROM called
        JOIN pg_catalog.pg_proc ON pg_proc.oid = called.oid
        JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pronamespace
        WHERE nspname <> 'pg_catalog'
            OR provolatile = 'v'
            OR (provolatile = 's' AND proname <> ALL (%(harmless)s) AND proname !~ %(temporal)s)
    ),
    (
        SELECT array_agg(ARRAY[attname, format_type(atttypid, atttypmod)]::text[] ORDER BY attnum)
        FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(%(view)s) AND attnum > 0
    )
"""
"""How many tables a view reads besides those given, which forbidden functions it calls, and its columns."""


def view_of(
    connection: Connection, text: str, *, name: str, given: tuple[str, ...], place: str
) -> dict[str, str]:
    """Give a SELECT of people a name in this session; no row is read.

    Args:
        connection: A settled transaction.
        text: One SELECT in PostgreSQL's dialect.
        name: What the view is called.
        given: The temporary views and tables that it may read.
        place: The file of the SQL, for messages.

    Returns:
        Its columns, and the names of their types.

    Raises:
        NotEvaluatedError: If PostgreSQL refuses it, or it reads or calls something else.
        psycopg.Error: If the names in it can't be told, or the world is broken.
    """
    statement = sql.SQL("CREATE TEMPORARY VIEW {} AS ").format(sql.Identifier(name)) + sql.SQL(text)
    with connection.transaction():
        # Prepared, for PostgreSQL prepares one statement and no more, whatever the text tries.
        connection.execute(statement, prepare=True)
        values = {
            "view": f"pg_temp.{_quoted(name)}",
            "given": [f"pg_temp.{_quoted(table)}" for table in given],
        }
        ((others, functions, columns),) = connection.execute(
            TREE, {**values, "harmless": list(HARMLESS), "temporal": TEMPORAL}
        ).fetchall()
    if others:
        raise NotEvaluatedError(
            "the SQL reads another table",
            where=place,
            hint="Read from the rows that are given, and from WITH.",
        )
    if functions:
        raise NotEvaluatedError(
            f"the SQL calls {', '.join(map(repr, functions))}",
            where=place,
            hint="Use PostgreSQL's own functions that compute and do nothing else.",
        )
    return dict(columns)


def heals(error: Error) -> bool:
    """Say whether an error is one of the world, that another try may heal, and not one of the SQL."""
    return not error.sqlstate or error.sqlstate.startswith(WORLD)


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
