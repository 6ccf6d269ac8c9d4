"""Pausing DAGs and resizing pools, through Airflow's REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.bridge.rest import part

if TYPE_CHECKING:
    from airflow_dataops.bridge.rest import AirflowRest


class RestGovernor:
    """Acts on one Airflow. What is so already stays so.

    Args:
        rest: Its REST API.
    """

    def __init__(self, rest: AirflowRest) -> None:
        self._rest = rest

    def paused(self, dag_id: str) -> bool:
        """Say whether a DAG is paused.

        Raises:
            SettingsError: If there is no such DAG, or Airflow refuses to say.
            BrokenWorldError: If Airflow can't be reached.
        """
        found = self._rest.get(f"dags/{part(dag_id)}")
        with self._rest.understanding():
            return bool(found["is_paused"])

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause a DAG, or let it run.

        Raises:
            SettingsError: If there is no such DAG, or Airflow refuses.
            BrokenWorldError: If Airflow can't be reached.
        """
        self._rest.patch(f"dags/{part(dag_id)}", {"is_paused": paused}, update_mask="is_paused")

    def slots(self, pool: str) -> int:
        """Return how many slots a pool has; -1 for any number.

        Raises:
            SettingsError: If there is no such pool, or Airflow refuses to say.
            BrokenWorldError: If Airflow can't be reached.
        """
        found = self._rest.get(f"pools/{part(pool)}")
        with self._rest.understanding():
            return int(found["slots"])

    def resize(self, pool: str, slots: int) -> None:
        """Set how many slots a pool has.

        Raises:
            SettingsError: If there is no such pool, or Airflow refuses.
            BrokenWorldError: If Airflow can't be reached.
        """
        there = self._rest.get(f"pools/{part(pool)}")
        # Airflow 3.3 wants a whole pool, of which it takes what the mask names.
        with self._rest.understanding():
            more = {key: there[key] for key in ("description", "include_deferred")}
        whole = {"pool": pool, "slots": slots, **more}
        self._rest.patch(f"pools/{part(pool)}", whole, update_mask="slots")
