from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.model import NESTED, ColumnType, LogicalType
from airflow_dataops.core.rows.lexical import PATTERNS, lexical

INTEGER = ColumnType(LogicalType.INTEGER)
NUMBER = ColumnType(LogicalType.NUMBER)
MONEY = ColumnType(LogicalType.NUMBER, 5, 2)
SHARE = ColumnType(LogicalType.NUMBER, 2, 2)
WHOLE = ColumnType(LogicalType.NUMBER, 3, 0)
DIGITS = ColumnType(LogicalType.INTEGER, 3, 0)
BOOLEAN = ColumnType(LogicalType.BOOLEAN)
DATE = ColumnType(LogicalType.DATE)
TIMESTAMP = ColumnType(LogicalType.TIMESTAMP)

VALUES: dict[ColumnType, list[str]] = {
    ColumnType(LogicalType.STRING): ["", "a\nb", " "],
    INTEGER: ["0", "-1", "+1", "007", "9" * 30],
    NUMBER: ["1", "-1.5", "+.5", "5.", "1e3", "1.5E-7", "00.10"],
    MONEY: ["0", "999.99", "-999.99", "1.500", "000001", ".5", "5.", "1.50000000000"],
    SHARE: [".25", "0.25", "00.250", "0", "0."],
    WHOLE: ["999", "1.", "1.0", ".0"],
    DIGITS: ["999", "-001", "0000999"],
    BOOLEAN: ["true", "False", "TRUE", "1", "0"],
    DATE: ["2026-03-03", "0001-01-01", "9999-12-31"],
    TIMESTAMP: [
        "2026-03-03T10:00:00",
        "2026-03-03 10:00",
        "2026-03-03T10:00Z",
        "2026-03-03T10:00:00.1+01:00",
        "2026-03-03T10:00:00.123456000-0930",
        "2026-03-03T10:00:00+14",
    ],
}

NO_VALUES: dict[ColumnType, list[str]] = {
    INTEGER: ["", "1.0", "1e3", " 1", "1 ", "--1", "1_000", "0x1", "\u0661", "1\n", "NaN"],
    NUMBER: ["", ".", "+", "e3", "1e", "NaN", "inf", "-Infinity", "1,5", "1_0", " 1", "1\n"],
    MONEY: ["1000", "1.505", "1e2", "", ".", "-", "-.", "NaN", "1.50000001"],
    SHARE: ["1", "1.0", ".255", "", "."],
    WHOLE: ["1000", "1.5", ".", ".5"],
    DIGITS: ["1000", "1.0", ""],
    BOOLEAN: ["yes", "t", "on", "2", "true ", ""],
    DATE: [
        "2026-3-3",
        "03.03.2026",
        "2026-13-01",
        "2026-00-01",
        "2026-01-32",
        "0000-01-01",
        "2026-03-03T00:00",
    ],
    TIMESTAMP: [
        "2026-03-03",
        "2026-03-03T10",
        "2026-03-03T24:00:00",
        "2026-03-03T10:60",
        "2026-03-03T10:00:60",
        "2026-03-03T10:00:00.1234567",
        "2026-03-03T10:00:00+14:30",
        "2026-03-03T10:00:00 UTC",
        "2026-03-03t10:00:00z",
        "now",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in VALUES.items() for text in texts])
def test_lexical_takes_values_of_the_type(kind: ColumnType, text: str) -> None:
    """A text that the standards know as a value of the type matches."""
    assert re.fullmatch(lexical(kind), text)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in NO_VALUES.items() for text in texts]
)
def test_lexical_refuses_everything_else(kind: ColumnType, text: str) -> None:
    """A text that is no value as it stands, without trimming or rounding, doesn't match."""
    assert not re.fullmatch(lexical(kind), text)


def test_patterns_know_every_type() -> None:
    """There is a pattern for each logical type but those with values inside, which are JSON."""
    assert set(LogicalType) - NESTED == set(PATTERNS)


@given(
    text=st.from_regex(r"[+-]?[0-9]{0,6}(\.[0-9]{0,6})?", fullmatch=True, alphabet="0123456789.+-"),
    scale=st.integers(0, 4),
    whole=st.integers(0, 4),
)
def test_lexical_of_a_decimal_is_what_fits_without_rounding(text: str, scale: int, whole: int) -> None:
    """A decimal with a precision matches just when its value has no more digits than the type."""
    kind = ColumnType(LogicalType.NUMBER, max(scale + whole, 1), scale)
    limit = Decimal(10) ** (max(scale + whole, 1) - scale)
    if any(digit.isdigit() for digit in text):
        value = Decimal(text)
        fits = abs(value) < limit and value == round(value, scale)
    else:
        fits = False

    assert fits == bool(re.fullmatch(lexical(kind), text))
