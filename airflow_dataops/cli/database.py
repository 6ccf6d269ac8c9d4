"""`db migrate`, `db check` and `db downgrade`, over the URL of a store. Each returns the line to print."""

from __future__ import annotations

from airflow_dataops.errors import SettingsError


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


def _moved(url: str, verb: str, before: str | None, after: str | None) -> str:
    from airflow_dataops.store.address import address

    place = address(url)
    if before == after:
        return f"store at {place} stays at {after or 'nothing'}"
    return f"store at {place} {verb} from {before or 'nothing'} to {after or 'nothing'}"
