"""Products whose models are made inside of their database, from the tables that are there to the view."""

from __future__ import annotations

import itertools
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.sli import SliEvent
from airflow_dataops.core.verification import Verification
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = Path(__file__).parents[2] / "dag_templates" / "sql" / "revenue"
NUMBERS = itertools.count(1)

GROUPED = "SELECT country, orders, net_amount::text, dataops_partition FROM {s}_mart.revenue ORDER BY 4, 1"
STAGED = "SELECT tablename FROM pg_tables WHERE schemaname = 'dataops' AND tablename LIKE 'staged%'"


def logical(day: int) -> datetime:
    """Return the logical date of the run of a day of March: a manual run's interval ends there."""
    return datetime(2026, 3, day + 1, tzinfo=UTC)


class Shop:
    """The sample product, over tables of its own.

    Args:
        name: The schema of its tables, and the product's name.
        url: The database.
        folder: The product's folder.
        home: Where its store is.
        run_dag: Runs a DAG.
    """

    def __init__(self, name: str, url: str, folder: Path, home: Path, run_dag: Callable[..., Any]) -> None:
        self.name = name
        self.folder = folder
        self._url = url
        self._run_dag = run_dag
        self.store = SqlStore(f"sqlite:///{home}/store.db")
        self.ask(shop_of((SAMPLE / "tables.sql").read_text(), name))

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Speak to the database; it is committed at once."""
        with psycopg.connect(self._url) as connection:
            cursor = connection.execute(statement.replace("{s}", self.name))
            return cursor.fetchall() if cursor.description else []

    def write(self, model: str, text: str) -> None:
        """Write a model."""
        (self.folder / "models" / f"{model}.sql").write_text(shop_of(text, self.name))

    def run(self, day: int = 1) -> Any:
        """Run the product of a day of March."""
        return self._run_dag(load_dag(str(self.folder / "dag.py")), logical_date=logical(day))


def shop_of(text: str, name: str) -> str:
    """Return SQL of the sample over the tables of one test."""
    return (
        text.replace("raw.", f"{name}.")
        .replace("SCHEMA IF NOT EXISTS raw", f"SCHEMA {name}")
        .replace('"raw"', f'"{name}"')
    )


@pytest.fixture
def shop(
    deployment: Path, postgresql: str, run_dag: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    """The sample product over tables that nobody else has; no try but the first."""
    name = f"models{next(NUMBERS)}"
    url = postgresql.replace("+psycopg", "")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", url.replace("postgresql://", "postgres://"))
    folder = Path(shutil.copytree(SAMPLE, deployment / "dags" / name))
    for file in (folder / "models").iterdir():
        file.write_text(shop_of(file.read_text(), name))
    file = folder / "revenue.dag.yaml"
    changed = file.read_text().replace("mart.revenue", f"{name}_mart.revenue")
    changed = changed.replace("end_date: 2026-03-03\n", "")  # a manual run's logical date is after it
    file.write_text(f"name: {name}\ncontract: revenue.odcs.yaml\nretries: 0\n{changed}")
    return Shop(name, url, folder, deployment, run_dag)


def test_models_become_a_published_partition(shop, deployment) -> None:
    """Each day is made of its own rows; nothing is left over, nothing is put on the disk."""
    runs = [shop.run(day) for day in (1, 2)]

    assert ["success", "success"] == [str(run.state) for run in runs]
    assert [
        ("DE", 2, "45.50", "2026-03-01"),
        ("FR", 1, "0.00", "2026-03-01"),
        ("DE", 1, "99.90", "2026-03-02"),
    ] == shop.ask(GROUPED)
    assert [] == shop.ask(STAGED)
    assert not (deployment / "zones").exists()


def test_what_is_remembered_of_a_batch_without_a_landing(shop) -> None:
    """It has a verdict of the audit, a publication without a raw copy, and no latency of a landing."""
    shop.run()

    (verdict,) = shop.store.facts(Verification)
    (publication,) = shop.store.facts(Publication)
    assert ("audit", 2) == (verdict.stage, verdict.good)
    assert ("", 2) == (publication.manifest, publication.rows)
    assert ["freshness"] == [event.sli.value for event in shop.store.facts(SliEvent)]


def test_a_day_that_breaks_the_contract_is_not_published(shop) -> None:
    """On the third more was given back than paid. It fails once, and says where; then it is mended."""
    run = shop.run(3)

    states = {ti.task_id: str(ti.state) for ti in run.get_task_instances()}
    assert "success" == states["transform.revenue"]
    assert ("failed", "upstream_failed") == (states["audit"], states["publish"])
    shop.ask("UPDATE {s}.refunds SET amount = 1 WHERE refund_id = 'R3'")
    assert "success" == str(shop.run(3).state)
    assert [("DE", 1, "4.00", "2026-03-03")] == shop.ask(GROUPED)


def test_a_replay_publishes_nothing_new_and_a_correction_does(shop) -> None:
    """The same rows are found as they were published; other rows are a version of their own."""
    shop.run()
    shop.run()
    assert [1] == [found.version for found in shop.store.facts(Publication)]

    shop.ask("UPDATE {s}.orders SET amount = 21 WHERE order_id = 'A1'")
    shop.run()

    assert [1, 2] == [found.version for found in shop.store.facts(Publication)]
    assert ("DE", 2, "46.50", "2026-03-01") == shop.ask(GROUPED)[0]


def test_what_a_killed_task_left_is_replaced(shop) -> None:
    """A table that is in the way, of other columns and rows, is nothing that a retry can't replace."""
    dag = load_dag(str(shop.folder / "dag.py"))
    shop.run(3)
    left = {name for (name,) in shop.ask(STAGED)}
    assert {"m_stg_orders", "m_stg_refunds", "m_net_orders", "m_revenue"} <= {
        name.split("_", 2)[2] for name in left
    }
    for name in left:
        shop.ask(f'DROP TABLE dataops."{name}"; CREATE TABLE dataops."{name}" AS SELECT 1 AS other')
    shop.ask("DELETE FROM {s}.refunds")

    # The same run again, as a cleared one is.
    again = shop._run_dag(dag, logical_date=logical(3))

    assert "success" == str(again.state)
    assert [("DE", 1, "5.00", "2026-03-03")] == shop.ask(GROUPED)


def test_sql_that_fails_is_one_line_with_its_file(shop, failures) -> None:
    """The task fails once, nothing is published, and no row is told."""
    sql = "SELECT country, 1 / (count(*) - count(*)) AS orders FROM {{ ref('net_orders') }} AS n GROUP BY 1"
    shop.write("revenue", sql)

    run = shop.run()

    assert "failed" == str(run.state)
    (line,) = failures.lines
    assert line.startswith(
        "Could not evaluate: models/revenue.sql: the SQL failed over these rows (DivisionByZero)."
    )
    assert () == shop.store.facts(Publication)


def test_tables_that_are_missing_are_told_at_once(shop, failures) -> None:
    """Before any model runs, and all of them."""
    shop.ask("DROP TABLE {s}.refunds; DROP TABLE {s}.orders; CREATE SEQUENCE {s}.orders")

    shop.run()

    assert (
        f"{shop.name}/2026-03-01 in postgres://warehouse: `{shop.name}.orders` is a sequence, "
        f"there is no table `{shop.name}.refunds`. Check schema and name" in failures.lines[-1]
    )


def test_lineage_leads_from_each_column_to_tables_and_models(shop, monkeypatch) -> None:
    """Of several tables, each column comes from those that it is computed from."""
    told: dict[str, Any] = {}
    from airflow_dataops.bridge.lineage import operator_lineage
    from airflow_dataops.operators.model import ModelOperator

    inner = ModelOperator.work

    def listening(self: ModelOperator, context: Any) -> Any:
        ticket = inner(self, context)
        told[self.model] = operator_lineage(self.lineage)
        return json.loads(json.dumps(ticket))

    monkeypatch.setattr(ModelOperator, "work", listening)
    shop.run()

    first = told["stg_orders"].outputs[0].facets["columnLineage"].fields
    assert {("country", f"{shop.name}.orders"), ("amount", f"{shop.name}.orders")} <= {
        (column, ".".join(field.inputFields[0].name.split(".")[-2:])) for column, field in first.items()
    }
    second = told["net_orders"].outputs[0].facets["columnLineage"].fields["net_amount"].inputFields
    assert {("amount", "stg_orders"), ("refunded", "stg_refunds")} == {
        (field.field, field.name.rpartition("/")[2]) for field in second
    }
    assert {field.name for field in second} == {
        dataset.outputs[0].name for name, dataset in told.items() if name.startswith("stg_")
    }
