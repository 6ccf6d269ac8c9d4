"""The raw, staging and quarantine zones in a local folder.

    <root>/raw/<team>/<product>/<dataset>/<partition>/<sha256>/   (what is in it: `raw.py`)
    <root>/staging/<team>/<product>/<dataset>/<partition>/<run>/<name>.parquet
    <root>/quarantine/<team>/<product>/<dataset>/<partition>/<sha256>.parquet

A raw copy is made in `.incoming` beside its final folder, under a lock of the batch, and renamed when it is
whole and on the disk.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import segment
from airflow_dataops.core.landing import Landing
from airflow_dataops.zones import manifest
from airflow_dataops.zones.disk import incoming, make, sync, write
from airflow_dataops.zones.raw import DATA, MANIFEST, copied, counted, digest, proven, reread
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Dialect, Drop
    from airflow_dataops.usecases.ports.source import Read

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
        origin, time and run stay; read in another dialect now, its dialect and rows are new. Of several files
        their names count as well: one more, one less or one renamed is another landing.

        Returns:
            The landing, and whether it had been there before.

        Raises:
            SettingsError: If the dialect can't work.
            BrokenWorldError: If the drop can't be read or is still being written, the copy can't be written,
                or the copy that is there was damaged.
        """
        home = self._place("raw", batch)
        with refusal("the raw copy can't be written", where=str(home)):
            make(home)
            with incoming(home) as place:
                files = copied(drop, read, to=place)
                sha256 = digest(files, batch)
                kept = home / sha256
                if kept.exists():
                    landing = proven(kept, batch=batch, sha256=sha256)
                    return landing if landing.dialect == dialect else reread(
                        landing, dialect, kept=kept
                    ), True
                files = counted(files, dialect, data=place / DATA)
                landing = Landing(
                    batch=batch,
                    origin=drop.uri,
                    uri=str(kept / DATA),
                    sha256=sha256,
                    bytes=sum(file.bytes for file in files),
                    rows=sum(file.rows for file in files),
                    dialect=dialect,
                    landed_at=at.astimezone(UTC),
                    run_id=run.run_id,
                    files=files,
                )
                write(place / MANIFEST, manifest.text(landing))
                sync(place)
                place.rename(kept)
                sync(home)
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

    def rejected(self, batch: Batch, name: str) -> str:
        """Return where rows go that a schema of a team rejected, beside the quarantine; the folder exists.

        Raises:
            BrokenWorldError: If the folder can't be made.
        """
        return self._file(self._place("quarantine", batch), name)

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
