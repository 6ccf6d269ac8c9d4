"""What lies in the zones of a database, and removing it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.clearance import Stored, Zone
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.zones.postgres import PostgresZones
from airflow_dataops.zones.postgres_storeroom import PostgresStoreroom
from airflow_dataops.zones.table import TableSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.landing import Landing

NUMBERS = itertools.count(1)
AT = datetime(2026, 3, 4, 5, tzinfo=UTC)
RUN = Run(run_id="r", dag_id="orders")


@pytest.fixture
def warehouse(postgresql: str) -> Iterator[Warehouse]:
    """A team's connection to a database whose zones are empty."""
    url = postgresql.replace("postgresql+psycopg://", "postgresql://")
    found = Warehouse("shop_db", lambda: psycopg.connect(url))
    with found.connect() as connection:
        connection.execute("DROP SCHEMA IF EXISTS dataops CASCADE")
    yield found
    with found.connect() as connection:
        connection.execute("DROP SCHEMA IF EXISTS dataops CASCADE")


@pytest.fixture
def land(warehouse: Warehouse) -> Callable[[], tuple[Landing, bool]]:
    """Land the rows of a table, the same each time."""
    number = next(NUMBERS)
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    name = f"landed{number}"
    with warehouse.connect() as connection:
        statement = "CREATE TABLE {} AS SELECT n FROM generate_series(1, 3) AS n"
        connection.execute(SQL(statement).format(Identifier("public", name)))

    def again() -> tuple[Landing, bool]:
        source = TableSource(warehouse, name, partition_column="")
        drop = source.find(batch)
        assert drop is not None
        dialect = Dialect(format=Format.TABLE)
        how: dict[str, Any] = {"read": source.read, "batch": batch, "run": RUN, "dialect": dialect, "at": AT}
        return PostgresZones(warehouse).keep(drop, **how)

    return again


def test_a_database_without_zones_has_nothing(warehouse) -> None:
    """The first product has not run yet."""
    assert [] == list(PostgresStoreroom(warehouse).stored())


def test_a_raw_copy_and_its_quarantine_go_each_by_itself(warehouse, land) -> None:
    """They are as old as the landing, and the copy goes with its line in the manifest."""
    landing, _ = land()
    quarantine = PostgresZones(warehouse).quarantine(landing.batch, landing)
    name = quarantine.removeprefix("postgres://shop_db/dataops.")
    with warehouse.connect() as connection:
        connection.execute(SQL("CREATE TABLE {} (n int)").format(Identifier("dataops", name)))
    room = PostgresStoreroom(warehouse)

    raw, bad = room.stored()
    expected = {"at": AT, "batch": landing.batch, "sha256": landing.sha256}
    assert Stored(zone=Zone.RAW, place=landing.uri, bytes=landing.bytes, **expected) == raw
    assert Stored(zone=Zone.QUARANTINE, place=quarantine, bytes=0, **expected) == bad

    room.remove(bad)
    room.remove(bad)
    assert [raw] == list(room.stored())
    assert (landing, True) == land()
    room.remove(raw)
    room.remove(raw)
    assert [] == list(room.stored())
    assert (landing, False) == land()


def test_a_line_of_the_manifest_that_cannot_be_read_is_an_error(warehouse, land) -> None:
    """It is not of a known age, and not ours to remove."""
    land()
    with warehouse.connect() as connection:
        connection.execute("UPDATE dataops.manifest SET landing = '{}'")

    with pytest.raises(
        BrokenWorldError, match=r"^postgres://shop_db/dataops\.manifest raw_\w+: the manifest"
    ):
        list(PostgresStoreroom(warehouse).stored())
