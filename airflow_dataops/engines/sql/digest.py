"""One digest for the rows of a relation, whatever their order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.session import ask_numbers

if TYPE_CHECKING:
    import duckdb


HALVES = ("md5_number_lower", "md5_number_upper")
"""DuckDB's names of the two halves of an md5, each an integer of 64 bits."""


def digest(connection: duckdb.DuckDBPyConnection, name: str, *, columns: dict[str, str]) -> str:
    """Return the hex sha256 of the rows of a relation as a multiset.

    Each row is written as one text in which no two different rows look alike: of each column the length and
    the text of its value, or a mark for null. The md5 of these texts are added up, so that the order doesn't
    count and a row that is there twice counts twice.

    Args:
        connection: Where the relation is.
        name: Its name.
        columns: Its columns and the names of their types; they are part of the digest.
    """
    text = exp.func(
        "concat", exp.Literal.string(""), *(_cell(column) for column in columns), dialect="duckdb"
    )
    sums = [exp.Sum(this=exp.func(half, text.copy(), dialect="duckdb")) for half in HALVES]
    rows = exp.Table(this=exp.to_identifier(name, quoted=True))
    numbers = ask_numbers(connection, exp.select(exp.Count(this=exp.Star()), *sums).from_(rows).sql("duckdb"))
    return hashlib.sha256(repr((list(columns.items()), numbers)).encode()).hexdigest()


def _cell(column: str) -> exp.Expr:
    value = exp.column(exp.to_identifier(column, quoted=True))
    text = exp.cast(value, "VARCHAR", dialect="duckdb")
    length = exp.func("strlen", text.copy(), dialect="duckdb")
    written = exp.func("concat", length, exp.Literal.string(":"), text, dialect="duckdb")
    return (
        exp.case()
        .when(exp.Is(this=value.copy(), expression=exp.null()), exp.Literal.string("-"))
        .else_(written)
    )
