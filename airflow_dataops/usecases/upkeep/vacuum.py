"""Free what no kept version of a published table needs, and record which versions went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.batch import batch_of
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.retention import since
from airflow_dataops.core.upkeep import Vacuumed
from airflow_dataops.core.versions import Keeping, judge
from airflow_dataops.usecases.upkeep.each_table import each_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.versions import Version
    from airflow_dataops.errors import DataOpsError
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.upkeep import Upkeep

REMOVE_VERSION = "remove version"
"""The action of the audit record of a version that is not kept any more."""

SHOWN = 12
"""Characters of a digest that tell contents apart for people."""


def vacuum(
    keeping: Keeping,
    *,
    grace: timedelta,
    who: str,
    dry_run: bool,
    store: Store,
    upkeep: Callable[[str], Upkeep],
    clock: Clock,
) -> tuple[tuple[Vacuumed, ...], dict[str, DataOpsError]]:
    """Remove what only versions need that are not kept, from every table that the store knows.

    That a version goes is recorded before it does: killed in between, the next run finishes.

    Args:
        keeping: Which versions are kept.
        grace: What is younger stays, whatever it is.
        who: Who does it, for the audit trail.
        dry_run: Whether to look only.
        store: What is remembered.
        upkeep: Opens a table by its address.
        clock: The present.

    Returns:
        What became of each table; and why nothing could be done, by the table's address.

    Raises:
        BrokenWorldError: If the store can't be read or written.
    """
    recorded = {
        (record.batch.key, record.subject)
        for record in store.facts(AuditRecord)
        if record.action == REMOVE_VERSION
    }

    def work(address: str, table: Upkeep, publications: Sequence[Publication]) -> Vacuumed:
        now = clock.now()
        wanted = Keeping(keeping.newest, max(keeping.younger, grace))
        judged = judge(table.history(), publications, wanted, now=now)
        new = [one for one in judged.gone if (one.batch, _subject(address, one)) not in recorded]
        if new and not dry_run:
            store.record(*(_record(address, one, keeping=keeping, who=who, at=now) for one in new))
        freed = table.free(judged, before=since(now, grace), dry_run=dry_run)
        return Vacuumed(table=address, kept=len(judged.kept), gone=len(new), freed=freed)

    done, failed = each_table(work, store=store, upkeep=upkeep)
    return tuple(done.values()), failed


def _record(address: str, version: Version, *, keeping: Keeping, who: str, at: datetime) -> AuditRecord:
    age = f" or younger than {keeping.younger.days} days" if keeping.younger else ""
    return AuditRecord(
        batch=batch_of(version.batch),
        action=REMOVE_VERSION,
        subject=_subject(address, version),
        who=who,
        why=f"it is not among the newest {keeping.newest} versions of its partition{age}",
        at=at,
    )


def _subject(address: str, version: Version) -> str:
    return f"version {version.version}, content {version.content[:SHOWN]}, {address}"
