from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGES = [
    PROJECT / "README.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
    *sorted((PROJECT / "dag_templates").rglob("*.md")),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")


def test_by_hand_dag_parses_and_wires_the_seven_stages() -> None:
    """What the how-to shows is a DAG that Airflow takes."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(PROJECT / "docs" / "howto" / "by_hand_dag.py"))

    assert {} == bag.import_errors
    dag = bag.dags["orders_by_hand"]
    assert [task.task_id for task in dag.topological_sort()] == [
        "land",
        "gate",
        "verify",
        "transform",
        "audit",
        "publish",
        "announce",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_of_a_page_lead_somewhere(page) -> None:
    """A relative link names a file of the project."""
    links = [link for link, _ in LINK.findall(page.read_text()) if "://" not in link]

    missing = [link for link in links if not (page.parent / link).exists()]

    assert [] == missing


@pytest.mark.usefixtures("deployment")
def test_the_frame_of_the_pandera_page_is_parted(run_dag) -> None:
    """What the how-to shows runs: one payment is good, two are in quarantine with what they broke."""
    import polars as pl
    from airflow.dag_processing.dagbag import DagBag

    file = PROJECT / "docs" / "howto" / "pandera_dag.py"
    dag = DagBag(dag_folder=str(file)).dags["payments"]

    done = run_dag(dag)

    assert "success" == str(done.state)
    first = done.get_task_instance("payments").xcom_pull(task_ids="payments")
    assert (1, 2) == (first["rows"], first["bad"])
    assert [(1, 9.5, "EUR")] == pl.read_parquet(first["uri"]).rows()
    assert [
        (2, ["schema", "schema.amount.greater_than(0)"]),
        (3, ["schema", "schema.amount.coerce_dtype"]),
    ] == pl.read_parquet(first["quarantine"]).select("dataops_line", "dataops_rules").rows()
    assert 1 == done.get_task_instance("in_euros").xcom_pull(task_ids="in_euros")
