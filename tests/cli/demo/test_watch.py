from __future__ import annotations

import pytest

from airflow_dataops.cli.demo.watch import DayRun, RunWatch
from airflow_dataops.errors import BrokenWorldError

STAGES = ("land", "gate", "verify")


class Answers:
    """An Airflow that answers what it is told to, as its REST API would."""

    def __init__(self) -> None:
        self.runs: dict[str, str] = {}
        self.tasks: dict[str, dict[str, str | None]] = {}
        self.asked: list[str] = []
        self.dead = ""

    def check(self) -> None:
        """Fail when a component has ended."""
        if self.dead:
            raise BrokenWorldError(self.dead)

    def dag_runs(self, _: str) -> list[dict[str, str]]:
        """Return the runs."""
        return [
            {
                "dag_run_id": f"scheduled__{day}T00:00:00+00:00",
                "data_interval_start": f"{day}T00:00:00Z",
                "state": state,
            }
            for day, state in self.runs.items()
        ]

    def request(self, method: str, path: str) -> dict[str, list[dict[str, str | None]]]:
        """Return the tasks of a run, in no order."""
        self.asked.append(path)
        assert "GET" == method
        day = path.split("scheduled__")[1][:10]
        found = reversed(self.tasks[day].items())
        return {"task_instances": [{"task_id": task, "state": state} for task, state in found]}


@pytest.fixture
def answers() -> Answers:
    """An Airflow without a run."""
    return Answers()


@pytest.fixture
def watch(answers) -> RunWatch:
    """A watch on it."""
    return RunWatch(answers, "orders", stages=STAGES)


def test_poll_tells_each_days_tasks_in_their_order(answers, watch) -> None:
    """Airflow's order is no order, and a task without a state is still to come."""
    answers.runs = {"2026-03-01": "running", "2026-03-02": "queued"}
    answers.tasks = {"2026-03-01": {"land": "success", "gate": "running", "verify": None}}

    first, second = watch.poll()

    assert {"land": "success", "gate": "running", "verify": "waiting"} == first.tasks
    assert ["land", "gate", "verify"] == list(first.tasks)
    assert ("2026-03-01", "gate", False) == (first.partition, first.current, first.ended)
    assert ("2026-03-02", {}, "", False) == (second.partition, second.tasks, second.current, second.ended)


def test_poll_asks_for_a_run_until_it_has_ended(answers, watch) -> None:
    """Once more after the end, for the last states; then never again, whatever other runs do."""
    answers.runs = {"2026-03-01": "running"}
    answers.tasks = {"2026-03-01": dict.fromkeys(STAGES, "success")}
    watch.poll()
    answers.runs = {"2026-03-01": "success"}
    (ended,) = watch.poll()
    watch.poll()

    assert ended.ended
    assert 2 == len(answers.asked)
    assert "scheduled__2026-03-01T00%3A00%3A00%2B00%3A00" in answers.asked[0]


def test_poll_fails_when_a_component_has_ended(answers, watch) -> None:
    """Without a scheduler no run ever ends: that must be told at once."""
    answers.dead = "Airflow's scheduler ended"

    with pytest.raises(BrokenWorldError, match="scheduler ended"):
        watch.poll()


@pytest.mark.parametrize(
    ("states", "stopped", "current"),
    [
        (("success", "success", "success"), "", ""),
        (("success", "failed", "upstream_failed"), "gate", "gate"),
        (("skipped", "skipped", "skipped"), "land", "land"),
        (("deferred", "waiting", "waiting"), "", "land"),
    ],
)
def test_a_day_knows_where_it_stands(states, stopped, current) -> None:
    """What stopped it is a failed or a skipping task, and never one that waits."""
    tasks = dict(zip(STAGES, states, strict=True))
    day = DayRun(partition="2026-03-01", run_id="r", state="running", tasks=tasks)

    assert (stopped, current) == (day.stopped, day.current)
