"""The Airflow plugin of this provider, found through the entry point `airflow.plugins`."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin


class DataOpsPlugin(AirflowPlugin):
    """Shows Airflow that this provider is there; `airflow plugins` lists it as `dataops`."""

    name = "dataops"
