"""One of our scans, after one that isn't looked at: every statement with its seconds, and its plan.

    python profiled_scan.py duckdb|postgres OUTPUT PLACE FOLDER

The plan of DuckDB is what it did, with the seconds of each step; PostgreSQL's what it means to do.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import ours

Statement = dict[str, Any]


class Watched:
    """A connection of DuckDB of which each statement is noted.

    Args:
        connection: The connection.
        noted: Where they are noted.
    """

    def __init__(self, connection: Any, noted: list[Statement]) -> None:
        self._connection = connection
        self._noted = noted
        connection.execute("PRAGMA enable_profiling = 'no_output'")

    def __getattr__(self, name: str) -> Any:
        """Return what the connection has."""
        return getattr(self._connection, name)

    def execute(self, sql: str, *values: Any) -> Any:
        """Run a statement, and note it."""
        start = time.perf_counter()
        done = self._connection.execute(sql, *values)
        seconds = time.perf_counter() - start
        plan = json.loads(self._connection.get_profiling_information("json"))
        self._noted.append({"sql": str(sql), "seconds": seconds, "plan": _shown(plan)})
        return done


def _shown(plan: dict[str, Any], depth: int = 0) -> str:
    """Return the steps of a plan of DuckDB, one a line, with the seconds and the rows of each."""
    lines = []
    for step in plan.get("operator", plan.get("children", [])):
        info = step.get("extra_info", {})
        what = str(info.get("Function") or info.get("Conditions") or info.get("Filters") or "")[:100]
        seconds, rows = step.get("timing", 0), step.get("intermediate_rows", 0)
        lines.append(f"{'  ' * depth}{seconds:9.3f} s {rows:>12,} rows  {step.get('type', '')} {what}")
        lines.append(_shown({"children": step.get("children", [])}, depth + 1))
    return "\n".join(line for line in lines if line)


def watch_duckdb(noted: list[Statement]) -> None:
    """Let every DuckDB that is opened be watched."""
    import duckdb

    connect = duckdb.connect
    duckdb.connect = lambda *given, **named: Watched(connect(*given, **named), noted)


def watch_postgres(noted: list[Statement]) -> None:
    """Let every statement to PostgreSQL be noted."""
    import psycopg

    execute = psycopg.Cursor.execute

    def watched(cursor: psycopg.Cursor[Any], query: Any, *values: Any, **named: Any) -> Any:
        text = query if isinstance(query, str) else query.as_string(cursor)
        start = time.perf_counter()
        done = execute(cursor, query, *values, **named)
        noted.append({"sql": text, "seconds": time.perf_counter() - start, "plan": ""})
        return done

    psycopg.Cursor.execute = watched  # type: ignore[method-assign]


def main(storage: str, output: str, place: str, folder: str) -> None:
    """Scan twice, and print what was noted of the second."""
    noted: list[Statement] = []
    {"duckdb": watch_duckdb, "postgres": watch_postgres}[storage](noted)
    job = ours.SIDES[storage](output, place, folder)
    for _ in range(2):
        job.prepare()
        noted.clear()
        start = time.perf_counter()
        job.run()
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "statements": noted}))  # noqa: T201 - this is a program


if __name__ == "__main__":
    main(*sys.argv[1:])
