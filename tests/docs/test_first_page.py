"""The tutorial of a first page, taken step by step: its own files, its own commands, a real Airflow."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.docs.test_tutorial import BLOCK, UP, Reader, commands, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-page.md"
DAY = re.compile(r"20\d\d-\d\d-\d\d")
TIME = re.compile(r"\b\d\d:\d\d(?::\d\d)?\b")
PASSED = re.compile(r"\b\d+ (?:ms|s|min|h|d)\b(?: \d+ (?:s|min|h))?")
KEY = re.compile(r"\bdataops-[0-9a-f]{32}\b")
WIDE = re.compile(r"  +|──+")
"""How wide columns are, which follows from what time does to their values."""

LOOKS = re.compile(r" airflow dataops (?:slo|alert|incident) (?:list|show)\b")
"""Commands that change nothing, so that they can be typed until the monitor has been there."""

SECONDS = 400


def steps() -> Iterator[tuple[str, str, str]]:
    """Yield the file that a block is, or nothing; its language; its text."""
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1] or "", found[2], found[3]


def same(text: str) -> str:
    """Return an output without what is another every time, and without blanks at the ends of lines."""
    for pattern, instead in ((DAY, "DAY"), (TIME, "TIME"), (PASSED, "SPAN"), (KEY, "KEY"), (WIDE, "  ")):
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@dataclass
class Paged(Reader):
    """Somebody who is told something.

    Args:
        clears: How often a run was to be run once more.
    """

    clears: int = 0

    @property
    def heard(self) -> str:
        """What the logs of the task that tells people have."""
        logs = self.folder.glob(".airflow/up/logs/dag_id=dataops_slo_monitor/*/task_id=route/*.log")
        lines = [line for log in logs for line in log.read_text().splitlines() if line.startswith("{")]
        return same("\n".join(str(json.loads(line).get("event")) for line in lines))

    def sees(self, command: str, printed: str) -> None:
        """Type a command until it prints something."""
        deadline = time.monotonic() + (SECONDS if LOOKS.search(command) else 0)
        while same(printed) != same((ran := self.types(command)).stdout):
            assert time.monotonic() < deadline, f"{command}\n{ran.stdout}\n{ran.stderr}"

    def waits_for_a_publication(self) -> None:
        """Look at Airflow until the run of `visits` has ended well as often as it was to run."""
        assert self.airflow is not None
        api = self.airflow
        path = "/api/v2/dags/visits/dagRuns"

        def ended() -> bool:
            tasks = [
                (task["state"], task["try_number"])
                for run in api.dag_runs("visits")
                for task in api.request("GET", f"{path}/{quote(run['dag_run_id'])}/taskInstances")[
                    "task_instances"
                ]
                if task["task_id"] == "announce"
            ]
            return [state for state, tries in tasks if tries > self.clears] == ["success"]

        wait_for(ended, self.folder / "up.txt")


def follow(reader: Paged, left: Iterator[tuple[str, str, str]]) -> None:
    """Take the steps of the page."""
    for name, language, text in left:
        if language == "console":
            for command, printed in commands(text):
                reader.sees(command, printed)
        elif language == "text":
            assert [] == [line for line in same(text).splitlines() if line not in reader.heard]
        elif language == "bash":
            for command in text.splitlines():
                if command.startswith("echo "):  # what was wrong before alerting was set up is no news
                    wait_for(lambda: "'opened': []" in reader.heard, reader.folder / "up.txt")
                if command.startswith(UP):
                    with reader.keeps(command):
                        assert reader.airflow is not None
                        reader.airflow.wait_for_dag("visits", timeout=SECONDS)
                        follow(reader, left)
                    return
                ran = reader.types(command)
                assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
                if command.startswith("mv ") or " tasks clear " in command:
                    reader.clears += " tasks clear " in command
                    reader.waits_for_a_publication()
        else:
            (reader.folder / name).write_text(text)


@pytest.mark.e2e
def test_the_tutorial_of_a_first_page(tmp_path) -> None:
    """Every file is written, every command typed, and each prints what the page shows."""
    reader = Paged(tmp_path)

    follow(reader, steps())

    assert any(command.startswith("airflow-dataops lint") for command in reader.done)
    assert any(" incident report" in command for command in reader.done)


def test_the_page_has_nothing_that_is_not_taken() -> None:
    """A block of another kind, or a file without a name, would be passed over."""
    found = list(steps())

    assert PAGE.read_text(encoding="utf-8").count("\n```") == 2 * len(found)
    assert all(name for name, language, _ in found if language not in {"bash", "console", "text"})
