from __future__ import annotations

import csv
import encodings
import io
import pkgutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.landing import Dialect
from airflow_dataops.core.rows.records import (
    EMPTY,
    SPAN_LINES,
    BadHeader,
    Header,
    Record,
    Unparsable,
    records,
)
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.rows.records import Piece
from tests.strategies import texts


def read(content: bytes, dialect: Dialect | None = None) -> list[Piece]:
    """All pieces of a file."""
    return list(records(io.BytesIO(content), dialect or Dialect()))


GOOD = {
    "plain": (b"a,b\n1,2\n", [Header(1, ("a", "b")), Record(2, ["1", "2"])]),
    "crlf": (b"a,b\r\n1,2\r\n", [Header(1, ("a", "b")), Record(2, ["1", "2"])]),
    "no newline at the end": (b"a,b\n1,2", [Header(1, ("a", "b")), Record(2, ["1", "2"])]),
    "cut between cr and lf": (b"a,b\r\n1,2\r", [Header(1, ("a", "b")), Record(2, ["1", "2"])]),
    "byte order mark": (b"\xef\xbb\xbfa,b\n", [Header(1, ("a", "b"))]),
    "quoted byte order mark": (b'\xef\xbb\xbf"a","b"\n', [Header(1, ("a", "b"))]),
    "empty lines": (b"\n\r\na\n\n1\n\n", [Header(3, ("a",)), Record(5, ["1"])]),
    "empty fields": (b'a,b,c\n,"",\n', [Header(1, ("a", "b", "c")), Record(2, [None, None, None])]),
    "one empty field": (b'a\n""\n', [Header(1, ("a",)), Record(2, [None])]),
    "blanks are kept": (b"a,b\n 1 ,  \n", [Header(1, ("a", "b")), Record(2, [" 1 ", "  "])]),
    "quoted delimiter": (b'a,b\n"1,5",2\n', [Header(1, ("a", "b")), Record(2, ["1,5", "2"])]),
    "doubled quotes": (b'a,b\n"say ""hi""",2\n', [Header(1, ("a", "b")), Record(2, ['say "hi"', "2"])]),
    "lines within": (
        b'a,b\n"1\r\n\r\n2",3\n4,5\n',
        [Header(1, ("a", "b")), Record(2, ["1\r\n\r\n2", "3"]), Record(5, ["4", "5"])],
    ),
    "quoted carriage return": (b'a\n"1\r2"\n', [Header(1, ("a",)), Record(2, ["1\r2"])]),
    "nul in a record": (b"a,b\n1\x00,2\n", [Header(1, ("a", "b")), Record(2, ["1\x00", "2"])]),
    "empty file": (b"", []),
    "empty lines only": (b"\n\r\n", []),
    "a mark only": (b"\xef\xbb\xbf", []),
}

BROKEN = {
    "too few": (b"a,b\n1\n2,3\n", [2], [3]),
    "too many": (b"a,b\n1,2,3\n2,3\n", [2], [3]),
    "not utf-8": (b"a,b\n\xff,1\n2,3\n", [2], [3]),
    "not utf-8 and quoted": (b'a,b\n"\xff",1\n2,3\n', [2], [3]),
    "open quote": (b'a,b\n"1,2\n3,4\n5,6\n', [2], [3, 4]),
    "open quote in the last line": (b'a,b\n1,2\n"3,4', [3], [2]),
    "open quote, then a byte that is not utf-8": (b'a,b\n"1,2\n\xff,1\n3,4\n', [2, 3], [4]),
    "open quote that a later one closes": (b'a,b\n"1,2\n"3",4\n5,6\n', [2], [3, 4]),
    "text behind a quote": (b'a,b\n"1"x,2\n3,4\n', [2], [3]),
    "wrong width over two lines": (b'a,b\n"1\n2"\n3,4\n', [2, 3], [4]),
    "carriage return within": (b"a,b\n1\r,2\n3,4\n", [2], [3]),
    "carriage return beside quotes": (b'a,b\n"1"\r,2\n3,4\n', [2], [3]),
    "two carriage returns": (b'a,b\n1,2\r\r\n"3",4\r\r\n5,6\r\n', [2, 3], [4]),
}

HEADERLESS = {
    "utf-16": ("a,b\n1,2\n".encode("utf-16"), "the file is UTF-16"),
    "utf-32": ("a,b\n1,2\n".encode("utf-32"), "the file is UTF-32"),
    "nul": (b"PK\x03\x04\x00\x00\n", "the header holds a NUL byte, so the file looks binary"),
    "latin-1": ("größe\n1\n".encode("latin-1"), "the header is not utf-8"),
    "open quote": (b'"a,b\n1,2\n', "the header has a quote that doesn't close"),
    "old line ends": (b"a,b\r1,2\r", "a carriage return that ends no line"),
    "no name": (b"a,,b\n", "column 2 of the header has no name"),
    "same name": (b"a,b,a\n", "columns 1 and 3 of the header have the same name"),
}


@pytest.mark.parametrize(("content", "expected"), GOOD.values(), ids=GOOD)
def test_records_reads_what_a_file_says(content: bytes, expected: list[Piece]) -> None:
    """A well-formed file is read as RFC 4180 has it, each record with the line at which it starts."""
    assert expected == read(content)


@pytest.mark.parametrize(("content", "broken", "whole"), BROKEN.values(), ids=BROKEN)
def test_records_loses_a_broken_line_alone(content: bytes, broken: list[int], whole: list[int]) -> None:
    """A line that is no record is named by its number, and the lines behind it are read."""
    pieces = read(content)

    assert broken == [piece.line for piece in pieces if isinstance(piece, Unparsable)]
    assert whole == [piece.line for piece in pieces if isinstance(piece, Record)]


@pytest.mark.parametrize(("content", "why"), HEADERLESS.values(), ids=HEADERLESS)
def test_records_refuses_what_is_no_header(content: bytes, why: str) -> None:
    """A file without a usable header yields what is wrong with it and nothing else."""
    (piece,) = read(content)

    assert isinstance(piece, BadHeader)
    assert why in piece.why
    assert piece.hint


def test_records_never_quotes_a_header() -> None:
    """The names stay out of what is said of a header: where it was left out they are values of a row."""
    (piece,) = read(b"ada@example.org,x,ada@example.org\n")

    assert isinstance(piece, BadHeader)
    assert "ada" not in piece.why + piece.hint


def test_records_keeps_the_text_of_a_broken_line() -> None:
    """An unparsable line keeps its text, with the bytes that are not of the encoding as hex."""
    assert [Unparsable(2, "\\xffx,é,1")] == read(b"a,b\n\xffx,\xc3\xa9,1\r\n")[1:]


def test_records_gives_up_on_a_quote_within_its_span() -> None:
    """A quote that never closes costs its own line, in a file of more lines than a record may span."""
    content = b'a,b\n"1,2\n' + b"3,4\n" * (3 * SPAN_LINES)

    pieces = read(content)

    assert [2] == [piece.line for piece in pieces if isinstance(piece, Unparsable)]
    assert 3 * SPAN_LINES == sum(isinstance(piece, Record) for piece in pieces)


def test_records_reads_a_record_of_as_many_lines_as_allowed() -> None:
    """A record may span as many lines as the bound says, and no more."""
    fits = b'a\n"' + b"\n" * (SPAN_LINES - 1) + b'"\n'
    exceeds = b'a\n"' + b"\n" * SPAN_LINES + b'"\n'

    assert [Record(2, ["\n" * (SPAN_LINES - 1)])] == read(fits)[1:]
    assert isinstance(read(exceeds)[1], Unparsable)


def test_records_of_a_line_without_quotes_has_no_limit() -> None:
    """A field may be of any length, where it is not quoted."""
    text = "x" * 200_000

    assert [Record(2, [text, "1"])] == read(f"a,b\n{text},1\n".encode())[1:]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", " "])
def test_records_splits_at_the_declared_delimiter(delimiter: str) -> None:
    """The delimiter is the one that the pipeline file declares."""
    content = f'a{delimiter}b\n1{delimiter}"2{delimiter}"\n'.encode()

    expected = [Header(1, ("a", "b")), Record(2, ["1", f"2{delimiter}"])]
    assert expected == read(content, Dialect(delimiter=delimiter))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "UTF8", "utf-8-sig", "cp1252", "latin-1", "shift_jis", "gb18030"]
)
def test_records_decodes_the_declared_encoding(encoding: str) -> None:
    """Each encoding that extends ASCII can be declared."""
    text = "表" if encoding in {"shift_jis", "gb18030"} else "é"

    pieces = read(f"a,b\n{text},1\n".encode(encoding), Dialect(encoding=encoding))

    assert [Header(1, ("a", "b")), Record(2, [text, "1"])] == pieces


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-32-le", "utf-7", "raw_unicode_escape", "base64", "idna", "nope", ""]
)
def test_records_refuses_an_encoding_that_hides_line_ends(encoding: str) -> None:
    """An encoding in which lines can't be told apart is an error of the settings."""
    with pytest.raises(SettingsError, match="encoding"):
        read(b"a\n", Dialect(encoding=encoding))


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "\r", "\0"])
def test_records_refuses_a_delimiter_that_can_not_separate(delimiter: str) -> None:
    """A delimiter that isn't one usable character is an error of the settings."""
    with pytest.raises(SettingsError, match="delimiter"):
        read(b"a\n", Dialect(delimiter=delimiter))


@given(
    rows=st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(texts(), min_size=width, max_size=width), min_size=1)
    ),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_records_reads_back_what_the_standard_writer_wrote(
    rows: list[list[str]], delimiter: str, quoting: csv.QUOTE_MINIMAL
) -> None:
    """Whatever the text, rows that Python's own writer wrote come back equal, the empty text as null."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting)
    writer.writerow([f"c{at}" for at in range(len(rows[0]))])
    writer.writerows(rows)

    pieces = read(file.getvalue().encode(), Dialect(delimiter=delimiter))[1:]

    expected = [[text or None for text in row] for row in rows]
    assert expected == [piece.values if isinstance(piece, Record) else piece for piece in pieces]


def lines_of(piece: Piece, content: list[bytes], following: int) -> int:
    """How many lines a piece covers: up to the next one, without the empty lines between them."""
    if isinstance(piece, Unparsable):
        return 1
    last = following - 1
    while last > piece.line and content[last - 1] in EMPTY:
        last -= 1
    return last - piece.line + 1


@given(
    st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r\n", b"\r", b"\xff", b"\x00", b"\xc3\xa9"])).map(
        b"".join
    )
)
def test_records_accounts_for_every_line(content: bytes) -> None:
    """Any bytes at all are read without an error, and every line belongs to exactly one piece or is empty."""
    lines = io.BytesIO(content).readlines()
    pieces = read(content)
    if any(isinstance(piece, BadHeader) for piece in pieces):
        assert 1 == len(pieces)
        return
    starts = [piece.line for piece in pieces]
    following = [*starts[1:], len(lines) + 1][: len(starts)]

    covered = set()
    for piece, after in zip(pieces, following, strict=True):
        taken = range(piece.line, piece.line + lines_of(piece, lines, after))
        assert covered.isdisjoint(taken)
        covered.update(taken)
        if isinstance(piece, Record):
            text = b"".join(lines[line - 1] for line in taken).decode()
            assert [[value or "" for value in piece.values]] == list(
                csv.reader(io.StringIO(text, newline=""), strict=True)
            )

    rest = [lines[line - 1] for line in range(1, len(lines) + 1) if line not in covered]
    assert all(line in EMPTY for line in rest)
    assert sorted(starts) == starts


@given(
    rows=st.lists(st.tuples(st.integers(), st.sampled_from(["x", "a b", ""])), min_size=1, max_size=30),
    where=st.integers(0),
    corrupt=st.sampled_from([b"1\n", b"1,2,3\n", b"\xff,1\n", b'"1,2\n', b'"1"2,3\n', b"\x81\x00\n"]),
)
def test_records_loses_one_inserted_line_alone(
    rows: list[tuple[int, str]], where: int, corrupt: bytes
) -> None:
    """A corrupt line between the records of a file is the only one that is lost."""
    lines = [f"{number},{text}\n".encode() for number, text in rows]
    at = where % (len(lines) + 1)
    content = b"".join([b"a,b\n", *lines[:at], corrupt, *lines[at:]])

    pieces = read(content)[1:]

    expected = [[str(number), text or None] for number, text in rows]
    assert expected == [piece.values for piece in pieces if isinstance(piece, Record)]
    assert [at + 2] == [piece.line for piece in pieces if isinstance(piece, Unparsable)]


def test_records_reads_any_byte_in_every_encoding_that_it_takes() -> None:
    """A codec of this Python is refused by name, or reads whatever a file may hold without an error."""
    lines = [b"a,b\n", *(bytes([byte]) * count + b",1\n" for byte in range(128, 256) for count in (1, 2, 70))]
    taken = []
    for codec in pkgutil.iter_modules(encodings.__path__):
        try:
            pieces = list(records(lines, Dialect(encoding=codec.name)))
        except SettingsError:
            continue
        taken.append(codec.name)
        assert len(lines) == len(pieces), codec.name

    assert {"utf_8", "cp1252", "gb18030", "ascii"} <= set(taken)
    assert taken.count("idna") == taken.count("punycode") == 0
