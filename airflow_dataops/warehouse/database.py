"""A team's database that a DB-API connection leads to: names in it, and how it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Cursor(Protocol):
    """What is needed of a cursor (PEP 249)."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """What the columns of the result are called, among others."""
        ...

    def execute(self, operation: str, /) -> object:
        """Run a statement."""
        ...

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Return the rows of the result."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Connection(Protocol):
    """What is needed of a connection (PEP 249)."""

    def cursor(self) -> Cursor:
        """Return a cursor."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True, slots=True)
class TableName:
    """The name of a table.

    Args:
        name: Its own name.
        schema: The schema or the database that it is in; empty for that of the connection.
    """

    name: str
    schema: str = ""

    def __str__(self) -> str:
        """Return schema.table, or the name alone."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Database:
    """A database that a team has a connection to.

    Args:
        conn_id: What the connection is called; it stands for the database in addresses and messages.
        kind: The type of the connection, as Airflow calls it.
        connect: Opens a connection of its own for whoever asks; its errors are ours.
    """

    conn_id: str
    kind: str
    connect: Callable[[], Connection]

    @property
    def root(self) -> str:
        """What every address in this database starts with."""
        return f"{self.kind}://{self.conn_id}/"

    def address(self, table: TableName) -> str:
        """Return where a table is, as one string without any secret: `sqlite://conn_id/table`."""
        return f"{self.root}{table}"

    def table_at(self, uri: str) -> TableName | None:
        """Return the table at an address in this database, or None where the address leads elsewhere."""
        return table_name(uri.removeprefix(self.root)) if uri.startswith(self.root) else None


def table_name(text: str) -> TableName:
    """Read `table` or `schema.table`.

    Args:
        text: The name, as people write it. It is taken as it is, in upper and lower case.

    Raises:
        SettingsError: If it is no such name.
    """
    schema, dot, name = text.rpartition(".")
    if not name or (dot and not schema) or "." in schema or "\0" in text:
        raise SettingsError(
            f"`{text}` is no table",
            hint="Write it as the table alone, or as schema.table, such as mart.orders.",
        )
    return TableName(name, schema)
