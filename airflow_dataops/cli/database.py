"""`db migrate`, `check`, `downgrade` and `clean`, over a store. Each returns what to print."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.retention import Forgotten
    from airflow_dataops.wiring.settings import Settings


def migrate(url: str) -> str:
    """Bring the store to this version's revision.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If the URL can't hold a store.
    """
    from airflow_dataops.store import schema

    before, after = schema.migrate(url)
    return _moved(url, "migrated", before, after)


def check(url: str) -> str:
    """Say that the store has this version's revision.

    Raises:
        BrokenWorldError: If the store can't be read.
        SettingsError: If it has another one or none, or the URL can't hold a store.
    """
    from airflow_dataops.store import schema
    from airflow_dataops.store.address import address
    from airflow_dataops.store.revision import MIGRATE, Standing

    revision = schema.check(url)
    place = address(url)
    if revision.standing is Standing.CURRENT:
        return f"store at {place} is current: {revision.found}"
    if revision.standing is Standing.MISSING:
        raise SettingsError(f"the store at {place} has no schema", hint=MIGRATE)
    upgrade = "Upgrade airflow-provider-dataops; until then this version goes on working with it."
    raise SettingsError(
        f"the store at {place} is {revision.standing}: it has {revision.found}, this version {revision.head}",
        hint=MIGRATE if revision.standing is Standing.BEHIND else upgrade,
    )


def downgrade(url: str, revision: str) -> str:
    """Take the store back to an older revision.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If there is no such revision, or the URL can't hold a store.
    """
    from airflow_dataops.store import schema

    before, after = schema.downgrade(url, revision)
    return _moved(url, "downgraded", before, after)


def clean(settings: Settings, before: str, *, audit_records: bool, dry_run: bool) -> tuple[str, Forgotten]:
    """Remove what is older than a time from the store, or count it.

    Args:
        settings: Where the store is.
        before: A date, an instant with its zone, or a number of days such as `180d`.
        audit_records: Whether audit records go, too.
        dry_run: Whether to count only.

    Returns:
        A table of counts, and the counts.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If `before` is no time or lies in the future, or the store has no tables.
    """
    from airflow_dataops.store.address import address
    from airflow_dataops.usecases.upkeep.clean import clean
    from airflow_dataops.wiring import clocks, stores

    gone = clean(
        before,
        audit_records=audit_records,
        dry_run=dry_run,
        retention=stores.retention(settings),
        clock=clocks.clock(),
    )
    place = address(settings.store_url)
    head = f"store at {place}: of what is older than {before} {'would go' if dry_run else 'went'}"
    counts = {kind.replace("_", " "): count for kind, count in asdict(gone).items()}
    if not audit_records:
        del counts["audit records"]
    wide = max(len(kind) for kind in counts)
    lines = [f"  {kind:<{wide}} {count:>12,}" for kind, count in counts.items()]
    return "\n".join([head, *lines]), gone


def _moved(url: str, verb: str, before: str | None, after: str | None) -> str:
    from airflow_dataops.store.address import address

    place = address(url)
    if before == after:
        return f"store at {place} stays at {after or 'nothing'}"
    return f"store at {place} {verb} from {before or 'nothing'} to {after or 'nothing'}"
