"""The store, in each of the roles that it plays, and what is on its way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.store.outbox import Outbox
    from airflow_dataops.usecases.deliver import Addresses
    from airflow_dataops.usecases.ports.alerts import Alerts
    from airflow_dataops.usecases.ports.faults import Faults
    from airflow_dataops.usecases.ports.history import History
    from airflow_dataops.usecases.ports.retention import Retention
    from airflow_dataops.usecases.ports.service_levels import ServiceLevels
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.wiring.settings import Settings


def store(settings: Settings) -> Store:
    """Return the store."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def history(settings: Settings) -> History:
    """Return the store as what remembers how rules fared."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def retention(settings: Settings) -> Retention:
    """Return the store as what forgets."""
    from airflow_dataops.store.sql import SqlStore

    return SqlStore(settings.store_url, auto_migrate=settings.auto_migrate)


def service_levels(settings: Settings) -> ServiceLevels:
    """Return the store as what remembers service levels."""
    from airflow_dataops.store.levels.service_levels import SqlServiceLevels

    return SqlServiceLevels(settings.store_url, auto_migrate=settings.auto_migrate)


def alerts(settings: Settings) -> Alerts:
    """Return the store as what remembers alerts."""
    from airflow_dataops.store.alerts.alerts import SqlAlerts

    return SqlAlerts(settings.store_url, auto_migrate=settings.auto_migrate)


def faults(settings: Settings) -> Faults:
    """Return the store as what remembers what went wrong."""
    from airflow_dataops.store.faults import SqlFaults

    return SqlFaults(settings.store_url, auto_migrate=settings.auto_migrate)


def migrate(settings: Settings) -> tuple[str | None, str]:
    """Bring the store's tables to this version's revision; return the revision it had, and the one it has.

    Raises:
        BrokenWorldError: If the store can't be written.
        SettingsError: If the URL can't hold a store, or its tables are not those of its revision.
    """
    from airflow_dataops.store.schema import migrate

    return migrate(settings.store_url)


def outbox(folder: Path) -> Outbox:
    """Return what is on its way to the store, in a folder of this machine."""
    from airflow_dataops.store.outbox import Outbox

    return Outbox(folder)


def addresses(settings: Settings) -> Addresses:
    """Return where that goes which is on its way to the store."""
    from airflow_dataops.usecases.deliver import Addresses

    return Addresses(levels=service_levels(settings), store=store(settings), reports=alerts(settings))
