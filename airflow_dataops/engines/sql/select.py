"""The team's own SQL: one SELECT over the tables that it is given, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import OptimizeError, ParseError, SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.tokenizer_core import Token, TokenType

from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

TOO_DEEP = "the SQL is nested too deeply"
"""What a RecursionError means, for nothing but the nesting of SQL makes us go deep."""

GIVEN = "Read from the rows that are given, and from WITH."
"""What to do where a SELECT reads something else."""

NAMED = 'Read models as {{ ref("model") }}, and tables as {{ source("schema", "table") }}.'
"""What to do where a model reads something else."""

PLACEHOLDER = ("{", "object", "}")
"""How a SQL rule of ODCS names the rows that it is about."""

DUCKDB = "duckdb"
READERS = {DUCKDB: "DuckDB", "postgres": "PostgreSQL"}
"""Dialect as sqlglot calls it -> who reads it."""

TABLE_FUNCTIONS = (exp.GenerateSeries, exp.Unnest)
"""What may stand in FROM besides tables: functions that only make rows (range, generate_series, unnest)."""


def parse_select(
    sql: str,
    *,
    table: str,
    place: str,
    filled: bool = False,
    besides: Collection[str] = (),
    dialect: str = DUCKDB,
    hint: str = GIVEN,
) -> exp.Query:
    """Return the tree of a text that is one SELECT over one table.

    Args:
        sql: The text.
        table: The table that it may read, besides those that it makes itself in WITH; empty for none.
        place: The file of the SQL, for messages.
        filled: Whether `{object}` stands for the table.
        besides: Other tables that it may read.
        dialect: The dialect that it is written in, as sqlglot calls it.
        hint: What to do where it reads something else.

    Raises:
        NotEvaluatedError: If it doesn't parse, is something else, or reads something else.
    """
    statements = [
        statement
        for statement in _parse(sql, fill=table if filled else "", place=place, dialect=dialect)
        if statement is not None
    ]
    if len(statements) != 1:
        raise NotEvaluatedError(
            f"there are {len(statements)} statements", where=place, hint="Write exactly one SELECT."
        )
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        kind = type(tree).__name__.upper()
        raise NotEvaluatedError(f"the statement is {kind}", where=place, hint="Write exactly one SELECT.")
    made = {cte.alias_or_name.casefold() for cte in tree.find_all(exp.CTE)}
    for found in tree.find_all(exp.Table):
        known = {table.casefold(), *map(str.casefold, besides), *made}
        _check_table(found, known=known, place=place, hint=hint)
    return tree


def unresolved(
    tree: exp.Query, *, schema: Mapping[str, Mapping[str, str]], place: str, dialect: str = DUCKDB
) -> NotEvaluatedError | None:
    """Return what is wrong with the columns of a SELECT, if that can be told from its text.

    Args:
        tree: The SELECT.
        schema: Table -> column -> name of its type.
        place: The file of the SQL.
        dialect: The dialect that it is written in.
    """
    try:
        qualify(tree.copy(), schema=as_it_is(schema, dialect=dialect), dialect=dialect)
    except OptimizeError as error:
        said = str(error)
    except (SqlglotError, RecursionError):
        return None
    else:
        return None
    what, _, _ = said.partition(" Line:")
    end = re.search(r"Line: (\d+), Col: (\d+)", said)
    where = place
    for name in tree.find_all(exp.Identifier):
        if end and (name.meta.get("line"), name.meta.get("col")) == (int(end[1]), int(end[2])):
            where = _place(name, place)
    _, unknown, column = what.rstrip(". ").partition("Unknown column: ")
    if unknown and where == place:
        # Of a column whose table is named as well, its name alone is said.
        named = (found for found in tree.find_all(exp.Column) if found.name == column and found.table)
        where = next((at for found in named if (at := _place(found.this, place)) != place), place)
    return NotEvaluatedError(what.rstrip(". "), where=where, hint="Check the names of the columns.")


def as_it_is(schema: Mapping[str, Mapping[str, str]], *, dialect: str) -> dict[str, object]:
    """Return tables and their columns as sqlglot takes them: a name without quotes would be folded.

    Args:
        schema: Table -> column -> name of its type.
        dialect: The dialect that their SELECT is written in.
    """

    def quoted(name: str) -> str:
        return exp.to_identifier(name, quoted=True).sql(dialect)

    return {
        quoted(table): {quoted(column): kind for column, kind in columns.items()}
        for table, columns in schema.items()
    }


def _place(found: object, place: str) -> str:
    """Return file:line:column of the start of a name; the file alone where the parser didn't keep it.

    The parser keeps the column of the last character, and the offsets of both ends.
    """
    meta = found.meta if isinstance(found, exp.Expr) else {}
    if "line" not in meta:
        return place
    return f"{place}:{meta['line']}:{meta['col'] - (meta['end'] - meta['start'])}"


def _parse(sql: str, *, fill: str, place: str, dialect: str) -> list[exp.Expr | None]:
    reads = Dialect.get_or_raise(dialect)
    what, hint = "the SQL doesn't parse", f"Write one SELECT as {READERS[dialect]} reads it."
    try:
        tokens = reads.tokenize(sql)
        if fill:
            tokens = _filled(tokens, fill)
        return list(reads.parser().parse(tokens, sql))
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        start = (first.get("col") or 0) - len(first.get("highlight") or "") + 1
        where = f"{place}:{first['line']}:{start}" if first.get("line") else place
    except SqlglotError:
        where = place
    except RecursionError:
        what, where, hint = TOO_DEEP, place, "Write it flatter, or in steps with WITH."
    raise NotEvaluatedError(what, where=where, hint=hint)


def _filled(tokens: list[Token], name: str) -> list[Token]:
    """Return the tokens with `{object}` as the quoted name of a table; texts in quotes are left alone."""
    filled: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if tuple(found.text.lower() for found in tokens[at : at + 3]) == PLACEHOLDER and _is_brace(token):
            last = tokens[at + 2]
            filled.append(
                Token(
                    TokenType.IDENTIFIER, name, line=last.line, col=last.col, start=token.start, end=last.end
                )
            )
            at += 3
        else:
            filled.append(token)
            at += 1
    return filled


def _is_brace(token: Token) -> bool:
    return token.token_type is TokenType.L_BRACE


def _check_table(found: exp.Table, *, known: set[str], place: str, hint: str) -> None:
    if isinstance(found.this, TABLE_FUNCTIONS):
        return
    plain = isinstance(found.this, exp.Identifier) and not found.db and not found.catalog
    if plain and found.name.casefold() in known:
        return
    what = (
        f"there is no table {found.name!r}"
        if plain
        else "a table function or a table of another database is read"
    )
    where = _place(found.this, place)
    raise NotEvaluatedError(what, where=where, hint=hint)
