"""The Airflow plugin of this provider, found through the entry point `airflow.plugins`."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from airflow_dataops.bridge.partition_mapper import GrainMapper
from airflow_dataops.plugins.incident_page import incident_page
from airflow_dataops.plugins.listener import listener


class DataOpsPlugin(AirflowPlugin):
    """Shows Airflow that this provider is there; `airflow plugins` lists it as `dataops`.

    What the scheduler finds in a serialised DAG by its name must be registered here.
    """

    name = "dataops"
    partition_mappers = [GrainMapper]  # noqa: RUF012 - Airflow declares it so
    listeners = [listener]  # noqa: RUF012 - as above
    fastapi_apps = [{"app": incident_page, "url_prefix": "/dataops", "name": "DataOps"}]  # noqa: RUF012 - as above
