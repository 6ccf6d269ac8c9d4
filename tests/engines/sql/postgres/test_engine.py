from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import (
    AtLeast,
    AtMost,
    Check,
    Custom,
    Matches,
    NotNull,
    OneOf,
    Query,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.postgres.conftest import Judged

KINDS = {
    "integer": ColumnType(LogicalType.INTEGER),
    "integer(5,0)": ColumnType(LogicalType.INTEGER, 5, 0),
    "number": ColumnType(LogicalType.NUMBER),
    "number(10,2)": ColumnType(LogicalType.NUMBER, 10, 2),
    "number(38,0)": ColumnType(LogicalType.NUMBER, 38, 0),
    "boolean": ColumnType(LogicalType.BOOLEAN),
    "date": ColumnType(LogicalType.DATE),
    "timestamp": ColumnType(LogicalType.TIMESTAMP),
    "string": ColumnType(LogicalType.STRING),
}

TEXTS = (
    *("0", "-0", "+7", "007", "12", "1.0", "1.", ".5", "-.5", ".", "", " 1", "1 ", "1\n", "x", "١", "1_000"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *("0" * 40 + "1", "99999", "100000", "12.345", "12.3400", "99999999.99", "100000000.00", "0." + "0" * 60),
    *("9" * 38, "9" * 39, "1e5", "1E-5", "1e400", "-1e400", "1e-400", "0e999999999999", "1e-999999999999"),
    *("9007199254740993", "9007199254740992", "9007199254740993.0", "9007199254740993.5", "NaN", "inf"),
    *("1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "5e-324", "2.4e-324"),
    *("2.5e-324", "0." + "0" * 400 + "1", "1" + "0" * 308, "1" + "0" * 309, "0.1e1", "100e-2", "1e", "e1"),
    *("true", "TRUE", "tRuE", "false", "t", "yes", "1", "fal\u017fe"),
    *("2026-03-03", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2026-04-31", "2026-13-01"),
    *("0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-3-3", "2026-03-03x", "infinity"),
    *("2026-03-03T10:00", "2026-03-03 10:00:00", "2026-03-03T10:00:00.123456", "2026-03-03T10:00:00.1234567"),
    *("2026-03-03T10:00:00.1234560000Z", "2026-03-03T24:00", "2026-03-03T10:00:60Z", "2026-03-03T10:00+14:00"),
    *("2026-03-03T10:00+14:30", "2026-03-03T10:00-1330", "2026-03-03T10:00+05", "2026-03-03t10:00z"),
    *("0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00", "2026-02-30T10:00", "epoch", "now", "'; --", "\\x41"),
)
"""Texts at the edges of every type."""


def dataset(*columns: Column) -> Dataset:
    """A dataset of the given columns."""
    return Dataset(name="orders", columns=columns)


def agree(judged: tuple[Judged, Judged]) -> Judged:
    """Hold that DuckDB and PostgreSQL came to the same, and return the latter."""
    duck, postgres = judged
    assert (duck.scan.rows, duck.scan.good, duck.scan.bad) == (
        postgres.scan.rows,
        postgres.scan.good,
        postgres.scan.bad,
    )
    assert duck.rules == postgres.rules
    assert duck.numbers == postgres.numbers
    assert [tuple(map(_value, row)) for row in duck.good] == [tuple(map(_value, row)) for row in postgres.good]
    return postgres


def _value(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_a_value_of_a_type_in_both_databases_or_in_neither(
    kind: str, both: Callable[..., tuple[Judged, Judged]]
) -> None:
    """What DuckDB takes for a value PostgreSQL takes for the same value, and nothing else."""
    rows = pl.DataFrame({"a": [*TEXTS, None]})
    found = agree(both(rows, dataset(Column(name="a", type=KINDS[kind], required=True))))
    assert 0 < found.scan.good < found.scan.rows
