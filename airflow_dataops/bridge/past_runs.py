"""The runs that a DAG had, out of Airflow's REST API, as what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.rest import part
from airflow_dataops.core.slo.run import Outcome, RunOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.bridge.rest import AirflowRest

ENDS = {"success": Outcome.SUCCESS, "failed": Outcome.FAILED}
"""State of a run that has ended -> how it ended."""


def past_runs(
    rest: AirflowRest, dag_id: str, *, team: str, since: datetime, until: datetime, tries: bool = False
) -> Iterator[RunOutcome]:
    """Yield what became of the runs of a DAG that ended in `since <= end <= until`, oldest first.

    Airflow forgets of a run that was cleared how it had ended; only its tasks still tell, by their tries.

    Args:
        rest: The REST API.
        dag_id: The DAG.
        team: Whose it is.
        since: The first instant, aware.
        until: The last instant, aware.
        tries: Whether the tasks of each run are asked for, too, one request a run: without that the first
            attempt counts as what the run came to in the end.

    Raises:
        SettingsError: If there is no such DAG, or Airflow refuses.
        BrokenWorldError: If Airflow can't be reached.
    """
    found = rest.pages(
        f"dags/{part(dag_id)}/dagRuns",
        "dag_runs",
        end_date_gte=since.isoformat(),
        end_date_lte=until.isoformat(),
        order_by="end_date",
    )
    for run in found:
        with rest.understanding():
            ended, run_id = run["state"] in ENDS, str(run["dag_run_id"])
        if ended:
            most = _most_tries(rest, dag_id, run_id) if tries else 1
            with rest.understanding():
                came = outcome(run, team=team, tries=most)
            yield came


def outcome(run: dict[str, Any], *, team: str, tries: int) -> RunOutcome:
    """Return what became of a run that has ended, as Airflow's API describes it."""
    final = ENDS[run["state"]]
    return RunOutcome(
        team=team,
        dag_id=run["dag_id"],
        run_id=run["dag_run_id"],
        partition=run.get("partition_key") or "",
        run_type=run["run_type"],
        start=_instant(run["data_interval_start"]),
        end=_instant(run["data_interval_end"]),
        began=_instant(run["start_date"]),
        ended=datetime.fromisoformat(run["end_date"]),
        first=Outcome.FAILED if tries > 1 else final,
        final=final,
        tries=tries,
    )


def _most_tries(rest: AirflowRest, dag_id: str, run_id: str) -> int:
    """Return the most tries that a task of a run took."""
    path = f"dags/{part(dag_id)}/dagRuns/{part(run_id)}/taskInstances"
    tasks = tuple(rest.pages(path, "task_instances"))
    with rest.understanding():
        return max((int(task["try_number"] or 1) for task in tasks), default=1)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
