"""A local folder in which producers leave their drops."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Drop, DropFile
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.batch import Batch

CHUNK = 1024 * 1024

PARTITION = "{partition}"
"""Stands for the partition's label in the path of a drop."""


class FolderSource:
    """Finds the drop of a batch in a folder.

    Args:
        folder: The folder of the drops.
        path: The drop's path below it; `{partition}` stands for the partition's label.
    """

    def __init__(self, folder: str, path: str) -> None:
        self.folder = Path(folder).absolute()
        self.path = path

    def expected(self, batch: Batch) -> str:
        """Return where the drop of a batch is expected, for messages.

        Raises:
            SettingsError: If that would be outside of the folder.
        """
        return str(self._place(batch))

    def find(self, batch: Batch) -> Drop | None:
        """Return the drop of a batch, or None when there is none yet.

        Raises:
            SettingsError: If the folder is missing, or the drop would lie outside of it.
            BrokenWorldError: If it can't be looked for, is no file, or may not be read.
        """
        place = self._place(batch)
        with refusal("the drop can't be looked for", where=str(place)):
            real = self._real(place)
            if real is None:
                return None
            if not stat.S_ISREG(real.stat().st_mode):
                raise BrokenWorldError(
                    "there is something of the drop's name that is no file",
                    where=str(place),
                    hint="Move it away, and put the file there.",
                )
        with refusal("the drop can't be read", where=str(place)):
            real.open("rb").close()
        return Drop(str(real), (DropFile(str(real), place.name),))

    def read(self, file: DropFile) -> Iterator[bytes]:
        """Yield the bytes of a file of a drop.

        Raises:
            BrokenWorldError: If it can't be read, is no file, or changed while it was read.
        """
        with refusal("the drop can't be read", where=file.uri):
            # Neither follow a link that was put there since it was found, nor wait for the writer of a pipe.
            descriptor = os.open(file.uri, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb", buffering=0) as opened:  # noqa: PTH123 (a descriptor has no path)
                before = os.fstat(descriptor)
                if not stat.S_ISREG(before.st_mode):
                    raise BrokenWorldError(
                        "the drop is no file", where=file.uri, hint="Move away what has its name."
                    )
                while chunk := opened.read(CHUNK):
                    yield chunk
                after = os.fstat(descriptor)
                if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                    raise BrokenWorldError(
                        "the drop is still being written",
                        where=file.uri,
                        hint="Run the task again; better, have it written elsewhere and moved in whole.",
                    )

    def _place(self, batch: Batch) -> Path:
        below = PurePosixPath(self.path.replace(PARTITION, batch.partition))
        if below.is_absolute() or ".." in below.parts or not below.parts or "\0" in str(below):
            raise SettingsError(
                f"the drop's path {str(below)!r} leads out of the folder of the drops",
                where=str(batch),
                hint="Give a path below the folder, and a partition key without `..`.",
            )
        return self.folder / below

    def _real(self, place: Path) -> Path | None:
        """Return the file itself, or None when there is none; links may not lead out of the folder."""
        try:
            folder = os.path.realpath(self.folder, strict=True)
        except FileNotFoundError:
            raise SettingsError(
                "the folder of the drops doesn't exist",
                where=str(self.folder),
                hint="Create or mount it, or set `source.folder`.",
            ) from None
        try:
            real = Path(os.path.realpath(place, strict=True))
        except FileNotFoundError:
            return None
        if not real.is_relative_to(folder):
            raise SettingsError(
                "the drop is a symbolic link that leads out of the folder of the drops",
                where=str(place),
                hint="Put the file itself there, or set `source.folder` to where it is.",
            )
        return real
