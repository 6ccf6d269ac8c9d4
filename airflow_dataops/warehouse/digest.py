"""One digest for the rows of a table, whatever their order, reckoned where they lie."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from airflow_dataops.warehouse.postgres import Table


def digest(connection: Connection, table: Table, columns: Mapping[str, str]) -> str:
    """Return the hex sha256 of the rows of a table as a multiset.

    Each row is written as one text in which no two different rows look alike: of each column the length and
    the text of its value, or a mark for null. Of the sha256 of these texts the first two halves of 64 bits
    are added up, so that the order doesn't count and a row that is there twice counts twice.

    Args:
        connection: A transaction, settled so that texts are always the same.
        table: The table.
        columns: Those of its columns that count, and the names of their types; they are part of the digest.
    """
    query = sql.SQL(
        "SELECT count(*), sum(('x' || substr(h, 1, 16))::bit(64)::bigint)::text,"
        " sum(('x' || substr(h, 17, 16))::bit(64)::bigint)::text"
        " FROM (SELECT encode(sha256(convert_to(array_to_string(ARRAY[{}]::text[], ''), 'UTF8')), 'hex') AS h"
        " FROM {}) AS hashed"
    ).format(sql.SQL(", ").join(map(_cell, columns)), table.sql)
    (numbers,) = connection.execute(query).fetchall()
    return hashlib.sha256(repr((list(columns.items()), numbers)).encode()).hexdigest()


def _cell(column: str) -> sql.Composed:
    return sql.SQL("coalesce(octet_length({0}::text) || ':' || {0}::text, '-')").format(
        sql.Identifier(column)
    )
