"""The file that names failing rows: it appears whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.rows.failing_row import is_named
from airflow_dataops.engines.sql.occupant import refuse_others
from airflow_dataops.engines.sql.whole import part_of, whole
from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNWRITTEN = "the keys of failing rows can't be written"

LONGEST = 2**24
"""Characters of a first line that are looked at: its key has as many as the texts of the row's columns."""


def write_key_lines(text: str, *, to: str, spared: Iterable[str] = ()) -> None:
    """Write a file in the place of one that an earlier run wrote; its folder is made.

    Args:
        text: Its lines.
        to: The file.
        spared: Files that are never replaced: the data, and the contract.

    Raises:
        SettingsError: If something else lies there, or no file can be called so.
        BrokenWorldError: If it can't be written.
    """
    with _told(to):
        _refuse_others(to, spared=spared)
        place = Path(to).resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(str(place))
        with whole(str(place), part=part):
            Path(part).write_text(text, encoding="utf-8", newline="")


def check_key_lines(to: str, *, spared: Iterable[str] = ()) -> None:
    """Refuse a file that will not be written, before a row is read; and a folder that isn't there.

    Raises:
        SettingsError: If it is refused.
        BrokenWorldError: If it can't be looked at.
    """
    with _told(to):
        _refuse_others(to, spared=spared)
        if not Path(to).resolve().parent.is_dir():
            hint = "Make it, or name a file in one that is there."
            raise SettingsError(f"{UNWRITTEN}: there is no such folder", where=to, hint=hint)


def _refuse_others(to: str, *, spared: Iterable[str]) -> None:
    refuse_others(to, spared=spared, is_ours=_names_rows, unwritten=UNWRITTEN)


def _names_rows(place: Path) -> bool:
    """Say whether a file names failing rows; one that names none is empty."""
    try:
        with place.open(encoding="utf-8") as lines:
            first = lines.readline(LONGEST)
    except UnicodeDecodeError:
        return False
    return not first or is_named(first)


@contextmanager
def _told(to: str) -> Iterator[None]:
    """Say in our words what the file system refuses."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can have this name"
    else:
        return
    raise BrokenWorldError(
        f"{UNWRITTEN}: {why}", where=to, hint="Check the disk and its permissions, then run it again."
    )
