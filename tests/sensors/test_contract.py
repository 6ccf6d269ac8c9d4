"""Waiting for rows that keep their contract."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowSensorTimeout
from psycopg.sql import SQL, Identifier

from airflow_dataops.sensors.contract import ContractSensor

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
    quality:
      - {id: several, metric: rowCount, mustBeGreaterThan: 2}
"""


@pytest.fixture
def contract(deployment) -> str:
    """The file of the contract."""
    file = deployment / "things.odcs.yaml"
    file.write_text(CONTRACT)
    return str(file)


@pytest.fixture
def wait(in_dag, contract):
    """Run one sensor, and return how it ended."""

    def run(**given):
        given = {"contract": contract, "retry_delay": 0, "poke_interval": 0.2, "timeout": 60} | given
        return in_dag(lambda: ContractSensor(task_id="verify", **given))

    return run


@pytest.fixture
def later():
    """Do something after a while, beside what is tested."""
    started = []

    def start(work, *, seconds=1.0):
        thread = threading.Timer(seconds, work)
        thread.start()
        started.append(thread)

    yield start
    for thread in started:
        thread.join()


@pytest.mark.parametrize("deferrable", [True, False])
def test_a_file_that_is_filled_bit_by_bit(wait, deployment, later, deferrable) -> None:
    """It isn't there, is empty, breaks the contract, and keeps it: only then is the wait over."""
    place = deployment / "things.csv"
    for number, text in enumerate(("", "id\n", "id\n1\n1\n1\n", "id\n1\n2\n", "id\n1\n2\n3\n"), 1):
        later(lambda text=text: place.write_text(text), seconds=number * 0.6)
    started = time.monotonic()

    ended = wait(path=str(place), deferrable=deferrable)

    assert ("success", []) == (ended.state(), ended.lines)
    assert 3.0 <= time.monotonic() - started
    assert {"partition": "2026-03-01", "contract": "things@1.0.0", "rows": 3} == ended.returned()
    assert [(3, True, "check")] == [(found.rows, found.passes, found.stage) for found in ended.verdicts]


def test_a_table_that_is_filled_bit_by_bit(wait, postgresql, monkeypatch, later) -> None:
    """It isn't there, is empty, has too few rows, and enough of them."""
    url = postgresql.replace("+psycopg", "")
    monkeypatch.setenv("AIRFLOW_CONN_MART_DB", url.replace("postgresql://", "postgres://"))
    table = Identifier("slow", "things")

    def run(*statements: str):
        def work():
            with psycopg.connect(url) as connection:
                for statement in statements:
                    connection.execute(SQL(statement).format(table))

        return work

    run("CREATE SCHEMA slow")()
    later(run("CREATE TABLE {} (id int)"), seconds=0.6)
    later(run("INSERT INTO {} VALUES (1)"), seconds=1.2)
    later(run("INSERT INTO {} VALUES (2), (3)"), seconds=1.8)

    ended = wait(conn_id="mart_db", table="slow.things")

    assert ("success", []) == (ended.state(), ended.lines)
    assert 3 == ended.returned()["rows"]


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize("soft_fail", [True, False])
def test_the_time_is_up(wait, deployment, soft_fail, deferrable) -> None:
    """The last verdict is recorded, and told; the task fails, or is skipped, and isn't tried again."""
    place = deployment / "things.csv"
    place.write_text("id\n1\nx\n")

    ended = wait(path=str(place), timeout=1, soft_fail=soft_fail, deferrable=deferrable)

    assert ("skipped" if soft_fail else "failed") == ended.state()
    assert [False] == [found.passes for found in ended.verdicts]
    assert 1 == ended.run.get_task_instance("verify").try_number
    assert Path(place).read_text() == "id\n1\nx\n"


class Heard(ContractSensor):
    """A sensor of which is known how it failed."""

    told: ClassVar[list[str]] = []

    def execute(self, context):
        """Wait, and keep the line."""
        try:
            return super().execute(context)
        except AirflowSensorTimeout as late:
            self.told.append(str(late))
            raise


def test_a_wait_that_holds_its_worker_says_what_isn_t_kept(in_dag, contract, deployment) -> None:
    """As one that is deferred does; not only that so many seconds have passed."""
    place = deployment / "things.csv"
    place.write_text("id\n1\nx\n")

    in_dag(
        lambda: Heard(
            task_id="verify",
            contract=contract,
            path=str(place),
            deferrable=False,
            poke_interval=0.2,
            timeout=1,
        )
    )

    (line,) = Heard.told
    assert line.startswith("The time is up: things/2026-03-01: several: expected rows > 2, observed 1; ")


def test_a_rule_that_can_t_be_evaluated_ends_the_wait(wait, deployment) -> None:
    """Another look wouldn't mend it."""
    odd = deployment / "odd.odcs.yaml"
    rule = "{id: odd, type: sql, query: 'SELECT nope FROM {object}', mustBe: 0}"
    odd.write_text(f"{CONTRACT}      - {rule}\n")
    (deployment / "things.csv").write_text("id\n1\n2\n3\n")

    ended = wait(path=str(deployment / "things.csv"), contract=str(odd))

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert ended.lines[0].startswith("Could not evaluate: ")


REFUSED = {
    "a missing contract": ({"path": "/x.csv", "contract": "/none.odcs.yaml"}, "/none.odcs.yaml"),
    "a wrong connection": ({"table": "a.b", "conn_id": "nowhere"}, "there is no connection `nowhere`"),
    "nothing to look at": ({}, "Set one of `table` and `path`"),
    "a rule that isn't there": ({"path": "/x.csv", "rules": ["nope"]}, "the contract has no rule `nope`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_never_be_is_not_waited_for(wait, case) -> None:
    """It is one line, at once."""
    given, told = REFUSED[case]

    ended = wait(**given)

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert told in ended.lines[0]


def test_a_sensor_that_defers_has_a_retry() -> None:
    """Airflow 3.3 can mark a deferred task as failed when its trigger fires at once."""
    assert 1 == ContractSensor(task_id="a", contract="c", path="p", retries=0).retries
    assert 3 == ContractSensor(task_id="b", contract="c", path="p", retries=3).retries
    assert 0 == ContractSensor(task_id="c", contract="c", path="p", retries=0, deferrable=False).retries


def test_a_world_that_is_broken_for_a_while_is_waited_for(wait, monkeypatch) -> None:
    """A database that is down may come back; where it doesn't, the task fails as by a broken world."""
    monkeypatch.setenv("AIRFLOW_CONN_DOWN", "postgres://nobody:geheim@127.0.0.1:1/nothing")

    ended = wait(table="a.b", conn_id="down", timeout=0.5, retries=0)

    assert "failed" == ended.state()
    assert {True} == {line.startswith("Broken world: ") for line in ended.lines}
    assert not any("geheim" in line for line in ended.lines)
