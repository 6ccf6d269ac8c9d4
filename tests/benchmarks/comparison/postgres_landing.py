"""Loads a delivery into PostgreSQL: each text as it came, and beside it its value where it has one.

`amount` is the text, `amount_value` the value, null where the text is none; `_row` is the row's number.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import psycopg2
from psycopg2 import sql
from report import LoadError

if TYPE_CHECKING:
    from pathlib import Path

VALID = """
CREATE OR REPLACE FUNCTION is_valid(given text, wanted text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %L::%s', given, wanted);
    RETURN true;
EXCEPTION WHEN data_exception THEN
    RETURN false;
END $$
"""
"""Whether a text is a value of a type; from version 16 on PostgreSQL has `pg_input_is_valid`."""


TYPES = {
    "customer_no": "bigint",
    "quantity": "bigint",
    "amount": "numeric(12,2)",
    "weight_kg": "float8",
    "ordered_on": "date",
    "shipped_at": "timestamptz",
}
"""Column -> the type of its values."""


def load(file: Path, database: str) -> None:
    """Make the table `orders` anew out of a file.

    Raises:
        LoadError: If the file has no header, or COPY refuses it.
    """
    with file.open(newline="", encoding="utf-8-sig", errors="replace") as opened:
        header = next(csv.reader(opened), None)
    if header is None:
        raise LoadError("the file is empty")
    names = sql.SQL(", ").join(map(sql.Identifier, header))
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in header)
    with psycopg2.connect(database) as connection, connection.cursor() as cursor, file.open("rb") as opened:
        cursor.execute(VALID)
        cursor.execute("DROP TABLE IF EXISTS landed, orders")
        try:
            cursor.execute(
                sql.SQL("CREATE TABLE landed ({}, _row integer GENERATED ALWAYS AS IDENTITY)").format(columns)
            )
            cursor.copy_expert(
                sql.SQL("COPY landed ({0}) FROM STDIN (FORMAT csv, HEADER, FORCE_NULL ({0}))").format(names),
                opened,
            )
        except psycopg2.Error as error:
            raise LoadError("; ".join(str(error).strip().splitlines())) from error
        values = [
            sql.SQL("CASE WHEN is_valid({0}, {1}) THEN {0}::{2} END AS {3}").format(
                sql.Identifier(name), sql.Literal(kind), sql.SQL(kind), sql.Identifier(f"{name}_value")
            )
            for name, kind in TYPES.items()
            if name in header
        ]
        listed = sql.SQL(", ").join([sql.SQL("*"), *values])
        cursor.execute(sql.SQL("CREATE TABLE orders AS SELECT {} FROM landed").format(listed))
    connection.close()
