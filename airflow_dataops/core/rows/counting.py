"""How many records a file of text holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Format
from airflow_dataops.core.rows.lines import lines
from airflow_dataops.core.rows.packing import unpacked
from airflow_dataops.core.rows.records import EMPTY, Record, Unparsable, check, records
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from airflow_dataops.core.landing import Dialect


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
    check(dialect)
    total = 0
    try:
        for member in unpacked(file, name):
            for counts in _pieces(member.file, dialect):
                total += counts
    except BadDataError:
        return total
    return total


def _pieces(file: BinaryIO, dialect: Dialect) -> Iterator[bool]:
    """Yield for each piece of a file whether it is a record or an unparsable line."""
    if dialect.format is Format.JSON_LINES:
        return (line not in EMPTY for line in lines(file))
    return (isinstance(piece, Record | Unparsable) for piece in records(lines(file), dialect))
