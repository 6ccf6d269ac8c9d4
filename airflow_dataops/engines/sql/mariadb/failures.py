"""Which of MariaDB's errors another try may heal."""

from __future__ import annotations

from airflow_dataops.warehouse.refusal import Refusal

HEALS = frozenset(
    {
        1020,  # a row was changed since it was read
        1021,  # the disk is full
        1037,  # no memory
        1038,  # no memory to sort
        1040,  # too many connections
        1041,  # no memory
        1053,  # the server shuts down
        1114,  # a temporary table is full
        *range(1158, 1162),  # the network failed
        1203,  # too many connections of a user
        1205,  # a lock was waited for in vain
        1213,  # a deadlock
        1226,  # a user's resources are used up
        1317,  # the query was interrupted
        1412,  # the table was altered since the snapshot
        1927,  # the connection was killed
        1969,  # the query ran longer than it may (max_statement_time)
        *range(2001, 2007),  # no connection
        2013,  # the connection was lost
        2055,  # the connection was lost
        4031,  # the connection was idle for too long
    }
)
"""Numbers of errors (https://mariadb.com/kb/en/mariadb-error-codes/)."""

REFUSALS: dict[int, Refusal] = {
    **dict.fromkeys((1044, 1045, 1130, 1251, 1698, 1820, 1862, 2059, 2061, 4151), Refusal.LOGIN),
    1049: Refusal.DATABASE,
    **dict.fromkeys((2002, 2003, 2005), Refusal.SERVER),
}
"""Numbers of errors that a driver raises when it connects -> what is wrong."""

NO_TABLE = frozenset({1046, 1049, 1146})
"""There is no such table; or no such database, or none was chosen."""

RIGHTS = "Check the rights of the connection's user: it has to read the table, and what a view reads."
VIEW = "It is a view that can't be read: what it reads is gone, or its definer may not read it."
CRASHED = "The table is damaged: REPAIR TABLE mends it."

REMEDIES: dict[int, str] = {
    **dict.fromkeys((1044, 1142, 1143, 1227, 1345, 1370), RIGHTS),
    **dict.fromkeys((1356, 1449), VIEW),
    **dict.fromkeys((1034, 1035, 1194, 1195), CRASHED),
}
"""Numbers of errors that no other try heals -> what to do."""

GAVE_UP = 1690
"""A number is too large: a pattern that PCRE2 gave up comes to one (`words.impossible`)."""


def number_of(error: BaseException) -> int:
    """Return the number of an error, as each driver for MariaDB has it; -1 for one that has none."""
    number = getattr(error, "errno", None)
    if number is None and error.args:
        number = error.args[0]
    return number if isinstance(number, int) else -1


def refusal(error: Exception) -> Refusal | None:
    """Return why there is no connection; None where that isn't known."""
    return REFUSALS.get(number_of(error))


def heals(error: Exception) -> bool:
    """Say whether another try may heal an error."""
    return number_of(error) in HEALS


def remedy(error: Exception) -> str:
    """Return what to do about an error that no other try heals; empty where that isn't known."""
    return REMEDIES.get(number_of(error), "")
