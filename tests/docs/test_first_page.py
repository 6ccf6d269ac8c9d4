"""The tutorial of a first page, taken step by step: its own files, its own commands, a real Airflow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.test_tutorial import BLOCK, UP, Reader, commands, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-page.md"
DAY = re.compile(r"20\d\d-\d\d-\d\d")
TIME = re.compile(r"\b\d\d:\d\d(?::\d\d)?\b")
PASSED = re.compile(r"\b\d+ (?:ms|s|min|h|d)\b(?: \d+ (?:s|min|h))?")
MINUTES = re.compile(r"\b[0-9a-f]{12}\b")
ENDS = {"# it is there": "success"}


def steps() -> Iterator[tuple[str, str, str]]:
    """Yield the file that a block is, or nothing; its language; its text."""
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1] or "", found[2], found[3]


def same(text: str) -> str:
    """Return an output without what is another every time, and without blanks at the ends of lines."""
    for pattern, instead in ((DAY, "DAY"), (TIME, "TIME"), (PASSED, "SPAN"), (MINUTES, "DIGEST")):
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def sees_run_end(reader: Reader, state: str) -> None:
    """Look at Airflow until the run of `visits` has ended as the page says."""
    assert reader.airflow is not None
    api = reader.airflow

    def ended() -> bool:
        return [state] == [run["state"] for run in api.dag_runs("visits")]

    api.wait_for_dag("visits", timeout=240)
    wait_for(ended, reader.folder / "up.txt")


def follow(reader: Reader, left: Iterator[tuple[str, str, str]]) -> None:
    """Take the steps of the page."""
    for name, language, text in left:
        if language == "console":
            for command, printed in commands(text):
                ran = reader.types(command)
                assert same(printed) == same(ran.stdout), ran.stderr
        elif language == "bash":
            for command in text.splitlines():
                if command.startswith(UP):
                    with reader.keeps(command):
                        follow(reader, left)
                    return
                ran = reader.types(command)
                assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
                if command.endswith(".csv"):
                    sees_run_end(reader, "success")
                if " tasks clear " in command:
                    sees_run_end(reader, "success")
        else:
            (reader.folder / name).write_text(text)


@pytest.mark.e2e
def test_the_tutorial_of_a_first_page(tmp_path) -> None:
    """Every file is written, every command typed, and each prints what the page shows."""
    reader = Reader(tmp_path)

    follow(reader, steps())

    assert any(command.startswith("airflow-dataops lint") for command in reader.done)
    assert 2 <= sum(" alert route" in command for command in reader.done)


def test_the_page_has_nothing_that_is_not_taken() -> None:
    """A block of another kind, or a file without a name, would be passed over."""
    found = list(steps())

    assert PAGE.read_text(encoding="utf-8").count("\n```") == 2 * len(found)
    assert all(name for name, language, _ in found if language not in {"bash", "console"})
