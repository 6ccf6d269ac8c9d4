"""A batch that never leaves its database, reconciled as it is and after tampering."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from airflow_dataops.cli.reconcile import BALANCED, LEAKS, show
from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Delivery, Dialect, Format, OnDuplicate, OnMissing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.rows.relation import Split, Staged, landed
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.store.schema import migrate
from airflow_dataops.usecases.batches.land import land
from airflow_dataops.usecases.batches.publish import publish
from airflow_dataops.usecases.batches.verify import verify
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.wiring import clocks, engines, sources, stores, targets, zoning
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sales
version: 1.0.0
status: active
schema:
  - name: sales
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: amount, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""
DAY = "2026-03-03"


@pytest.fixture
def address(postgresql) -> Iterator[str]:
    """The address of a database in which a table has five rows of a day, two of them bad."""
    server, _, _ = postgresql.replace("postgresql+psycopg://", "postgresql://").rpartition("/")
    mine = f"dataops_{uuid4().hex}"
    name = sql.Identifier(mine)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        with psycopg.connect(f"{server}/{mine}", autocommit=True) as made:
            made.execute("CREATE TABLE incoming (day text, id bigint, amount bigint)")
            made.execute(
                "INSERT INTO incoming SELECT '2026-03-03', * FROM"
                " (VALUES (1, 5), (2, 0), (3, NULL), (NULL, 7), (5, -1)) AS given"
            )
        yield f"{server}/{mine}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def settings(tmp_path: Path, address: str) -> Settings:
    """The settings of a deployment in which the batch was published."""
    settings = Settings(
        store_url=f"sqlite:///{tmp_path}/store.db", zones_path=str(tmp_path), lake_path=str(tmp_path)
    )
    migrate(settings.store_url)
    (tmp_path / "sales.odcs.yaml").write_text(CONTRACT)
    contract, _ = read_contract(tmp_path / "sales.odcs.yaml")
    (dataset,), warehouse = contract.datasets, warehouse_at(address)
    batch = Batch(team="shop", product="sales", dataset="sales", partition=DAY)
    run, zones = Run(run_id="first", dag_id="sales"), zoning.zones(settings, warehouse)
    told = {"store": stores.store(settings), "clock": clocks.clock()}
    arrival = land(
        batch,
        run=run,
        dialect=Dialect(format=Format.TABLE),
        delivery=Delivery.INCREMENT,
        on_missing=OnMissing.FAIL,
        on_duplicate=OnDuplicate.REPORT,
        source=sources.table_source(warehouse, "public.incoming", "day"),
        zones=zones,
        **told,
    )
    assert arrival is not None
    judged = {
        "contract": contract,
        "dataset": dataset,
        "landing": arrival.landing,
        "run": run,
        "engine": engines.engine(settings, warehouse),
        **told,
    }
    good, bad = zones.staging(batch, run, Stage.VERIFY), zones.quarantine(batch, arrival.landing)
    _, staged = verify(
        landed(arrival.landing), stage=Stage.VERIFY, split=Split(good, bad), ceiling=Fraction(1, 2), **judged
    )
    rejected = zones.staging(batch, run, "rejected")
    split = Split(zones.staging(batch, run, Stage.AUDIT), rejected)
    _, audited = verify(Staged(staged.uri), stage=Stage.AUDIT, split=split, ceiling=Fraction(0), **judged)
    target = targets.target(settings, "postgres", "mart.sales", warehouse)
    publish(audited, contract=contract, dataset=dataset, run=run, target=target, **told)
    return settings


def warehouse_at(address: str) -> Warehouse:
    """The team's connection."""
    return Warehouse("shop_db", lambda: psycopg.connect(address))


@pytest.fixture
def reconciled(settings: Settings, address: str) -> Callable[[], tuple[int, dict[str, object]]]:
    """The exit code, and the account of the batch."""

    def run() -> tuple[int, dict[str, object]]:
        stream = io.StringIO()
        code = show(
            (),
            team="",
            output_format="json",
            settings=settings,
            database=lambda _: warehouse_at(address),
            stream=stream,
        )
        (row,) = json.loads(stream.getvalue())["partitions"]
        return code, row

    return run


def tables(address: str, zone: str) -> list[str]:
    """The tables of a zone."""
    with psycopg.connect(address) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'dataops' AND starts_with(tablename, %s)",
            [zone],
        )
        return [name for (name,) in found]


def test_a_batch_in_its_database_is_accounted_for(reconciled) -> None:
    """Five rows landed, two are in quarantine, three are what readers see."""
    code, row = reconciled()

    assert BALANCED == code
    assert (5, 3, 2, 3) == (row["landed"], row["published"], row["quarantined"], row["visible"])


@pytest.mark.parametrize(
    ("zone", "statement", "expected"),
    [
        ("raw_", "DROP TABLE dataops.{}", "the raw copy of sales/2026-03-03 is missing"),
        (
            "raw_",
            "DELETE FROM dataops.{} WHERE dataops_line = 1",
            "the raw copy of sales/2026-03-03 has 4 rows, 5 landed",
        ),
        (
            "quarantine_",
            "DROP TABLE dataops.{}",
            "the quarantine of sales/2026-03-03 is missing, 2 were put there",
        ),
        (
            "quarantine_",
            "DELETE FROM dataops.{} WHERE dataops_line = 5",
            "the quarantine of sales/2026-03-03 has 1 rows, 2 were put there",
        ),
    ],
)
def test_a_zone_that_was_tampered_with_is_a_leak(reconciled, address, zone, statement, expected) -> None:
    """What lies in the zones of the database is proved as files are."""
    (table,) = tables(address, zone)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(table)))

    code, row = reconciled()

    assert LEAKS == code
    assert [expected] == [leak["what"] for leak in row["leaks"]]
