from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given

from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows import counting
from airflow_dataops.core.rows.counting import count
from airflow_dataops.core.rows.records import Record, Unparsable, records
from airflow_dataops.errors import SettingsError
from tests.strategies import dialects, files

JSON_LINES = Dialect(format=Format.JSON_LINES)


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def counted(content: bytes, dialect: Dialect | None = None) -> int:
    """How many records a file has."""
    return count(io.BytesIO(content), "orders.csv", dialect or Dialect())


@given(files(), dialects())
def test_count_is_that_of_the_records(content: bytes, dialect: Dialect) -> None:
    """As many are counted as are read one by one, unparsable lines included."""
    if content.startswith((b"\x1f\x8b", b"PK")):
        return
    pieces = list(records(io.BytesIO(content), dialect))

    assert sum(isinstance(piece, Record | Unparsable) for piece in pieces) == counted(content, dialect)


COUNTS: list[tuple[str, bytes, Dialect, int]] = [
    ("csv", b'a,b\n1,2\n\n"3\n",4\n5\n', Dialect(), 3),
    ("no header", b"1,2\n\r\n3,4", Dialect(header=False), 2),
    ("a header alone", b"a,b", Dialect(), 0),
    ("no header at all", b"\x00\n1\n", Dialect(), 0),
    ("json lines", b'{"a": 1}\n\nx\n{}', JSON_LINES, 3),
    ("gzip", gzip.compress(b"a\n1\n2\n"), Dialect(), 2),
    ("two of gzip in one", gzip.compress(b"a\n1\n") + gzip.compress(b"2\n"), Dialect(), 2),
    ("zip", zipped({"b/c.csv": b"a\n1\n", "a.csv": b"a\n2\n3\n", "b/": b""}), Dialect(), 3),
    ("zip of nothing", zipped({}), Dialect(), 0),
    ("zip of json lines", zipped({"a": b"{}", "b": b"{}\n{}"}), JSON_LINES, 3),
    ("no gzip at all", b"\x1f\x8b and more", Dialect(), 0),
    ("no zip at all", b"PK\x03\x04 and more", Dialect(), 0),
    ("empty", b"", JSON_LINES, 0),
]


@pytest.mark.parametrize(
    ("content", "dialect", "expected"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS]
)
def test_count_knows_the_formats(content: bytes, dialect: Dialect, expected: int) -> None:
    """Headers and empty lines don't count, unparsable lines do, and what can't be unpacked holds nothing."""
    assert expected == counted(content, dialect)


def test_count_keeps_what_was_read_before_the_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an archive that is cut off, the lines that can be read count."""
    monkeypatch.setattr(counting, "SIZE", 10)
    content = bytearray(zipped({"a": b"a\n1\n2\n", "b": b"a\n3\n"}))
    second = content.index(b"PK\x03\x04", 4)
    content[second + 33] ^= 0xFF  # its name stands 30 bytes behind, and is one byte long

    assert 2 == counted(bytes(content))


def test_count_refuses_a_dialect_that_can_not_work() -> None:
    """A dialect that can't work is an error of the settings, also where the file is empty."""
    for dialect in (Dialect(delimiter=""), Dialect(quote=","), Dialect(encoding="nope")):
        with pytest.raises(SettingsError):
            counted(b"", dialect)
