"""The page on installing: its wheel is built, put beside Airflow, and asked what the page asks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_dataops.provider_info import get_provider_info
from tests.docs.test_tutorial import commands
from tests.test_wheel import python, wheel

__all__ = ["python", "wheel"]

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "howto" / "install.md").read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
CONSOLES = re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def pattern(shown: str) -> str:
    """Return what an output must look like: `…` stands for what is another elsewhere, or left out."""
    lines = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    return ".*".join(re.escape(part) for part in lines.split("…"))


@pytest.mark.parametrize("page", [PAGE, README], ids=["page", "README"])
def test_the_wheel_is_called_as_the_pages_say(wheel, page) -> None:
    """A command with another name would find no file."""
    named = set(re.findall(r"[\w.]+-[\w.-]+\.whl", page))

    assert {wheel.name} == named


def test_pip_makes_the_wheel(wheel, tmp_path) -> None:
    """By the page's own command; the build backend is the one that is here."""
    (command,) = re.findall(r"^pip (wheel .*)$", PAGE, re.MULTILINE)
    offline = [sys.executable, "-m", "pip", *command.replace("dist .", f"{tmp_path} .").split()]

    subprocess.run(
        [*offline, "--no-build-isolation", "--no-index", "--quiet"],
        check=True,
        cwd=PROJECT,
        capture_output=True,
    )

    assert [wheel.name] == [file.name for file in tmp_path.iterdir()]


def test_airflow_answers_as_the_page_shows(python, tmp_path) -> None:
    """In the order of the page, in a home of its own: the store is made, and current."""
    folder = python.parent
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONPATH"))
    }
    environment = ours | {"AIRFLOW_HOME": str(tmp_path), "PATH": f"{folder}:{os.environ['PATH']}"}
    asked = [pair for text in CONSOLES for pair in commands(text)]

    for command, shown in asked:
        program, *arguments = command.split()
        module = {"airflow": "airflow", "airflow-dataops": "airflow_dataops.cli.main"}[program]
        ran = subprocess.run(
            [python, "-m", module, *arguments],
            check=False,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert 0 == ran.returncode, ran.stderr
        printed = "\n".join(line.rstrip() for line in ran.stdout.strip().splitlines())
        assert re.fullmatch(pattern(shown), printed, re.DOTALL), f"{command}\n{printed}"
    assert "airflow dataops db check" in [command for command, _ in asked]


def test_each_setting_is_one() -> None:
    """Airflow takes a variable of another name without a word."""
    config = get_provider_info()["config"]
    assert isinstance(config, dict)
    known = {f"AIRFLOW__DATAOPS__{name.upper()}" for name in config["dataops"]["options"]}

    named = set(re.findall(r"AIRFLOW__DATAOPS__[A-Z_]+", PAGE))

    assert named
    assert {name.removesuffix("_CMD") for name in named} <= known
