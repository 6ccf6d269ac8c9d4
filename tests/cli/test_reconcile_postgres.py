"""Some of the sample's days, published into PostgreSQL, reconciled as they are and after tampering."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from airflow_dataops.cli.reconcile import BALANCED, LEAKS, NOT_EVALUATED, show
from airflow_dataops.core.publication import Publication
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.wiring import stores, targets
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = (3, 5, 6)
TABLE = "reconciled.orders"


def warehouse_at(address: str) -> Warehouse:
    """A team's connection, always under the same name."""
    return Warehouse("shop_db", lambda: psycopg.connect(address))


@pytest.fixture(scope="module")
def truth(postgresql, walk, tmp_path_factory) -> tuple[Settings, str]:
    """The settings of a home from which three days were published, and the address of their database."""
    home = tmp_path_factory.mktemp("postgres") / "home"
    settings = Settings(
        store_url=f"sqlite:///{home}/store.db", zones_path=str(home / "zones"), lake_path=str(home / "lake")
    )
    address = postgresql.replace("postgresql+psycopg://", "postgresql://")
    walk(home, DAYS, target=targets.target(settings, "postgres", TABLE, warehouse_at(address)))
    return settings, address


@pytest.fixture
def copy(truth: tuple[Settings, str]) -> Iterator[str]:
    """The address of a copy of the database, for one test to tamper with."""
    _, address = truth
    server, _, name = address.rpartition("/")
    copied = sql.Identifier(f"{name}_copy")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copied, sql.Identifier(name)))
        yield f"{address}_copy"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copied))


def reconciled(truth: tuple[Settings, str], address: str) -> tuple[int, list[dict[str, object]]]:
    """The exit code, and an object for each partition."""
    stream = io.StringIO()
    code = show(
        ("orders",),
        team="",
        output_format="json",
        settings=truth[0],
        database=lambda conn_id: warehouse_at(address) if conn_id == "shop_db" else None,
        stream=stream,
    )
    return code, json.loads(stream.getvalue())["partitions"]


def leaks(truth: tuple[Settings, str], address: str) -> dict[str, list[str]]:
    """Partition -> what leaks there."""
    code, rows = reconciled(truth, address)
    assert LEAKS == code
    return {row["partition"]: [leak["what"] for leak in row["leaks"]] for row in rows if row["leaks"]}


def tamper(address: str, statement: str) -> None:
    """Do what somebody with the password could do."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def rows_of(truth: tuple[Settings, str]) -> int:
    """How many rows of 3 March were published."""
    (found,) = stores.store(truth[0]).facts(Publication, partition="2026-03-03")
    return found.rows


def test_days_in_postgresql_are_accounted_for(truth, copy) -> None:
    """What readers of the view see is what was published, and everything else is somewhere."""
    code, rows = reconciled(truth, copy)

    assert BALANCED == code
    assert len(DAYS) == len(rows)
    assert all(
        row["visible"] == row["publication_rows"] == row["audited"] == row["published"] for row in rows
    )


def test_deleted_rows_are_a_leak(truth, copy) -> None:
    """Somebody has deleted a row behind the view."""
    tamper(
        copy,
        "DELETE FROM reconciled.orders_versions WHERE ctid IN (SELECT ctid FROM reconciled.orders_versions"
        " WHERE dataops_partition = '2026-03-03' LIMIT 1)",
    )
    rows = rows_of(truth)

    assert f"readers see {rows - 1} rows, {rows} were published" in leaks(truth, copy)["2026-03-03"]


def test_a_partition_without_its_pointer_is_a_leak(truth, copy) -> None:
    """A day that readers don't see any more is told."""
    tamper(copy, "DELETE FROM reconciled.orders_pointer WHERE partition = '2026-03-03'")

    assert f"readers see 0 rows, {rows_of(truth)} were published" in leaks(truth, copy)["2026-03-03"]


def test_a_database_that_is_down_is_no_pass(truth, copy) -> None:
    """Nothing is known of what readers see: exit code 3."""
    code, rows = reconciled(truth, f"{copy}_gone")

    assert NOT_EVALUATED == code
    assert {"not evaluated"} == {row["state"] for row in rows}
