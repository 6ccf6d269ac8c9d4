"""What the use cases need of the world, in a folder of the test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.contract.model import Column, ColumnType, Contract, Dataset, LogicalType
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.testing.store import MemoryStore
from airflow_dataops.zones.local import LocalZones

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def batch() -> Batch:
    """The batch of 3 March."""
    return Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


@pytest.fixture
def run() -> Run:
    """A first attempt at it."""
    return Run(run_id="first", dag_id="orders", interval_end=datetime(2026, 3, 4, tzinfo=UTC))


@pytest.fixture
def contract() -> Contract:
    """One column that must be a whole number."""
    column = Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True)
    return Contract(
        id="orders",
        name="orders",
        version="1.0.0",
        status="active",
        fingerprint="f",
        datasets=(Dataset(name="orders", columns=(column,)),),
    )


@pytest.fixture
def store() -> MemoryStore:
    """An empty store."""
    return MemoryStore()


@pytest.fixture
def clock() -> FrozenClock:
    """Six in the morning of 4 March."""
    return FrozenClock(datetime(2026, 3, 4, 6, tzinfo=UTC))


@pytest.fixture
def zones(tmp_path: Path) -> LocalZones:
    """Empty zones."""
    return LocalZones(str(tmp_path / "zones"))
