"""Files -> the format that they are of."""

from __future__ import annotations

from pathlib import PurePosixPath

from airflow_dataops.core.landing import Format
from airflow_dataops.errors import SettingsError

SUFFIXES: dict[str, Format] = {
    ".csv": Format.CSV,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".parquet": Format.PARQUET,
}
"""End of a file's name -> the format that it is taken for."""

PACKED = frozenset({".gz", ".zip"})
"""Ends of names that say that a file is packed."""

DELTA = "delta"
"""The format of a folder that is a Delta table."""

FORMATS = ", ".join((*dict.fromkeys(known.value for known in SUFFIXES.values()), DELTA))


def format_of(path: str) -> Format:
    """Return the format that files are of by their names.

    Raises:
        SettingsError: If the names don't tell.
    """
    ends = [end.lower() for end in PurePosixPath(path).suffixes]
    while ends and ends[-1] in PACKED:
        ends.pop()
    found = SUFFIXES.get(ends[-1]) if ends else None
    if found is None:
        what = "the name of the file doesn't tell its format"
        raise SettingsError(what, where=path, hint=f"Set `format` to one of {FORMATS}.")
    return found


def format_named(given: str) -> Format:
    """Return the format that a team names.

    Raises:
        SettingsError: If there is no such format.
    """
    try:
        return Format(given)
    except ValueError:
        raise SettingsError(f"`format` can't be `{given}`", hint=f"Use one of {FORMATS}.") from None
