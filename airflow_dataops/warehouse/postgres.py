"""A team's PostgreSQL database: transactions in it, names in it, and what it says when it fails.

No word of the database's own messages leaves this file: they quote values. Its codes do
(https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import IsolationLevel, RawCursor, sql
from psycopg.rows import tuple_row

from airflow_dataops.errors import BrokenWorldError, DataOpsError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.refusal import Refusal, unconnected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection, Cursor

LONGEST_NAME = 63
"""Bytes of a name: PostgreSQL cuts longer ones without an error (NAMEDATALEN)."""

WORLD = ("08", "25", "40", "53", "55", "57", "58", "XX")
"""Classes of codes that another try may heal: connections, locks, deadlocks, resources, operators, disks."""

TOO_MUCH = ("54",)
"""Classes of codes that say that something is too large for the server."""

RIGHTS = ("28", "42501", "3D", "3F")
"""Codes, or classes of them, that say that the connection may not do it, or points to the wrong place."""


STANDING: dict[str, str] = {
    "25006": "It takes no writing, not even temporary tables: lead the connection to the primary.",
    "55000": "Something isn't in its proper state, as a materialized view that was never refreshed.",
}
"""Codes of what no other try heals, though others of their class may -> what to do."""


SAID: dict[Refusal, re.Pattern[str]] = {
    Refusal.LOGIN: re.compile(
        r"FATAL:  (.*authentication failed for user|role .* (does not exist|is not permitted to log in)"
        r"|no pg_hba\.conf entry|pg_hba\.conf rejects|permission denied for database)|no password supplied"
    ),
    Refusal.DATABASE: re.compile(r"FATAL:  database .* does not exist"),
    Refusal.SERVER: re.compile(
        r"failed to resolve host|could not translate host name|Connection refused|No such file or directory"
        r"|No route to host|Network is unreachable|timeout expired"
    ),
}
"""Why there is no connection -> what is said then. No code comes with it: libpq keeps that to itself.

A server says it in English unless its `lc_messages` is another language; then it isn't known.
"""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A database that a team has a connection to.

    Args:
        conn_id: What the connection is called; it stands for the database in addresses and messages.
        connect: Opens a connection of its own for whoever asks.
    """

    conn_id: str
    connect: Callable[[], Connection]

    @property
    def root(self) -> str:
        """What every address in this database starts with."""
        return f"postgres://{self.conn_id}/"

    def address(self, table: Table) -> str:
        """Return where a table is, as one string without any secret: `postgres://conn_id/schema.table`."""
        return f"{self.root}{table}"

    def table_at(self, uri: str) -> Table | None:
        """Return the table at an address in this database, or None where the address leads elsewhere."""
        return table(uri.removeprefix(self.root)) if uri.startswith(self.root) else None

    @contextmanager
    def transaction(self, doing: str, *, one_state: bool = False) -> Iterator[Connection]:
        """Open a connection and a transaction on it, which is committed when the block ends well.

        Rows come back as tuples, times in UTC. Each statement sees what was committed before it began,
        whatever the connection's own settings are.

        Args:
            doing: What the block does, as the subject of a sentence, such as `publishing orders/2026-03-03`.
            one_state: Whether all statements see what was committed before the first of them began.

        Raises:
            BrokenWorldError: If the database fails in a way that another try may heal.
            SettingsError: If the connection may not do it.
            NotEvaluatedError: If the database fails otherwise.
        """
        try:
            with self.connect() as connection:
                connection.row_factory = tuple_row
                connection.autocommit = False
                level = IsolationLevel.REPEATABLE_READ if one_state else IsolationLevel.READ_COMMITTED
                connection.isolation_level = level
                connection.execute("SET LOCAL TIME ZONE 'UTC'")
                yield connection
        except DataOpsError:
            raise
        except psycopg.Error as error:
            raise ours(error, doing=doing, where=f"connection `{self.conn_id}`") from None


@dataclass(frozen=True, slots=True)
class Table:
    """The name of a table.

    Args:
        schema: Its schema.
        name: Its own name.
    """

    schema: str
    name: str

    @property
    def sql(self) -> sql.Identifier:
        """The name as it stands in a statement."""
        return sql.Identifier(self.schema, self.name)

    def beside(self, suffix: str) -> Table:
        """Return a table in the same schema whose name goes on with a suffix."""
        return Table(self.schema, f"{self.name}{suffix}")

    def named(self, name: str) -> Table:
        """Return a table of another name in the same schema."""
        return Table(self.schema, name)

    def __str__(self) -> str:
        """Return schema.table."""
        return f"{self.schema}.{self.name}"


def table(text: str, *, room: int = 0) -> Table:
    """Read `schema.table`; a name without a schema is in `public`.

    Args:
        text: The name, as people write it. It is taken as it is, in upper and lower case.
        room: Bytes that must be left for suffixes.

    Raises:
        SettingsError: If it is no such name, or too long.
    """
    schema, dot, name = text.rpartition(".")
    schema = schema if dot else "public"
    if schema.startswith("pg_") or schema == "information_schema":
        raise SettingsError(f"`{schema}` is a schema of PostgreSQL's own", hint="Name one of yours.")
    if not schema or not name or "." in schema or "\0" in text:
        raise SettingsError(f"`{text}` is no table", hint="Write it as schema.table, such as mart.orders.")
    if len(schema.encode()) > LONGEST_NAME or len(name.encode()) > LONGEST_NAME - room:
        raise SettingsError(
            f"the name `{text}` is too long for PostgreSQL",
            hint=f"Give the table a name of at most {LONGEST_NAME - room} bytes.",
        )
    return Table(schema, name)


def run(connection: Connection, statement: sql.Composed, *values: object) -> Cursor[tuple[Any, ...]]:
    """Run a statement in which `$1`, `$2` stand for values.

    With `%s`, psycopg would take a `%` in the name of a table or a column for a placeholder, too.

    Args:
        connection: A transaction.
        statement: The statement, with names in it.
        values: Its values.
    """
    return RawCursor(connection).execute(statement, values)


def unopened(error: psycopg.Error, *, where: str) -> DataOpsError:
    """Return our error for one that PostgreSQL's driver raises when it connects.

    Args:
        error: The driver's.
        where: The connection.
    """
    if error.sqlstate:
        return ours(error, doing="connecting", where=where)
    text = str(error)
    found = next((refusal for refusal, said in SAID.items() if said.search(text)), None)
    return unconnected(found, error, where=where)


def ours(error: psycopg.Error, *, doing: str, where: str) -> DataOpsError:
    """Return our error for one of PostgreSQL's, without its text, which quotes values.

    Args:
        error: PostgreSQL's.
        doing: What failed, as the subject of a sentence.
        where: The connection.
    """
    code = error.sqlstate or ""
    what = f"{doing} failed in PostgreSQL ({type(error).__name__}{f', {code}' if code else ''})"
    if code in STANDING:
        return SettingsError(what, where=where, hint=STANDING[code])
    if code.startswith(RIGHTS):
        return SettingsError(what, where=where, hint="Check the connection's database, user and rights.")
    if not code or code.startswith(WORLD):
        hint = "Check that the database can be reached, and has room; the task may be run again."
        return BrokenWorldError(what, where=where, hint=hint)
    if code.startswith(TOO_MUCH):
        hint = "PostgreSQL has no room for so many columns, or so long a row: use fewer, or another target."
        return NotEvaluatedError(what, where=where, hint=hint)
    return NotEvaluatedError(what, where=where, hint="Its message is withheld, because it may quote values.")
