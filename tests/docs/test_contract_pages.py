"""The pages on contracts in DAGs of one's own: what they show is what runs."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import psycopg
import pytest

from airflow_dataops.core.verification import Verification
from airflow_dataops.operators.contract_decorator import ContractDecoratedOperator
from airflow_dataops.operators.require_contract import RequireContractOperator, require_contract
from airflow_dataops.operators.verdict import VerdictOperator
from airflow_dataops.operators.verify_contract import VerifyContractOperator
from airflow_dataops.sensors.contract import ContractSensor
from airflow_dataops.sensors.require_contract import RequireContractSensor
from airflow_dataops.store.sql import SqlStore

DOCS = Path(__file__).parents[2] / "docs"
HOWTO = DOCS / "howto"
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = [
    (page, block)
    for page, file in (
        ("verify-contract", "verify_contract_dag"),
        ("require-contract", "require_contract_dag"),
    )
    for block in BLOCK.findall((HOWTO / f"{page}.md").read_text())
]
FILE = "id,amount,email\n1,9.5,a@b.example\n2,-1,\n3,2.5,c@d.example\n"


def dags(name: str) -> dict[str, object]:
    """Return the DAGs of a file."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(HOWTO / f"{name}.py"))
    assert {} == bag.import_errors
    return bag.dags


@pytest.mark.parametrize(("page", "block"), SHOWN)
def test_what_a_page_shows_stands_in_its_dag_file(page, block) -> None:
    """Word for word; or it is one call that can be made."""
    source = (HOWTO / f"{page.replace('-', '_')}_dag.py").read_text()
    if block in source:
        return
    call = re.fullmatch(r"RequireContractSensor\(.*\)\n", block)

    assert call is not None
    from airflow.sdk import Asset

    names = {"RequireContractSensor": RequireContractSensor, "PAYMENTS": Asset("payments")}
    assert "ready" == eval(block, names).task_id  # noqa: S307 - it stands in our own page


@pytest.fixture
def produced(deployment, run_dag, postgresql, monkeypatch):
    """Run the producer's DAG over a file and a table, and return the run and the verdicts by product."""
    url = postgresql.replace("+psycopg", "")
    monkeypatch.setenv("AIRFLOW_CONN_MART_DB", url.replace("postgresql://", "postgres://"))
    monkeypatch.setenv("PAYMENTS_DROPS", str(deployment / "drops"))
    (deployment / "drops").mkdir()
    (deployment / "drops" / "payments-2026-03-01.csv").write_text(FILE)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS mart")
        connection.execute("DROP TABLE IF EXISTS mart.payments")
        connection.execute("CREATE TABLE mart.payments (day date, id int, amount float8, email text)")
        connection.execute(
            "INSERT INTO mart.payments VALUES ('2026-03-01', 1, 9.5, 'a@b.example'),"
            " ('2026-03-01', 3, 2.5, 'c@d.example'),"
            " ('2026-03-01', 2, 1, NULL), ('2026-03-02', 2, -1, NULL)"
        )

    run = run_dag(dags("verify_contract_dag")["payments_in_place"], logical_date=LOGICAL)

    store = SqlStore(f"sqlite:///{deployment}/store.db")
    yield run, {found.batch.product: found for found in store.facts(Verification)}
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA mart CASCADE")


def test_the_producer_s_dag_runs_as_its_page_says(produced, deployment) -> None:
    """The file fails its task, the frame is parted, the table's verdict speaks for itself."""
    run, verdicts = produced

    states = {task.task_id: str(task.state) for task in run.get_task_instances()}
    assert {"arrived": "success", "file": "failed", "frame": "success", "table": "success"} == states
    assert (3, 2, 1) == (
        verdicts["payments_frame"].rows,
        verdicts["payments_frame"].good,
        verdicts["payments_frame"].bad,
    )
    assert (
        str(deployment / "drops" / "bad" / "payments-2026-03-01.parquet")
        == verdicts["payments_file"].quarantine
    )
    broken = [outcome.rule for outcome in verdicts["payments"].outcomes if outcome.status == "failed"]
    assert (3, ["email.required"]) == (verdicts["payments"].rows, broken)
    named = (deployment / "drops" / "failing" / "payments-2026-03-01.jsonl").read_text()
    assert f"```json\n{named}```" in (HOWTO / "verify-contract.md").read_text()


def test_the_full_scan_looks_at_all_that_is_published(deployment, run_dag, monkeypatch) -> None:
    """Every partition of the newest version of the table."""
    monkeypatch.setenv("PAYMENTS_LAKE", str(deployment / "lake"))
    for day in ("2026-03-01", "2026-03-02"):
        rows = {
            "id": [1, 2],
            "amount": [1.5, 2.5],
            "email": ["a@b.example"] * 2,
            "dataops_partition": [day] * 2,
        }
        pl.DataFrame(rows).write_delta(
            deployment / "lake" / "payments",
            mode="append",
            delta_write_options={"partition_by": ["dataops_partition"]},
        )

    run_dag(dags("verify_contract_dag")["payments_full_scan"], logical_date=LOGICAL)

    (found,) = SqlStore(f"sqlite:///{deployment}/store.db").facts(Verification)
    assert ("payments_full_scan", 4) == (found.batch.product, found.rows)


@pytest.mark.usefixtures("produced")
def test_the_consumers_part_as_their_page_says(run_dag) -> None:
    """Who needs addresses is stopped, who needs numbers goes on."""
    found = dags("require_contract_dag")

    states = {
        name: {task.task_id: str(task.state) for task in run_dag(dag).get_task_instances()}
        for name, dag in found.items()
    }

    assert {
        "reminders": {"require_payments": "failed", "remind": "upstream_failed"},
        "revenue": {"require_payments": "success", "sum_up": "success"},
    } == states


TAKEN = (VerdictOperator, VerifyContractOperator, ContractDecoratedOperator, ContractSensor)
ASKED = (RequireContractOperator, RequireContractSensor, require_contract)


@pytest.mark.parametrize("taker", [*TAKEN, *ASKED], ids=lambda taker: taker.__name__)
def test_the_reference_names_every_parameter(taker) -> None:
    """And what takes it."""
    page = (DOCS / "reference" / "operators.md").read_text()
    names = set(inspect.signature(taker).parameters) - {"self", "kwargs", "asked", "python_callable"}

    assert names
    assert set() == {name for name in names if f"`{name}`" not in page}
