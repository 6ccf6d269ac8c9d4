"""The link from a failed task to the incident of its partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

PREFIX = "/dataops"
"""Where the pages of this provider are, below Airflow's own."""

FAILED = frozenset({"failed", "up_for_retry"})


class IncidentLink(BaseOperatorLink):
    """Leads to the page of the incident; nowhere from a task that went well.

    Airflow asks at the end of a task, in its process. The number of the incident isn't known then: alerts are
    routed later. So the link says which partition it is, and the page looks up the rest.
    """

    name = "Incident"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address, relative to Airflow's own where `[api] base_url` says nothing.

        Args:
            operator: The task.
            ti_key: Its instance: Airflow 3.3 hands over all of it.
        """
        from airflow_dataops.bridge.reporting import Place, partition_of
        from airflow_dataops.bridge.runs import place_of
        from airflow_dataops.bridge.settings import base_url

        ti: Any = ti_key
        state = getattr(ti, "state", None)
        if str(getattr(state, "value", state)) not in FAILED:
            return ""
        told = place_of(operator.get_dag())
        place = Place(grain=told.get("grain", ""), timezone=told.get("timezone", "UTC"))
        run = ti.get_template_context()["dag_run"]
        asked = {"dag_id": ti.dag_id, "partition": partition_of(run, place), "run_id": ti.run_id}
        base = base_url()
        return f"{base}{PREFIX if base else PREFIX[1:]}/incident/?{urlencode(asked)}"
