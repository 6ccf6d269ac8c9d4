"""The zones in a local folder, as whoever clears them sees them: what lies there, and how old it is.

A raw copy goes in one step: it is renamed to where unfinished ones are made, under the lock of its batch, and
removed there. A killed process leaves it there, and what is left there goes with what is staged.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.core.clearance import Stored, Zone
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.zones import manifest
from airflow_dataops.zones.disk import INCOMING, incoming, sync
from airflow_dataops.zones.raw import DATA, MANIFEST
from airflow_dataops.zones.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTITION = "*/*/*/*"
"""team, product, dataset and partition."""

REMOVED = "removed"


class LocalStoreroom:
    """Looks through the zones of a local folder, and removes what it is told to.

    Args:
        root: The folder of the three zones.
    """

    def __init__(self, root: str) -> None:
        self.root = Path(root).absolute()

    def stored(self) -> Iterator[Stored]:
        """Yield everything that lies in the zones; nothing where there are none yet.

        Raises:
            BrokenWorldError: If a folder or a manifest can't be read.
        """
        with refusal("the zones can't be looked through", where=str(self.root)):
            for copy in sorted((self.root / Zone.RAW).glob(f"{PARTITION}/*/")):
                yield from self._copy(copy)
            for run in sorted((self.root / Zone.STAGING).glob(f"{PARTITION}/*/")):
                yield from self._seen(Zone.STAGING, run)
            for rows in sorted((self.root / Zone.QUARANTINE).glob(f"{PARTITION}/*")):
                yield from self._seen(Zone.QUARANTINE, rows)

    def remove(self, stored: Stored) -> None:
        """Remove something. What is gone already is fine.

        Raises:
            BrokenWorldError: If it can't be removed.
        """
        place = Path(stored.place)
        with refusal("it can't be removed", where=stored.place), suppress(FileNotFoundError):
            if place.name == INCOMING:
                with incoming(place.parent):
                    pass
            elif stored.zone is Zone.RAW:
                with incoming(place.parent) as unfinished:
                    place.rename(unfinished / REMOVED)
                    sync(place.parent)
                    shutil.rmtree(unfinished / REMOVED)
            elif place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink()

    def _copy(self, folder: Path) -> Iterator[Stored]:
        """Yield a raw copy as its manifest tells of it; or what an unfinished one left."""
        if folder.name == INCOMING:
            yield from self._seen(Zone.STAGING, folder)
            return
        try:
            text = (folder / MANIFEST).read_text(encoding="utf-8")
            landing = manifest.landing(text, uri=str(folder / DATA))
        except FileNotFoundError:
            if not folder.exists():
                return
            raise _unreadable(folder) from None
        except ValueError:
            raise _unreadable(folder) from None
        yield Stored(
            zone=Zone.RAW,
            place=str(folder),
            at=landing.landed_at,
            bytes=landing.bytes,
            batch=landing.batch,
            sha256=landing.sha256,
        )

    def _seen(self, zone: Zone, place: Path) -> Iterator[Stored]:
        """Yield something, as old as the newest of its files; nothing where it is gone meanwhile."""
        with suppress(FileNotFoundError):
            inside = [place, *(place.rglob("*") if place.is_dir() else ())]
            stats = [file.lstat() for file in inside]
            yield Stored(
                zone=zone,
                place=str(place),
                at=datetime.fromtimestamp(max(found.st_mtime for found in stats), UTC),
                bytes=sum(found.st_size for found, file in zip(stats, inside, strict=True) if file.is_file()),
            )


def _unreadable(folder: Path) -> BrokenWorldError:
    return BrokenWorldError(
        "the raw copy has no manifest that can be read: something changed it after it was written",
        where=str(folder),
        hint="Restore the folder from a backup, or move it away.",
    )
