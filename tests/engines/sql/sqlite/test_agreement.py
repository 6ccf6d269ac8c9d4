"""The same values have the same verdict in SQLite as in DuckDB."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.spec import Check, OneOf
from airflow_dataops.core.contract.model import NESTED, Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.written import Written
from tests.strategies import JUNK, TYPES, VALID, datasets, options, tables, texts

FEW = settings(max_examples=30)
"""The suite of all engines tries more: tests/engines/test_agreement.py."""

KINDS = ["", "TEXT", "TEXT COLLATE NOCASE", "VARCHAR(3) COLLATE RTRIM", "BLOB"]
"""Declarations of columns in which a text stays a text."""


@FEW
@given(st.data())
def test_texts_have_the_same_verdict(both, data) -> None:
    """Whatever the contract, the texts, and what the columns are declared as."""
    dataset = data.draw(datasets())
    rows = data.draw(tables(dataset))
    blank = st.sampled_from([True, False, False, False])
    values = [[None if data.draw(blank) else value for value in row] for row in rows]
    names = [column.name for column in dataset.columns]
    frame = pl.DataFrame(values, schema=dict.fromkeys(names, pl.String), orient="row")
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=len(names), max_size=len(names)))

    duck, lite = both(frame, dataset, kinds=kinds)

    assert duck == lite


ODD = [
    *(
        "",
        " ",
        "a",
        "A",
        "a ",
        " a",
        "á",
        "a\u0301",
        "ß",
        "ẞ",
        "ǆ",
        "𝒳",  # noqa: RUF001 - alike on purpose
        "🇪🇺",
        "\U0010ffff",
        "\ufeff",
        "\u200b",
    ),
    *(
        "a\0",
        "a\0b",
        "\0",
        "12\0",
        "2026-03-01\0",
        "true\0",
        "1.5\0",
        "x" * 5000,
        "0" * 5000 + "7",
        "7" * 5000,
    ),
    *("'", '"', "\\", "--", "%", "_", "*", "?", "[a]", "\r\n", "\n"),
    *("+1", "-0", "00", "1.", ".1", "1e5", "1E-400", "1e309", "0e999", "9" * 38, "9" * 39, "-" + "9" * 38),
    *("9007199254740993", "9007199254740992", "-9223372036854775808", "-9223372036854775809", "0x10", "1_0"),
    *("1.10", "1.100000000000000000000000000000000000000000", "0.1", "0.30000000000000004", "١"),  # noqa: RUF001 - alike on purpose
    *("1899-12-31", "1582-10-10", "1000-02-29", "0001-01-01", "0000-12-31", "9999-12-31", "10000-01-01"),
    *("2024-02-29", "2026-02-29", "2026-2-1", "2026-060", "now", "2451545", "2026-03-01T24:00:00Z"),
    *("2026-03-01 10:00:00", "2026-03-01T10:00:00", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z"),
    *("2026-03-01T10:00:00.1234567Z", "2026-03-01T10:00:00.1234560Z", "2026-03-01T10:00:60Z"),
    *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "1800-06-01 12:00:00", "1893-04-01 00:03:00"),
    *("2026-03-29 02:30:00", "2026-10-25 02:30:00", "2050-03-27 02:30:00", "2026-03-01 10:00:00+05:45"),
    *("10:00", "10:00:00", "24:00:00", "10:00:00.5", "23:59:59.999999", "10:00:00Z", "1:00"),
    *("TRUE", "True", "tRuE", "false", "yes", "t", "falſe", "truE "),  # noqa: RUF001 - alike on purpose
]


def wide(values, kind, dtype) -> tuple[pl.DataFrame, Dataset]:
    """One row with a column for each value, so that a verdict that differs can't hide behind another."""
    names = [f"c{at}" for at, _ in enumerate(values)]
    frame = pl.DataFrame([values], schema=dict.fromkeys(names, dtype), orient="row")
    return frame, Dataset(
        name="rows", columns=tuple(Column(name=name, type=kind, required=True) for name in names)
    )


def different(duck, lite, values) -> list[tuple[object, str]]:
    """Return the values of which the two say something else."""
    rules = {rule for rule in duck.measured if duck.measured[rule] != lite.measured[rule]}
    return [(values[int(rule[1:].partition(".")[0])], rule.partition(".")[2]) for rule in sorted(rules)]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_odd_texts_are_of_a_type_or_not(both, kind) -> None:
    """Each by itself."""
    values = [*ODD, *JUNK, *VALID[kind.logical]]

    duck, lite = both(*wide(values, kind, pl.String))

    assert [] == different(duck, lite, values)


DOUBLES = [
    *(0.0, -0.0, 1.0, 1.5, 0.1, 0.1 + 0.2, 1e15, 1e16, 1e17, 1e22, 123456789012345680.0, 1e-5, 5e-324, 1e308),
    *(2.0**53, 2.0**53 + 2, 2.0**63, -(2.0**63), 2.0**63 - 1024, math.inf, -math.inf, 99.99, 0.005, 9.995),
    *(99999.0, 100000.0, -1.25, 1e-300, 0.29, 1.005, 33.33),
]
WHOLES = [0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 99999, 100000, 10**17, 10**18 - 1, 10**18, 7, 12]
NUMERIC = [kind for kind in TYPES if not kind.written.format and kind.logical not in NESTED]


@pytest.mark.parametrize("kind", NUMERIC, ids=str)
@pytest.mark.parametrize("declared", ["", "NUMERIC", "REAL"])
def test_numbers_are_of_a_type_or_not(both, kind, declared) -> None:
    """Doubles and integers, as SQLite stores them."""
    given_as = {pl.Float64: DOUBLES} | ({pl.Int64: WHOLES} if declared != "REAL" else {})
    if declared == "NUMERIC" and kind.logical is LogicalType.STRING:
        del given_as[pl.Float64]  # SQLite makes an integer of a double that is one, whose text is another
    for dtype, values in given_as.items():
        duck, lite = both(*wide(values, kind, dtype), kinds=[declared] * len(values))

        assert [] == different(duck, lite, values)


@st.composite
def numbers(draw):
    """A column of doubles or integers and what its contract promises."""
    kind = draw(
        st.sampled_from([kind for kind in NUMERIC if kind.logical in {"integer", "number", "boolean"}])
    )
    values = draw(
        st.lists(st.none() | st.floats(allow_nan=False) | st.sampled_from(DOUBLES), max_size=6)
        | st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.sampled_from(WHOLES), max_size=6)
    )
    cents = draw(st.lists(st.integers(-(10**12), 10**12), max_size=4))
    if not any(isinstance(value, int) for value in values):
        values += [cent / 100 for cent in cents]
    column = Column(
        name="x",
        type=kind,
        required=draw(st.booleans()),
        unique=draw(st.booleans()),
        options=draw(options(kind)),
        values=draw(st.sampled_from([(), ("1", "0"), ("1.50", "7")])),
    )
    return values, column


@FEW
@given(numbers())
def test_numbers_have_the_same_verdict(both, drawn) -> None:
    """Bounds, steps, lists and uniqueness, too."""
    values, column = drawn
    dtype = pl.Int64 if any(isinstance(value, int) for value in values) else pl.Float64
    frame = pl.DataFrame({"x": values}, schema={"x": dtype})

    duck, lite = both(frame, Dataset(name="rows", columns=(column,)))

    assert duck == lite


EARLY = datetime.fromisoformat("1800-01-01")
# No zone whose rules a country changes from year to year: DuckDB and Python may have them of different years.
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]


@FEW
@given(
    st.datetimes(),
    st.sampled_from(ZONES),
    st.sampled_from([None, True, False]),
    st.sampled_from(["", "Z", "+05:30", "-1400", "+14"]),
    st.sampled_from(["T", " "]),
)
@example(EARLY, "Europe/Berlin", None, "", " ")
def test_instants_are_the_same(both, instant, zone, offset, sign, between) -> None:
    """Also before 1900, in zones with daylight saving time, and where a clock is set back."""
    kind = ColumnType(LogicalType.TIMESTAMP, written=Written(zone=zone, offset=offset))
    text = f"{instant.isoformat(sep=between)}{sign}"
    halves = (Options(minimum=None), Options(minimum=instant.replace(tzinfo=UTC)))
    for found in halves:
        column = Column(name="x", type=kind, required=True, options=found)
        frame = pl.DataFrame({"x": [text]}, schema={"x": pl.String})
        duck, lite = both(frame, Dataset(name="rows", columns=(column,)))
        assert duck == lite, (text, kind)


@FEW
@given(st.lists(texts(), max_size=4), st.lists(st.sampled_from(ODD) | texts(), max_size=6))
def test_a_list_of_texts_is_compared_as_bytes(both, listed, values) -> None:
    """Trailing blanks, upper and lower case, combining marks and NUL make another text."""
    column = Column(name="x", type=ColumnType(LogicalType.STRING))
    checks = [Check(id="listed", promise=OneOf("x", tuple(listed)))]
    frame = pl.DataFrame({"x": [*values, *listed]}, schema={"x": pl.String})
    dataset = Dataset(name="rows", columns=(column,))

    duck, lite = both(frame, dataset, checks=checks, kinds=["TEXT COLLATE NOCASE"])

    assert duck == lite


@FEW
@given(
    st.lists(
        st.decimals(
            allow_nan=False, allow_infinity=False, places=2, min_value=-(10**36) + 1, max_value=10**36 - 1
        )
    )
)
def test_wide_decimals_are_exact(both, values) -> None:
    """38 digits: bounds, uniqueness, and multiples."""
    kind = ColumnType(LogicalType.NUMBER, 38, 2)
    texts_ = [str(value) for value in values]
    middle = sorted(values)[len(values) // 2] if values else Decimal(0)
    column = Column(
        name="x", type=kind, unique=True, options=Options(minimum=middle, multiple_of=Decimal("0.25"))
    )
    frame = pl.DataFrame({"x": texts_}, schema={"x": pl.String})

    duck, lite = both(frame, Dataset(name="rows", columns=(column,)))

    assert duck == lite
