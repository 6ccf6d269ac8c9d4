"""What is wrong with a team's SQL file, as far as that can be told without rows and without DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.select import parse_select, unresolved
from airflow_dataops.engines.sql.template import render_sql
from airflow_dataops.errors import NotEvaluatedError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = "landing"
"""What the rows are called; no message shows it, for the file says `{{ source }}`."""

PARTITION = "2026-01-01"
"""A label such as one may be."""


def proofread(
    text: str, *, columns: Mapping[str, str], place: str, dialect: str = "duckdb"
) -> Problem | None:
    """Return the first problem of a team's SQL: of its template, its SELECT, or the columns that it names.

    Args:
        text: The file's text.
        columns: The columns of the rows that it reads, and the names of their types.
        place: The file.
        dialect: The dialect that it is written in, as sqlglot calls it.
    """
    try:
        sql = render_sql(text, source=TABLE, partition=PARTITION, place=place)
    except NotEvaluatedError as error:
        return of_template(error, place=place)
    try:
        tree = parse_select(sql, table=TABLE, place=place, dialect=dialect)
        problem = _of_columns(tree, columns=columns, place=place, dialect=dialect)
    except NotEvaluatedError as error:
        problem = error
    if problem is None:
        return None
    return Problem(in_file(problem.where, place, text=text, sql=sql), problem.what, problem.hint)


def of_template(error: NotEvaluatedError, *, place: str) -> Problem:
    """Return what is wrong with a template; Jinja tells its line alone."""
    where = error.where if error.where == place else f"{error.where}:1"
    return Problem(where, error.what, error.hint)


def _of_columns(
    tree: exp.Query, *, columns: Mapping[str, str], place: str, dialect: str
) -> NotEvaluatedError | None:
    if tree.find(exp.Pivot) is not None:
        return None  # its columns come from the rows
    return unresolved(tree, schema={TABLE: columns}, place=place, dialect=dialect)


def in_file(where: str, place: str, *, text: str, sql: str) -> str:
    """Return where a place of the rendered SQL is in the file, as far as its template lets that be told.

    Any other place stays as it is.
    """
    if not where.startswith(place):
        return where
    line, _, column = where.removeprefix(place).removeprefix(":").partition(":")
    written, rendered = text.split("\n"), sql.split("\n")
    if not line or len(written) != len(rendered):
        return place
    same = written[int(line) - 1] == rendered[int(line) - 1]
    return f"{place}:{line}:{column if same else 1}"
