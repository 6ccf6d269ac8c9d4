"""A settled session in a database, and how it is asked."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot.errors import SqlglotError

from airflow_dataops.engines.sql.select import TOO_DEEP
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlglot import exp

    from airflow_dataops.engines.sql.hooked.parting import Parting
    from airflow_dataops.engines.sql.hooked.system import System
    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.warehouse.database import Connection, Database, TableName


@dataclass(frozen=True, slots=True)
class Answer:
    """What a SELECT came to.

    Args:
        columns: How many columns it has.
        rows: Its rows.
    """

    columns: int
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Session:
    """A settled session.

    Args:
        connection: The connection.
        system: What its database is.
    """

    connection: Connection
    system: System

    def ask(self, query: exp.Query) -> Answer:
        """Return what a SELECT comes to.

        Raises:
            SqlglotError: If the database has no words for it.
        """
        text = self.system.written(query)
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(text)
            rows = cursor.fetchall()
            return Answer(len(cursor.description or ()), rows)

    def run(self, statement: exp.Expr) -> None:
        """Run a statement that returns no rows.

        Raises:
            SqlglotError: If the database has no words for it.
        """
        text = self.system.written(statement)
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(text)

    def numbers(self, query: exp.Query) -> tuple[int, ...]:
        """Return the one row of a SELECT of whole numbers; a sum over no rows is 0."""
        (row,) = self.ask(query).rows
        return tuple(int(number or 0) for number in row)

    def columns(self, table: TableName) -> Mapping[str, str] | None:
        """Return the columns of a table and the names of their types; None where there is no such table."""
        return self.system.columns(self.connection, table)

    def fails(self, error: Exception) -> str:
        """Return how a problem names an error of the driver.

        Raises:
            Exception: The error itself, if another try may heal it.
        """
        if self.system.heals(error):
            raise error
        return f"failed in {self.system.title} ({type(error).__name__})"


@contextmanager
def session(
    database: Database, system: System, doing: str, *, parting: Parting | None = None
) -> Iterator[Session]:
    """Open a settled session. No word of the driver's own messages leaves it: they may quote values.

    Args:
        database: The database.
        system: What it is.
        doing: What the block does, as the subject of a sentence, such as `the scan of orders`.
        parting: How rows are parted; None where nothing is written.

    Raises:
        BrokenWorldError: If the database fails in a way that another try may heal.
        NotEvaluatedError: If it fails otherwise.
        SettingsError: If it says that the connection may not write, or may not read the table.
    """
    settled = system.settled if parting is None else parting.settled
    connection = database.connect()
    failure: DataOpsError
    try:
        with settled(connection):
            yield Session(connection, system)
    except (SqlglotError, RecursionError) as error:
        what = (
            TOO_DEEP
            if isinstance(error, RecursionError)
            else f"{doing} failed in sqlglot ({type(error).__name__})"
        )
        failure = NotEvaluatedError(what, where=f"connection `{database.conn_id}`")
    except system.errors as error:
        where = f"connection `{database.conn_id}`"
        refused = parting is not None and parting.refuses(error)
        failure = _refused(error, system, where) if refused else _ours(error, system, doing, where)
    else:
        return
    finally:
        with suppress(*system.errors):
            connection.close()
    raise failure


def _refused(error: Exception, system: System, where: str) -> DataOpsError:
    return SettingsError(
        f"{system.title} refuses the tables of the parted rows ({type(error).__name__})",
        where=where,
        hint="Check their schemas and names, and the rights to make, fill and drop tables there.",
    )


def _ours(error: Exception, system: System, doing: str, where: str) -> DataOpsError:
    what = f"{doing} failed in {system.title} ({type(error).__name__})"
    if system.heals(error):
        hint = "Check that the database can be reached, and has room; the task may be run again."
        return BrokenWorldError(what, where=where, hint=hint)
    if remedy := system.remedy(error):
        return SettingsError(what, where=where, hint=remedy)
    return NotEvaluatedError(what, where=where, hint="Its message is withheld, because it may quote values.")
