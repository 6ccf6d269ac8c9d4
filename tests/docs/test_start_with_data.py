"""The page on contracts for data that is there, taken step by step."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from airflow_dataops.cli.main import main, parser

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "start-with-data.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILE = re.compile(r"^`([\w.-]+)`:\n\n```csv\n(.*?)```", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)```", re.DOTALL | re.MULTILINE)
BASH = re.compile(r"^```bash\n(.*?)```", re.DOTALL | re.MULTILINE)
GAP = "…\n"


def steps():
    """Yield each command of the page with what it prints there."""
    for block in CONSOLE.findall(TEXT):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            yield command, printed


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder with the files of the page."""
    for name, text in FILE.findall(TEXT):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.mark.usefixtures("here")
def test_every_command_prints_what_the_page_shows(capsys) -> None:
    """One after the other, as a reader would type them; `…` stands for what is left out."""
    ran = 0
    for command, expected in steps():
        program, *words = shlex.split(command)
        assert "airflow-dataops" == program
        main(words)
        told = capsys.readouterr()
        printed = (told.out or told.err).replace("\N{NO-BREAK SPACE}", " ")
        printed = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
        at = 0
        for part in filter(None, expected.split(GAP)):
            found = printed.find(part, at)
            assert found >= 0, f"{command} prints\n{printed}"
            at = found + len(part)
        assert GAP in expected or printed == expected
        ran += 1
    assert ran >= 10


def test_the_other_commands_are_ones_that_there_are() -> None:
    """Commands on files that the page doesn't show are at least understood."""
    commands = [line for block in BASH.findall(TEXT) for line in block.splitlines()]
    assert 2 == len(commands)
    for command in commands:
        parser().parse_args(shlex.split(command)[1:])
