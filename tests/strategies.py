"""What Hypothesis makes of the project's values: columns of a contract, texts, delimited files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from airflow_dataops.core.contract.model import NESTED, Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect

if TYPE_CHECKING:
    from airflow_dataops.core.contract.options import Bound

TYPES = [
    *(ColumnType(logical) for logical in LogicalType if logical not in NESTED),
    ColumnType(LogicalType.NUMBER, 12, 2),
    ColumnType(LogicalType.NUMBER, 2, 2),
    ColumnType(LogicalType.NUMBER, 38, 0),
    ColumnType(LogicalType.INTEGER, 5, 0),
]

VALID: dict[LogicalType, list[str]] = {
    LogicalType.STRING: ["", "a", "'", '"', "\\", ";", "é", "日本", "a,b", "x\ny", " "],
    LogicalType.INTEGER: ["0", "-0", "+7", "007", "9223372036854775807", "-9223372036854775808"],
    LogicalType.NUMBER: ["0", "1.50", "-.5", "5.", "+1e3", "0.10", "99.99", "1E-2", "0.005"],
    LogicalType.BOOLEAN: ["true", "FALSE", "1", "0"],
    LogicalType.DATE: ["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"],
    LogicalType.TIMESTAMP: ["2026-03-03T10:00:00Z", "2026-03-03 10:00", "2026-03-03T10:00:00.123456+05:30"],
    LogicalType.TIME: ["10:00", "23:59:59.999999", "00:00:00"],
}

JUNK = [
    "NaN",
    "inf",
    " 1",
    "1 ",
    "2026-02-30",
    "2026-02-30 10:00",
    "9223372036854775808",
    "1.505",
    "yes",
    "\u0661",
    "1e400",
]


def texts() -> st.SearchStrategy[str]:
    """Any text that has an encoding."""
    return st.text(st.characters(codec="utf-8"), max_size=12)


def names() -> st.SearchStrategy[str]:
    """Names of columns, the awkward ones among them."""
    awkward = ['"; drop table', "select", "a.b", " ", "ü", "日本", "'", "{object}", "line", "t0", "v0", "bad"]
    plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=8)
    return (st.sampled_from(awkward) | plain).filter(lambda name: not name.casefold().startswith("dataops_"))


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    """One column, with promises that fit its type."""
    kind = draw(st.sampled_from(TYPES))
    return Column(
        name=name,
        type=kind,
        required=draw(st.booleans()),
        unique=draw(st.booleans()),
        options=draw(options(kind)),
        values=draw(st.sampled_from([(), ("1", "a", "0"), ("'", "é")])),
    )


NUMBERS = tuple(Decimal(text) for text in ("0", "0.005", "-1.5", "99.99", "1e30", "-1e30"))
BOUNDS: dict[LogicalType, tuple[Bound, ...]] = {
    LogicalType.INTEGER: NUMBERS,
    LogicalType.NUMBER: NUMBERS,
    LogicalType.DATE: (date(1, 1, 1), date(2026, 3, 3), date(9999, 12, 31)),
    LogicalType.TIMESTAMP: (datetime(2026, 3, 3, 10, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)),
    LogicalType.TIME: (time(10), time(23, 59, 59, 999_999)),
}


@st.composite
def options(draw: st.DrawFn, kind: ColumnType) -> Options:
    """Options that fit a type; whether any value keeps them all doesn't matter."""
    bounds = st.none() | st.sampled_from(BOUNDS.get(kind.logical, (None,)))
    exact = kind.logical is LogicalType.INTEGER or kind.precision is not None
    text = kind.logical is LogicalType.STRING
    steps = st.sampled_from([None, Decimal(1), Decimal("0.25"), Decimal(7), Decimal("1e30")])
    return Options(
        minimum=draw(bounds),
        maximum=draw(bounds),
        exclusive_minimum=draw(bounds),
        exclusive_maximum=draw(bounds),
        multiple_of=draw(steps) if exact else None,
        min_length=draw(st.sampled_from([None, 0, 1, 3])) if text else None,
        max_length=draw(st.sampled_from([None, 0, 1, 3])) if text else None,
        pattern=draw(st.sampled_from([None, "^[0-9]", "e", "a|1"])),
        format=draw(st.sampled_from([None, "email", "ipv6"])) if text else None,
    )


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """A dataset of one to four columns."""
    chosen = draw(st.lists(names(), min_size=1, max_size=4, unique_by=str.casefold))
    return Dataset(name="rows", columns=tuple(draw(columns(name)) for name in chosen))


def cells(column: Column) -> st.SearchStrategy[str]:
    """Texts for a column: values of its type, values of others, and anything."""
    return st.sampled_from(VALID[column.type.logical]) | st.sampled_from(JUNK) | st.just("") | texts()


@st.composite
def tables(draw: st.DrawFn, dataset: Dataset) -> list[list[str]]:
    """Rows of texts for a dataset; few different ones, so that some repeat."""
    rows = st.lists(st.tuples(*(cells(column) for column in dataset.columns)).map(list), max_size=8)
    found = draw(rows)
    return found + draw(st.lists(st.sampled_from(found), max_size=2)) if found else found


def delimited(rows: list[list[str]], *, delimiter: str = ",", end: str = "\r\n") -> bytes:
    """Write rows, the header first, as Python's own writer does."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue().encode()


FRAGMENTS = [
    b"a",
    b"",
    b",",
    b";",
    b'"',
    b"'",
    b"\n",
    b"\r\n",
    b"\r",
    b"\xff",
    b"\x00",
    b"\xc3\xa9",
    b"\xef\xbb\xbf",
]


def files() -> st.SearchStrategy[bytes]:
    """Any bytes, most of them such as delimited files are made of."""
    lines = st.lists(st.sampled_from(FRAGMENTS), max_size=6).map(b"".join)
    return st.lists(lines | st.sampled_from([b"1,2", b"3;4", b'"5",6']), max_size=12).map(
        b"\n".join
    ) | st.binary(max_size=40)


def dialects() -> st.SearchStrategy[Dialect]:
    """Dialects of delimited files, with and without quotes and headers."""
    return st.builds(
        Dialect,
        delimiter=st.sampled_from([",", ";", "|", "\t", " ", "é", "a"]),
        encoding=st.sampled_from(["utf-8", "cp1252", "latin-1", "ascii", "shift_jis", "iso2022_jp"]),
        quote=st.sampled_from(['"', "'", ""]),
        header=st.booleans(),
    )
