from __future__ import annotations

import io
import json
from codecs import BOM_UTF8
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.json_lines import SAMPLE, json_header, json_records
from airflow_dataops.core.rows.json_text import DEEPEST
from airflow_dataops.core.rows.lines import EMPTY, blocks
from airflow_dataops.core.rows.records import BadHeader, Header, Record, Unparsable
from tests.strategies import texts

PATHS = (("city", "customer.address.city"), ("first", "lines[0].amount"), ("note", "note"))
DIALECT = Dialect(format=Format.JSON_LINES, paths=PATHS)
DEEP = b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def read(content: bytes, *columns: str, encoding: str = "utf-8", size: int = 1000) -> list[object]:
    """The pieces of a file."""
    dialect = Dialect(encoding=encoding, format=Format.JSON_LINES, paths=PATHS)
    return list(json_records(blocks(io.BytesIO(content), size=size), dialect, columns))


VALUES: list[tuple[str, bytes, str | None]] = [
    ("text", b'{"a": "x"}', "x"),
    ("empty text", b'{"a": ""}', ""),
    ("escapes", b'{"a": "\\u00e9\\n\\""}', 'é\n"'),
    ("a pair of halves", b'{"a": "\\ud83d\\ude00"}', "😀"),
    ("integer", b'{"a": 007}', "unparsable"),
    ("number as written", b'{"a": 1.10}', "1.10"),
    ("exponent as written", b'{"a": -1E+2}', "-1E+2"),
    ("many digits", b'{"a": ' + b"9" * 5000 + b"}", "9" * 5000),
    ("true", b'{"a": true}', "true"),
    ("false", b'{"a": false}', "false"),
    ("null", b'{"a": null}', None),
    ("missing", b'{"b": 1}', None),
    ("no keys", b"{}", None),
    ("blanks around", b'  {"a" : "x"}\t', "x"),
    ("carriage return", b'{"a": "x"}\r', "x"),
    ("an object", b'{"a": {}}', "unparsable"),
    ("a list", b'{"a": [1]}', "unparsable"),
    ("key twice", b'{"a": 1, "a": 1}', "unparsable"),
    ("key twice within", b'{"a": 1, "b": {"c": 1, "c": 2}}', "unparsable"),
    ("NaN", b'{"a": NaN}', "unparsable"),
    ("infinity elsewhere", b'{"a": 1, "b": -Infinity}', "unparsable"),
    ("a list of objects", b'[{"a": 1}]', "unparsable"),
    ("a text", b'"a"', "unparsable"),
    ("two objects", b'{"a": 1}{"a": 2}', "unparsable"),
    ("cut off", b'{"a": "x', "unparsable"),
    ("comma at the end", b'{"a": 1,}', "unparsable"),
    ("line end within", b'{"a": "x\ty"}', "unparsable"),
    ("half a character", b'{"a": "\\ud800"}', "unparsable"),
    ("half a character in a key", b'{"a": "x", "\\udfff": 1}', "unparsable"),
    ("not of the encoding", b'{"a": "\xff"}', "unparsable"),
    ("too deep", DEEP, "unparsable"),
    ("as deep as may be", b'{"a": 1, "b": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}", "1"),
    ("too deep by one", b'{"a": 1, "b": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}", "unparsable"),
    ("brackets in a text", b'{"a": "' + b"[\\\\" * 200 + b'"}', "[\\" * 200),
    ("csv", b"a,b", "unparsable"),
]


@pytest.mark.parametrize(("line", "expected"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_json_records_keep_what_is_written(line: bytes, expected: str | None) -> None:
    """A value is the text that is written; a line that isn't one object of plain values is lost alone."""
    found = read(line + b'\n{"a": "next"}\n', "a")

    assert Record(2, ["next"]) == found[1]
    if expected == "unparsable":
        assert isinstance(found[0], Unparsable)
    else:
        assert Record(1, [expected]) == found[0]


PLACES: list[tuple[str, bytes, list[str | None] | None]] = [
    ("there", b'{"customer": {"address": {"city": "Bonn"}}, "lines": [{"amount": 1.0}]}', ["Bonn", "1.0"]),
    ("missing", b'{"customer": {}, "lines": []}', [None, None]),
    ("null on the way", b'{"customer": null, "lines": [null]}', [None, None]),
    ("nothing at all", b"{}", [None, None]),
    ("a value on the way", b'{"customer": "x"}', None),
    ("a list for an object", b'{"customer": []}', None),
    ("an object for a list", b'{"lines": {"0": 1}}', None),
    ("an object at the end", b'{"customer": {"address": {"city": {}}}}', None),
]


@pytest.mark.parametrize(("line", "expected"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_json_records_follow_paths(line: bytes, expected: list[str | None] | None) -> None:
    """A column with a path has the value at its end; what can't be followed is no record."""
    (found,) = read(line, "city", "first")

    assert (Unparsable(1, line.decode()) if expected is None else Record(1, expected)) == found


def test_json_records_take_a_name_for_one_key() -> None:
    """A column without a path is the key of its name, whatever stands in it."""
    assert [Record(1, ["1", "2"])] == read(b'{"a.b": 1, "c[0]": 2, "a": {"b": 3}}', "a.b", "c[0]")


def test_json_records_of_another_encoding_are_shown_as_hex() -> None:
    """A line of another encoding is unparsable, with its bytes as hex; declared, it is read."""
    content = '{"a": "é"}\n'.encode("latin-1")

    assert [Unparsable(1, '{"a": "\\xe9"}')] == read(content, "a")
    assert [Record(1, ["é"])] == read(content, "a", encoding="latin-1")


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.booleans() | texts() | st.integers())))
def test_json_records_read_back_what_the_standard_writer_wrote(rows: list[dict[str, object]]) -> None:
    """Objects of plain values come back as their texts, from blocks of any size."""
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()

    def text(value: object) -> object:
        return value if value is None or isinstance(value, str) else json.dumps(value)

    expected = [Record(at, [text(row.get(name)) for name in "abc"]) for at, row in enumerate(rows, start=1)]
    assert expected == read(content, *"abc", size=7)


@given(st.binary(max_size=60) | st.text('{}[]":,a1\\ \n', max_size=40).map(str.encode), st.integers(1, 20))
def test_json_records_account_for_every_line(content: bytes, size: int) -> None:
    """Any bytes at all are read without an error, and each line that is not empty is one piece."""
    assume(not content.startswith(BOM_UTF8))
    expected = [number for number, line in enumerate(io.BytesIO(content), start=1) if line not in EMPTY]

    assert expected == [piece.line for piece in read(content, "a", size=size)]


HEADERS: list[tuple[str, bytes, tuple[str, ...] | str | None]] = [
    ("union", b'{"b": 1}\n\nx\n{"a": 1, "b": 2}', ("b", "a")),
    ("paths", b'{"customer": {"address": {"city": 1}}, "id": 1, "lines": []}', ("id", "city")),
    ("a path to null", b'{"customer": {"address": {"city": null}}}', ("city",)),
    ("byte order mark", b'\xef\xbb\xbf{"a": 1}', ("a",)),
    ("empty", b"\n\r\n", None),
    ("csv", b"a,b\n1,2\n", "none of the first lines is a JSON object"),
    ("no keys", b"{}\n", "none of the first lines is a JSON object"),
    ("wide", '{"a": 1}'.encode("utf-16"), "the file is UTF-16"),
    ("binary", b"\x00\x01", "NUL byte"),
    ("another encoding", b'{"\xff": 1}', "not utf-8"),
]


@pytest.mark.parametrize(
    ("content", "expected"), [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS]
)
def test_json_header_is_the_keys_of_the_first_records(
    content: bytes, expected: tuple[str, ...] | str | None
) -> None:
    """The header has every key of the first records, and the columns to which a path leads."""
    found = json_header(blocks(io.BytesIO(content)), DIALECT)

    if isinstance(expected, str):
        assert isinstance(found, BadHeader)
        assert expected in found.why
    else:
        assert expected == (found.names if isinstance(found, Header) else found)


def test_json_header_reads_no_further_than_it_must() -> None:
    """A key of a later record isn't seen."""
    content = b'{"a": 1}\n' * SAMPLE + b'{"b": 1}\n'

    assert Header(1, ("a",)) == json_header(blocks(io.BytesIO(content)), DIALECT)


def test_json_numbers_are_exact() -> None:
    """No number goes through a double."""
    (found,) = read(b'{"a": 0.1000000000000000055511151231257827}', "a")

    assert Decimal("0.1000000000000000055511151231257827") == Decimal(found.values[0])
