"""Accidents that befall a batch on its way through Airflow: each ends in one line, and loses no row.

What is wrong with a drop from the start is in `test_bad_input.py`; a disk that fills is in
`tests/kill/test_full_disk.py`; two runs of one partition at once and processes that are killed are in
`tests/kill/test_state_table.py`.
"""

from __future__ import annotations

import gzip
import itertools
import os
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from deltalake import DeltaTable

from airflow_dataops.cli.reconcile import BALANCED, show
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.verification import Verification
from airflow_dataops.factory.dags import load_dag
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.wiring import clocks
from airflow_dataops.wiring.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import DAG

DAY = "2026-03-01"
# A manual run's interval ends at its logical date.
LOGICAL = datetime(2026, 3, 2, tzinfo=UTC)

NUMBERS = itertools.count(1)
TARGETS = ["delta", "postgres"]

PIPELINE = """\
template: batch@1
contract: things.odcs.yaml
schedule: "@daily"
start_date: 2026-03-01
retries: 0
params: {max_quarantined: "50%"}
source: {folder: drops, path: "{partition}/*"}
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
      - {name: id, logicalType: integer, required: true}
      - {name: text, logicalType: string}
"""
DROP = {"a.csv": b"id,text\n1,x\n2,y\n", "b.csv": b"id,text\n3,x\n4,y\n"}
GIBIBYTE = 1024**3


@dataclass(frozen=True)
class Told:
    """What a run came to, and why tasks failed: a line each."""

    state: str
    failed: list[str]
    lines: list[str]
    published: list[int]


class Product:
    """A product in a folder of its own, which can be changed while its batch is on its way."""

    def __init__(self, home: Path, target: str, postgresql: str) -> None:
        self.home, self.target = home, target
        self.name = f"accident{next(NUMBERS)}"
        self.folder, self.drop = home / "things", home / "things" / "drops" / DAY
        self.drop.mkdir(parents=True)
        self.database = postgresql.replace("+psycopg", "")
        self.contract(CONTRACT)
        for name, content in DROP.items():
            (self.drop / name).write_bytes(content)
        place = (
            f"{{type: postgres, conn_id: shop_db, table: {self.name}.things}}"
            if target == "postgres"
            else "{path: things}"
        )
        (self.folder / "things.dag.yaml").write_text(f"{PIPELINE}name: {self.name}\ntarget: {place}\n")

    def contract(self, text: str) -> None:
        """Write the contract."""
        (self.folder / "things.odcs.yaml").write_text(text)

    def dag(self) -> DAG:
        """Load the product's DAG."""
        return load_dag(str(self.folder / "dag.py"))

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Speak to the database from outside."""
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(statement.replace("{s}", self.name))
            return cursor.fetchall() if cursor.description else []

    def verified(self, stage: Stage) -> Verification:
        """Return the verdict of a stage."""
        found = SqlStore(f"sqlite:///{self.home}/store.db").facts(Verification)
        return next(verification for verification in found if verification.stage is stage)

    @property
    def rows(self) -> int:
        """How many rows readers see."""
        if self.target == "postgres":
            return int(self.ask("SELECT count(*) FROM {s}.things")[0][0])
        table = DeltaTable(str(self.home / "lake" / "things"))
        return sum(table.get_add_actions().column("num_records").to_pylist())

    @property
    def reconciles(self) -> bool:
        """Whether `reconcile` finds each row that landed."""
        settings = Settings(
            store_url=f"sqlite:///{self.home}/store.db",
            zones_path=str(self.home / "zones"),
            lake_path=str(self.home / "lake"),
        )
        with Path(os.devnull).open("w") as nowhere:
            warehouse = Warehouse("shop_db", lambda: psycopg.connect(self.database))
            told = show(
                (),
                team="",
                output_format="json",
                settings=settings,
                database=lambda _: warehouse,
                stream=nowhere,
            )
        return told == BALANCED


@pytest.fixture
def product_for(deployment, postgresql, monkeypatch) -> Callable[[str], Product]:
    """Make a product that publishes to a target."""
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", postgresql.replace("postgresql+psycopg", "postgres"))
    return lambda target: Product(deployment, target, postgresql)


@pytest.fixture(params=TARGETS)
def product(request, product_for) -> Product:
    """The product, on each target."""
    return product_for(request.param)


@pytest.fixture
def run(deployment, run_dag, monkeypatch, capfd) -> Callable[..., Told]:
    """Run a product, and let something happen between two of its tasks."""
    from airflow.providers.standard.operators.python import PythonOperator

    from airflow_dataops.bridge import failure

    lines: list[str] = []
    inner = failure.failing_as_airflow

    @contextmanager
    def listening() -> Iterator[None]:
        try:
            with inner():
                yield
        except Exception as error:
            lines.append(str(error))
            raise

    monkeypatch.setattr("airflow_dataops.operators.stage.failing_as_airflow", listening)

    def run(
        product: Product, accident: Callable[[], object] | None = None, *, after: str = "", before: str = ""
    ) -> Told:
        lines.clear()
        dag = product.dag()
        if accident is not None:
            happens = PythonOperator(task_id="happens", python_callable=accident, dag=dag)
            dag.get_task(after) >> happens >> dag.get_task(before)
        done = run_dag(dag, logical_date=LOGICAL)
        capfd.readouterr()
        published = SqlStore(f"sqlite:///{deployment}/store.db").facts(Publication)
        return Told(
            str(done.state),
            sorted(task.task_id for task in done.get_task_instances() if str(task.state) == "failed"),
            list(lines),
            [publication.rows for publication in published],
        )

    return run


def one_line(told: Told, task: str, *words: str) -> None:
    """Hold that a task failed with one line that says all of this, and nothing was published."""
    assert ("failed", [task], []) == (told.state, told.failed, told.published)
    (line,) = told.lines
    assert "\n" not in line
    assert [] == [word for word in words if word not in line], line


def test_a_drop_that_is_deleted_after_it_landed_is_published(product, run) -> None:
    """From landing on the raw copy is read, so that producers may clean up."""
    told = run(product, lambda: shutil.rmtree(product.drop), after="land", before="gate")

    assert Told("success", [], [], [4]) == told
    assert 4 == product.rows
    assert product.reconciles


@pytest.mark.parametrize(("after", "before"), [("land", "gate"), ("gate", "verify")])
def test_a_raw_copy_that_is_deleted_fails_its_batch(after, before, product, run) -> None:
    """The task that reads it next fails as a broken world, and nothing is published."""
    raw = product.home / "zones" / "raw"

    told = run(product, lambda: shutil.rmtree(raw), after=after, before=before)

    one_line(told, before, "Broken world: ", str(raw))


@pytest.mark.parametrize(
    ("after", "before", "named"), [("verify", "audit", "zones/staging"), ("audit", "publish", "things")]
)
def test_staged_rows_that_are_deleted_fail_their_batch(after, before, named, product, run) -> None:
    """What was staged and is gone is told as well, never published as an empty partition."""
    staging = product.home / "zones" / "staging"

    told = run(product, lambda: shutil.rmtree(staging), after=after, before=before)

    one_line(told, before, "Broken world: ", named)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_line_of_two_gigabytes_is_kept_and_refused(packed, product_for, run) -> None:
    """It lands byte for byte in a bounded memory; the gate says in which file and line it is."""
    product = product_for("delta")
    drop, name = product.drop / "b.csv", "b.csv"
    if packed:
        drop.unlink()
        drop = product.drop / "b.csv.gz"
        name = drop.name
        with gzip.open(drop, "wb", compresslevel=1) as file:
            file.write(b"id,text\n3,")
            for _ in range(2 * 1024):
                file.write(b"x" * 1024**2)
            file.write(b"\n4,y\n")
    else:
        drop.write_bytes(b"id,text\n3,")
        os.truncate(drop, 2 * GIBIBYTE)
        with drop.open("ab") as file:
            file.write(b"\n4,y\n")

    told = run(product)

    one_line(told, "gate", f"{name}:2", "the line is longer than 16 MiB")
    (landing,) = SqlStore(f"sqlite:///{product.home}/store.db").facts(Landing)
    assert landing.bytes == sum(file.stat().st_size for file in product.drop.iterdir())
    assert product.reconciles


def test_another_encoding_in_the_midst_of_a_file_costs_its_own_lines(product, run) -> None:
    """Lines of Latin-1 and of UTF-16 among UTF-8 are unparsable, each by itself; the others are published."""
    lines = [
        b"id,text\n",
        "1,Köln\n".encode(),
        "2,Köln\n".encode("latin-1"),
        "3,Zürich\n".encode(),
        "4,Zürich\n".encode("utf-16-be")[:-2] + b"\n",
        "5,日本\n".encode("shift_jis"),
        "6,日本\n".encode(),
    ]
    (product.drop / "b.csv").write_bytes(b"".join(lines))

    told = run(product)

    assert ("success", [2 + 3]) == (told.state, told.published)
    assert 5 == product.rows
    verify = product.verified(Stage.VERIFY)
    assert (8, 5, 3, 3) == (verify.rows, verify.good, verify.bad, verify.unparsable)
    assert product.reconciles


def test_ten_thousand_columns_more_than_the_contract_warn(product_for, run) -> None:
    """A drop that is wider than was promised is read, and what nobody asked for is left out."""
    product = product_for("delta")
    names = ",".join(f"c{number}" for number in range(10_000))
    (product.drop / "a.csv").unlink()
    (product.drop / "b.csv").write_text(f"id,text,{names}\n" + f"1,x,{names}\n" * 4)

    told = run(product)

    assert Told("success", [], [], [4]) == told
    gate = product.verified(Stage.GATE)
    (extra,) = (outcome for outcome in gate.outcomes if outcome.rule == "schema.extra")
    assert "warning" == extra.status


def test_a_file_that_grows_while_it_is_read_lands_when_it_has_stopped(product, run) -> None:
    """Nobody can say which of its rows were meant: a broken world, tried again."""
    drop, stop, grown = product.drop / "b.csv", threading.Event(), threading.Event()
    drop.write_bytes(b"id,text\n" + b"3,x\n" * 2_000_000)

    def grow() -> None:
        with drop.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"4,y\n")
                grown.set()
                time.sleep(0.001)

    writer = threading.Thread(target=grow)
    writer.start()
    grown.wait()
    told = run(product)
    stop.set()
    writer.join()

    one_line(told, "land", "Broken world: ", "b.csv: the drop is still being written")
    assert () == SqlStore(f"sqlite:///{product.home}/store.db").facts(Landing)

    drop.write_bytes(DROP["b.csv"])
    assert ("success", [4]) == ((again := run(product)).state, again.published)
    assert product.reconciles


def test_a_target_that_somebody_dropped_is_published_anew(product, run) -> None:
    """Between audit and publication all that readers had is gone: what is audited is published."""
    assert "success" == run(product).state
    (product.drop / "a.csv").write_bytes(b"id,text\n7,z\n")

    def drop() -> None:
        if product.target == "postgres":
            product.ask("DROP SCHEMA {s} CASCADE")
        else:
            shutil.rmtree(product.home / "lake" / "things")

    told = run(product, drop, after="audit", before="publish")

    assert ("success", []) == (told.state, told.lines)
    assert 3 == product.rows
    assert product.reconciles


def test_rows_that_somebody_deleted_are_published_anew(product, run) -> None:
    """Running the day again replaces it, also where its content was published before."""
    assert "success" == run(product).state
    if product.target == "postgres":
        product.ask("DELETE FROM {s}.things_versions WHERE id = 1")
    else:
        DeltaTable(str(product.home / "lake" / "things")).delete("id = 1")
    assert 3 == product.rows
    assert not product.reconciles

    assert "success" == run(product).state

    assert 4 == product.rows
    assert product.reconciles


def test_a_target_whose_columns_somebody_changed_is_left_alone(product, run) -> None:
    """The difference is named, the batch waits, and what readers have stays as it is."""
    assert "success" == run(product).state
    (product.drop / "a.csv").write_bytes(b"id,text\n7,z\n")

    def change() -> None:
        if product.target == "postgres":
            product.ask("ALTER TABLE {s}.things_versions RENAME COLUMN text TO label")
        else:
            import polars as pl

            table = pl.read_delta(str(product.home / "lake" / "things")).rename({"text": "label"})
            table.write_delta(
                str(product.home / "lake" / "things"),
                mode="overwrite",
                delta_write_options={"schema_mode": "overwrite"},
            )

    told = run(product, change, after="audit", before="publish")

    assert ("failed", ["publish"], [4]) == (told.state, told.failed, told.published)
    (line,) = told.lines
    assert "\n" not in line
    assert "label" in line
    assert "text" in line
    assert 4 == product.rows


def test_a_connection_that_is_lost_while_rows_travel_is_tried_again(product_for, run) -> None:
    """The server ends the session in the midst of the publication: readers keep what they had."""
    product = product_for("postgres")
    assert "success" == run(product).state
    (product.drop / "a.csv").write_bytes(b"id,text\n" + b"7,z\n" * 500_000)
    ended = threading.Event()

    def end() -> None:
        deadline = time.monotonic() + 240
        while not ended.is_set() and time.monotonic() < deadline:
            if product.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'COPY%{s}%'"
            ):
                ended.set()

    ender = threading.Thread(target=end)
    told = run(product, ender.start, after="audit", before="publish")
    ender.join()

    assert ended.is_set()
    assert ("failed", ["publish"], [4]) == (told.state, told.failed, told.published)
    assert told.lines[0].startswith("Broken world: ")
    assert 4 == product.rows
    again = run(product)
    assert ("success", [4, 500_002]) == (again.state, again.published)
    assert 500_002 == product.rows
    assert product.reconciles


def test_a_clock_that_is_set_back_hides_nothing(product, run, monkeypatch) -> None:
    """From landing on it is a day earlier: what came later is later all the same."""

    def set_back() -> None:
        clock = FrozenClock(datetime.now(UTC) - timedelta(days=1))
        monkeypatch.setattr(clocks, "clock", lambda: clock)

    told = run(product, set_back, after="land", before="gate")

    assert Told("success", [], [], [4]) == told
    store = SqlStore(f"sqlite:///{product.home}/store.db")
    (landing,), (publication,) = store.facts(Landing), store.facts(Publication)
    moments = [landing.landed_at, *(one.at for one in store.facts(Verification)), publication.at]
    assert moments == sorted(moments)
    assert product.reconciles


def test_a_contract_that_changes_after_verify_is_what_the_audit_holds(product, run) -> None:
    """The audit is against the contract of its moment: rows that it refuses are not published."""
    stricter = CONTRACT.replace("name: text,", "name: text, required: true,")
    (product.drop / "a.csv").write_bytes(b"id,text\n1,x\n2,\n")

    told = run(product, lambda: product.contract(stricter), after="verify", before="audit")

    one_line(told, "audit", "text.required: expected rows that break it = 0, observed 1")
    assert product.reconciles


@pytest.mark.parametrize("change", ["version: 1.0.0", "required: true"])
def test_a_contract_that_changes_after_the_audit_stops_the_publication(change, product, run) -> None:
    """Nothing is published that another contract was audited by."""
    other = CONTRACT.replace(change, {"version: 1.0.0": "version: 1.0.1"}.get(change, "required: false"))

    told = run(product, lambda: product.contract(other), after="audit", before="publish")

    one_line(told, "publish", "contract", "audit")
    assert product.reconciles
