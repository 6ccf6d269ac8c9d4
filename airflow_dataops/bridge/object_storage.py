"""Drops in object storage, through Airflow's `ObjectStoragePath`: S3, GCS, Azure, a local `file://`."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.drop_path import drop_path
from airflow_dataops.core.landing import Drop, DropFile
from airflow_dataops.errors import BrokenWorldError, DataOpsError, SettingsError
from airflow_dataops.wiring import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.drop_path import DropPath
    from airflow_dataops.usecases.ports.source import Source

CHUNK = 1024 * 1024

BLOCK = 8 * CHUNK
"""Bytes that are fetched at once."""

ADDRESS = "://"
"""What an address in object storage holds, and the path of a folder doesn't."""

LOCAL = frozenset({"file", "local"})
"""Schemes of this machine's disk, on which a symbolic link may lead elsewhere."""

VERSION = ("size", "ETag", "etag", "md5Hash", "generation", "LastModified", "last_modified", "mtime", "ino")
"""What storages tell of a file, and would tell otherwise of another one in its place."""

UNSAID = "Check the storage, and the connection that leads to it."

REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (TimeoutError, "it took too long", UNSAID),
    (FileNotFoundError, "it is not there any more", "Something removed it: see what else works there."),
    (PermissionError, "access was refused", "Let the user of the connection list and read there."),
)
"""Kind of an error -> the reason in words, and what to do next."""


def drops(folder: str, path: str, *, conn_id: str = "", ready: str = "") -> Source:
    """Return a folder of drops, or what lies at an address in object storage.

    Args:
        folder: The folder, absolute; or the address.
        path: The drop's path below it, as `core/drop_path.py` reads it.
        conn_id: The connection of the object storage; empty where it needs none.
        ready: The path of the file that says that the drop is whole; empty where no file says so.
    """
    if ADDRESS in folder:
        return ObjectStorageSource(folder, path, conn_id=conn_id, ready=ready)
    return sources.source(folder, path, ready)


class ObjectStorageSource:
    """Finds the drop of a batch at an address in object storage.

    A storage's errors are told by their kind alone: their texts name endpoints, and how a request was signed.

    Args:
        folder: The address, such as `s3://bucket/prefix`.
        path: The drop's path below it.
        conn_id: The connection of the storage; empty where it needs none.
        ready: The path of the file that says that the drop is whole; empty where no file says so.
    """

    def __init__(self, folder: str, path: str, *, conn_id: str = "", ready: str = "") -> None:
        self.folder = folder.rstrip("/")
        self.path = path
        self.conn_id = conn_id
        self.ready = ready

    def expected(self, batch: Batch) -> str:
        """Return where the drop of a batch is expected, for messages.

        Raises:
            SettingsError: If that would be outside of the folder.
        """
        place = f"{self.folder}/{drop_path(self.path, batch)}"
        return f"{place}, once {self.folder}/{drop_path(self.ready, batch)} is there" if self.ready else place

    def find(self, batch: Batch) -> Drop | None:
        """Return the drop of a batch, or None when there is none yet.

        Raises:
            SettingsError: If there is no such storage or folder, or the drop would lie outside of it.
            BrokenWorldError: If it can't be looked for, or is no file.
        """
        path = drop_path(self.path, batch)
        marker = str(drop_path(self.ready, batch)) if self.ready else ""
        place = f"{self.folder}/{path}"
        with _refusal("the drop can't be looked for", where=place):
            waits = marker and self._told(self._below(marker)) is None
            files = () if waits else self._files(path, marker)
            if not files:
                self._check_container()
        return Drop(place, files) if files else None

    def read(self, file: DropFile) -> Iterator[bytes]:
        """Yield the bytes of a file of a drop.

        Raises:
            BrokenWorldError: If it can't be read, is gone, or changed while it was read.
        """
        place = file.uri.partition(ADDRESS)[2]
        with _refusal("the drop can't be read", where=file.uri):
            before = self._told(place)
            if before is None:
                raise FileNotFoundError
            size = 0
            try:
                with self._storage.open(place, "rb", block_size=BLOCK) as opened:
                    while chunk := opened.read(CHUNK):
                        size += len(chunk)
                        yield chunk
            except OSError as error:
                # So s3fs says that the next piece would be another version's.
                if error.errno != errno.EBUSY:
                    raise
                size = -1
            if size != before["size"] or _version(before) != _version(self._told(place)):
                raise BrokenWorldError(
                    "the drop is still being written",
                    where=file.uri,
                    hint="Run the task again; better, have it written elsewhere and copied in whole.",
                )

    def _files(self, path: DropPath, marker: str) -> tuple[DropFile, ...]:
        fixed = "/".join(path.fixed)
        if not path.below:
            found = self._told(self._below(fixed))
            return () if found is None else (self._file(self._below(fixed), path.fixed[-1], found),)
        listed: dict[str, dict[str, Any]] = {}

        def listing(folder: str) -> list[tuple[str, bool]]:
            at = self._below(fixed, folder)
            entries = dict(self._listed(at))
            listed.update({f"{at}/{name}": entry for name, entry in entries.items()})
            return [(name, entry["type"] == "directory") for name, entry in entries.items()]

        places = {name: self._below(fixed, name) for name in path.matching(listing)}
        if marker:
            places = {name: place for name, place in places.items() if place != self._below(marker)}
        return tuple(self._file(place, name, listed[place]) for name, place in places.items())

    def _file(self, place: str, name: str, told: dict[str, Any]) -> DropFile:
        uri = f"{self._scheme}{ADDRESS}{place}"
        if told["type"] != "file":
            raise BrokenWorldError(
                "there is something of the drop's name that is no file",
                where=uri,
                hint="Move it away, and put the file there.",
            )
        return DropFile(uri, name)

    def _told(self, place: str) -> dict[str, Any] | None:
        """Return what the storage tells of a file now, or None when there is none."""
        self._storage.invalidate_cache()
        self._check_links(place)
        try:
            return dict(self._storage.info(place))
        except FileNotFoundError:
            return None

    def _listed(self, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what a folder holds now: the name of each entry, and what the storage tells of it."""
        self._storage.invalidate_cache()
        try:
            entries = self._storage.ls(place, detail=True)
        except FileNotFoundError:
            return
        for entry in entries:
            above, _, name = entry["name"].rstrip("/").rpartition("/")
            # A folder may be listed as an entry of its own, where an empty object stands for it.
            if above == place.rstrip("/"):
                self._check_links(f"{above}/{name}")
                yield name, entry

    def _check_links(self, place: str) -> None:
        """Refuse a symbolic link that leads out of the folder.

        Raises:
            SettingsError: If it does.
        """
        root = self._root
        if self._scheme in LOCAL and os.path.commonpath(map(os.path.realpath, (root, place))) != (
            os.path.realpath(root)
        ):
            raise SettingsError(
                "the drop is a symbolic link that leads out of the folder of the drops",
                where=f"{self._scheme}{ADDRESS}{place}",
                hint="Put the file itself there, or set `source.folder` to where it is.",
            )

    def _check_container(self) -> None:
        """Refuse an address whose bucket isn't there; below it, a storage knows no empty folders.

        Raises:
            SettingsError: If it isn't.
        """
        root = self._root
        try:
            self._storage.info(root if root.startswith("/") else root.partition("/")[0])
        except FileNotFoundError:
            raise SettingsError(
                "the folder of the drops doesn't exist",
                where=self.folder,
                hint="Create the bucket or the folder, or set `source.folder`.",
            ) from None
        except PermissionError:
            pass  # whoever may read below needn't be allowed to ask for the whole

    @property
    def _scheme(self) -> str:
        return self.folder.partition(ADDRESS)[0]

    @property
    def _root(self) -> str:
        return self.folder.partition(ADDRESS)[2]

    def _below(self, *parts: str) -> str:
        return "/".join(part for part in (self._root, *parts) if part)

    @cached_property
    def _storage(self) -> Any:  # noqa: ANN401 - fsspec has no types
        from airflow.sdk import ObjectStoragePath

        if "@" in self._root.partition("/")[0]:
            raise SettingsError(
                "the address of the drops names a user",
                where="folder of the source",
                hint="Name the connection with `conn_id`, and leave out what stands before the `@`.",
            )
        try:
            return ObjectStoragePath(self.folder, conn_id=self.conn_id or None).fs
        except (ImportError, ValueError):
            raise SettingsError(
                f"nothing is installed that reads `{self._scheme}{ADDRESS}`",
                where="folder of the source",
                hint="Install the provider of that storage where tasks and the triggerer run: "
                "for S3 `apache-airflow-providers-amazon[s3fs]`.",
            ) from None


def _version(told: dict[str, Any] | None) -> tuple[object, ...] | None:
    return None if told is None else tuple(told.get(key) for key in VERSION)


@contextmanager
def _refusal(what: str, *, where: str) -> Iterator[None]:
    """Turn what a storage refuses into an error of ours.

    Raises:
        BrokenWorldError: If the block raises an error that is none of ours.
    """
    try:
        yield
    except DataOpsError:
        raise
    except Exception as error:  # noqa: BLE001 - each storage has errors of its own
        said = ((words, advice) for kind, words, advice in REASONS if isinstance(error, kind))
        reason, hint = next(said, (type(error).__name__, UNSAID))
        raise BrokenWorldError(f"{what}: {reason}", where=where, hint=hint) from None
