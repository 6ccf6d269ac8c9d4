"""The suite of the engines finds what an engine gets wrong."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars import selectors

from airflow_dataops.core.checks.spec import Check, NotLonger, NotShorter, OneOf, Unique
from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType
from airflow_dataops.testing.case import Case
from airflow_dataops.testing.engine import differences, duckdb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS, STAMPS = pl.col(pl.String), selectors.datetime()

WRONG: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "blanks at the end don't count": lambda rows: rows.with_columns(TEXTS.str.strip_chars_end(" ")),
    "case doesn't count": lambda rows: rows.with_columns(TEXTS.str.to_lowercase()),
    "texts are normalised": lambda rows: rows.with_columns(
        TEXTS.map_elements(lambda text: unicodedata.normalize("NFC", text), return_dtype=pl.String)
    ),
    "fractions of a second are lost": lambda rows: rows.with_columns(STAMPS.dt.truncate("1s")),
    "a row is lost": lambda rows: rows[:-1],
    "doubles are singles": lambda rows: rows.with_columns(selectors.float().cast(pl.Float32)),
}
"""What is wrong with a place -> what becomes of rows there."""


KINDS = {
    "t": ColumnType(LogicalType.STRING),
    "n": ColumnType(LogicalType.NUMBER),
    "at": ColumnType(LogicalType.TIMESTAMP),
}
CASE = Case(
    columns=tuple(Column(name=name, type=kind) for name, kind in KINDS.items()),
    rows=pl.DataFrame(
        {
            "row": [1, 2, 4, 8],
            "t": ["a", "A", "a ", "e\u0301"],
            "n": [0.1, 0.2, None, 1.0],
            "at": [datetime(2026, 3, 3, 10, 0, 0, 5, tzinfo=UTC)] * 4,
        }
    ),
    checks=(
        Check(id="r0", promise=Unique(("t",))),
        Check(id="r1", promise=OneOf("n", ("0.1", "1"))),
        Check(id="r2", promise=OneOf("at", ("2026-03-03T10:00:00.000005Z",))),
        Check(id="r3", promise=NotShorter("t", 1)),
        Check(id="r4", promise=NotLonger("t", 1)),
    ),
)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_engine_is_found(wrong: str, tmp_path: Path) -> None:
    """Rows that a place changes come to another number; the same rows don't."""
    (tmp_path / "right").mkdir()
    right, there = duckdb(tmp_path / "right"), duckdb(tmp_path)
    engine = replace(there, put=lambda name, rows: there.put(name, WRONG[wrong](rows)))

    assert any(differences(right.judge(CASE), engine.judge(CASE)))
    assert not [*differences(right.judge(CASE), there.judge(CASE))]
