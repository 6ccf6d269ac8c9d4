"""What may be wrong with the way that files are said to be written, where that broke rules."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.header import SEPARATORS
from airflow_dataops.core.landing import Format
from airflow_dataops.core.naming import HEADER, MISSING_COLUMNS, UNPARSABLE
from airflow_dataops.core.rows.form import form
from airflow_dataops.core.rows.lines import EMPTY, text_blocks
from airflow_dataops.core.rows.packing import unpacked
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.contract.model import Dataset
    from airflow_dataops.core.rows.relation import Landed, LandedPart
    from airflow_dataops.core.trial import Trial

BLOCKS = 16
"""Blocks of lines, of a few megabytes each, in which a line that isn't of the encoding is looked for."""


def hints(trial: Trial, relation: Landed, dataset: Dataset) -> tuple[str, ...]:
    """Return what may mend a test that broke for the way in which the files are said to be written.

    Each is one line, without a word of the files.

    Args:
        trial: The verdicts.
        relation: The files.
        dataset: What was promised of them.
    """
    broken = {outcome.rule for outcome in trial.broken}
    dialect = relation.dialect
    if dialect.format is Format.PARQUET:
        return ()
    found: list[str] = []
    for part in relation.parts:
        try:
            if broken & {UNPARSABLE, HEADER} and _is_alien(part, form(dialect).encoding):
                found.append(
                    f"{part.name}: there are lines that are not of the encoding {dialect.encoding}. "
                    "Say with --encoding which one the file has, such as cp1252."
                )
            if broken & {MISSING_COLUMNS, HEADER} and dialect.format is Format.CSV and dialect.header:
                found.extend(_of_header(part, relation, dataset))
        except (DataOpsError, OSError):  # there is a verdict on what can't be read
            continue
    return tuple(found)


def _is_alien(part: LandedPart, encoding: str) -> bool:
    """Say whether bytes of a file, as far as it is looked at, are not of an encoding."""
    for block in islice(_blocks(part), BLOCKS):
        try:
            block.decode(encoding)
        except ValueError:
            return True
    return False


def _of_header(part: LandedPart, relation: Landed, dataset: Dataset) -> Iterator[str]:
    """Yield what the first line of a file would be a header with, or that it may be none."""
    dialect = relation.dialect
    promised = {column.name for column in dataset.columns}
    lines = (line for block in _blocks(part) for line in block.splitlines() if line not in EMPTY)
    text = next(lines, b"").decode(form(dialect).encoding, "replace").removeprefix("\ufeff")

    def known(delimiter: str) -> int:
        return len(
            promised.intersection(name.strip().strip(dialect.quote or None) for name in text.split(delimiter))
        )

    best = max(SEPARATORS, key=known)
    if best != dialect.delimiter and known(best) > known(dialect.delimiter):
        say = f"`--delimiter '{SEPARATORS[best]}'`"
        yield f"{part.name}: its columns look separated by another character. Say {say}."
    elif text and not known(dialect.delimiter):
        yield f"{part.name}: say --no-header, if its first line is a record already."


def _blocks(part: LandedPart) -> Iterator[bytes]:
    with Path(part.uri).open("rb") as file:
        for member in unpacked(file, part.name):
            yield from text_blocks(member.file, member.name)
