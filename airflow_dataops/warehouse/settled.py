"""A transaction in which the same values always have the same texts, whatever the database's settings are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from airflow_dataops.warehouse.postgres import Warehouse

SETTINGS: dict[str, str] = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    # A worker that was killed takes its statement with it.
    "client_connection_check_interval": "5s",
    # A table of which a policy hides rows is refused: a verdict on the others would be one on the table.
    "row_security": "off",
    # What a name means doesn't hang on the schemas of the user.
    "search_path": "pg_catalog, pg_temp",
    # Names of types are looked at.
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
    # Rows are read in the order in which they lie, so that their numbers mean something to people.
    "synchronize_seqscans": "off",
}
"""Setting -> its value; one that the database doesn't know is left out."""


@contextmanager
def settled(warehouse: Warehouse, doing: str, *, one_state: bool = False) -> Iterator[Connection]:
    """Open a transaction as `Warehouse.transaction` does, with settings of ours that end with it.

    So do the temporary tables and views that the block makes. A view would last as long as the session does,
    longer behind a pool of connections, and nobody could drop the table that it reads.

    Args:
        warehouse: The database.
        doing: What the block does, as the subject of a sentence.
        one_state: Whether all statements see what was committed before the first of them began.
    """
    with warehouse.transaction(doing, one_state=one_state) as connection:
        connection.execute(
            """
            SELECT count(set_config(asked.name, asked.value, true))
            FROM unnest(%s::text[], %s::text[]) AS asked(name, value)
            JOIN pg_catalog.pg_settings AS known ON known.name = asked.name
            """,
            [list(SETTINGS), list(SETTINGS.values())],
        )
        yield connection
        connection.execute("DISCARD TEMPORARY")


def hold(connection: Connection, name: str) -> None:
    """Wait until nobody else holds a name, and hold it until the transaction ends."""
    connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(%s, 0))", [name])
