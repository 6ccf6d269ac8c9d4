"""A store on each database, and one fact of each kind to begin from."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.landing import Dialect, Format, LandedFile, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import AuditRecord, Publication
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.store.revision import VERSION_TABLE
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

ADDRESS = re.compile(r" at 0x\w+")
"""Where Python keeps a thing: no two are alike."""

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
            dialect=Dialect(
                ";", "cp1252", Format.JSON_LINES, quote="", header=False, paths=(("a", "b.c"), ("ä", "'\""))
            ),
            landed_at=NOON,
            run_id="first",
            files=(
                LandedFile("orders ä'\".csv", "0", "c" * 64, 2**40 - 1, 10),
                LandedFile("b.csv", "1", "d" * 64, 1, 1),
            ),
        ),
        # One file of CSV: all that a store of the first revision can hold.
        plain=Landing(
            batch=BATCH,
            origin="/drops/plain.csv",
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
        observation=Observation(
            batch=BATCH,
            sli=Sli.CORRECTNESS,
            subject="a" * 64,
            end=NOON - timedelta(hours=12),
            good=8,
            total=11,
            value=Fraction(8, 11),
            at=NOON,
        ),
        audit=AuditRecord(
            batch=BATCH, action="publish", subject="version 7", who="orders first", why="it passed", at=NOON
        ),
    )


@dataclass(frozen=True)
class Database:
    """What lies under a store, for tests that look at it or break it."""

    url: str

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite."""
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path:
        """The file of a SQLite store."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def shown(self) -> str:
        """The address as messages show it."""
        return self.url.partition("?")[0]

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection with a transaction, which is committed."""
        with create_engine(self.url, poolclass=NullPool).begin() as connection:
            yield connection

    def run(self, *statements: str) -> None:
        """Run statements in one transaction."""
        with self.connection() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def stamp(self, revision: str) -> None:
        """Pretend that another version of the code had migrated it."""
        self.run(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'")  # noqa: S608

    def tables(self) -> set[str]:
        """Name its tables."""
        with self.connection() as connection:
            return set(inspect(connection).get_table_names())

    def dump(self) -> dict[str, object]:
        """Return all that is in it: columns and rows of each table."""
        with self.connection() as connection:
            found = MetaData()
            found.reflect(connection)
            return {
                name: (
                    [ADDRESS.sub("", repr(column)) for column in table.columns],
                    sorted(map(repr, connection.execute(table.select()))),
                )
                for name, table in found.tables.items()
            }


@pytest.fixture
def empty(store_url: str) -> Database:
    """A database in which nobody has made a store, on each server."""
    return Database(store_url)


@pytest.fixture
def database(empty: Database, new_store) -> Database:
    """A database with a migrated store, on each server."""
    new_store(empty.url)
    return empty


@pytest.fixture
def url(database: Database) -> str:
    """The URL of a migrated store, on each server."""
    return database.url


@pytest.fixture
def sqlite(new_store_url, new_store) -> Database:
    """A migrated SQLite store, for what only a file can do."""
    database = Database(new_store_url("sqlite"))
    new_store(database.url)
    return database


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_store_url, new_store) -> MemoryStore | SqlStore:
    """An empty store of each sort: they must answer alike."""
    if request.param == "memory":
        return MemoryStore()
    url = new_store_url(request.param)
    new_store(url)
    return SqlStore(url)
