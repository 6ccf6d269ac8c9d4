from __future__ import annotations

from pathlib import Path

import pytest

from airflow_dataops.cli.places import near, program, up_command

USUAL = Path(".airflow/demo")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    """The folder in which a command is called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_near_is_what_can_be_typed_here(here) -> None:
    """Below the current folder a path is short; elsewhere it is whole."""
    assert (Path("a/b"), here.parent) == (near(here / "a" / "b"), near(here.parent))


def test_program_lies_beside_the_running_python() -> None:
    """A command that is printed must work without an activated environment."""
    assert program("python").exists()
    assert program("airflow-dataops").exists()


def test_up_command_opens_the_home_in_question(here) -> None:
    """`make up` where there is a Makefile, and the folder where it is not the usual one."""
    assert f"{program('airflow-dataops')} up" == up_command(here / USUAL, usual=USUAL)
    assert f"{program('airflow-dataops')} up --home other" == up_command(here / "other", usual=USUAL)
    (here / "Makefile").touch()
    assert "make up" == up_command(here / USUAL, usual=USUAL)
    assert up_command(here / "other", usual=USUAL).endswith("up --home other")
