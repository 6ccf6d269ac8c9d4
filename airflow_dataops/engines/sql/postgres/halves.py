"""The two tables into which rows are parted in PostgreSQL, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from airflow_dataops.engines.sql.ours import not_ours, note, one_name
from airflow_dataops.warehouse.catalog import look_up, noted
from airflow_dataops.warehouse.settled import hold

if TYPE_CHECKING:
    from psycopg import Connection

    from airflow_dataops.warehouse.postgres import Table


@dataclass(frozen=True, slots=True)
class Halves:
    """The tables into which the rows are parted; what is there is replaced.

    Args:
        good: That of the good rows; None where they are not written.
        bad: That of the bad ones.
        digest: Whether the digest of the good rows is asked for.
        of: What the table of the rows is called, where it is a team's own: then tables are replaced only if
            a note on them says that they have these rows. Empty where the names are ours.
    """

    good: Table | None
    bad: Table
    digest: bool = True
    of: str = ""

    @property
    def tables(self) -> dict[str, Table]:
        """Which half -> its table."""
        return {"bad": self.bad} if self.good is None else {"good": self.good, "bad": self.bad}

    @property
    def notes(self) -> dict[Table, str]:
        """Return the note on each table; none where the names are ours."""
        return {table: note(half, self.of) for half, table in self.tables.items()} if self.of else {}


def in_place(good: Table | None, bad: Table, *, of: Table, digest: bool) -> Halves:
    """Return where the rows of a team's own table go.

    Raises:
        SettingsError: If a table is named twice.
    """
    named = [table for table in (of, good, bad) if table is not None]
    for table in named:
        if named.count(table) > 1:
            raise one_name(str(table))
    return Halves(good, bad, digest=digest, of=str(of))


def hold_ours(connection: Connection, halves: Halves) -> None:
    """Hold the tables until the transaction ends, and refuse what may not be replaced.

    Raises:
        SettingsError: If one of the names is that of a table which isn't ours.
    """
    for name in sorted(map(str, halves.tables.values())):
        hold(connection, name)
    for table, said in halves.notes.items():
        found = look_up(connection, table).get(table)
        if found is not None and (found.kind != "a table" or noted(connection, table) != said):
            raise not_ours(str(table), said)


def write_notes(connection: Connection, halves: Halves) -> None:
    """Say on each table whose it is."""
    for table, said in halves.notes.items():
        comment = sql.SQL("COMMENT ON TABLE {} IS {}").format(table.sql, sql.Literal(said))
        connection.execute(comment)
