"""Rules that look besides the batch, through Airflow: at another product's table, and at all of their own."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIPELINE = """\
template: batch@1
name: {name}
contract: {contract}
schedule: "@daily"
start_date: 2026-03-01
retries: 0
params: {{max_quarantined: "50%"}}
source: {{folder: drops, path: "{{partition}}.csv"}}
target: {target}
"""
KINDS = """\
apiVersion: v3.1.0
kind: DataContract
id: kinds
version: 1.0.0
status: active
schema:
  - name: kinds
    id: kinds
    properties:
      - {name: name, id: name, logicalType: string, required: true, unique: true}
"""
ORDERS = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: id
        logicalType: integer
        required: true
        unique: true
        customProperties: [{property: scope, value: table}]
      - name: kind
        logicalType: string
        relationships: [{to: ../kinds/kinds.odcs.yaml#schema/kinds/properties/name}]
        quality:
          - id: no_kind
            metric: nullValues
            mustBe: 0
            customProperties: [{property: filter, value: id > 10}]
    quality:
      - {id: nightly, metric: rowCount, mustBeGreaterThan: 100, scheduler: cron, schedule: 0 5 * * *}
      - id: most
        metric: rowCount
        mustBeLessThan: 6
        customProperties: [{property: scope, value: table}]
"""
NUMBERS = itertools.count(1)


class Shop:
    """Two products, of which one looks at the other's table."""

    def __init__(self, home: Path, target: str, run_dag: Callable[..., Any]) -> None:
        self.home, self._run_dag = home, run_dag
        number = next(NUMBERS)
        for name, contract in {"kinds": KINDS, "orders": ORDERS}.items():
            folder = home / name
            (folder / "drops").mkdir(parents=True)
            (folder / f"{name}.odcs.yaml").write_text(contract)
            place = (
                f"{{type: postgres, conn_id: shop_db, table: looking{number}.{name}}}"
                if target == "postgres"
                else f"{{path: {name}}}"
            )
            text = PIPELINE.format(name=f"{name}{number}", contract=f"{name}.odcs.yaml", target=place)
            (folder / f"{name}.dag.yaml").write_text(text)

    def run(self, product: str, day: int, *rows: str) -> list[str]:
        """Run a day of a product, and return which tasks failed."""
        header = "name" if product == "kinds" else "id,kind"
        drop = self.home / product / "drops" / f"2026-03-{day:02}.csv"
        drop.write_text("\n".join([header, *rows]) + "\n")
        dag = load_dag(str(self.home / product / "dag.py"))
        done = self._run_dag(dag, logical_date=datetime(2026, 3, day + 1, tzinfo=UTC))
        return sorted(task.task_id for task in done.get_task_instances() if str(task.state) == "failed")

    def verdicts(self, stage: Stage, day: int) -> dict[str, tuple[Status, int, str]]:
        """Return what became of each rule of the orders of a day."""
        (found,) = (
            verification
            for verification in SqlStore(f"sqlite:///{self.home}/store.db").facts(
                Verification, dataset="orders", partition=f"2026-03-{day:02}"
            )
            if verification.stage is stage
        )
        return {one.rule: (one.status, one.failing, one.observed) for one in found.outcomes}

    @property
    def published(self) -> list[tuple[str, int]]:
        """The partitions of the orders that were published, and their rows."""
        found = SqlStore(f"sqlite:///{self.home}/store.db").facts(Publication, dataset="orders")
        return [(one.batch.partition, one.rows) for one in found]


@pytest.fixture(params=["delta", "postgres"])
def shop(request, deployment, postgresql, run_dag, monkeypatch) -> Shop:
    """The shop, on each target."""
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", postgresql.replace("postgresql+psycopg", "postgres"))
    return Shop(deployment, request.param, run_dag)


def test_a_batch_is_looked_up_in_another_product_and_in_its_own_table(shop, failures) -> None:
    """What points to nothing goes to quarantine; a key that another day has keeps the day from readers."""
    assert [] == shop.run("kinds", 1, "a", "b")

    assert [] == shop.run("orders", 1, "1,a", "2,b", "3,c", "11,", "4,")

    rules = shop.verdicts(Stage.VERIFY, 1)
    assert (Status.FAILED, 1, "1") == rules["kind.relationships"]
    assert (Status.FAILED, 1, "1") == rules["no_kind"]
    assert Status.SKIPPED is rules["id.unique"][0]
    assert (Status.SKIPPED, 0, "not with each batch, but by its schedule `0 5 * * *`") == rules["nightly"]
    assert (Status.PASSED, 0, "0") == shop.verdicts(Stage.AUDIT, 1)["id.unique"]

    assert ["audit"] == shop.run("orders", 2, "2,a", "5,b")
    assert "id.unique: a key of the batch is published already by another partition" in failures.lines[-1]
    assert "transformation" not in failures.lines[-1]
    assert (Status.FAILED, 1, "1") == shop.verdicts(Stage.AUDIT, 2)["id.unique"]
    assert [] == shop.run("orders", 2, "6,a", "5,b")
    assert (Status.PASSED, 0, "5") == shop.verdicts(Stage.AUDIT, 2)["most"]
    assert ["audit"] == shop.run("orders", 3, "7,a")
    assert "Have the drop mended, or the contract, then clear the run." in failures.lines[-1]
    assert "transformation" not in failures.lines[-1]
    assert (Status.FAILED, 0, "6") == shop.verdicts(Stage.AUDIT, 3)["most"]

    assert [] == shop.run("orders", 1, "1,a", "2,b")
    assert [("2026-03-01", 3), ("2026-03-02", 2), ("2026-03-01", 2)] == shop.published


def test_a_table_that_is_not_there_yet_stops_the_batch(shop, failures) -> None:
    """What can't be looked up is no pass, and no bad data either."""
    assert ["verify"] == shop.run("orders", 1, "1,a")

    (line,) = failures.lines
    assert "Run the product that publishes it first, or name its table with `lookups`, then" in line
    assert "Mend the rule" not in line
    status, _, why = shop.verdicts(Stage.VERIFY, 1)["kind.relationships"]
    assert (Status.ERROR, "nothing is published yet of `kinds.odcs.yaml#kinds`") == (status, why)
    assert [] == shop.published


def test_a_batch_that_stays_in_its_database_looks_at_tables_there(
    deployment, postgresql, run_dag, monkeypatch
) -> None:
    """A foreign key to a table that is named, and a key of the whole table, without a row leaving it."""
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", postgresql.replace("postgresql+psycopg", "postgres"))
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{deployment}/store.db")
    shop = Shop(deployment, "postgres", run_dag)
    schema = f"inside{next(NUMBERS)}"
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"CREATE TABLE {schema}.kinds AS SELECT 'a' AS name")
        connection.execute(f"CREATE TABLE {schema}.orders (id integer, kind text, day text)")
        rows = [(1, "a", 1), (2, "x", 1), (1, "a", 2), (3, "a", 2)]
        connection.cursor().executemany(
            SQL("INSERT INTO {} VALUES (%s, %s, %s)").format(Identifier(schema, "orders")),
            [(number, kind, f"2026-03-0{day}") for number, kind, day in rows],
        )
    pipeline = deployment / "orders" / "orders.dag.yaml"
    text = pipeline.read_text().replace(
        'source: {folder: drops, path: "{partition}.csv"}',
        f"source: {{conn_id: shop_db, table: {schema}.orders, partition_column: day}}\n"
        f"lookups: [{{dataset: kinds, conn_id: shop_db, table: {schema}.kinds}}]",
    )
    pipeline.write_text(text)

    assert [] == shop.run("orders", 1)
    assert (Status.FAILED, 1, "1") == shop.verdicts(Stage.VERIFY, 1)["kind.relationships"]
    assert ["audit"] == shop.run("orders", 2)
    assert (Status.FAILED, 1, "1") == shop.verdicts(Stage.AUDIT, 2)["id.unique"]
