"""The sample's days, taken through the use cases without Airflow."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing
from airflow_dataops.core.ticket import written
from airflow_dataops.store.schema import migrate
from airflow_dataops.usecases.batches.land import land

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from airflow_dataops.usecases.ports.target import Target

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "dag_templates" / "batch"


def loaded(name: str, file: Path) -> ModuleType:
    """Load a module by its file."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def skipping(way: Any) -> dict[str, Any]:
    """Land as the sample does: a duplicate is skipped."""
    arrival = land(
        way.batch,
        run=way.run,
        dialect=Dialect(),
        delivery=Delivery.INCREMENT,
        on_missing=OnMissing.FAIL,
        on_duplicate=OnDuplicate.SKIP,
        **way.use("source", "zones", "store", "clock"),
    )
    if arrival is None or arrival.duplicate_of is not None:
        raise SystemExit("skipped")
    return written(arrival.landing)


@pytest.fixture(scope="session")
def walk() -> Callable[..., None]:
    """Make a home of the sample, and take days of March their way in it, to the lake or to another target."""
    drops = loaded("reconcile_drops", SAMPLE / "drops.py")
    way = loaded("reconcile_way", PROJECT / "tests" / "kill" / "way.py")
    way.STAGES["land"] = skipping

    def take(home: Path, days: Iterable[int], *, target: Target | None = None) -> None:
        shutil.copytree(SAMPLE / "orders", home / "orders")
        folder = home / "orders" / "drops"
        folder.mkdir(exist_ok=True)
        drops.deliver(drops.generate(folder).late, folder)
        migrate(f"sqlite:///{home}/store.db")
        for day in days:
            one = way.Way(home, f"2026-03-{day:02}", f"run {day}", "")
            if target is not None:
                one.ports["target"] = target
            with suppress(SystemExit):
                one.go()

    return take
