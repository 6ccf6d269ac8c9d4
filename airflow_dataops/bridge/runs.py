"""Airflow's runs and tasks -> what became of them, by what their objects hold at the moment.

These objects are those that the scheduler works with: whatever asks its session for more may end it. So only
what lies in them is read, and nothing is asked of them (`vars` shows what a mapper has loaded, no more).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow_dataops.bridge.bundles import bundle_of
from airflow_dataops.core.batch import Grain, partition_label
from airflow_dataops.core.slo.run import Outcome, Retry, RunOutcome
from airflow_dataops.core.slo.watch import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.slo.watch import Watch


def outcome_of(dag_run: object, *, final: Outcome, watch: Watch) -> RunOutcome | None:
    """Return what became of a run; None where its DAG isn't watched.

    Args:
        dag_run: Airflow's run, of which nothing is asked.
        final: How it ended.
        watch: Which DAGs are watched.

    Raises:
        LookupError: If it doesn't hold what tells it from others.
    """
    held = vars(dag_run)
    dag_id, run_id = held["dag_id"], held["run_id"]
    dag = held.get("dag")
    if not watch.holds(dag_id, getattr(dag, "tags", None) or ()):
        return None
    place = place_of(dag)
    start, end = held.get("data_interval_start"), held.get("data_interval_end")
    run_type = held.get("run_type") or ""
    first = Outcome.FAILED if held.get("clear_number") else final
    return RunOutcome(
        team=place.get("team") or bundle_of(str(getattr(dag, "fileloc", "") or "")),
        dag_id=dag_id,
        run_id=run_id,
        partition=held.get("partition_key") or _label(place, start),
        run_type=str(getattr(run_type, "value", run_type)),
        start=start,
        end=end,
        began=held.get("start_date"),
        ended=held.get("end_date") or datetime.now(UTC),
        first=first,
        final=final,
    )


def retry_of(ti: Any, *, try_number: int, watch: Watch) -> Retry | None:  # noqa: ANN401 - of the task's process
    """Return that a task is tried again; None where its DAG isn't watched.

    Args:
        ti: The task instance, in the process of the task.
        try_number: Which try it is.
        watch: Which DAGs are watched.
    """
    dag = getattr(getattr(ti, "task", None), "dag", None)
    if not watch.holds(ti.dag_id, getattr(dag, "tags", None) or ()):
        return None
    bundle = getattr(ti, "bundle_instance", None)
    fileloc = str(getattr(dag, "fileloc", "") or "")
    return Retry(
        team=place_of(dag).get("team") or (str(bundle.name) if bundle is not None else bundle_of(fileloc)),
        dag_id=ti.dag_id,
        run_id=ti.run_id,
        task_id=ti.task_id,
        map_index=-1 if ti.map_index is None else ti.map_index,
        try_number=try_number,
        at=datetime.now(UTC),
    )


def place_of(dag: object) -> Mapping[str, str]:
    """Return team, grain and timezone of a product, as the task says them that begins its batches."""
    if OURS not in (getattr(dag, "tags", None) or ()):
        return {}
    for task in (getattr(dag, "task_dict", None) or {}).values():
        said = {name: getattr(task, name, None) for name in ("product", "team", "grain", "timezone")}
        if said["product"] and said["grain"]:
            return {name: value for name, value in said.items() if isinstance(value, str)}
    return {}


def _label(place: Mapping[str, str], start: datetime | None) -> str:
    """Return the partition of a product's run; empty where nothing tells it."""
    try:
        return partition_label(start, Grain(place["grain"]), ZoneInfo(place["timezone"])) if start else ""
    except (LookupError, ValueError):
        return ""
