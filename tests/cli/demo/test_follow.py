from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from airflow_dataops.cli.demo import follow as module
from airflow_dataops.cli.demo.follow import LateFile, follow
from airflow_dataops.cli.demo.sample import Sample
from airflow_dataops.cli.demo.watch import DayRun
from airflow_dataops.cli.screen import Screen
from airflow_dataops.errors import BrokenWorldError

LATE = "2026-03-12"


@pytest.fixture
def sample(tmp_path) -> Sample:
    """The sample with its drops."""
    sample = Sample(tmp_path / "home")
    sample.make()
    return sample


@pytest.fixture
def screen() -> Screen:
    """A log."""
    return Screen(Console(file=io.StringIO(), width=100))


def waiting(state: str = "deferred") -> DayRun:
    """The day whose file is late."""
    return DayRun(partition=LATE, run_id="r", state="running", tasks={"land": state})


def test_late_file_comes_once_its_day_has_been_seen_waiting(sample) -> None:
    """Not before: the day must be seen waiting; and only once, some seconds later."""
    late = LateFile(sample, LATE)

    assert ["", "", ""] == [late.look(day, 0) for day in (None, waiting("queued"), waiting("running"))]
    assert not late.waited
    assert "waits for its file" in late.look(waiting(), 10)
    assert "" == late.look(waiting(), 10 + module.HELD_SECONDS - 0.1)
    assert sample.late is not None
    assert "its file has come" in late.look(waiting(), 10 + module.HELD_SECONDS)
    assert sample.late is None
    assert "" == late.look(waiting(), 99)
    assert late.waited


class Replay:
    """An Airflow whose runs go on by one step each time they are asked for.

    The late day waits until its file has come, as on a real one.
    """

    def __init__(self, sample: Sample, *, stuck: str = "") -> None:
        self.logs = Path("logs")
        self.sample = sample
        self.stuck = stuck
        self.polls = 0

    def check(self) -> None:
        """Every component runs."""

    def dag_runs(self, _: str) -> list[dict[str, str]]:
        """Return the runs: two days more with each look."""
        self.polls += 1
        days = [day.partition for day in self.sample.days()][: 2 * self.polls]
        return [
            {"dag_run_id": day, "data_interval_start": f"{day}T00:00:00Z", "state": self.state(day)}
            for day in days
        ]

    def state(self, day: str) -> str:
        """Return the state of a day's run."""
        waits = day == LATE and not (self.sample.drops / f"orders-{LATE}.csv").exists()
        return "running" if waits or day == self.stuck else "success"

    def request(self, _: str, path: str) -> dict[str, list[dict[str, str]]]:
        """Return the tasks of a run."""
        day = path.split("/")[-2]
        state = "deferred" if day == LATE and self.state(day) == "running" else "success"
        return {"task_instances": [{"task_id": "land", "state": state}]}


@pytest.fixture
def hurried(monkeypatch) -> None:
    """Nothing is waited for longer than needed."""
    monkeypatch.setattr(module, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(module, "HELD_SECONDS", 0.02)


@pytest.mark.usefixtures("hurried")
def test_follow_brings_the_late_file_and_ends_when_all_days_have(sample, screen) -> None:
    """Each day is told once, the late one is waited for, and it is said that it waited."""
    waited = follow(Replay(sample), sample, screen)
    lines = screen.console.file.getvalue().splitlines()

    assert frozenset({LATE}) == waited
    assert 14 == sum(line.startswith("✓") for line in lines)
    assert ["waits for its file", "its file has come"] == [
        word for line in lines for word in ("waits for its file", "its file has come") if word in line
    ]
    assert f"✓ {LATE}  published" == lines[-1]


@pytest.mark.usefixtures("hurried")
def test_follow_does_not_wait_for_ever(sample, screen, monkeypatch) -> None:
    """A day that never ends is an error that says how many are left and where the logs are."""
    monkeypatch.setattr(module, "LIMIT_SECONDS", 0.3)

    with pytest.raises(BrokenWorldError, match=r"1 of 14 days have not ended after 0\.3 s\. See logs"):
        follow(Replay(sample, stuck="2026-03-05"), sample, screen)
