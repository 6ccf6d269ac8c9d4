"""The engine for shelves comes to what DuckDB comes to, or refuses a rule in words that stand here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import polars as pl
import pytest
from shelf import system

from airflow_dataops.core.rows.others import Published
from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.testing.engine import EngineSuite, Seat
from airflow_dataops.testing.places import OTHERWISE, PLACES
from airflow_dataops.warehouse.database import Database, TableName

if TYPE_CHECKING:
    from pathlib import Path

TYPES = {pl.String: "TEXT", pl.Float64: "REAL"}
"""Type of polars -> the shelf's, where that is no INTEGER."""

REFUSES = (
    "the rest of the table can't be looked at where rows stay in a shelf",
    "in a shelf a rule that names rows looks at the row alone",
    "what is inside JSON can't be judged where rows stay in a shelf",
    "mean the same in SQLite",
    "means the same in SQLite",
)


class TestShelf(EngineSuite):
    """All tests of an engine; `examples` says how many examples of each are tried."""

    examples = 25

    @pytest.fixture
    def seat(self, tmp_path: Path) -> Seat:
        """Return the engine, and how rows get onto a shelf."""
        file = tmp_path / "shelf.db"
        database = Database("my_shelf", "shelf", lambda: sqlite3.connect(file))

        def put(name: str, rows: pl.DataFrame) -> str:
            declared = ", ".join(f'"{c}" {TYPES.get(type(d), "INTEGER")}' for c, d in rows.schema.items())
            marks = ", ".join("?" for _ in rows.columns)
            with closing(sqlite3.connect(file)) as shelf, shelf:
                shelf.execute(f'DROP TABLE IF EXISTS "{name}"')
                shelf.execute(f'CREATE TABLE "{name}" ({declared})')
                shelf.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows.rows())  # noqa: S608
            return database.address(TableName(name))  # shelf://my_shelf/rows

        return Seat(
            engine=HookedEngine(database, system()),
            put=lambda name, rows: InPlace(put(name, rows)),
            beside=lambda name, rows: Published(put(name, rows)),
            lacks=PLACES["sqlite"].lacks,
            refuses=(*REFUSES, *OTHERWISE),
        )
