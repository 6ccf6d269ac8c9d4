"""A local folder in which producers leave their drops."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.drop_path import drop_path
from airflow_dataops.core.landing import Drop, DropFile
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.drop_path import DropPath, Listing

CHUNK = 1024 * 1024


class FolderSource:
    """Finds the drop of a batch in a folder.

    Args:
        folder: The folder of the drops.
        path: The drop's path below it, as `core/drop_path.py` reads it.
        ready: The path of the file that says that the drop is whole; empty where no file says so.
    """

    def __init__(self, folder: str, path: str, ready: str = "") -> None:
        self.folder = Path(folder).absolute()
        self.path = path
        self.ready = ready

    def expected(self, batch: Batch) -> str:
        """Return where the drop of a batch is expected, for messages.

        Raises:
            SettingsError: If that would be outside of the folder.
        """
        place = str(self.folder / str(drop_path(self.path, batch)))
        marker = self._marker(batch)
        return place if marker is None else f"{place}, once {marker} is there"

    def find(self, batch: Batch) -> Drop | None:
        """Return the drop of a batch, or None when there is none yet.

        Raises:
            SettingsError: If the folder is missing, or the drop would lie outside of it.
            BrokenWorldError: If it can't be looked for, is no file, or may not be read.
        """
        path = drop_path(self.path, batch)
        place, marker = self.folder / str(path), self._marker(batch)
        with refusal("the drop can't be looked for", where=str(place)):
            if marker is not None and self._real(marker) is None:
                return None
            if path.below:
                files = self._several(path, marker)
                return Drop(str(place), files) if files else None
            file = self._file(place, place.name)
        return None if file is None else Drop(file.uri, (file,))

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
                # By its path: what was read may have been replaced meanwhile, and is none of the drop then.
                after = Path(file.uri).lstat()
                if _identity(before) != _identity(after):
                    raise BrokenWorldError(
                        "the drop is still being written",
                        where=file.uri,
                        hint="Run the task again; better, have it written elsewhere and moved in whole.",
                    )

    def _marker(self, batch: Batch) -> Path | None:
        return self.folder.joinpath(*drop_path(self.ready, batch).fixed) if self.ready else None

    def _several(self, path: DropPath, marker: Path | None) -> tuple[DropFile, ...]:
        """Return the files that a path with wildcards stands for; folders among them are passed over."""
        self._root()
        root = self.folder.joinpath(*path.fixed)
        names = [name for name in path.matching(_listing(root)) if root / name != marker]
        return tuple(self._present(root / name, name) for name in names)

    def _present(self, place: Path, name: str) -> DropFile:
        """Return a file that was listed.

        Raises:
            BrokenWorldError: If it isn't there, or its name can't be written down.
        """
        try:
            name.encode()
        except UnicodeEncodeError:
            raise BrokenWorldError(
                "a file of the drop has a name that is no UTF-8",
                where=str(place.parent).encode(errors="replace").decode(),
                hint="Have it named in UTF-8, or moved away.",
            ) from None
        file = self._file(place, name)
        if file is None:
            raise BrokenWorldError(
                "a file of the drop vanished, or is a symbolic link to nothing",
                where=str(place),
                hint="Run the task again; better, have the files moved in whole.",
            )
        return file

    def _file(self, place: Path, name: str) -> DropFile | None:
        """Return a file that may be read, or None when there is none.

        Raises:
            SettingsError: If it is a link that leads out of the folder.
            BrokenWorldError: If it is no file, or may not be read.
        """
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
        return DropFile(str(real), name)

    def _root(self) -> str:
        try:
            return os.path.realpath(self.folder, strict=True)
        except FileNotFoundError:
            raise SettingsError(
                "the folder of the drops doesn't exist",
                where=str(self.folder),
                hint="Create or mount it, or set `source.folder`.",
            ) from None

    def _real(self, place: Path) -> Path | None:
        """Return the file itself, or None when there is none; links may not lead out of the folder."""
        folder = self._root()
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


def _listing(root: Path) -> Listing:
    def listing(folder: str) -> list[tuple[str, bool]]:
        try:
            with os.scandir(root / folder) as entries:
                return [(entry.name, entry.is_dir()) for entry in entries]
        except FileNotFoundError:
            return []

    return listing


def _identity(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
