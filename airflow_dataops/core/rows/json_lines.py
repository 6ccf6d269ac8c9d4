"""The records of a file of JSON lines: one object a line (jsonlines.org), exactly accountable as CSV is.

Every line is a record, unparsable, or wholly empty. A number is the text that is written there, a truth value
is `true` or `false`, null and a missing key are a null, an empty text is an empty text.

What is asked of a line: its bytes are of the encoding, it is one JSON object (RFC 8259, so no NaN) in which
no key is there twice, nested at most DEEPEST deep, of texts that Unicode can hold; and where a column's value
should be there is no object and no list, nor a value on the way to it.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

from airflow_dataops.core.rows.form import form
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
    from collections.abc import Iterable, Iterator, Sequence

    from airflow_dataops.core.landing import Dialect

DEEPEST = 100
"""How deep a line may be nested."""

SAMPLE = 1000
"""Records of a file whose keys are its header."""

STEP = re.compile(r"\[([0-9]+)\]|([^.\[\]]+)")
"""One step of a path: a place in a list, or a key."""

NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')
"""A text, which is passed over, or the start or the end of something nested."""

ESCAPE = "\\u"
"""Without it in a line, no text of it holds half a character."""

Value = str | bool | dict[str, "Value"] | list["Value"] | None
Place = tuple[str | int, ...]


class _NoRecordError(ValueError):
    """A line is no record."""


def _unique(pairs: list[tuple[str, Value]]) -> Value:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NoRecordError
    return found


def _refused(_constant: str) -> Value:
    raise _NoRecordError


DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_refused)


def json_records(
    blocks: Iterable[bytes], dialect: Dialect, columns: Sequence[str]
) -> Iterator[Record | Unparsable]:
    """Yield each record and each unparsable line, in the order of the file.

    Args:
        blocks: The file, cut behind line ends.
        dialect: How the file is written.
        columns: The columns whose values the records have, in this order.

    Raises:
        SettingsError: If the encoding is unknown or no extension of ASCII.
    """
    written = form(dialect)
    places = places_of(columns, dialect)
    for number, line in _numbered(blocks, bom(written)):
        try:
            found = _object(line, written.encoding)
            yield Record(number, [_text(_value(found, place)) for place in places])
        except ValueError:
            yield Unparsable(number, unended(line.decode(written.encoding, "backslashreplace")))


def json_header(blocks: Iterable[bytes], dialect: Dialect) -> Header | BadHeader | None:
    """Return the columns that the first records have; None for a file without a line.

    They are the columns with a path that leads somewhere, and the keys that no path starts with.

    Args:
        blocks: The file, cut behind line ends.
        dialect: How the file is written.

    Raises:
        SettingsError: If the encoding is unknown or no extension of ASCII.
    """
    written = form(dialect)
    paths = dict(dialect.paths)
    places = dict(zip(paths, places_of(tuple(paths), dialect), strict=True))
    starts = {place[0] for place in places.values()}
    names: dict[str, None] = {}
    first = 0
    for number, (line_number, line) in enumerate(_numbered(blocks, bom(written)), start=1):
        first = first or line_number
        refusal = binary(line, line_number, written, what="first line") if number == 1 else None
        if refusal is not None:
            return refusal
        try:
            found = _object(line, written.encoding)
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


def _object(line: bytes, encoding: str) -> Value:
    text = unended(line.decode(encoding))
    if text.count("{") + text.count("[") > DEEPEST and _depth(text) > DEEPEST:
        raise _NoRecordError
    found: Value = DECODER.decode(text)
    if not isinstance(found, dict):
        raise _NoRecordError
    if ESCAPE in text:
        json.dumps(found, ensure_ascii=False).encode()
    return found


def _depth(text: str) -> int:
    deepest = depth = 0
    for found in NESTING.finditer(text):
        depth += bool(found[1]) - bool(found[2])
        deepest = max(deepest, depth)
    return deepest


def _value(found: Value, place: Place) -> Value:
    """Return what is at a place; None where a key or the end of a list is missing on the way."""
    for step in place:
        if found is None:
            return None
        if isinstance(step, str) and isinstance(found, dict):
            found = found.get(step)
        elif isinstance(step, int) and isinstance(found, list):
            found = found[step] if step < len(found) else None
        else:
            raise _NoRecordError
    return found


def _leads(found: Value, place: Place) -> bool:
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


def _text(value: Value) -> str | None:
    if value is True or value is False:
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value
    raise _NoRecordError
