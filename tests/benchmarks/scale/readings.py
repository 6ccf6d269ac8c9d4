"""A drop of any number of meter readings, seeded: the same number of rows is the same bytes.

    python readings.py FILE ROWS

One row in 1,000 breaks a rule: a unit that nobody knows, a negative value, no meter, or no number at all.
"""

from __future__ import annotations

import sys

import duckdb

READINGS = """
WITH numbers AS (
    SELECT i, (i * 2654435761) % 4294967296 AS noise, i % 4000 AS odd
    FROM range($rows) AS counted(i)
)
SELECT
    i AS reading_id,
    CASE WHEN odd = 1 THEN NULL ELSE 'M' || lpad(CAST(noise % 1000000 AS VARCHAR), 6, '0') END AS meter,
    strftime(
        TIMESTAMP '2026-03-03' + to_milliseconds(CAST(i * 86400000.0 / $rows AS BIGINT)),
        '%Y-%m-%dT%H:%M:%S.%gZ'
    ) AS read_at,
    CASE WHEN odd = 2 THEN 'furlong' WHEN noise % 3 = 0 THEN 'kWh' WHEN noise % 3 = 1 THEN 'm3' ELSE 'l' END
        AS unit,
    CASE WHEN odd = 3 THEN '-1.000' WHEN odd = 4 THEN 'n/a'
        ELSE CAST(noise % 1000000 AS VARCHAR) || '.' || lpad(CAST(i % 1000 AS VARCHAR), 3, '0') END AS value,
    CASE WHEN noise % 10 = 0 THEN NULL ELSE noise % 101 END AS quality
FROM numbers
"""
"""The noise is that of a multiplicative hash (Knuth, TAOCP 3, 6.4)."""


def write(file: str, rows: int) -> None:
    """Write a drop.

    Args:
        file: Where.
        rows: How many rows.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET preserve_insertion_order = true")
        query = connection.query(READINGS, params={"rows": rows})
        query.write_csv(file, header=True)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
