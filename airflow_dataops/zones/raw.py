"""One immutable raw copy: its files, what they come to, and the proof that they are what was written.

data              the file, where the drop is one
data/000000 …     the files in the order of their names, where it is several
manifest.json
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.drop_path import PARTITION
from airflow_dataops.core.landing import LandedFile
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones import manifest
from airflow_dataops.zones.disk import seal, sync, write
from airflow_dataops.zones.rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.landing import Dialect, Drop, Landing
    from airflow_dataops.usecases.ports.source import Read

DATA = "data"
MANIFEST = "manifest.json"


def copied(drop: Drop, read: Read, *, to: Path) -> tuple[LandedFile, ...]:
    """Copy the files of a drop, read-only and on the disk; their rows are still to be counted.

    Raises:
        BrokenWorldError: If a file can't be read, or is still being written.
        OSError: If the copy can't be written.
    """
    files = sorted(drop.files, key=lambda file: file.name)
    if len(files) == 1:
        return (_copied(read(files[0]), name=files[0].name, path="", to=to / DATA),)
    (to / DATA).mkdir()
    landed = tuple(
        _copied(read(file), name=file.name, path=path, to=to / DATA / path)
        for path, file in ((f"{number:06d}", file) for number, file in enumerate(files))
    )
    sync(to / DATA)
    return landed


def _copied(chunks: Iterable[bytes], *, name: str, path: str, to: Path) -> LandedFile:
    digest, size = hashlib.sha256(), 0
    with to.open("xb") as copy:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        seal(copy)
    return LandedFile(name=name, path=path, sha256=digest.hexdigest(), bytes=size, rows=0)


def digest(files: tuple[LandedFile, ...], batch: Batch) -> str:
    """Return the hex digest that stands for the files of a batch, sorted by name.

    Of one it is that of its bytes. Of several it is the sha256 of a JSON list of [name, digest of the bytes],
    in which `{partition}` stands in each name for the batch's label: the same files of another partition,
    which are named for it, come to the same.
    """
    if len(files) == 1 and not files[0].path:
        return files[0].sha256
    pairs = [[file.name.replace(batch.partition, PARTITION), file.sha256] for file in files]
    return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()


def counted(files: tuple[LandedFile, ...], dialect: Dialect, *, data: Path) -> tuple[LandedFile, ...]:
    """Return the files with their rows, as the dialect reads them.

    Raises:
        SettingsError: If the dialect can't work.
        OSError: If a file can't be read.
    """
    return tuple(replace(file, rows=rows(data / file.path, file.name, dialect)) for file in files)


def proven(kept: Path, *, batch: Batch, sha256: str) -> Landing:
    """Return the landing of a raw copy that is there, after proof that it is what its manifest says.

    Raises:
        BrokenWorldError: If it was damaged.
    """
    data = kept / DATA
    try:
        landing = manifest.landing((kept / MANIFEST).read_text(encoding="utf-8"), uri=str(data))
        files = files_of(landing)
        if any(file.path for file in files):
            whole = {file.path for file in files} == {path.name for path in data.iterdir()}
        else:
            whole = len(files) == 1
        found = [_found(data / file.path) for file in files] if whole else []
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
        raise _damaged(kept, "is incomplete") from None
    if (landing.batch, landing.sha256) != (batch, sha256):
        raise _damaged(kept, "has the manifest of another")
    said = [(file.bytes, file.sha256) for file in files]
    sums = (landing.bytes, landing.sha256) == (sum(file.bytes for file in files), digest(files, batch))
    if said != found or not sums:
        raise _damaged(kept, "is not what its manifest says")
    return landing


def reread(landing: Landing, dialect: Dialect, *, kept: Path) -> Landing:
    """Return a landing with its rows as another dialect reads them, and write its manifest anew.

    Raises:
        SettingsError: If the dialect can't work.
        OSError: If a file can't be read or written.
    """
    files = counted(files_of(landing), dialect, data=kept / DATA)
    found = replace(landing, dialect=dialect, rows=sum(file.rows for file in files), files=files)
    write(kept / f"{MANIFEST}.new", manifest.text(found))
    (kept / f"{MANIFEST}.new").replace(kept / MANIFEST)
    sync(kept)
    return found


def files_of(landing: Landing) -> tuple[LandedFile, ...]:
    """Return the files of a landing; an older version wrote none down where there is only one."""
    name = landing.origin.rpartition("/")[2]
    one = LandedFile(name=name, path="", sha256=landing.sha256, bytes=landing.bytes, rows=landing.rows)
    return landing.files or (one,)


def _found(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, sha256


def _damaged(kept: Path, what: str) -> BrokenWorldError:
    return BrokenWorldError(
        f"the raw copy {what}: something changed it after it was written",
        where=str(kept),
        hint="Restore the folder from a backup; or move it away, and the drop lands anew.",
    )
