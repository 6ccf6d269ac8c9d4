"""The records of a file of JSON lines: one object a line (jsonlines.org), exactly accountable as CSV is.

Every line is a record, unparsable, or wholly empty. A number is the text that is written there, a truth value
is `true` or `false`, null and a missing key are a null, an empty text is an empty text.

The value of a column that holds JSON is the text of whatever is there, without blanks, its numbers as they
are written.

What is asked of a line: its bytes are of the encoding, it is one JSON object (`json_text.py`); where the
value of any other column should be there is no object and no list, nor a value on the way to it.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.json_text import NoJsonError, read, written
from airflow_dataops.core.rows.lines import EMPTY, physical
from airflow_dataops.core.rows.records import (
    TEXT_HINT,
    BadHeader,
    Header,
    Record,
    Unparsable,
    binary,
    bom,
    unended,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from airflow_dataops.core.landing import Dialect
    from airflow_dataops.core.rows.json_text import Json

SAMPLE = 1000
"""Records of a file whose keys are its header."""

STEP = re.compile(r"\[([0-9]+)\]|([^.\[\]]+)")
"""One step of a path: a place in a list, or a key."""

Place = tuple[str | int, ...]


def json_records(
    blocks: Iterable[bytes], dialect: Dialect, columns: Sequence[str], *, nested: Collection[str] = ()
) -> Iterator[Record | Unparsable]:
    """Yield each record and each unparsable line, in the order of the file.

    Args:
        blocks: The file, cut behind line ends.
        dialect: How the file is written.
        columns: The columns whose values the records have, in this order.
        nested: Those of them that hold JSON: their values are the text of it.

    Raises:
        SettingsError: If the encoding is unknown or no extension of ASCII.
    """
    told_apart = form(dialect)
    texts = [_json if name in nested else _text for name in columns]
    places = tuple(zip(places_of(columns, dialect), texts, strict=True))
    for number, line in _numbered(blocks, bom(told_apart)):
        try:
            found = _object(line, told_apart.encoding)
            yield Record(number, [text(_value(found, place)) for place, text in places])
        except ValueError:
            yield Unparsable(number, unended(line.decode(told_apart.encoding, "backslashreplace")))


def json_header(blocks: Iterable[bytes], dialect: Dialect) -> Header | BadHeader | None:
    """Return the columns that the first records have; None for a file without a line.

    They are the columns with a path that leads somewhere, and the keys that no path starts with.

    Args:
        blocks: The file, cut behind line ends.
        dialect: How the file is written.

    Raises:
        SettingsError: If the encoding is unknown or no extension of ASCII.
    """
    told_apart = form(dialect)
    paths = dict(dialect.paths)
    places = dict(zip(paths, places_of(tuple(paths), dialect), strict=True))
    starts = {place[0] for place in places.values()}
    names: dict[str, None] = {}
    first = 0
    for number, (line_number, line) in enumerate(_numbered(blocks, bom(told_apart)), start=1):
        first = first or line_number
        refusal = binary(line, line_number, told_apart, what="first line") if number == 1 else None
        if refusal is not None:
            return refusal
        try:
            found = _object(line, told_apart.encoding)
        except ValueError:
            found = None
        if isinstance(found, dict):
            names.update(dict.fromkeys(key for key in found if key not in starts))
            names.update(dict.fromkeys(name for name, place in places.items() if _leads(found, place)))
        if number == SAMPLE:
            break
    if first and not names:
        return BadHeader(first, "none of the first lines is a JSON object with a key", TEXT_HINT)
    return Header(first, tuple(names)) if first else None


def json_nested(blocks: Iterable[bytes], dialect: Dialect) -> frozenset[str]:
    """Return the keys that hold an object or a list in some record.

    Args:
        blocks: The file, cut behind line ends.
        dialect: How the file is written.

    Raises:
        SettingsError: If the encoding is unknown or no extension of ASCII.
    """
    told_apart = form(dialect)
    names: set[str] = set()
    for _, line in _numbered(blocks, bom(told_apart)):
        if b"[" not in line and line.count(b"{") <= 1:
            continue  # a record of texts and numbers
        try:
            found = _object(line, told_apart.encoding)
        except ValueError:
            continue
        if isinstance(found, dict):
            names.update(key for key, value in found.items() if isinstance(value, dict | list))
    return frozenset(names)


def places_of(columns: Sequence[str], dialect: Dialect) -> list[Place]:
    """Return where the value of each column is: at its path, or at the key of its name."""
    paths = dict(dialect.paths)
    return [
        tuple(int(at) if at else key for at, key in STEP.findall(paths[name])) if name in paths else (name,)
        for name in columns
    ]


def _numbered(blocks: Iterable[bytes], mark: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty, with their numbers."""
    first = 1
    for block in blocks:
        text = block.removeprefix(mark) if first == 1 else block
        for number, line in enumerate(io.BytesIO(text), start=first):
            if line not in EMPTY:
                yield number, line
        first += physical(block)


def _object(line: bytes, encoding: str) -> Json:
    found = read(unended(line.decode(encoding)))
    if not isinstance(found, dict):
        raise NoJsonError
    return found


def _value(found: Json, place: Place) -> Json:
    """Return what is at a place; None where a key or the end of a list is missing on the way."""
    for step in place:
        if found is None:
            return None
        if isinstance(step, str) and isinstance(found, dict):
            found = found.get(step)
        elif isinstance(step, int) and isinstance(found, list):
            found = found[step] if step < len(found) else None
        else:
            raise NoJsonError
    return found


def _leads(found: Json, place: Place) -> bool:
    """Say whether a path leads somewhere; a null at its end is something."""
    for step in place:
        if isinstance(found, dict) and isinstance(step, str):
            if step not in found:
                return False
            found = found[step]
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return False
    return True


def _text(value: Json) -> str | None:
    if value is True or value is False:
        return "true" if value else "false"
    if value is None or type(value) is str:
        return value
    if isinstance(value, str):  # a number
        return str(value)
    raise NoJsonError


def _json(value: Json) -> str | None:
    return None if value is None else written(value)
