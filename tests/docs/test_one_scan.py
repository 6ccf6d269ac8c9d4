"""What the page on one scan shows is what the command prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from airflow_dataops.cli.main import main
from airflow_dataops.engines.sql import judging, suspect

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "explanation" / "one-scan.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_plan_of_the_page_is_what_its_command_prints(monkeypatch, capsys) -> None:
    """Word for word, but for the blanks that fill lines."""
    ((_, command), (_, shown)) = BLOCK.findall(PAGE)
    program, *words = shlex.split(command)
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("COLUMNS", "120")

    assert ("airflow-dataops", 0) == (program, main(words))
    printed = [line.rstrip() for line in capsys.readouterr().out.strip("\n").splitlines()]
    assert shown.splitlines() == printed


def test_the_files_and_the_steps_that_the_page_names_are_there() -> None:
    """Under these names."""
    files = re.findall(r"`((?:core|engines|tests)/[\w/]+\.py)`", PAGE)
    assert 5 < len(files)
    assert [] == [
        name
        for name in files
        if not (PROJECT / name).exists() and not (PROJECT / "airflow_dataops" / name).exists()
    ]
    steps = re.findall(r"^\| `([A-Z]+)` \|", PAGE, re.MULTILINE)
    assert ["READ", "KEYED", "SUSPECTS", "MARKED", "BROKEN"] == steps
    assert all(hasattr(judging, name) or hasattr(suspect, name) for name in steps)
