"""The raw, staging and quarantine zones in a local folder.

    <root>/raw/<team>/<product>/<dataset>/<partition>/<sha256>/{data,manifest.json}
    <root>/staging/<team>/<product>/<dataset>/<partition>/<run>/<name>.parquet
    <root>/quarantine/<team>/<product>/<dataset>/<partition>/<sha256>.parquet

A raw copy is made in `.incoming` beside its final folder, under a lock of the batch, and renamed when it is
whole and on the disk. The kernel gives up the lock of a killed process: whoever holds it may sweep there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import segment
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.rows.lines import lines
from airflow_dataops.core.rows.records import Record, Unparsable, records
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones import manifest
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from io import BufferedWriter

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Dialect, Drop
    from airflow_dataops.usecases.ports import Read

DATA = "data"
MANIFEST = "manifest.json"
INCOMING = ".incoming"
LOCK = ".lock"

READ_ONLY = 0o440
LONGEST_NAME = 255
"""Bytes of one name in the usual file systems."""


class LocalZones:
    """Keeps what landed, what a run staged, and what went to quarantine.

    Args:
        root: The folder of the three zones; it is made when it is needed.
    """

    def __init__(self, root: str) -> None:
        self.root = Path(root).absolute()

    def keep(
        self, drop: Drop, *, read: Read, batch: Batch, run: Run, dialect: Dialect, at: datetime
    ) -> tuple[Landing, bool]:
        """Make the immutable raw copy of a drop with its manifest, or find the one that is there.

        The copy appears whole or not at all. The same bytes of the same batch are kept once: the first's
        origin, time and run stay; read in another dialect now, its dialect and rows are new.

        Returns:
            The landing, and whether it had been there before.

        Raises:
            SettingsError: If the dialect can't work.
            BrokenWorldError: If the drop can't be read or is still being written, the copy can't be written,
                or the copy that is there was damaged.
        """
        home = self._place("raw", batch)
        with refusal("the raw copy can't be written", where=str(home)):
            _make(home)
            with _incoming(home) as incoming:
                sha256, size = _copy(read(drop.files[0]), incoming / DATA)
                kept = home / sha256
                if kept.exists():
                    return _again(kept, batch=batch, sha256=sha256, dialect=dialect), True
                landing = Landing(
                    batch=batch,
                    origin=drop.uri,
                    uri=str(kept / DATA),
                    sha256=sha256,
                    bytes=size,
                    rows=_rows(incoming / DATA, dialect),
                    dialect=dialect,
                    landed_at=at.astimezone(UTC),
                    run_id=run.run_id,
                )
                _write(incoming / MANIFEST, manifest.text(landing))
                _sync(incoming)
                incoming.rename(kept)
                _sync(home)
        return landing, False

    def staging(self, batch: Batch, run: Run, name: str) -> str:
        """Return where a stage of a run may write rows; the folder exists.

        Raises:
            BrokenWorldError: If the folder can't be made.
        """
        return self._file(self._staged(batch, run), name)

    def quarantine(self, batch: Batch, landing: Landing) -> str:
        """Return where the bad rows of a landing go; the folder exists.

        Raises:
            BrokenWorldError: If the folder can't be made.
        """
        return self._file(self._place("quarantine", batch), landing.sha256)

    def clear(self, batch: Batch, run: Run) -> None:
        """Remove what a run staged. Nothing to remove is fine.

        Raises:
            BrokenWorldError: If it can't be removed.
        """
        staged = self._staged(batch, run)
        with refusal("what the run staged can't be removed", where=str(staged)), suppress(FileNotFoundError):
            shutil.rmtree(staged)

    def _place(self, zone: str, batch: Batch) -> Path:
        return self.root.joinpath(zone, *(_name(part) for part in batch.key.split("/")))

    def _staged(self, batch: Batch, run: Run) -> Path:
        return self._place("staging", batch) / _name(run.segment)

    def _file(self, folder: Path, name: str) -> str:
        with refusal("the folder can't be made", where=str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
        return str(folder / f"{segment(name)}.parquet")


def _name(part: str) -> str:
    """Return a segment as a name that the file system takes; a quoted label may be longer than that."""
    if len(part) <= LONGEST_NAME:
        return part
    digest = hashlib.sha256(part.encode()).hexdigest()
    return f"{part[: LONGEST_NAME - len(digest) - 1]}~{digest}"


def _make(folder: Path) -> None:
    """Make a folder and those above it, each on the disk before the next."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


@contextmanager
def _incoming(home: Path) -> Iterator[Path]:
    """Give an empty folder to one process at a time, and remove it with what it leaves there."""
    with (home / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        incoming = home / INCOMING
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        try:
            yield incoming
        finally:
            shutil.rmtree(incoming, ignore_errors=True)


def _copy(chunks: Iterable[bytes], to: Path) -> tuple[str, int]:
    """Copy a file, read-only and on the disk; return the digest and the number of its bytes."""
    digest, size = hashlib.sha256(), 0
    with to.open("xb") as copy:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        _seal(copy)
    return digest.hexdigest(), size


def _rows(path: Path, dialect: Dialect) -> int:
    """Count the records; the pieces of a line that is too long count each, for the gate to refuse them."""
    with path.open("rb") as file:
        return sum(isinstance(piece, Record | Unparsable) for piece in records(lines(file), dialect))


def _again(kept: Path, *, batch: Batch, sha256: str, dialect: Dialect) -> Landing:
    """Return the landing of a raw copy that is there, after proof that it is what its manifest says.

    Raises:
        BrokenWorldError: If it was damaged.
    """
    try:
        landing = manifest.landing((kept / MANIFEST).read_text(encoding="utf-8"), uri=str(kept / DATA))
        with (kept / DATA).open("rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):
        raise _damaged(kept, "is incomplete") from None
    if (landing.batch, landing.sha256) != (batch, sha256):
        raise _damaged(kept, "has the manifest of another")
    if (landing.bytes, landing.sha256) != ((kept / DATA).stat().st_size, found):
        raise _damaged(kept, "is not what its manifest says")
    if landing.dialect == dialect:
        return landing
    read = replace(landing, dialect=dialect, rows=_rows(kept / DATA, dialect))
    _write(kept / f"{MANIFEST}.new", manifest.text(read))
    (kept / f"{MANIFEST}.new").replace(kept / MANIFEST)
    _sync(kept)
    return read


def _damaged(kept: Path, what: str) -> BrokenWorldError:
    return BrokenWorldError(
        f"the raw copy {what}: something changed it after it was written",
        where=str(kept),
        hint="Restore the folder from a backup; or move it away, and the drop lands anew.",
    )


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(text.encode())
        _seal(file)


def _seal(file: BufferedWriter) -> None:
    """Bring a file that was written to the disk, and let nobody write to it again."""
    file.flush()
    os.fsync(file.fileno())
    os.fchmod(file.fileno(), READ_ONLY)


def _sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
