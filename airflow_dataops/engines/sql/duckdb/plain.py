"""Lines without a quote into columns, all at once; those that are odd in any way, one by one."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from airflow_dataops.core.rows.lines import EMPTY, physical
from airflow_dataops.core.rows.records import Record, Unparsable, fields_of, unended
from airflow_dataops.core.rows.regions import Plain
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflow_dataops.core.rows.form import Form

LINEWISE = re.compile(r"utf-8|ascii|latin-1|(iso8859-|cp125|koi8-|cp8[0-9]{2}$|mac-).*")
"""Encodings that mean the same for many lines at once as for each by itself."""

ABSENT = "\x1f\x1e\x1d\x1c\x01\x02\x03\x04\x05\x06\x07\x08"
"""Characters that may stand for a delimiter where there shall be none: people's texts have none."""

LITTLE = 64 * 1024
"""Bytes that are decoded sooner than they are shown to polars."""

FEW = 16
"""Lines, one of them odd, that are read one by one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What plain lines came to.

    Args:
        frame: Records: `line`, then their values as `s0`, `s1`, …, null for an empty one.
        records: Records that had to be read one by one.
        broken: Lines that are no record.
    """

    frame: pl.DataFrame
    records: list[Record]
    broken: list[Unparsable]


def columns_of(plains: Sequence[Plain], written: Form, *, width: int) -> Columns:
    """Split plain lines into columns: the same as `records` would, one line after the other.

    Args:
        plains: The lines, in the order of their file.
        written: How they are told apart.
        width: How many fields a record has, at least one.
    """
    odd: list[Record | Unparsable] = []
    numbers, text = _easy(plains, written, width=width, odd=odd)
    lines = _lines(text, numbers.len())
    is_record = lines.str.count_matches(written.delimiter, literal=True) == width - 1
    fields = [lines.alias("s0")] if width == 1 else _fields(text, written.delimiter, width, lines.len())
    frame = pl.DataFrame([numbers, *fields])
    if not is_record.all(ignore_nulls=False):
        broken = pl.DataFrame([numbers, lines]).filter(~is_record)
        odd.extend(Unparsable(number, raw) for number, raw in broken.iter_rows())
        frame = frame.filter(is_record)
    return Columns(
        frame,
        [piece for piece in odd if isinstance(piece, Record)],
        [piece for piece in odd if isinstance(piece, Unparsable)],
    )


def records_frame(found: Sequence[Record], width: int) -> pl.DataFrame:
    """Return records as a frame such as that of Columns."""
    columns = list(zip(*(record.values for record in found), strict=True)) if found else [()] * width
    texts = [pl.Series(f"s{at}", values, dtype=pl.String) for at, values in enumerate(columns)]
    return pl.DataFrame([pl.Series("line", [record.line for record in found], dtype=pl.Int64), *texts])


def _easy(
    plains: Sequence[Plain], written: Form, *, width: int, odd: list[Record | Unparsable]
) -> tuple[pl.Series, bytes]:
    """Return the numbers and the text (UTF-8, ended by LF) of the lines without those that are odd.

    Odd ones are found by halves, so that a few of them cost little.
    """
    easy: list[Plain] = []
    whole = _same(_joined(plains), written)
    if whole is not None:
        return _numbers(plains), whole
    waiting = list(reversed(plains))
    while waiting:
        plain = waiting.pop()
        text = _same(plain.text, written)
        if text is not None:
            easy.append(replace(plain, text=text if text.endswith(b"\n") else text + b"\n"))
        elif plain.lines > FEW:
            waiting.extend(reversed(_halves(plain)))
        else:
            odd.extend(_by_itself(plain, written, width=width))
    return _numbers(easy), _joined(easy)


def _joined(plains: Sequence[Plain]) -> bytes:
    return b"".join(plain.text for plain in plains)


def _same(text: bytes, written: Form) -> bytes | None:
    """Return a text in UTF-8 with LF alone for its line ends; None if anything in it is odd."""
    if not (LINEWISE.fullmatch(written.encoding) and written.delimiter.isascii()):
        return None
    if written.encoding != "utf-8" or len(text) < LITTLE:
        try:
            text = text.decode(written.encoding).encode()
        except UnicodeDecodeError:
            return None
    elif not _is_utf8(text):
        return None
    if b"\r" in text:
        text = (text + b"\n" if text.endswith(b"\r") else text).replace(b"\r\n", b"\n")
    return None if b"\r" in text or codecs.BOM_UTF8 in text else text


def _is_utf8(text: bytes) -> bool:
    """Say whether Python would decode a text, without decoding it."""
    try:
        pl.Series([text], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def _numbers(plains: Sequence[Plain]) -> pl.Series:
    first = pl.Series("line", [plain.line for plain in plains], dtype=pl.Int64)
    after = pl.Series("line", [plain.line + plain.lines for plain in plains], dtype=pl.Int64)
    return pl.select(line=pl.int_ranges(first, after))["line"].explode(empty_as_null=False)


def _halves(plain: Plain) -> tuple[Plain, Plain]:
    middle = plain.text.find(b"\n", len(plain.text) // 2) + 1
    if middle in {0, len(plain.text)}:  # the last line is longer than all before it
        middle = plain.text.rfind(b"\n", 0, len(plain.text) - 1) + 1
    first, second = plain.text[:middle], plain.text[middle:]
    before = physical(first)
    return Plain(plain.line, before, first), Plain(plain.line + before, plain.lines - before, second)


def _by_itself(plain: Plain, written: Form, *, width: int) -> Iterator[Record | Unparsable]:
    """Read each of some lines by itself."""
    for number, line in enumerate(io.BytesIO(plain.text), start=plain.line):
        if line in EMPTY:
            continue
        fields, _ = fields_of(line, iter(()), written, width=width)
        if fields is None:
            yield Unparsable(number, unended(line.decode(written.encoding, "backslashreplace")))
        else:
            yield Record(number, [field or None for field in fields])


def _lines(text: bytes, count: int) -> pl.Series:
    """Return the lines of a text, null for an empty one."""
    absent = next((mark for mark in ABSENT if mark.encode() not in text), None)
    if absent is None:
        lines = pl.Series([text.decode().removesuffix("\n")]).str.split("\n").explode().replace("", None)
    else:
        lines = _read(text, absent, ["text"])["text"]
    _check(lines.len(), count)
    return lines


def _fields(text: bytes, delimiter: str, width: int, count: int) -> list[pl.Series]:
    """Return the fields of each line of a text; of a line with too few or too many, any."""
    names = [f"s{at}" for at in range(width)]
    if not text:
        return _read(text, delimiter, names).get_columns()
    first = delimiter * (width - 1) + "\n"  # has as many as there shall be
    fields = _read(first.encode() + text, delimiter, names).slice(1)
    _check(fields.height, count)
    return fields.get_columns()


def _check(found: int, count: int) -> None:
    if found != count:
        raise NotEvaluatedError(f"a block of {count} lines was split into {found}")


def _read(text: bytes, delimiter: str, names: list[str]) -> pl.DataFrame:
    schema = pl.Schema(dict.fromkeys(names, pl.String()))
    if not text:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(
        text,
        has_header=False,
        separator=delimiter,
        quote_char=None,
        schema=schema,
        truncate_ragged_lines=True,
    )
