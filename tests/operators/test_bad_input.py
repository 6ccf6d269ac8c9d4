"""Bad input on its way through Airflow: one line that says what, where and what to do; nothing lost."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore

DAY = "2026-03-01"
# A manual run's interval ends at its logical date.
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

NUMBERS = itertools.count(1)

PIPELINE = """\
template: batch@1
contract: things.odcs.yaml
schedule: "@daily"
start_date: 2026-03-01
retries: 0
source:
  folder: drops
  path: things-{partition}.csv
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
"""
DROP = b"id,amount\n1,1.5\n2,2.5\n"


@pytest.fixture
def product(deployment):
    """Write a product, with some of its files as the test wants them, and return its DAG."""

    def write(*, drop: bytes | None = DROP, pipeline: str = PIPELINE, contract: str = CONTRACT, **files: str):
        folder = deployment / "things"
        (folder / "drops").mkdir(parents=True)
        # Airflow keeps each version of a DAG, so each test has a DAG of its own.
        (folder / "things.dag.yaml").write_text(f"{pipeline}name: things{next(NUMBERS)}\n")
        (folder / "things.odcs.yaml").write_text(contract)
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)
        if drop is not None:
            (folder / "drops" / f"things-{DAY}.csv").write_bytes(drop)
        return load_dag(str(folder / "dag.py"))

    return write


@pytest.fixture
def told(run_dag, capfd, monkeypatch):
    """Run a DAG, and return its state, the failed tasks and the lines that tell why."""
    from airflow_dataops.bridge import failure

    lines: list[str] = []
    inner = failure.failing_as_airflow

    def listen():
        from contextlib import contextmanager

        @contextmanager
        def listening():
            try:
                with inner():
                    yield
            except Exception as error:
                lines.append(str(error))
                raise

        return listening()

    monkeypatch.setenv("AIRFLOW_CONN_PATHLESS", '{"conn_type": "fs"}')
    monkeypatch.setattr("airflow_dataops.operators.stage.failing_as_airflow", listen)

    def run(dag, logical_date=LOGICAL):
        done = run_dag(dag, logical_date=logical_date)
        states = {task.task_id: str(task.state) for task in done.get_task_instances()}
        capfd.readouterr()
        return str(done.state), states, lines

    return run


TRANSFORMED = PIPELINE.replace(
    "source:\n", "transform: transform.sql\nsource:\n  contract: things.odcs.yaml\n"
)

CASES = {
    "a binary file named .csv": (
        {"drop": b"\x89PNG\r\n\x1a\n\0\0\0"},
        "gate",
        ("things-2026-03-01.csv", "schema.header", "binary"),
    ),
    "an empty file": ({"drop": b""}, "gate", ("schema.missing", "the file is empty: it has no header")),
    "a file without a header": ({"drop": b"1,1.5\n2,2.5\n"}, "gate", ("the first line is no header of it",)),
    "a file in another encoding": (
        {"drop": "id,amount\n1,1\n".encode("utf-16")},
        "gate",
        ("schema.header", "UTF-16"),
    ),
    "a missing column": ({"drop": b"id\n1\n"}, "gate", ("schema.missing", "observed amount")),
    "a renamed column": ({"drop": b"id,amounts\n1,1\n"}, "gate", ("schema.renamed", "amount → amounts")),
    "a missing drop": (
        {"drop": None},
        "land",
        ("no drop has arrived for this interval", "/2026-03-01 at", "Ask the producer"),
    ),
    "a missing folder": (
        {"pipeline": PIPELINE.replace("folder: drops", "folder: nowhere")},
        "land",
        ("nowhere",),
    ),
    "a wrong connection id": (
        {"pipeline": PIPELINE.replace("  folder: drops\n", "  conn_id: nowhere\n")},
        "land",
        ("conn_id of the source: there is no connection `nowhere`", "airflow connections add nowhere"),
    ),
    "a connection that names no path": (
        {"pipeline": PIPELINE.replace("  folder: drops\n", "  conn_id: pathless\n")},
        "land",
        ("the connection `pathless` names no path",),
    ),
    "every row bad": (
        {"drop": b"id,amount\nx,-1\ny,-2\n"},
        "verify",
        (
            "2 of 2 rows (100.00%) break the contract",
            "id.type: expected rows that break it = 0, observed 2",
            "amount.minimum: expected rows that break it = 0, observed 2",
        ),
    ),
    "SQL that doesn't parse": (
        {"pipeline": TRANSFORMED, "transform_sql": "SELEC id FROM {{ source }}\n"},
        "transform",
        ("transform.sql:1",),
    ),
    "SQL that names what isn't there": (
        {"pipeline": TRANSFORMED, "transform_sql": "SELECT nope FROM {{ source }}\n"},
        "transform",
        ("transform.sql",),
    ),
    "SQL that changes something": (
        {"pipeline": TRANSFORMED, "transform_sql": "DROP TABLE {{ source }}\n"},
        "transform",
        ("transform.sql", "SELECT"),
    ),
    "Jinja that names what isn't there": (
        {"pipeline": TRANSFORMED, "transform_sql": "SELECT * FROM {{ sorce }}\n"},
        "transform",
        ("transform.sql:1", "sorce"),
    ),
    "SQL whose result lacks a column": (
        {"pipeline": TRANSFORMED, "transform_sql": "SELECT id FROM {{ source }}\n"},
        "audit",
        ("amount",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_fails_its_task_with_one_line(case, product, told, deployment) -> None:
    """The task that meets it fails, says so in one line, and nothing is published or lost."""
    files, task, words = CASES[case]

    state, states, lines = told(product(**files))

    assert ("failed", "failed") == (state, states[task])
    assert 1 == len(lines)
    assert "\n" not in lines[0]
    assert [] == [word for word in words if word not in lines[0]]
    store = SqlStore(f"sqlite:///{deployment}/store.db")
    assert () == store.facts(Publication)
    for landing in store.facts(Landing):
        assert Path(landing.uri).read_bytes() == files.get("drop", DROP)


@pytest.mark.parametrize(
    ("policy", "state", "land"),
    [("report", "success", "success"), ("skip", "success", "skipped"), ("fail", "failed", "failed")],
)
def test_the_same_bytes_on_another_day_follow_the_policy(policy, state, land, product, run_dag, deployment):
    """A duplicate goes on, is skipped, or fails its day; the raw copy is kept each time."""
    dag = product(pipeline=f"{PIPELINE}  on_duplicate: {policy}\n")
    (deployment / "things" / "drops" / "things-2026-03-02.csv").write_bytes(DROP)

    first = run_dag(dag, logical_date=LOGICAL)
    second = run_dag(dag, logical_date=datetime(2026, 3, 3, tzinfo=UTC))

    assert ("success", state) == (str(first.state), str(second.state))
    assert land == str(second.get_task_instance("land").state)
    landings = SqlStore(f"sqlite:///{deployment}/store.db").facts(Landing)
    assert ["2026-03-01", "2026-03-02"] == [landing.batch.partition for landing in landings]


def test_drops_may_lie_where_a_connection_says(product, told, deployment, monkeypatch) -> None:
    """The folder is below the connection's path."""
    monkeypatch.setenv(
        "AIRFLOW_CONN_SHOP", json.dumps({"conn_type": "fs", "extra": {"path": str(deployment)}})
    )
    pipeline = PIPELINE.replace("  folder: drops\n", "  conn_id: shop\n  folder: things/drops\n")

    state, _, lines = told(product(pipeline=pipeline))

    assert ("success", []) == (state, lines)


def test_a_column_named_like_an_attack_is_a_column(product, told, deployment) -> None:
    """Names are quoted everywhere: in the drop as in the contract."""
    name = '"; drop table things; --'
    contract = CONTRACT + f"      - {{name: {json.dumps(name)}, logicalType: string, required: true}}\n"
    drop = b'id,amount,"""; drop table things; --"\n1,1.5,x\n2,2.5,\n3,1,y\n4,1,y\n5,1,y\n'

    state, _, lines = told(product(drop=drop, contract=contract))

    assert ("success", []) == (state, lines)
    publications = SqlStore(f"sqlite:///{deployment}/store.db").facts(Publication)
    assert [4] == [publication.rows for publication in publications]


def test_an_extra_column_named_like_an_attack_is_reported(product, told) -> None:
    """What the contract doesn't name is left out, whatever it is called."""
    state, _, lines = told(product(drop=b'id,amount,"""; drop table things"\n1,1.5,x\n'))

    assert ("success", []) == (state, lines)


def test_a_header_alone_publishes_an_empty_partition_with_a_warning(product, told, deployment) -> None:
    """No rows are a named outcome: not a failure by itself, and never plain green."""
    from airflow_dataops.core.verification import Verification

    state, _, _ = told(product(drop=b"id,amount\n"))

    assert "success" == state
    found = SqlStore(f"sqlite:///{deployment}/store.db").facts(Verification)
    assert {"empty"} == {
        outcome.rule
        for verification in found
        for outcome in verification.outcomes
        if outcome.status == "warning"
    }


def test_a_store_without_tables_is_named(product, told, monkeypatch, tmp_path) -> None:
    """The message says which command makes them."""
    dag = product()
    monkeypatch.setenv("AIRFLOW__DATAOPS__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/other.db")

    state, states, lines = told(dag)

    assert ("failed", "failed") == (state, states["land"])
    assert "airflow dataops db migrate" in lines[0]


def test_another_bundle_may_have_a_product_of_the_same_name(product, told, deployment) -> None:
    """The key of a batch carries the team: the DAG bundle, where the file names none."""
    told(product())

    landings = SqlStore(f"sqlite:///{deployment}/store.db").facts(Landing)

    assert ["dags-folder"] == [landing.batch.team for landing in landings]


def test_a_failed_task_says_what_is_new(product, told, deployment, monkeypatch) -> None:
    """A failure says that it is new, or for how long it has been one; the first good day, what it mends."""
    from airflow_dataops.operators.stage import StageOperator

    said: list[str] = []
    monkeypatch.setattr(StageOperator, "say", lambda *arguments: said.append(arguments[-1]))
    dag = product()
    days = {"2": "1,1\n2,2\n", "3": "1,-1\n2,2\n", "4": "1,-1\nx,-2\n", "5": "1,1\n2,2\n"}
    logs = []
    for day, rows in days.items():
        drop = deployment / "things" / "drops" / f"things-2026-03-0{int(day) - 1}.csv"
        drop.write_text(f"id,amount\n{rows}")
        said.clear()
        *_, lines = told(dag, datetime(2026, 3, int(day), tzinfo=UTC))
        logs.append("\n".join(said))
    green, first, second, mended = logs

    assert "; new: amount.minimum (1 good" in lines[0]
    assert "; failing for 2 runs: amount.minimum; new: id.type (0 good" in lines[1]
    assert 2 == len(lines)
    assert not {"new", "failing", "mended"} & set(green.split())
    assert "amount.minimum: failed, " in first
    assert "observed 1 (1 of 2 rows, 50 %), new" in first
    assert "observed 2 (2 of 2 rows, 100 %), failing for 2 runs" in second
    assert "\namount.minimum: mended after 2 runs" in mended


def test_a_history_that_cant_be_read_hides_no_failure(product, told, monkeypatch) -> None:
    """What is told beside a verdict can't take its place: bad data stays bad data."""
    from airflow_dataops.errors import BrokenWorldError

    def until(*_, **__):
        raise BrokenWorldError("the store can't be read")

    monkeypatch.setattr(SqlStore, "until", until)

    state, states, lines = told(product(drop=b"id,amount\nx,-1\ny,-2\n"))

    assert ("failed", "failed") == (state, states["verify"])
    assert "2 of 2 rows (100.00%) break the contract" in lines[0]
    assert "can't be read" not in lines[0]


def test_a_column_without_a_value_is_named(product, told, deployment) -> None:
    """A column of nulls is published with a warning that names it, and only where no rule says so."""
    from airflow_dataops.core.verification import Verification

    state, _, _ = told(product(drop=b"id,amount\n1,\n2,\n"))

    assert "success" == state
    found = SqlStore(f"sqlite:///{deployment}/store.db").facts(Verification)
    assert {("verify", "no value in any row: amount"), ("audit", "no value in any row: amount")} == {
        (verification.stage, outcome.observed)
        for verification in found
        for outcome in verification.outcomes
        if outcome.rule == "all_null"
    }
