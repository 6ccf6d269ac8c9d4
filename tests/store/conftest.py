"""A migrated store, and one fact of each kind to begin from."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.store import schema
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 3, 12, 0, 0, 250, tzinfo=UTC)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")

UNIQUE = Outcome(
    rule="order_id.unique",
    status=Status.FAILED,
    severity=Severity.ERROR,
    dimension="uniqueness",
    column="order_id",
    expected="= 0",
    observed="2",
    failing=2,
    checked=11,
    quarantines=True,
)
ROWS = Outcome(
    rule="a.row_count",
    status=Status.PASSED,
    severity=Severity.WARNING,
    dimension="completeness",
    column="",
    expected="> 0",
    observed="11",
    failing=0,
    checked=11,
    quarantines=False,
)


@pytest.fixture
def one() -> SimpleNamespace:
    """One fact of each kind, of the same batch and instant."""
    return SimpleNamespace(
        batch=BATCH,
        at=NOON,
        landing=Landing(
            batch=BATCH,
            origin="/drops/orders ä'\".csv",
            uri="/raw/a.csv",
            sha256="a" * 64,
            bytes=2**40,
            rows=11,
            dialect=Dialect(";", "cp1252"),
            landed_at=NOON,
            run_id="first",
        ),
        verification=Verification(
            batch=BATCH,
            stage=Stage.VERIFY,
            run_id="first",
            contract="orders@1.10",
            at=NOON,
            rows=11,
            good=8,
            bad=3,
            unparsable=1,
            outcomes=(UNIQUE, ROWS),
            blocks=("too many rows in quarantine",),
            errors=("a.sql could not be evaluated", "b, too"),
            quarantine="/quarantine/a",
        ),
        publication=Publication(
            batch=BATCH,
            version=7,
            content="b" * 64,
            rows=8,
            target="/lake/orders",
            contract="orders@1.10",
            manifest="a" * 64,
            run_id="first",
            at=NOON,
        ),
        sli=SliEvent(batch=BATCH, sli=Sli.CORRECTNESS, good=8, total=11, value=Fraction(8, 11), at=NOON),
        audit=AuditRecord(
            batch=BATCH, action="publish", subject="version 7", who="orders first", why="it passed", at=NOON
        ),
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A migrated SQLite store."""
    place = f"sqlite:///{tmp_path / 'store.db'}"
    schema.migrate(place)
    return place


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest) -> MemoryStore | SqlStore:
    """An empty store of each sort: they must answer alike."""
    return MemoryStore() if request.param == "memory" else SqlStore(request.getfixturevalue("url"))
