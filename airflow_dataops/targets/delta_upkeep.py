"""Looking after a Delta table: its history, its small files, and files that no kept version needs.

A version is one of a partition, as it is restored: it needs the files that this partition had then, and not
those of others. (deltalake's own vacuum keeps whole tables: each newest version of a partition would hold on
to whatever all other partitions once were.)
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_dataops.core import naming
from airflow_dataops.core.batch import batch_of
from airflow_dataops.core.upkeep import Compacted, Freed
from airflow_dataops.core.versions import Version
from airflow_dataops.errors import SettingsError
from airflow_dataops.targets.delta_commit import tried
from airflow_dataops.targets.delta_partition import files_of
from airflow_dataops.targets.delta_place import DeltaPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deltalake import DeltaTable

    from airflow_dataops.core.versions import Judged

FILES = f"{naming.PARTITION_COLUMN}=*/*"
"""Where a table's own files lie. What lies elsewhere below its folder is something else, and stays."""


class DeltaUpkeep:
    """Looks after one Delta table.

    Args:
        uri: A local folder, or an address in object storage that deltalake knows.
    """

    def __init__(self, uri: str) -> None:
        self._place = DeltaPlace(uri)

    def history(self) -> tuple[Version, ...]:
        """Return every version of every partition, oldest first; none where there is no table.

        Raises:
            BrokenWorldError: If the table can't be read.
        """
        with self._place.ours("the table can't be read"):
            table = self._place.open()
            entries = [] if table is None else reversed(table.history())
            return tuple(
                Version(
                    batch=str(entry[naming.COMMIT_BATCH]),
                    version=entry["version"],
                    content=str(entry.get(naming.COMMIT_CONTENT, "")),
                    at=_at(entry),
                )
                for entry in entries
                if naming.COMMIT_BATCH in entry
            )

    def free(self, judged: Judged, *, before: datetime, dry_run: bool) -> Freed:
        """Remove files that no kept version needs. A killed run is finished by the next one.

        Raises:
            SettingsError: If the table is in object storage, or has lost files that readers need.
            BrokenWorldError: If the table can't be read or written; what was removed by then stays removed.
        """
        with self._place.ours("files can't be removed"):
            table = self._place.open()
            if table is None or (not judged.gone and not judged.kept):
                return Freed()
            if "://" in self._place.uri:
                raise SettingsError(
                    "old versions of a Delta table in object storage can't be removed",
                    where=self._place.uri,
                    hint="Leave out `vacuum` where there is one.",
                )
            root, removed, size = Path(self._place.uri), 0, 0
            found = {str(file.relative_to(root)): file for file in sorted(root.glob(FILES))}
            missing = sum(file not in found for file in files_of(table))
            if missing:
                raise SettingsError(
                    f"{missing} files that readers need are not where they should be, so none is removed",
                    where=self._place.uri,
                    hint="Restore them from a backup, or publish their partitions anew.",
                )
            needed = set(self._needed(table, judged, before=before))
            for name, file in found.items():
                if name in needed:
                    continue
                with suppress(FileNotFoundError):
                    stat = file.lstat()
                    if stat.st_mtime >= before.timestamp():
                        continue
                    if not dry_run:
                        file.unlink()
                    removed, size = removed + 1, size + stat.st_size
            return Freed(files=removed, bytes=size)

    def compact(self) -> Compacted:
        """Write small files of a partition into one, in a commit that changes no row.

        A publish of the same partition that comes first makes it try again.

        Raises:
            BrokenWorldError: If the table can't be read or written.
        """
        with self._place.ours("small files can't be written together"):
            return tried(self._compact)

    def _needed(self, table: DeltaTable, judged: Judged, *, before: datetime) -> Iterator[str]:
        """Yield the files that the table had at any time since an instant, and those of kept versions."""
        from deltalake import DeltaTable

        history = table.history()
        newer = {entry["version"] for entry in history if _at(entry) >= before}
        older = {entry["version"] for entry in history} - newer
        yield from files_of(table)
        for version in {*newer, *sorted(older)[-1:]} - {table.version()}:
            yield from files_of(DeltaTable(self._place.uri, version=version))
        others = max((entry["version"] for entry in history if naming.COMMIT_BATCH not in entry), default=0)
        for version, labels in _by_version(judged, others).items():
            yield from files_of(DeltaTable(self._place.uri, version=version), *labels)

    def _compact(self) -> Compacted:
        table = self._place.open()
        if table is None:
            return Compacted()
        done = table.optimize.compact()
        return Compacted(removed=int(done["numFilesRemoved"]), added=int(done["numFilesAdded"]))


def _by_version(judged: Judged, others: int) -> dict[int, list[str]]:
    """Return version -> whose files it has, of kept versions that are not what readers see now.

    Args:
        judged: What is to become of each version.
        others: The newest commit that is no publish: it may have written the files of a newest version anew.
    """
    every: Iterable[Version] = (*judged.kept, *judged.gone)
    newest: dict[str, int] = defaultdict(int)
    for one in every:
        newest[one.batch] = max(newest[one.batch], one.version)
    found: dict[int, list[str]] = defaultdict(list)
    for one in judged.kept:
        if one.version < newest[one.batch] or one.version <= others:
            found[one.version].append(batch_of(one.batch).partition)
    return found


def _at(entry: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
