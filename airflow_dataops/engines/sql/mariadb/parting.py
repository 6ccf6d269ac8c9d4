"""How MariaDB parts rows: its DDL commits by itself, so both halves are made under other names.

When they are whole, one RENAME TABLE puts them in their places. A run that is killed leaves tables whose
names say whose they are; the next one with the same tables removes them.
"""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.engines.sql.hooked.parting import Half, Parting
from airflow_dataops.engines.sql.hooked.statement import table_of
from airflow_dataops.engines.sql.mariadb.column_type import mariadb_type
from airflow_dataops.engines.sql.mariadb.dialect import DIALECT
from airflow_dataops.engines.sql.mariadb.failures import number_of
from airflow_dataops.engines.sql.mariadb.session import MODES, writing
from airflow_dataops.engines.sql.mariadb.words import COLLATION, call, number, string
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.warehouse.database import TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.warehouse.database import Connection

COLUMNS: dict[LogicalType, str] = {
    **dict.fromkeys((LogicalType.STRING, *NESTED), "LONGTEXT"),
    LogicalType.INTEGER: "BIGINT",
    LogicalType.BOOLEAN: "BOOLEAN",
}
"""Logical type -> the type of a column, where it has another name than in a cast."""

PATIENCE = 60
"""Seconds for which another run with the same tables is waited for."""

REFUSES = frozenset(
    {
        1044,  # no right in the database
        1049,  # there is no such database
        1059,  # the name is too long
        1102,  # no name of a database
        1103,  # no name of a table
        1142,  # no right to the table
        1227,  # no right at all
        1290,  # the server is read-only
        1792,  # the transaction is read-only
    }
)
"""Numbers of errors that say that tables may not be written so (https://mariadb.com/kb/en/mariadb-error-codes/)."""


@dataclass(frozen=True, slots=True)
class Places:
    """The names that one half has on its way.

    Args:
        half: The half, in its place.
        new: Where it is written.
        old: What was in its place, while it is removed.
    """

    half: Half
    new: TableName
    old: TableName


def declared(column_type: ColumnType) -> str:
    """Return the type of a column of values of a type; instants are in UTC."""
    if column_type.precision is not None:
        return mariadb_type(column_type)
    return COLUMNS.get(column_type.logical, mariadb_type(column_type))


def made(columns: exp.Schema, note: str) -> exp.Create:
    """Return what makes a table; a temporary one is of Aria, whose rows may be wider than a page."""
    found: list[exp.Expr] = [
        exp.CharacterSetProperty(this=exp.Var(this="utf8mb4"), default=True),
        exp.CollateProperty(this=exp.Var(this=COLLATION)),
    ]
    if note:
        found.append(exp.SchemaCommentProperty(this=string(note)))
    else:
        found = [exp.TemporaryProperty(), exp.EngineProperty(this=exp.Var(this="Aria")), *found]
    return exp.Create(this=columns, kind="TABLE", properties=exp.Properties(expressions=found))


def noted(connection: Connection, half: Half) -> bool | None:
    """Say whether a table carries a note; None where nothing has its name."""
    known = exp.Table(this=exp.to_identifier("TABLES"), db=exp.to_identifier("information_schema"))
    schema = string(half.table.schema) if half.table.schema else call("DATABASE")
    query = (
        exp.select("TABLE_TYPE", "TABLE_COMMENT")
        .from_(known)
        .where(
            exp.EQ(this=exp.column("TABLE_SCHEMA"), expression=schema),
            exp.EQ(this=exp.column("TABLE_NAME"), expression=string(half.table.name)),
        )
    )
    found = _asked(connection, query)
    return all(pair == ("BASE TABLE", half.note) for pair in found) if found else None


@contextmanager
def placed(
    connection: Connection, halves: Sequence[Half], check: Callable[[Half], None]
) -> Iterator[Sequence[TableName]]:
    """Write tables under other names, and put them in their places by one RENAME TABLE.

    Raises:
        BrokenWorldError: If another run writes the same tables.
    """
    places = [_places(half) for half in halves]
    _done(connection, f"SET SESSION sql_mode = '{','.join(MODES)}'")
    _hold(connection, halves)
    for half in halves:
        check(half)
    _remove(connection, places, check)
    try:
        yield [place.new for place in places]
        for half in halves:
            check(half)
        _swap(connection, places)
    except BaseException:
        with suppress(Exception):  # what fails here is removed by the next run
            _remove(connection, places, check)
        raise
    _remove(connection, places, check)


def refuses(error: Exception) -> bool:
    """Say whether an error says that tables may not be written so."""
    return number_of(error) in REFUSES


def _places(half: Half) -> Places:
    name = hashlib.sha256(half.table.name.encode()).hexdigest()[:32]
    new, old = (TableName(f"dataops_{age}_{name}", half.table.schema) for age in ("new", "old"))
    return Places(half, new, old)


def _hold(connection: Connection, halves: Sequence[Half]) -> None:
    """Hold the names of tables until the connection is closed.

    Raises:
        BrokenWorldError: If somebody else holds one for too long.
    """
    ((database,),) = _asked(connection, exp.select(call("DATABASE")))
    names = {f"{half.table.schema or database}.{half.table.name}".casefold() for half in halves}
    for name in sorted(hashlib.sha256(name.encode()).hexdigest()[:48] for name in names):
        lock = call("GET_LOCK", string(f"dataops_{name}"), number(PATIENCE))
        ((held,),) = _asked(connection, exp.select(lock))
        if held != 1:
            raise BrokenWorldError(
                "another run writes the same tables",
                where=", ".join(str(half.table) for half in halves),
                hint="Let no two tasks write them at the same time; the task may be run again.",
            )


def _swap(connection: Connection, places: Sequence[Places]) -> None:
    """Put what was written in its place, and what was there under its other name, all at once."""
    moves = []
    for place in places:
        if noted(connection, place.half) is not None:
            moves.append((place.half.table, place.old))
        moves.append((place.new, place.half.table))
    pairs = (f"{table_of(one).sql(DIALECT)} TO {table_of(other).sql(DIALECT)}" for one, other in moves)
    _done(connection, f"RENAME TABLE {', '.join(pairs)}")


def _remove(connection: Connection, places: Sequence[Places], check: Callable[[Half], None]) -> None:
    """Remove what is there under the other names."""
    for place in places:
        for table in (place.new, place.old):
            check(Half(table, place.half.note))
            _done(connection, exp.Drop(tables=[table_of(table)], kind="TABLE", exists=True).sql(DIALECT))


def _asked(connection: Connection, query: exp.Select) -> list[tuple[Any, ...]]:
    with closing(connection.cursor()) as cursor:
        cursor.execute(query.sql(DIALECT))
        return [tuple(map(_plain, row)) for row in cursor.fetchall()]


def _plain(value: object) -> object:
    """Return a value; some drivers return texts as bytes."""
    return bytes(value).decode() if isinstance(value, bytes | bytearray) else value


def _done(connection: Connection, statement: str) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement)


PARTING = Parting(
    settled=writing,
    scratch=lambda table: table.schema,
    text="LONGTEXT",
    held=declared,
    declared=declared,
    stored=lambda value, _text, _type: value,
    made=made,
    noted=noted,
    placed=placed,
    refuses=refuses,
)
