"""A session in MariaDB that means the same by a statement whatever the server's settings are."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.mariadb.words import COLLATION
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.warehouse.database import Connection

EARLIEST = (10, 11)
"""The version that all of this was tried with."""

MODES = (
    "STRICT_TRANS_TABLES",
    "STRICT_ALL_TABLES",
    "NO_ZERO_IN_DATE",
    "NO_ZERO_DATE",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "NO_ENGINE_SUBSTITUTION",
)
"""No ANSI_QUOTES, no NO_BACKSLASH_ESCAPES, no PAD_CHAR_TO_FULL_LENGTH, no TIME_ROUND_FRACTIONAL."""

SETTINGS = {
    "sql_mode": f"'{','.join(MODES)}'",
    "old_mode": "''",
    "time_zone": "'+00:00'",
    "default_regex_flags": "''",
    "sql_auto_is_null": "0",
    "sql_select_limit": "DEFAULT",
    "sql_big_selects": "1",
    "group_concat_max_len": "1073741824",
    # An IN of many values would become a join, with a collation of its own.
    "in_predicate_conversion_threshold": "0",
    # A quotient has digits as a double has them.
    "div_precision_increment": "20",
    "lock_wait_timeout": "60",
}
"""Variable of a session -> what it is set to."""

SETTLED = (
    f"SET NAMES utf8mb4 COLLATE {COLLATION}",
    "SET SESSION " + ", ".join(f"{name} = {value}" for name, value in SETTINGS.items()),
)

OPENING = (
    *SETTLED,
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
"""Only REPEATABLE READ has a snapshot, and tables of transactional engines alone have one."""

WRITING = (
    *SETTLED,
    # In strict mode a cast that a SELECT makes with a warning would be an error of an INSERT.
    f"SET SESSION sql_mode = '{','.join(mode for mode in MODES if not mode.startswith('STRICT_'))}'",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION autocommit = 1",
)
"""In REPEATABLE READ, an INSERT that reads a table would lock each of its rows: nobody else could write."""


PROBE = "ß€😀"
"""Characters that only UTF-8 as a whole has."""


@contextmanager
def settled(connection: Connection) -> Iterator[None]:
    """Settle a session: one snapshot in which nothing is written. It ends with the block.

    Raises:
        NotEvaluatedError: If the server is no MariaDB, or an old one; or the driver can't be worked with.
    """
    with _opened(connection, OPENING):
        yield


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """Settle a session that may write; each statement of it sees one state, and is committed by itself.

    Raises:
        NotEvaluatedError: If the server is no MariaDB, or an old one; or the driver can't be worked with.
    """
    with _opened(connection, WRITING):
        yield


@contextmanager
def _opened(connection: Connection, opening: Iterable[str]) -> Iterator[None]:
    with closing(connection.cursor()) as cursor:
        cursor.execute("SELECT VERSION()")
        (row,) = cursor.fetchall()
        if not isinstance(row, tuple | list):
            raise NotEvaluatedError(
                "the connection returns rows that are no tuples",
                hint="Leave `cursor` out of its extras.",
            )
        _check(str(row[0]))
        for statement in opening:
            cursor.execute(statement)
        cursor.execute(f"SELECT CHAR_LENGTH('{PROBE}')")
        ((length,),) = cursor.fetchall()
        if int(length) != len(PROBE):
            raise NotEvaluatedError(
                "the driver of the connection does not speak UTF-8",
                hint='Give the connection {"charset": "utf8mb4"} among its extras.',
            )
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _check(version: str) -> None:
    name, _, _ = version.partition("-")
    numbers = tuple(int(part) for part in name.split(".")[:2] if part.isdigit())
    ours = "mariadb" in version.lower()
    if not ours or numbers < EARLIEST:
        earliest = ".".join(map(str, EARLIEST))
        raise NotEvaluatedError(
            f"the server is {'an old MariaDB' if ours else 'no MariaDB'} ({name})",
            hint=f"Tables are judged in MariaDB from {earliest} on; MySQL has other patterns and collations.",
        )
