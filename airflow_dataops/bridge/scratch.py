"""Folders of a task that nobody else uses, and what is copied there."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.rows.relation import LandedPart
from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.landing import Drop
    from airflow_dataops.usecases.ports.source import Source
    from airflow_dataops.wiring.settings import Settings


@contextmanager
def scratch_of(settings: Settings, name: str) -> Iterator[Path]:
    """Yield a folder that nobody else uses, which isn't there yet; what is there in the end is removed.

    Args:
        settings: The deployment's settings.
        name: What the work is called. The same work has the same folder, so that what a killed process left
            goes when it is done again.
    """
    folder = Path(settings.zones_path) / "scratch" / hashlib.sha256(name.encode()).hexdigest()[:32]
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def made(folder: Path) -> Path:
    """Make a folder where it is missing, and return it.

    Raises:
        BrokenWorldError: If it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritten(folder, error) from None
    return folder


def fetched(drop: Drop, source: Source, *, to: Path) -> tuple[LandedPart, ...]:
    """Copy the files of a drop to this machine, and return the copies.

    Args:
        drop: What the producer left.
        source: Where.
        to: The folder of the copies.

    Raises:
        BrokenWorldError: If a file can't be read, or a copy can't be written.
    """
    made(to)
    parts = []
    for number, file in enumerate(drop.files):
        copy = to / f"{number:06d}"
        try:
            with copy.open("wb") as written:
                written.writelines(source.read(file))
        except OSError as error:
            raise _unwritten(copy, error) from None
        parts.append(LandedPart(str(copy), file.name))
    return tuple(parts)


def _unwritten(place: Path, error: OSError) -> BrokenWorldError:
    return BrokenWorldError(
        f"rows can't be written: {error.strerror or type(error).__name__}",
        where=str(place),
        hint="Check the disk and its permissions, then run the task again.",
    )
