"""Clear the zones of what is old and what nobody needs any more, and record what went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.core.clearance import Zone, clearance, needed
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.removal import QUARANTINE, RAW_COPY, quarantine_subject, raw_subject
from airflow_dataops.core.retention import since
from airflow_dataops.core.versions import kept_publications
from airflow_dataops.errors import DataOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime, timedelta

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.clearance import Stored
    from airflow_dataops.core.versions import Keeping
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.storeroom import Storeroom


@dataclass(slots=True)
class Cleared:
    """What went from the zones, or would go.

    Args:
        things: Zone -> how many raw copies, staged folders or tables, and quarantines.
        bytes: Zone -> their size.
        unknown: Old raw copies of products that the store knows nothing of; they stay.
        failed: Where a zone lies -> why it could not be cleared.
    """

    things: Counter[Zone] = field(default_factory=Counter)
    bytes: Counter[Zone] = field(default_factory=Counter)
    unknown: int = 0
    failed: dict[str, DataOpsError] = field(default_factory=dict)


def clean_zones(
    keep: Mapping[Zone, timedelta],
    keeping: Keeping,
    *,
    who: str,
    dry_run: bool,
    store: Store,
    storerooms: Callable[[Iterable[str]], Mapping[str, Callable[[], Storeroom]]],
    clock: Clock,
) -> Cleared:
    """Remove what is older than its zone keeps it, apart from raw copies that are still needed.

    What goes is recorded before it does: killed in between, the next run finishes.

    Args:
        keep: Zone -> how long what lies there is kept.
        keeping: Which versions are kept: the raw copies that they were made of stay.
        who: Who does it, for the audit trail.
        dry_run: Whether to look only.
        store: What is remembered.
        storerooms: What opens the zones, by where they are; it is given the addresses of all landings.
        clock: The present.

    Raises:
        BrokenWorldError: If the store can't be read or written.
    """
    now = clock.now()
    before = {zone: since(now, kept) for zone, kept in keep.items()}
    landings, verdicts = store.facts(Landing), store.broken()
    publications = store.facts(Publication)
    stay = needed(
        kept_publications(publications, keeping, now=now),
        verdicts,
        known=(one.batch for facts in (landings, verdicts, publications) for one in facts),
        before=before[Zone.RAW],
    )
    quarantined = {one.quarantine: one.batch for one in verdicts if one.quarantine}
    found = Cleared()
    for place, opened in storerooms(one.uri for one in landings).items():
        try:
            room = opened()
            may = clearance(room.stored(), stay, before=before)
            found.unknown += len(may.unknown)
            if not dry_run:
                records = (_record(one, quarantined, keep=keep, who=who, at=now) for one in may.gone)
                store.record(*(one for one in records if one is not None))
            for one in may.gone:
                if not dry_run:
                    room.remove(one)
                found.things[one.zone] += 1
                found.bytes[one.zone] += one.bytes
        except DataOpsError as error:
            found.failed[place] = error
    return found


def _record(
    one: Stored,
    quarantined: Mapping[str, Batch],
    *,
    keep: Mapping[Zone, timedelta],
    who: str,
    at: datetime,
) -> AuditRecord | None:
    """Return the record of a raw copy, or of a quarantine that a verdict names; staged rows have none."""
    batch = one.batch or quarantined.get(one.place)
    if batch is None or one.zone is Zone.STAGING:
        return None
    raw = one.zone is Zone.RAW
    return AuditRecord(
        batch=batch,
        action=RAW_COPY if raw else QUARANTINE,
        subject=raw_subject(one.sha256) if raw else quarantine_subject(one.place),
        who=who,
        why=f"it is older than {keep[one.zone].days} days{', and no kept version was made of it' * raw}",
        at=at,
    )
