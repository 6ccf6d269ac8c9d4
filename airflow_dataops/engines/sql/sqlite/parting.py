"""How SQLite parts rows: both halves are written in one transaction, which others see whole or not at all.

It begins when the rows have been judged, so that those who write to the database wait for the writing alone.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.engines.sql.hooked.parting import Parting
from airflow_dataops.engines.sql.hooked.statement import table_of
from airflow_dataops.engines.sql.sqlite import names
from airflow_dataops.engines.sql.sqlite.reading import MOST_EXACT
from airflow_dataops.engines.sql.sqlite.session import MAIN, SCHEMAS, one_state, prepared
from airflow_dataops.engines.sql.sqlite.stored import MOST_DIGITS, is_decimal
from airflow_dataops.engines.sql.sqlite.words import as_real, call, literal
from airflow_dataops.errors import SettingsError
from airflow_dataops.warehouse.database import TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.hooked.parting import Half
    from airflow_dataops.warehouse.database import Connection

TEMPORARY = "temp"
"""What SQLite calls the database of temporary tables."""

AS_THEY_ARE = "BLOB"
"""The type of a column that takes each value as it is (https://www.sqlite.org/datatype3.html)."""

NAMES: dict[LogicalType, str] = {
    LogicalType.STRING: "TEXT",
    LogicalType.INTEGER: "INTEGER",
    LogicalType.NUMBER: "REAL",
    LogicalType.BOOLEAN: "BOOLEAN",
    LogicalType.DATE: "DATE",
    LogicalType.TIMESTAMP: "TIMESTAMP",
    LogicalType.TIME: "TIME",
    **dict.fromkeys(NESTED, "TEXT"),
}
"""Logical type -> what a column of the good rows is declared as; a number with a precision is a decimal."""

MARKS = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
"""Codes that say that the database may not be written (https://www.sqlite.org/rescode.html)."""

PRIMARY = 0xFF


@contextmanager
def settled(connection: Connection) -> Iterator[None]:
    """Read one state of the database, which may be written; that is said before any row is read.

    Raises:
        SettingsError: If SQLite is too old.
    """
    opened = prepared(connection)
    opened.execute("BEGIN IMMEDIATE")
    opened.execute("ROLLBACK")
    with one_state(opened):
        yield


def declared(column_type: ColumnType) -> str:
    """Return what a column of the good rows is declared as.

    SQLite makes a double of a number with a fraction, whatever is declared. Where that would lose digits, the
    column is one of texts.
    """
    if not is_decimal(column_type):
        return NAMES[column_type.logical]
    if _fits(column_type):
        return f"NUMERIC({column_type.precision},{column_type.scale or 0})"
    return "TEXT"


def stored(value: exp.Expr, text: exp.Expr, column_type: ColumnType) -> exp.Expr:
    """Return what is written for a value, so that the same contract reads the same value from it.

    Days, instants and times of day are texts in ISO 8601, instants in UTC. Where the contract has another
    format or a zone for them, their texts stay as they are.
    """
    scale = column_type.scale or 0
    if is_decimal(column_type) and not _fits(column_type):
        return call(names.DIGITS, value, literal(scale))
    if is_decimal(column_type) and scale:
        return exp.Div(this=as_real(value), expression=literal(float(10**scale)))
    written = column_type.written
    if written.format or written.zone:
        return text
    if column_type.logical is LogicalType.TIMESTAMP and written.offset is not False:
        return exp.DPipe(this=value, expression=exp.Literal.string("Z"))
    return value


def made(columns: exp.Schema, note: str) -> exp.Create:
    """Return what makes a table: SQLite keeps its text, with the note in it."""
    if note:
        columns.expressions[0].add_comments([note])
    return exp.Create(this=columns, kind="TABLE")


def noted(connection: Connection, half: Half) -> bool | None:
    """Say whether a table carries a note; None where nothing has its name.

    Raises:
        SettingsError: If there is no such database.
    """
    schema = half.table.schema or MAIN
    opened = cast("sqlite3.Connection", connection)
    if not opened.execute(SCHEMAS, (schema,)).fetchall():
        raise SettingsError(
            f"the connection has no database `{schema}`",
            where=str(half.table),
            hint="Name the table alone, or one of a database that is attached.",
        )
    known = table_of(TableName("sqlite_master", schema))
    named = exp.EQ(
        this=exp.column("name"),
        expression=exp.Collate(this=exp.Placeholder(), expression=exp.to_identifier("NOCASE")),
    )
    query = exp.select("type", "sql").from_(known).where(named)
    found = opened.execute(query.sql("sqlite"), (half.table.name,)).fetchall()
    said = _comment(half.note)
    return all(kind == "table" and said in str(text) for kind, text in found) if found else None


@contextmanager
def placed(
    connection: Connection, halves: Sequence[Half], check: Callable[[Half], None]
) -> Iterator[Sequence[TableName]]:
    """Write tables in one transaction, in the places of those that were there."""
    opened = cast("sqlite3.Connection", connection)
    opened.execute("COMMIT")
    opened.execute("BEGIN IMMEDIATE")
    for half in halves:
        check(half)
        opened.execute(exp.Drop(tables=[table_of(half.table)], kind="TABLE", exists=True).sql("sqlite"))
    yield [half.table for half in halves]
    opened.execute("COMMIT")


def refuses(error: Exception) -> bool:
    """Say whether an error says that the database may not be written."""
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY in MARKS


def _comment(note: str) -> str:
    """Return a note as it stands in the text of a table."""
    noted = exp.null()
    noted.add_comments([note])
    _, _, comment = noted.sql("sqlite").partition(" ")
    return comment


def _fits(column_type: ColumnType) -> bool:
    """Say whether each decimal of a type comes back from a number of SQLite."""
    return (column_type.precision or 0) <= (MOST_EXACT if column_type.scale else MOST_DIGITS)


PARTING = Parting(
    settled=settled,
    scratch=lambda _: TEMPORARY,
    text="TEXT",
    held=lambda _: AS_THEY_ARE,
    declared=declared,
    stored=stored,
    made=made,
    noted=noted,
    placed=placed,
    refuses=refuses,
)
