"""The store, for commands that people ask about alerts: one that knows nothing of them is no quiet one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError
from airflow_dataops.wiring import stores

if TYPE_CHECKING:
    from airflow_dataops.usecases.ports.alerts import Alerts
    from airflow_dataops.wiring.settings import Settings


def alerts_of(settings: Settings) -> Alerts:
    """Return what is remembered of alerts.

    Args:
        settings: Where the store is.

    Raises:
        SettingsError: If the store's tables are older than alerts.
        BrokenWorldError: If the store can't be read.
    """
    from airflow_dataops.store import schema
    from airflow_dataops.store.address import address
    from airflow_dataops.store.alerts.tables import incident
    from airflow_dataops.store.growth import there
    from airflow_dataops.store.revision import MIGRATE

    if not settings.auto_migrate:
        found = schema.check(settings.store_url).found
        if found is not None and not there(incident, found):
            raise SettingsError(
                f"the store at {address(settings.store_url)} has revision {found}, which knows of no alerts",
                hint=MIGRATE,
            )
    return stores.alerts(settings)
