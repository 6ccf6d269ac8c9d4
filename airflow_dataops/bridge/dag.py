"""What a product says in Airflow's own words -> the arguments of its DAG.

A template writes `DAG(product.name, schedule=timetable(product.schedule), **arguments(product))`, and where
drops land, `LandOperator(task_id="land", **landing(product, grain=…))`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import (
    Asset,
    AssetAll,
    AssetOrTimeSchedule,
    CronDataIntervalTimetable,
    Param,
    PartitionedAssetTimetable,
)

from airflow_dataops.bridge.assets import BY_PARTITION
from airflow_dataops.bridge.page import page
from airflow_dataops.bridge.partition_mapper import GrainMapper
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.product import Product, Schedule
    from airflow_dataops.core.slo.expected_rows import ExpectedRows

OF_THE_RUN = ("on_success_callback", "on_failure_callback")
"""Callbacks that are called once a run; the others are called once a task."""


def arguments(product: Product) -> dict[str, Any]:
    """Return what `DAG` takes of a product, besides its name and its schedule.

    Raises:
        SettingsError: If a callback can't be imported; `where` is its key.
    """
    schedule, tasks = product.schedule, product.tasks
    called = {name: _called(name, paths) for name, paths in product.callbacks.items()}
    given = {"pool": tasks.pool, "queue": tasks.queue}
    return {
        "description": product.description,
        "doc_md": page(product),
        # By the zone and not by its offset, which is all that is left of it in JSON: Airflow keeps either.
        "start_date": schedule.start_date and schedule.start_date.astimezone(ZoneInfo(schedule.timezone)),
        "end_date": schedule.end_date and schedule.end_date.astimezone(ZoneInfo(schedule.timezone)),
        "catchup": schedule.catchup,
        "max_active_runs": schedule.max_active_runs,
        "tags": {"dataops", *product.tags},
        # Airflow's serialisation keeps their order, so that a file in another order would be another DAG.
        "params": {name: Param(value) for name, value in sorted(product.dag_params.items())},
        "default_args": {
            "owner": product.owner,
            "retries": tasks.retries,
            "retry_delay": tasks.retry_delay,
            "priority_weight": tasks.priority_weight,
            **{name: value for name, value in given.items() if value},
            **{name: value for name, value in called.items() if name not in OF_THE_RUN},
        },
        **{name: value for name, value in called.items() if name in OF_THE_RUN},
    }


def landing(product: Product, *, grain: str) -> dict[str, Any]:
    """Return what `LandOperator` takes of a product.

    Args:
        product: The product.
        grain: How much time one partition covers.
    """
    source = product.source
    return {
        "product": product.name,
        "dataset": product.contract.dataset,
        "team": product.team,
        "grain": grain,
        "timezone": product.schedule.timezone,
        "conn_id": source.conn_id,
        "folder": source.folder,
        "path": source.path,
        "ready": source.ready,
        "table": source.table,
        "partition_column": source.partition_column,
        "format": source.dialect.format.value,
        "delimiter": source.dialect.delimiter,
        "encoding": source.dialect.encoding,
        "quote": source.dialect.quote,
        "header": source.dialect.header,
        "paths": dict(source.dialect.paths),
        "delivery": source.delivery.value,
        "on_missing": source.on_missing.value,
        "on_duplicate": source.on_duplicate.value,
        "poke_interval": source.poke_interval / timedelta(seconds=1),
        "timeout": source.timeout / timedelta(seconds=1),
    }


def expected_rows_of(rows: ExpectedRows | None) -> dict[str, Any] | None:
    """Return who says it as a task takes it: plain JSON, without what is empty."""
    return None if rows is None else {name: value for name, value in asdict(rows).items() if value}


def timetable(schedule: Schedule, *, grain: str = "") -> Any:  # noqa: ANN401 - whatever `DAG` takes
    """Return when a product's DAG runs: by the clock, or after other products; None for never.

    Args:
        schedule: What its pipeline file says.
        grain: How much time one of its partitions covers: after others, it then runs for their partition, or
            for the one in which that lies. Empty where a run has no partition: it may run by the clock, too.

    Raises:
        SettingsError: If the clock is to start runs by partition as well; `where` is the key.
    """
    clock = schedule.schedule and CronDataIntervalTimetable(schedule.schedule, timezone=schedule.timezone)
    if not schedule.depends_on:
        return clock or None
    suffix = BY_PARTITION if grain else ""
    after = AssetAll(*(Asset.ref(name=f"{name}{suffix}") for name in sorted(schedule.depends_on)))
    if grain and clock:
        raise SettingsError(
            "`depends_on` beside `schedule`: Airflow has no schedule by the clock and by partition",
            where="depends_on",
            hint="Leave out `schedule`: each partition of what it depends on starts a run.",
        )
    if grain:
        # Airflow has its own notion of a mapper for DAG files; it takes ours, which the plugin registers.
        mapper: Any = GrainMapper(grain)
        return PartitionedAssetTimetable(assets=after, default_partition_mapper=mapper)
    return AssetOrTimeSchedule(timetable=clock, assets=after) if clock else after


def _called(name: str, paths: Sequence[str]) -> list[Callable[..., Any]]:
    """Import what a callback calls.

    Raises:
        SettingsError: If it can't be imported, or can't be called; `where` is the callback's key.
    """
    return [_imported(name, path) for path in paths]


def _imported(name: str, path: str) -> Callable[..., Any]:
    module, _, attribute = path.rpartition(".")
    try:
        found: Callable[..., Any] = getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a module of people does when it is imported
        raise SettingsError(
            f"`{path}` can't be imported: {type(error).__name__}: {error}",
            where=name,
            hint="Put the module beside the DAG files, in `plugins`, or install it.",
        ) from None
    if isinstance(found, type) or not callable(found):
        raise SettingsError(
            f"`{path}` is nothing that can be called with the context",
            where=name,
            hint="Name a function, or a notifier that a module has made.",
        )
    return found
