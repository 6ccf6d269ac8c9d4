from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from airflow_dataops.cli.demo.levels import person as module
from airflow_dataops.cli.demo.levels.person import Person
from airflow_dataops.cli.local.api import AnsweredError
from airflow_dataops.errors import BrokenWorldError

LOCKED = AnsweredError("GET", "/", status=500, detail="database is locked")
RUNS = {
    "dag_runs": [
        {"dag_run_id": f"scheduled__{day}T00:00:00+00:00", "data_interval_start": f"{day}T00:00:00Z"}
        for day in ("2026-03-01", "2026-03-02")
    ]
}


class Answers:
    """An Airflow that answers what it is told to, one after the other, and remembers what it was asked."""

    def __init__(self, *answers: object) -> None:
        self.logs = Path("logs")
        self.answers = list(answers)
        self.asked: list[tuple[str, str, object]] = []
        self.dead = ""

    def check(self) -> None:
        """Fail when a component has ended."""
        if self.dead:
            raise BrokenWorldError(self.dead)

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Return the next answer; the last one again and again."""
        self.asked.append((method, path, body))
        answer = self.answers.pop(0) if self.answers[1:] else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def hurried(monkeypatch) -> None:
    """Nothing is waited for longer than needed."""
    monkeypatch.setattr(module, "POLL_SECONDS", 0)
    monkeypatch.setattr(module, "LIMIT_SECONDS", 0.2)


def test_a_person_asks_again_where_the_server_failed() -> None:
    """As long as there is time; another error is one at once."""
    airflow = Answers(LOCKED, LOCKED, {})
    Person(airflow).let_run("late")

    assert 3 * [("PATCH", "/api/v2/dags/late", {"is_paused": False})] == airflow.asked
    with pytest.raises(AnsweredError, match="500"):
        Person(Answers(LOCKED)).let_run("late")
    refused = Answers(AnsweredError("PATCH", "/", status=404, detail="no such DAG"))
    with pytest.raises(AnsweredError, match="404"):
        Person(refused).let_run("late")
    assert 1 == len(refused.asked)


def test_a_person_sees_the_tasks_of_a_day() -> None:
    """Those of its run, by the day on which its interval begins; none where there is no run."""
    tasks = {"task_instances": [{"task_id": "land", "state": "success"}, {"task_id": "gate", "state": None}]}
    airflow = Answers(RUNS, tasks)

    assert {"land": "success", "gate": ""} == Person(airflow).tasks("late", "2026-03-02")
    assert "scheduled__2026-03-02T00%3A00%3A00%2B00%3A00/taskInstances" in airflow.asked[1][1]
    assert {} == Person(Answers(RUNS)).tasks("late", "2026-03-03")


def test_a_person_runs_a_dag_to_its_end() -> None:
    """A failed run is an error that says where the logs are."""
    airflow = Answers({}, {"state": "queued"}, {"state": "running"}, {"state": "success"})
    Person(airflow).run("slo_monitor", "first-look")

    assert {"dag_run_id": "first-look", "logical_date": None} == airflow.asked[0][2]
    assert 4 == len(airflow.asked)
    with pytest.raises(BrokenWorldError, match=r"first-look of slo_monitor failed\. See logs"):
        Person(Answers({}, {"state": "failed"})).run("slo_monitor", "first-look")


def test_a_person_does_not_wait_for_ever() -> None:
    """Nor for an Airflow a part of which has ended."""
    with pytest.raises(BrokenWorldError, match=r"the end of time did not happen within 0 s\. See logs"):
        Person(Answers({})).wait(lambda: False, what="the end of time")
    dead = Answers({})
    dead.dead = "Airflow's scheduler ended"
    with pytest.raises(BrokenWorldError, match="scheduler ended"):
        Person(dead).wait(lambda: False, what="the end of time")


def test_a_person_clears_the_run_of_a_day() -> None:
    """The whole run; where there is none, that is said."""
    airflow = Answers(RUNS, {})
    Person(airflow).clear("late", "2026-03-02")

    method, path, body = airflow.asked[1]
    assert ("POST", {"dry_run": False, "only_failed": False}) == (method, body)
    assert path.endswith("/dagRuns/scheduled__2026-03-02T00%3A00%3A00%2B00%3A00/clear")
    with pytest.raises(BrokenWorldError, match=r"late has no run of 2026-03-03\. See logs"):
        Person(Answers(RUNS)).clear("late", "2026-03-03")


def test_a_person_pauses_a_dag_and_makes_a_connection() -> None:
    """As the UI does."""
    airflow = Answers({})
    Person(airflow).pause("late")
    Person(airflow).connect({"connection_id": "hook"})

    assert ("PATCH", "/api/v2/dags/late", {"is_paused": True}) == airflow.asked[0]
    assert ("POST", "/api/v2/connections", {"connection_id": "hook"}) == airflow.asked[1]
