"""How many records a file of text holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.lines import blocks, filled, physical
from airflow_dataops.core.rows.packing import unpacked
from airflow_dataops.core.rows.records import Record, Unparsable
from airflow_dataops.core.rows.regions import Plain, regions
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from airflow_dataops.core.landing import Dialect

SIZE = 1024 * 1024
"""Bytes that are read at once: few enough to stay near the processor."""


def count(file: BinaryIO, name: str, dialect: Dialect) -> int:
    """Return how many records a file holds, without its headers, unparsable lines included.

    Nothing is refused here, so that everything can land: what can't be unpacked holds no record, nor does a
    file without a usable header. Each piece of a line that is too long counts.

    Args:
        file: A seekable file, open for bytes, at its start; packed or not.
        name: Its name.
        dialect: How it is written: CSV or JSON lines.

    Raises:
        SettingsError: If the dialect can't work.
        OSError: If the file can't be read.
    """
    form(dialect)
    total = 0
    try:
        for member in unpacked(file, name):
            for records in _counts(member.file, dialect):
                total += records
    except BadDataError:
        return total
    return total


def _counts(file: BinaryIO, dialect: Dialect) -> Iterator[int]:
    """Yield how many records the pieces of a file are."""
    read = blocks(file, size=SIZE)
    if dialect.format is Format.JSON_LINES:
        yield from (filled(block, lines=physical(block)) for block in read)
        return
    for region in regions(read, dialect):
        match region:
            case Plain(text=text, lines=lines):
                yield filled(text, lines=lines)
            case Record() | Unparsable():
                yield 1
