"""Whatever engine judges the rows, and however they lie there, the same rows break the same promises."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.checks.spec import AtLeast, Check, Matches, OfType
from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType
from airflow_dataops.testing.case import Case
from airflow_dataops.testing.engine import EngineSuite
from tests.engines import seats

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.core.checks.spec import Promise
    from airflow_dataops.testing.engine import Seat

OF_FILES = {
    "Parquet": seats.landed_parquet,
    "CSV": seats.csv,
    "a frame of polars": seats.polars_frame,
    "a frame of pandas": seats.pandas_frame,
    "Delta": seats.delta,
}

THOROUGH = "DATAOPS_TEST_EXAMPLES" in os.environ
"""Whether this is a run that has time: see tests/conftest.py."""


@pytest.mark.parametrize("of", OF_FILES)
class TestDuckDB(EngineSuite):
    """DuckDB, over all that it reads."""

    examples = None if THOROUGH else 8

    @pytest.fixture
    def seat(self, of: str, tmp_path: Path) -> Seat:
        """Return one of the places."""
        return OF_FILES[of](tmp_path)


class TestDatabases(EngineSuite):
    """Databases, over the tables that they hold."""

    examples = None if THOROUGH else 25

    @pytest.fixture(params=["postgres", "sqlite", "mariadb"])
    def place(self, request: pytest.FixtureRequest) -> str:
        """Return the name of the database."""
        return request.param

    @pytest.fixture
    def seat(self, any_seat: Seat) -> Seat:
        """Return tables of it."""
        return any_seat


WIDE, TEXT = ColumnType(LogicalType.NUMBER, 38, 10), ColumnType(LogicalType.STRING)
TRUTH = ColumnType(LogicalType.BOOLEAN)

FOUND: dict[str, tuple[ColumnType, Promise, pl.Series, int]] = {
    "a bound of 0 with many digits": (WIDE, AtLeast("c", Decimal(0)), pl.Series([-5, 5]), 1),
    "a large double as a decimal": (WIDE, OfType("c", WIDE), pl.Series([1e15, 0.1, 1e-11]), 1),
    "the text of a double": (TEXT, Matches("c", r"^[0-9]+\.[0-9]+$"), pl.Series([1.0, 1e15, 1e16]), 1),
    "a truth value with a long s": (TRUTH, OfType("c", TRUTH), pl.Series(["fal\u017fe", "FALSE"]), 1),
}
"""What engines once came to otherwise -> the type, the promise, the values, and how many break it."""

REFUSED: dict[tuple[str, str], str] = {
    ("mariadb", "the text of a double"): "MariaDB writes the text of a double otherwise than DuckDB",
}
"""Where the engine says that it can't tell."""


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_stays_mended(name: str, place: str, any_seat: Seat) -> None:
    """In every engine, or it is refused by name."""
    kind, promise, values, broken = FOUND[name]
    rows = pl.DataFrame({"row": [2**at for at in range(len(values))], "c": values})
    case = Case(columns=(Column(name="c", type=kind),), rows=rows, checks=(Check(id="r", promise=promise),))

    found = any_seat.judge(case).measured["r"]

    if refusal := REFUSED.get((place, name), ""):
        assert refusal in found.problem
    else:
        assert (broken, "") == (found.failing, found.problem)
