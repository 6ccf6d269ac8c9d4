from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from airflow_dataops.core.checks.spec import OfType
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.core.rows.typed import typed
from tests.engines.sql.test_run import ROWS

OF_TYPE = [row for row in ROWS if isinstance(row[2], OfType)]


@pytest.mark.parametrize(("kind", "keep", "break_"), [(row[1], *row[3:]) for row in OF_TYPE])
def test_typed_has_values_where_the_engines_have_some(kind, keep, break_):
    """A text has a value in Python when it has one in every engine."""
    assert [] == [text for text in keep if text is not None and typed(text, kind) is None]
    assert [] == [text for text in break_ if typed(text, kind) is not None]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ColumnType(LogicalType.STRING), "", ""),
        (ColumnType(LogicalType.INTEGER), "+07", 7),
        (ColumnType(LogicalType.INTEGER, 38, 0), "9" * 38, 10**38 - 1),
        (ColumnType(LogicalType.NUMBER), "-.5e1", -5.0),
        (ColumnType(LogicalType.NUMBER, 5, 2), "1.500", Decimal("1.5")),
        (ColumnType(LogicalType.BOOLEAN), "FALSE", False),
        (ColumnType(LogicalType.DATE), "2026-03-01", date(2026, 3, 1)),
        (ColumnType(LogicalType.DATE, written=Written("d.M.yyyy")), "1.3.2026", date(2026, 3, 1)),
        (ColumnType(LogicalType.TIME), "06:00", time(6)),
        (ColumnType(LogicalType.TIMESTAMP), "2026-03-01 06:00", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        (
            ColumnType(LogicalType.TIMESTAMP, written=Written(zone="Europe/Berlin")),
            "2026-10-25T02:30",
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
    ],
)
def test_typed_reads_a_value(kind, text, expected):
    """A value is the one that its text means."""
    assert expected == typed(text, kind)
