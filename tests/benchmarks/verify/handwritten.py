"""The baseline: SQL as a person writes it, in DuckDB over a Parquet file, and in PostgreSQL over a table.

    python handwritten.py once duckdb|postgres OUTPUT PLACE FOLDER [MEMORY]

OUTPUT is one of `OUTPUTS`, PLACE the file or the address of the database. The statements are in
`handwritten_duckdb.sql` and `handwritten_postgres.sql`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from serving import Job, main
from sizes import HERE, MEMORY, THREADS

VERDICT, KEYS, SPLIT = "verdict", "keys", "split"
OUTPUTS = (VERDICT, KEYS, SPLIT)
AFTERWARDS = {VERDICT: (), KEYS: ("keys",), SPLIT: ("good", "refused")}
"""Output -> the statements that it needs beside those of the verdict."""

STATEMENT = re.compile(r"^-- (\w+)\n(.+?);$", re.MULTILINE | re.DOTALL)

Found = dict[str, list[tuple[Any, ...]]]
"""Name of a statement -> its rows."""


def statements(dialect: str, output: str) -> dict[str, str]:
    """Return name -> SQL of the statements of an output."""
    every = dict(STATEMENT.findall((HERE / f"handwritten_{dialect}.sql").read_text()))
    other = {name for names in AFTERWARDS.values() for name in names} - {*AFTERWARDS[output]}
    return {name: text for name, text in every.items() if name not in other}


def in_duckdb(output: str, file: str, folder: str, memory: str = MEMORY) -> Job:
    """Return the work over a Parquet file, in a DuckDB of its own each time."""
    import duckdb

    halves = {half: str(Path(folder) / f"handwritten-{half}.parquet") for half in ("good", "bad")}

    def run() -> Found:
        with duckdb.connect(config={"threads": THREADS, "memory_limit": memory}) as connection:
            connection.execute("SET VARIABLE file = $1", [file])
            return {
                name: connection.execute(
                    text, {half: path for half, path in halves.items() if f"${half}" in text} or None
                ).fetchall()
                for name, text in statements("duckdb", output).items()
            }

    return Job(run, found)


def in_postgres(output: str, address: str, _: str = "") -> Job:
    """Return the work over the table of a database, in a connection of its own each time."""
    import psycopg

    def run() -> Found:
        rows: Found = {}
        with psycopg.connect(address) as connection:
            for name, text in statements("postgres", output).items():
                cursor = connection.execute(text)
                rows[name] = cursor.fetchall() if cursor.description else []
        return rows

    def prepare() -> None:
        with psycopg.connect(address) as connection:
            connection.execute("DROP TABLE IF EXISTS good, refused")

    return Job(run, found, prepare)


def found(rows: Found) -> dict[str, Any]:
    """Return what the statements came to, in the words of both sides."""
    ((good, bad, fresh, returned),) = rows["totals"]
    said = {
        "rows": good + bad,
        "bad": bad,
        "failing": dict(sorted(rows["failing"])),
        "numbers": {"some_rows": good, "fresh": fresh, "returned": round(float(returned), 9)},
    }
    if "keys" in rows:
        said["keys"] = sorted(([*map(_text, key), list(rules)] for *key, rules in rows["keys"]), key=str)
    return said


def _text(value: object) -> str | None:
    return None if value is None else str(value)


SIDES = {"duckdb": in_duckdb, "postgres": in_postgres}

if __name__ == "__main__":
    main(lambda storage, *given: SIDES[storage](*given))
