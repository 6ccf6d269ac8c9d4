"""What lies where a file of ours shall be written: it is replaced only if an earlier run wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def refuse_others(to: str, *, spared: Iterable[str], is_ours: Callable[[Path], bool], unwritten: str) -> None:
    """Refuse to replace a file, unless an earlier run wrote it.

    Args:
        to: The file; there need be none.
        spared: Files that are never replaced: the data, and the contract.
        is_ours: Whether a file is one that an earlier run wrote.
        unwritten: What is refused, as a sentence.

    Raises:
        SettingsError: If something else lies there.
        OSError: If it can't be looked at.
    """
    place = Path(to)
    if not place.exists():
        return
    if not place.is_file():
        why = "what lies there is no file"
    elif any(place.samefile(one) for one in spared if Path(one).exists()):
        why = "it is a file that is read: the data, or the contract"
    elif not is_ours(place):
        why = "a file lies there that no earlier run wrote"
    else:
        return
    hint = "Name a file of its own, or move that one away."
    raise SettingsError(f"{unwritten}: {why}", where=to, hint=hint)
