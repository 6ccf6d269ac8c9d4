"""The path of a drop below its folder: the partition's label in it, and wildcards for several files.

`{partition}` stands for the label, as it is written. `*` stands for any characters of one name, `?` for one
of them; `**` is refused. Nothing else is a wildcard, and nothing of a label is. A name that starts with `.`
or `_` is hidden, as those who write in parts have it: no wildcard at the start of a name stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import translate
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch

PARTITION = "{partition}"
"""Stands for the partition's label in the path of a drop."""

WILDCARD = re.compile(r"[*?]")

MARK = "\0"
"""Stands before a wildcard, so that those of a label are none. No path can hold this character."""

MARKED = re.compile(rf"({MARK}[*?])")
SPECIAL = re.compile(r"[*?\[]")
"""What `fnmatch` reads as a pattern."""

HIDDEN = (".", "_")

Listing = Callable[[str], Iterable[tuple[str, bool]]]
"""Returns what a folder, named below the fixed part, holds: (name, whether it is a folder)."""


@dataclass(frozen=True, slots=True)
class Wild:
    """The names that one part of a path stands for.

    Args:
        text: The part; each wildcard has a mark before it.
    """

    text: str

    def matches(self, name: str) -> bool:
        """Say whether the part stands for a name."""
        if name.startswith(HIDDEN) and self.text.startswith(MARK):
            return False
        return re.fullmatch(self._form, name) is not None

    @property
    def _form(self) -> str:
        pieces = MARKED.split(self.text)
        return translate(
            "".join(
                piece.removeprefix(MARK) if MARKED.fullmatch(piece) else SPECIAL.sub(r"[\g<0>]", piece)
                for piece in pieces
            )
        )


@dataclass(frozen=True, slots=True)
class DropPath:
    """Where one batch's drop is, below the folder.

    Args:
        fixed: The names up to the first with a wildcard; all of them where there is none.
        below: The parts from there on.
    """

    fixed: tuple[str, ...]
    below: tuple[Wild, ...]

    def __str__(self) -> str:
        """Return the path as people read it."""
        return "/".join((*self.fixed, *(part.text.replace(MARK, "") for part in self.below)))

    def matching(self, listing: Listing) -> tuple[str, ...]:
        """Return the files that the path stands for, as paths below its fixed part, sorted.

        Args:
            listing: Tells what a folder holds; it is asked for the fixed part first, as an empty text.
        """
        folders = [""]
        for part in self.below[:-1]:
            folders = [path for path, is_folder in _inside(folders, part, listing) if is_folder]
        files = _inside(folders, self.below[-1], listing)
        return tuple(sorted(path for path, is_folder in files if not is_folder))


def drop_path(template: str, batch: Batch) -> DropPath:
    """Return where the drop of a batch is, below the folder of the drops.

    Args:
        template: The path with `{partition}`, and with `*` and `?` where a drop is several files.
        batch: The batch.

    Raises:
        SettingsError: If that would be outside of the folder, or holds `**`.
    """
    path = WILDCARD.sub(rf"{MARK}\g<0>", template).replace(PARTITION, batch.partition)
    names = tuple(name for name in path.split("/") if name not in {"", "."})
    readable = template.replace(PARTITION, batch.partition)
    if path.startswith("/") or ".." in names or not names or MARK in readable:
        raise SettingsError(
            f"the drop's path {readable!r} leads out of the folder of the drops",
            where=str(batch),
            hint="Give a path below the folder, and a partition key without `..`.",
        )
    if "**" in template:
        raise SettingsError(
            f"the drop's path {readable!r} holds `**`",
            where=str(batch),
            hint="Write a `*` for each folder on the way: it stands for one name.",
        )
    first = next((number for number, name in enumerate(names) if MARK in name), len(names))
    return DropPath(names[:first], tuple(Wild(name) for name in names[first:]))


def _inside(folders: Iterable[str], part: Wild, listing: Listing) -> Iterable[tuple[str, bool]]:
    for folder in folders:
        for name, is_folder in listing(folder):
            if part.matches(name):
                yield (f"{folder}/{name}" if folder else name), is_folder
