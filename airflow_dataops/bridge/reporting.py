"""The context of a callback -> what it reports, on its way to the store."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow_dataops.bridge.attempt import DEFAULT_BUNDLE
from airflow_dataops.bridge.bundles import bundle_of
from airflow_dataops.bridge.runs import place_of
from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.batch import Grain, partition_label

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 2_000
"""Characters of a report's text: what is told of it is shorter still, and it is kept with each word on it."""

OVER = frozenset({"success", "skipped"})
"""States in which a run or a task ended well."""

TOLD_BY = ("dag_id", "run_id", "data_interval_start", "partition_key", "state")
"""What of a run is read."""

ON_THE_WAY = frozenset({"up_for_retry", "running", "queued", "restarting"})
"""States after which something is still to come: there is nothing to be reported yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a product's runs are told apart by; what is empty is taken from the context.

    Args:
        team: Whose it is.
        product: The product.
        grain: How much time one partition covers.
        timezone: Where its days begin.
    """

    team: str = ""
    product: str = ""
    grain: str = ""
    timezone: str = ""


def reported(context: Mapping[str, Any], place: Place, *, text: str = "") -> Reported | None:
    """Return what a callback reports; None where there is nothing to report, such as that a task runs.

    Airflow calls with three kinds of context: that of a task, that of a DAG's run, and that of a deadline,
    which has the run as plain JSON, and nothing else.

    Args:
        context: What Airflow called with.
        place: What is known of the product.
        text: What is to be said; empty for what the context tells.

    Raises:
        LookupError: If it doesn't tell which run it is about.
    """
    run = _run(context.get("dag_run"))
    place = _completed(place, context)
    where = Where(place.team, place.product or str(run["dag_id"]), partition_of(run, place))
    now = datetime.now(UTC)
    if "deadline" in context:
        said = text or f"not done by {_due(context['deadline'])}"
        return Reported(where=where, kind=Kind.LATE, run_id=str(run["run_id"]), text=_cut(said), at=now)
    ti = context.get("ti") if "exception" in context or "reason" not in context else None
    state = _word(ti.state if ti is not None else run["state"])
    if state in ON_THE_WAY and not context.get("exception"):
        return None
    if state == "up_for_retry":
        return None
    well = state in OVER
    # Only the end of a whole run tells that it ended well.
    if well and ti is not None:
        return None
    return Reported(
        where=where,
        kind=Kind.FAILED,
        run_id=str(run["run_id"]),
        task_id=ti.task_id if ti is not None else "",
        text=_cut(text or ("" if well else _failed(ti, context.get("exception")))),
        at=now,
        well=well,
    )


def post(fact: Reported) -> None:
    """Put a report into the outbox, and have it brought where no lasting program of Airflow's does that.

    Raises:
        BrokenWorldError: If the outbox takes nothing.
        SettingsError: If the deployment is set up in a way that can't work.
    """
    from airflow_dataops.bridge.courier import Courier
    from airflow_dataops.bridge.settings import on_one_machine, outbox_path, settings
    from airflow_dataops.store.outbox import Outbox

    Outbox(outbox_path()).put(fact)
    if not on_one_machine():
        Courier(outbox_path(), settings()).send(outlives=True)


def _run(dag_run: Any) -> dict[str, Any]:  # noqa: ANN401 - Airflow's object, or plain JSON of it
    """Return what a run is told by, however Airflow hands it over."""
    if isinstance(dag_run, dict):
        run = {"run_id": dag_run.get("dag_run_id"), **dag_run}
    else:
        run = {name: getattr(dag_run, name, None) for name in TOLD_BY}
    if not run.get("dag_id") or not run.get("run_id"):
        raise LookupError("Airflow called without a run")
    return run


def _completed(place: Place, context: Mapping[str, Any]) -> Place:
    """Return what is known of the product, with what the DAG itself tells."""
    dag = context.get("dag")
    told = place_of(dag)
    bundle = getattr(context.get("ti"), "bundle_instance", None)
    fileloc = str(getattr(dag, "fileloc", "") or "")
    its = str(bundle.name) if bundle is not None else bundle_of(fileloc) if fileloc else DEFAULT_BUNDLE
    return Place(
        team=place.team or told.get("team", "") or its,
        product=place.product or told.get("product", ""),
        grain=place.grain or told.get("grain", ""),
        timezone=place.timezone or told.get("timezone", "UTC"),
    )


def partition_of(dag_run: Any, place: Place) -> str:  # noqa: ANN401 - Airflow's object, or plain JSON of it
    """Return the partition of a run; a run that has none is one of its own.

    So is one whose grain or time zone is none: that it failed is told all the same.

    Raises:
        LookupError: If it isn't told which run it is.
    """
    run = _run(dag_run)
    if run.get("partition_key"):
        return str(run["partition_key"])
    start = run.get("data_interval_start")
    if place.grain and start:
        begins = start if isinstance(start, datetime) else datetime.fromisoformat(start)
        with suppress(ValueError, LookupError, OSError):
            return partition_label(begins, Grain(place.grain), ZoneInfo(place.timezone))
    return str(run["run_id"])


def _failed(ti: Any, exception: object) -> str:  # noqa: ANN401 - Airflow's object
    """Say what failed by the kind of its error alone: its words may hold a row's value."""
    named = f": {type(exception).__name__}" if isinstance(exception, BaseException) else ""
    return f"the task {ti.task_id} failed{named}" if ti is not None else "the run failed"


def _due(deadline: Any) -> str:  # noqa: ANN401 - what Airflow tells of it
    """Say which deadline it was, as far as that is told."""
    try:
        at = deadline["deadline_time"]
        instant = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    except (LookupError, TypeError, ValueError):
        return "its deadline"
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC, its deadline"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _word(state: object) -> str:
    return str(getattr(state, "value", state) or "")
