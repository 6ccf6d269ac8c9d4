"""One digest for the rows of a relation, whatever their order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.duckdb.session import ask_numbers

if TYPE_CHECKING:
    import duckdb


WORD = 64
"""Bits of each of the two words of an md5."""


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
    cells = [part for column in columns for part in _cell(column)]
    text = exp.func("concat", exp.Literal.string(""), *cells, dialect="duckdb")
    number = exp.func("md5_number", text, dialect="duckdb")
    sums = [exp.Sum(this=word) for word in _words(exp.column("number"))]
    rows = exp.Table(this=exp.to_identifier(name, quoted=True))
    hashed = exp.select(exp.alias_(number, "number")).from_(rows).subquery("hashed")
    query = exp.select(exp.Count(this=exp.Star()), *sums).from_(hashed)
    numbers = ask_numbers(connection, query.sql("duckdb"))
    return hashlib.sha256(repr((list(columns.items()), numbers)).encode()).hexdigest()


def _words(number: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return both words of an md5, each an integer of 64 bits."""
    mask = exp.cast(exp.Literal.number(2**WORD - 1), "UHUGEINT", dialect="duckdb")
    first = exp.BitwiseRightShift(this=number, expression=exp.Literal.number(WORD))
    second = exp.BitwiseAnd(this=number.copy(), expression=mask)
    return exp.cast(first, "UBIGINT", dialect="duckdb"), exp.cast(second, "UBIGINT", dialect="duckdb")


def _cell(column: str) -> tuple[exp.Expr, exp.Expr]:
    """Return a mark for null or the length of a column's text, and the text; of null there is none."""
    value = exp.column(exp.to_identifier(column, quoted=True))
    text = exp.cast(value, "VARCHAR", dialect="duckdb")
    length = exp.cast(exp.func("strlen", text.copy(), dialect="duckdb"), "VARCHAR", dialect="duckdb")
    written = exp.DPipe(this=length, expression=exp.Literal.string(":"))
    return exp.Coalesce(this=written, expressions=[exp.Literal.string("-")]), text
