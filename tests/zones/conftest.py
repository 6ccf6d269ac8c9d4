"""One batch of a product, a run of it, and a user without rights."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import gettempdir
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Dialect
from airflow_dataops.zones.folder import FolderSource
from airflow_dataops.zones.local import LocalZones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

NOBODY = 65534


@pytest.fixture
def batch() -> Batch:
    """The delivery of 3 March."""
    return Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


@pytest.fixture
def run() -> Run:
    """The first attempt at it."""
    return Run(run_id="scheduled__2026-03-03T00:00:00+00:00", dag_id="orders")


@pytest.fixture
def world(tmp_path: Path, batch: Batch, run: Run) -> SimpleNamespace:
    """A folder with one drop, the zones, and what to call `keep` with."""
    drops = tmp_path / "drops"
    drops.mkdir()
    path = drops / "orders-2026-03-03.csv"
    path.write_bytes(b"id,amount\n1,2.50\n2\n3,4.00\n")
    source = FolderSource(str(drops), "orders-{partition}.csv")
    return SimpleNamespace(
        drops=drops,
        path=path,
        source=source,
        drop=source.find(batch),
        root=tmp_path / "lake",
        zones=LocalZones(str(tmp_path / "lake")),
        how={
            "read": source.read,
            "batch": batch,
            "run": run,
            "dialect": Dialect(),
            "at": datetime(2026, 3, 4, 1, 2, 3, 456789, tzinfo=UTC),
        },
    )


@pytest.fixture
def without_rights(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """Give up root's rights for a while, which no permission would stop; a plain user has none to give up."""

    @contextmanager
    def given_up() -> Iterator[None]:
        user = os.geteuid()
        # pytest keeps its folders to the user that it runs as: how many of them there are is its affair.
        for folder in (tmp_path, *tmp_path.parents):
            if folder.is_relative_to(gettempdir()) and folder.stat().st_uid == user:
                folder.chmod(folder.stat().st_mode | 0o755)
        if user == 0:
            os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(user)

    return given_up
