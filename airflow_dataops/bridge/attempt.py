"""Airflow's context -> which batch, which run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow_dataops.core.batch import Batch, Grain, Run, partition_label
from airflow_dataops.core.legible import commands
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow.sdk import Asset, BaseOperator, Context

DEFAULT_BUNDLE = "dags-folder"


def run_of(context: Context) -> Run:
    """Return the attempt that a task is part of."""
    dag_run, ti = context["dag_run"], context["ti"]
    return Run(
        run_id=dag_run.run_id,
        dag_id=ti.dag_id,
        try_number=ti.try_number,
        interval_end=dag_run.data_interval_end,
    )


def name_of(context: Context) -> str:
    """Return what a task is called among all tasks of all runs; its tries share the name."""
    ti = context["ti"]
    return f"{ti.dag_id}/{ti.run_id}/{ti.task_id}/{ti.map_index}"


def folder_of(task: BaseOperator) -> Path:
    """Return the folder of the DAG file, at which a task's relative paths begin."""
    return Path(task.dag.fileloc).parent if task.has_dag() else Path()


def asset_of(task: BaseOperator) -> str:
    """Return the name of the only asset among a task's outlets; empty where there is not just one."""
    from airflow.sdk import Asset

    names = [outlet.name for outlet in task.outlets if isinstance(outlet, Asset)]
    return names[0] if len(names) == 1 else ""


def with_asset(assets: Any, asset: Asset) -> list[Any]:  # noqa: ANN401 - Airflow takes one, several or none
    """Return a task's inlets or outlets with one more asset among them."""
    given = [] if assets is None else assets if isinstance(assets, list | tuple) else [assets]
    return [*given, asset]


def batch_of(
    context: Context,
    *,
    product: str,
    dataset: str,
    team: str = "",
    partition: str = "",
    grain: str = Grain.DAY,
    timezone: str = "UTC",
    undated: bool = False,
) -> Batch:
    """Return the batch that a task works on.

    Args:
        context: The task's context.
        product: The data product.
        dataset: Its dataset.
        team: Whose it is; empty means the DAG bundle.
        partition: Its partition; empty means the run's partition key, or else the label of its data interval.
        grain: How much time one partition covers.
        timezone: Where the product's days begin.
        undated: Whether a run that has neither is a partition of its own, called as its id.

    Raises:
        SettingsError: If nothing tells the partition, or the grain or the time zone is not known.
    """
    return Batch(
        team=team or team_of(context),
        product=product,
        dataset=dataset,
        partition=partition or _partition(context, grain=grain, timezone=timezone, undated=undated),
    )


def team_of(context: Context) -> str:
    """Return the name of the DAG bundle; `dag.test()` has none, so it is Airflow's default there."""
    bundle = getattr(context["ti"], "bundle_instance", None)
    return DEFAULT_BUNDLE if bundle is None else str(bundle.name)


def _legible(key: str, *, where: str) -> str:
    """Return a partition key that is a label, too.

    Raises:
        SettingsError: If it holds what no label may.
    """
    if commands(key):
        hint = "Trigger the run with a key that any terminal shows as it is."
        raise SettingsError("the partition key holds control characters", where=where, hint=hint)
    return key


def _partition(context: Context, *, grain: str, timezone: str, undated: bool) -> str:
    dag_run = context["dag_run"]
    if dag_run.partition_key:
        return _legible(str(dag_run.partition_key), where=f"{dag_run.dag_id} {dag_run.run_id}")
    if dag_run.data_interval_start is None and undated:
        return str(dag_run.run_id)
    if dag_run.data_interval_start is None:
        raise SettingsError(
            "this run has neither a data interval nor a partition key, so its partition is not known",
            where=f"{dag_run.dag_id} {dag_run.run_id}",
            hint="Trigger it with a logical date, or set `partition`.",
        )
    try:
        return partition_label(dag_run.data_interval_start, Grain(grain), ZoneInfo(timezone))
    except (ValueError, KeyError):
        raise SettingsError(
            f"`{grain}` is no grain, or `{timezone}` no time zone",
            where=dag_run.dag_id,
            hint=f"Use one of {', '.join(Grain)}, and a name such as Europe/Berlin.",
        ) from None
