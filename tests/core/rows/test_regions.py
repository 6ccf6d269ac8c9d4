from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.lines import EMPTY, blocks
from airflow_dataops.core.rows.records import SPAN_LINES, Header, Record, Unparsable, fields_of, records
from airflow_dataops.core.rows.regions import Plain, regions
from tests.strategies import dialects, files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.rows.records import Piece
    from airflow_dataops.core.rows.regions import Region


def split(content: bytes, dialect: Dialect, *, size: int, width: int | None = None) -> list[Region]:
    """All regions of a file that is read in blocks."""
    return list(regions(blocks(io.BytesIO(content), size=size), dialect, width=width))


def pieces(found: list[Region], dialect: Dialect, *, width: int | None = None) -> Iterator[Piece]:
    """The pieces of regions, each of their plain lines read by itself."""
    written = form(dialect)
    for region in found:
        if isinstance(region, Header):
            width = len(region.names) or width
        if not isinstance(region, Plain):
            yield region
            continue
        for number, line in enumerate(io.BytesIO(region.text), start=region.line):
            fields, _ = fields_of(line, iter(()), written, width=width)
            if fields is not None and line not in EMPTY:
                yield Record(number, [field or None for field in fields])
            elif line not in EMPTY:
                raw = line.decode(written.encoding, "backslashreplace").removesuffix("\n")
                yield Unparsable(number, raw.removesuffix("\r"))


@given(files(), dialects(), st.integers(1, 40), st.sampled_from([None, 1, 2, 3]))
def test_regions_are_the_records(content: bytes, dialect: Dialect, size: int, width: int | None) -> None:
    """Whatever the bytes and wherever they are cut: the pieces are those that are read line by line."""
    expected = list(records(io.BytesIO(content), dialect, width=width))

    assert expected == list(pieces(split(content, dialect, size=size, width=width), dialect, width=width))


@given(files(), dialects(), st.integers(1, 40))
def test_regions_hold_no_quote_in_plain_lines(content: bytes, dialect: Dialect, size: int) -> None:
    """What is left to be split at the delimiter alone has no quote, and is never empty."""
    for region in split(content, dialect, size=size):
        if isinstance(region, Plain):
            assert region.text
            assert not dialect.quote or dialect.quote.encode() not in region.text


@pytest.mark.parametrize("lines", [SPAN_LINES - 1, SPAN_LINES])
@pytest.mark.parametrize("size", [1, 7, 50, 10_000])
def test_regions_see_a_record_across_blocks(lines: int, size: int) -> None:
    """A record of as many lines as are allowed is one in blocks of any size; a longer one is none."""
    content = b'a,b\n1,2\n"' + b"\n" * lines + b'",x\n3,4\n'

    found = list(pieces(split(content, Dialect(), size=size), Dialect()))

    assert list(records(io.BytesIO(content), Dialect())) == found
    assert (lines < SPAN_LINES) == (Record(3, ["\n" * lines, "x"]) in found)


def test_regions_leave_plain_lines_together() -> None:
    """What is between two quotes comes at once, with the number of its first line."""
    content = b'a,b\n1,2\n\n3\n"4\n","5"\n6,7\n8,9\n'

    assert [
        Header(1, ("a", "b")),
        Plain(2, 3, b"1,2\n\n3\n"),
        Record(5, ["4\n", "5"]),
        Plain(7, 2, b"6,7\n8,9\n"),
    ] == split(content, Dialect(), size=1000)


def test_regions_of_a_dialect_without_quotes_are_plain() -> None:
    """Where no character quotes, a double quote is one like any other."""
    assert [Header(1, ("a", '"b')), Plain(2, 1, b'"1,2"\n')] == split(
        b'a,"b\n"1,2"\n', Dialect(quote=""), size=1000
    )
