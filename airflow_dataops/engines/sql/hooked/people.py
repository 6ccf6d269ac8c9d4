"""SQL of people that a scan takes up: conditions about a row alone, and what is said where they fail."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from airflow_dataops.engines.sql.agreement.agreed import told
from airflow_dataops.engines.sql.select import TOO_DEEP, parse_select, unresolved
from airflow_dataops.engines.sql.selection import RECORDS
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.hooked.system import System

PLACE = "the condition of the rows"

FURTHER = "in {} a rule that names rows looks at the row alone, and this one looks further"

ELSEWHERE = (exp.Query, exp.AggFunc, exp.Window, exp.Placeholder, exp.Parameter, exp.SessionParameter)
"""What a condition about a row alone hasn't: other rows, and values that somebody else sets."""

BESIDES_WHERE = frozenset({"expressions", "from_", "where", "kind"})
"""The parts of a SELECT that only counts the rows which a condition leaves."""


@contextmanager
def spoken() -> Iterator[None]:
    """Turn what sqlglot makes of SQL of people into our error.

    Raises:
        NotEvaluatedError: If it can't read or translate it.
    """
    try:
        yield
    except RecursionError:
        what = TOO_DEEP
    except SqlglotError as error:
        what = f"the query failed in sqlglot ({type(error).__name__})"
    else:
        return
    raise NotEvaluatedError(what)


def row_condition(text: str, columns: Mapping[str, ColumnType], system: System) -> exp.Expr:
    """Return the condition of `SELECT COUNT(*) FROM {object} WHERE condition` over the values of a row.

    Args:
        text: The SELECT, as DuckDB reads it.
        columns: The columns of the contract; the value of the one at a position is `v` and the position.
        system: The database.

    Raises:
        NotEvaluatedError: If it looks at more than the row, or the database would read it otherwise.
    """
    with spoken():
        tree = parse_select(text, table=RECORDS, place="query", filled=True)
        if not _counts_rows(tree):
            raise NotEvaluatedError(FURTHER.format(system.title))
        if (
            wrong := unresolved(tree, schema={RECORDS: dict.fromkeys(columns, "TEXT")}, place="query")
        ) is not None:
            raise wrong
        rule = told(tree, engine=system.dialect, columns={RECORDS: columns}, found=system.spelling.found)
        where = rule.tree.args.get("where")
    if where is None:
        return exp.true()
    places = {name.casefold(): f"v{at}" for at, name in enumerate(columns)}

    def placed(node: exp.Expr) -> exp.Expr:
        return exp.column(places[node.name.casefold()]) if isinstance(node, exp.Column) else node

    return exp.Coalesce(this=where.this.transform(placed), expressions=[exp.false()])


def looks_further(text: str) -> bool:
    """Say whether `SELECT COUNT(*) FROM {object} WHERE condition` looks at more than the row.

    Raises:
        NotEvaluatedError: If it can't be read.
    """
    with spoken():
        return not _counts_rows(parse_select(text, table=RECORDS, place="query", filled=True))


def table_condition(text: str, *, columns: Collection[str], system: System) -> exp.Expr:
    """Return the condition that people wrote of the rows of a table which are looked at.

    Args:
        text: The condition, in the database's dialect. It may ask the row, and functions that compute.
        columns: The table's columns.
        system: The database.

    Raises:
        NotEvaluatedError: If it is no condition, or asks for what is no column.
    """
    what, hint = (
        "it is no condition of SQL",
        "Write what would stand after WHERE, such as day = '2026-03-01'.",
    )
    try:
        tree = _parsed(text, system)
        said = tree.sql(system.dialect, unsupported_level=ErrorLevel.RAISE, comments=False)
        same = _parsed(said, system) == tree
    except RecursionError:
        what = TOO_DEEP
    except SqlglotError:
        pass
    else:
        unknown = _unknown(tree, columns)
        if same and not unknown and tree.find(*ELSEWHERE) is None:
            return exp.paren(
                exp.var(said)
            )  # it is said already, and no part of what a scan says in its own way
        what = "it looks at more than the row"
        hint = "It may ask the columns of the row, and functions that compute."
        if unknown:
            what = f"the table has no column {unknown!r}"
        elif not same:
            what = f"a part of it would be passed on to {system.title} in other words"
            hint = "Write its casts as functions, such as date(day) for CAST(day AS DATE)."
    raise NotEvaluatedError(what, where=PLACE, hint=hint)


def _parsed(text: str, system: System) -> exp.Expr:
    return sqlglot.parse_one(
        text, dialect=system.dialect, into=exp.Condition, error_level=ErrorLevel.IMMEDIATE
    )


def _unknown(tree: exp.Expr, columns: Collection[str]) -> str:
    """Return the first name in a condition that isn't a column's; databases may take one for a text."""
    known = {name.casefold() for name in columns}
    asked = (found.name for found in tree.find_all(exp.Column))
    return next((name for name in asked if name.casefold() not in known), "")


def _counts_rows(tree: exp.Query) -> bool:
    parts = {name for name, part in tree.args.items() if part}
    where = tree.args.get("where")
    alone = isinstance(tree, exp.Select) and parts <= BESIDES_WHERE
    return alone and (where is None or where.this.find(*ELSEWHERE) is None)
