"""The tutorial of a first page, taken step by step: its own files, its own commands, a real Airflow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.docs.test_tutorial import BLOCK, UP, Reader, commands, wait_for

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-page.md"
DAY = re.compile(r"20\d\d-\d\d-\d\d")
TIME = re.compile(r"\b\d\d:\d\d(?::\d\d)?\b")
PASSED = re.compile(r"\b\d+ (?:ms|s|min|h|d)\b(?: \d+ (?:s|min|h))?")
SECONDS = 400


def steps() -> Iterator[tuple[str, str, str]]:
    """Yield the file that a block is, or nothing; its language; its text."""
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1] or "", found[2], found[3]


def same(text: str) -> str:
    """Return an output without what is another every time, and without blanks at the ends of lines."""
    for pattern, instead in ((DAY, "DAY"), (TIME, "TIME"), (PASSED, "SPAN")):
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@dataclass
class Paged(Reader):
    """Somebody who is told something.

    Args:
        heard: What the log of the last command had.
        clears: How often a run was to be run once more.
    """

    heard: str = ""
    clears: int = 0

    def types(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command, and keep what it logs."""
        ran = super().types(command)
        self.heard = same(ran.stderr)
        return ran

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
                ran = reader.types(command)
                assert same(printed) == same(ran.stdout), ran.stderr
        elif language == "text":
            assert [] == [line for line in same(text).splitlines() if line not in reader.heard]
        elif language == "bash":
            for command in text.splitlines():
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
    assert 2 <= sum(" alert route" in command for command in reader.done)


def test_the_page_has_nothing_that_is_not_taken() -> None:
    """A block of another kind, or a file without a name, would be passed over."""
    found = list(steps())

    assert PAGE.read_text(encoding="utf-8").count("\n```") == 2 * len(found)
    assert all(name for name, language, _ in found if language not in {"bash", "console", "text"})
