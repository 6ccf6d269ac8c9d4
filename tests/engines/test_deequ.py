"""What deequ's own tests expect of its metrics and rules, our engines come to as well."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, NotNull, Query, RowQuery, Unique
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.verification import verdicts
from airflow_dataops.errors import BadDataError
from airflow_dataops.testing.places import OTHERWISE
from airflow_dataops.testing.promises import counting
from tests.engines.deequ import DATES, EXISTS, METRICS, NOT_SAID, REFUSED, SAID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from airflow_dataops.core.checks.metric import Measured, Scan
    from airflow_dataops.testing.engine import Seat

TYPES = {
    pl.String: LogicalType.STRING,
    pl.Int64: LogicalType.INTEGER,
    pl.Float64: LogicalType.NUMBER,
    pl.Date: LogicalType.DATE,
}


@pytest.fixture(scope="module")
def vectors(shared: Path) -> dict[str, Any]:
    """The cases, and the tables that they share."""
    return json.loads((shared / "vectors" / "checks" / "deequ.json").read_text())


def frame_of(vectors: dict[str, Any], case: dict[str, Any]) -> pl.DataFrame:
    """Return the rows of a case."""
    data = case["data"] if "data" in case else vectors["fixtures"][case["fixture"]]
    return pl.DataFrame({name: _series(name, found) for name, found in data.items()})


def _series(name: str, found: list[Any]) -> pl.Series:
    if name in DATES:
        return pl.Series([text and date.fromisoformat(text) for text in found], dtype=pl.Date)
    return (
        pl.Series(found) if any(value is not None for value in found) else pl.Series(found, dtype=pl.String)
    )


def scanned(seat: Seat, rows: pl.DataFrame, checks: Iterable[Check], *also: str) -> Scan:
    """Put rows through an engine."""
    columns = [Column(name=n, type=ColumnType(TYPES[type(kind)])) for n, kind in rows.schema.items()]
    wanted = [Column(name=name, type=ColumnType(LogicalType.STRING)) for name in also if name not in rows]
    dataset = Dataset(name="rows", columns=(*columns, *wanted))
    return seat.engine.scan(seat.put("rows", rows), plan(dataset, checks), split=None)


def number(case: dict[str, Any]) -> int:
    """Return the number of a case."""
    return int(case["id"].rpartition(":")[2])


def test_every_case_is_said_or_there_is_a_reason(vectors: dict[str, Any]) -> None:
    """A case is in one of the tables, and in no other."""
    there = [number(case) for case in vectors["dqdl_cases"]]
    left_out = [at for found in NOT_SAID.values() for at in found]

    assert sorted(there) == sorted([*SAID, *left_out])
    assert all("ColumnCount" in case["rule"] for case in vectors["dqdl_cases"] if number(case) in left_out)
    assert 22 == len(vectors["metric_cases"])


def test_rules_pass_where_those_of_deequ_pass(
    vectors: dict[str, Any], place: str, any_seat: Seat, subtests
) -> None:
    """All of our rules for a case pass, or at least one of them doesn't; a few an engine refuses by name."""
    for case in vectors["dqdl_cases"]:
        at = number(case)
        if at not in SAID:
            continue
        with subtests.test(case["id"]):
            checks = [rule.check(f"r{place}") for place, rule in enumerate(SAID[at])]
            asked = [EXISTS[at]] if at in EXISTS else []
            rows = frame_of(vectors, case)

            if at in REFUSED[place]:
                (problem,) = (each.problem for each in scanned(any_seat, rows, checks).measured.values())
                assert any(words in problem for words in OTHERWISE)
            else:
                assert case["expected_pass"] == passes(any_seat, rows, checks, *asked)


def passes(seat: Seat, rows: pl.DataFrame, checks: list[Check], *columns: str) -> bool:
    """Say whether rows keep all of some rules, and have some columns."""
    try:
        scan = scanned(seat, rows, checks, *columns)
    except BadDataError:
        return False
    return all(
        outcome.status is Status.PASSED
        for outcome in verdicts(checks, scan)
        if outcome.rule in {check.id for check in checks}
    )


def test_metrics_come_to_what_those_of_deequ_come_to(
    vectors: dict[str, Any], any_seat: Seat, subtests
) -> None:
    """A share of rows that ours break, or the number of a SELECT, is the number of deequ."""
    for case in vectors["metric_cases"]:
        with subtests.test(case["id"]):
            found = metric(any_seat, frame_of(vectors, case), case)

            assert pytest.approx(case["expected_value"], rel=1e-15) == float(found)


def metric(seat: Seat, rows: pl.DataFrame, case: dict[str, Any]) -> Fraction:
    """Return what a metric comes to."""
    columns = tuple(case["args"] or ())
    if case["metric"] == "Completeness":
        where = counting(case["where"]) if case["where"] else ""
        nulls = measured(seat, rows, Check(id="r", promise=NotNull(*columns), filter=where))
        return 1 - Fraction(nulls.failing, nulls.checked)
    if case["metric"] == "Uniqueness":
        # Rows without any value don't count there; here a row with a null breaks no uniqueness.
        empty = " AND ".join(f'"{name}" IS NULL' for name in columns)
        blank = measured(seat, rows, Check(id="r", promise=RowQuery(counting(empty))))
        groups = measured(seat, rows, Check(id="r", promise=Unique(columns)))
        counted = groups.checked - blank.failing
        return Fraction(counted - groups.failing, counted)
    answer = measured(seat, rows, Check(id="r", promise=Query(METRICS[number(case)])))
    assert answer.number is not None, answer.problem
    return answer.number


def measured(seat: Seat, rows: pl.DataFrame, check: Check) -> Measured:
    """Return what one check comes to."""
    return scanned(seat, rows, [check]).measured[check.id]
