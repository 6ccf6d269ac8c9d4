from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.lines import physical
from airflow_dataops.core.rows.records import Record, records
from airflow_dataops.core.rows.regions import Plain
from airflow_dataops.engines.sql.duckdb.plain import ABSENT, columns_of, records_frame
from tests.strategies import dialects, files

if TYPE_CHECKING:
    import polars as pl

    from airflow_dataops.core.rows.records import Unparsable


def expected_of(content: bytes, dialect: Dialect, *, width: int) -> list[Record | Unparsable]:
    """The pieces of the lines behind a first one, as they are read one by one."""
    dialect = Dialect(dialect.delimiter, dialect.encoding, quote="", header=False)
    return list(records([b"-\n", *io.BytesIO(content)], dialect, width=width))[2:]


def found_in(content: bytes, dialect: Dialect, *, width: int, cuts: tuple[int, ...] = ()) -> object:
    """The pieces of the lines from the second on, as they are read at once."""
    lines = io.BytesIO(content).readlines()
    borders = sorted({0, len(lines), *(cut % (len(lines) + 1) for cut in cuts)})
    plains = []
    for start, end in pairwise(borders):
        text = b"".join(lines[start:end])
        plains.append(Plain(start + 2, physical(text), text))
    found = columns_of(plains, form(dialect), width=width)
    return sorted((*rows(found.frame), *found.records, *found.broken), key=lambda piece: piece.line)


def rows(frame: pl.DataFrame) -> list[Record]:
    """The records of a frame."""
    return [Record(line, list(values)) for line, *values in frame.iter_rows()]


@settings(deadline=None)
@given(files(), dialects(), st.integers(1, 3), st.tuples(st.integers(0), st.integers(0)))
def test_columns_are_the_records(content: bytes, dialect: Dialect, width: int, cuts: tuple[int, ...]) -> None:
    """Whatever the bytes: splitting many lines at once comes to the same as splitting each."""
    plain = Dialect(dialect.delimiter, dialect.encoding, quote="")

    assert expected_of(content, dialect, width=width) == found_in(content, plain, width=width, cuts=cuts)


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"1,2\n3,4",
        b"1,2\n3,4\r",
        b"1,2\r\n3,4\r\r\n5,6\r\n",
        b"1,2\n\n3\n4,5\n",
        b",\n,,\n",
        b"\xef\xbb\xbf1,2\n3,4\n",
        b"3\n\xef\xbb\xbf1,2\n\xef\xbb\xbf3\n",
        b"1,\xff\n3,4\n",
        ABSENT.encode() + b",1\n2,3\n\n" + ABSENT.encode() + b"\n",
        b"#,1\n 2 ,\t3\n'4',5\nNULL,NA\n",
        b"\x00,\x00\n",
    ],
)
def test_columns_of_odd_lines_are_the_records(content: bytes, width: int) -> None:
    """Line ends of all kinds, marks, bytes of no encoding, and what other readers of CSV take for special."""
    assert expected_of(content, Dialect(), width=width) == found_in(content, Dialect(quote=""), width=width)


def test_records_frame_has_its_columns_without_a_record() -> None:
    """A frame of no records has all columns."""
    assert ["line", "s0", "s1"] == records_frame([], 2).columns
    assert [Record(7, ["a", None])] == rows(records_frame([Record(7, ["a", None])], 2))
