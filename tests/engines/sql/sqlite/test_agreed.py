"""What the table says that SQLite is asked runs in the engine."""

from __future__ import annotations

from typing import Any

import polars as pl

from airflow_dataops.core.checks.spec import Check, Query
from airflow_dataops.core.contract.model import Column, Dataset
from tests.engines.sql.agreement.conftest import COLUMNS
from tests.engines.sql.agreement.test_constructs import CASTED, EXAMPLES, MESSY, SHAPES


def test_the_engine_lets_each_part_pass(both) -> None:
    """What isn't refused comes to what it comes to in DuckDB, also where DuckDB comes to nothing."""
    dataset = Dataset(
        name="d", columns=tuple(Column(name=name, type=column_type) for name, column_type in COLUMNS.items())
    )
    texts = [[None if value is None else str(value) for value in row] for row in MESSY]
    frame = pl.DataFrame(texts, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    asked = dict.fromkeys([*(sql for listed in {**EXAMPLES, **CASTED}.values() for sql in listed), *SHAPES])
    checks = [Check(id=sql, promise=Query(sql)) for sql in asked]

    duck, lite = both(frame, dataset, checks=checks)

    told = {rule for rule, found in lite.measured.items() if not found[-1]}
    assert len(told) > len(asked) / 2
    assert {rule: _near(duck.measured[rule]) for rule in told} == {
        rule: _near(lite.measured[rule]) for rule in told
    }


def _near(found: tuple[Any, ...]) -> float | None:
    return None if found[0] is None else round(float(found[0]), 6)
