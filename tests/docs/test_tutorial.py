"""The tutorial, taken step by step: its own files, its own commands, a real Airflow."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli.local.api import AirflowApi

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-product.md"
BLOCK = re.compile(r"(?:`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
UP = "airflow-dataops up "
PASSES = re.compile(r"[0-9.]+ (?:ms|s)$|[0-9]+(?= d\b)", re.MULTILINE)
"""What time does to an output."""

SECONDS = 400
DAYS = 2


@dataclass
class Reader:
    """Somebody who types what the page says.

    Args:
        folder: Where they are.
        airflow: Airflow's API, once it runs.
        ended: How many runs of the product have ended.
    """

    folder: Path
    airflow: AirflowApi | None = None
    done: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a terminal whose path has this environment's programs."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        programs = Path(sys.executable).parent
        return ours | {"PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "90", "NO_COLOR": "1"}

    def types(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command; `cd` counts for those that follow."""
        self.done.append(command)
        if command.startswith("cd "):
            there = self.folder / command.removeprefix("cd ")
            self.folder = there if there.is_dir() else self.folder  # another terminal begins above
            return subprocess.CompletedProcess(command, 0, "", "")
        return subprocess.run(
            ["/bin/bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )

    @contextmanager
    def keeps(self, command: str) -> Iterator[None]:
        """Run a command in a terminal of its own until the end, which must be a good one."""
        log = self.folder / "up.txt"
        with log.open("w") as output:
            process = subprocess.Popen(
                ["/bin/bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(lambda: "Ctrl-C" in log.read_text() or process.poll() is not None, log)
            told = dict(re.findall(r"^(address|login|password)\s+(\S+)", log.read_text(), re.MULTILINE))
            self.airflow = AirflowApi(told["address"], username=told["login"], password=told["password"])
            yield
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=240)
        assert code == 0, log.read_text()

    def sees_runs_end(self, states: list[str]) -> None:
        """Look at the UI until the runs of `visits` have ended as the page says."""
        assert self.airflow is not None
        api = self.airflow

        def ended() -> bool:
            found = [(run["logical_date"], run["state"]) for run in api.dag_runs("visits")]
            return states == [state for _, state in sorted(found)]

        api.wait_for_dag("visits", timeout=SECONDS)
        wait_for(ended, self.folder / "up.txt")


def wait_for(true, log: Path) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.5)


def told(text: str) -> str:
    """Return an output without what is another every time, and without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in PASSES.sub("9", text).strip().splitlines())


def blocks() -> Iterator[tuple[str, str, str]]:
    """Yield the file that a block is, or nothing; its language; its text."""
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1] or "", found[2], found[3]


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command of a console with what it prints."""
    found = [part.partition("\n") for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]]
    return [(command, printed) for command, _, printed in found]


def follow(reader: Reader, steps: Iterator[tuple[str, str, str]]) -> None:
    """Take the steps of the page."""
    for name, language, text in steps:
        if language == "console":
            for command, printed in commands(text):
                ran = reader.types(command)
                assert told(printed) == told(ran.stdout), ran.stderr
        elif language == "bash":
            for command in text.splitlines():
                if command.startswith(UP):
                    with reader.keeps(command):
                        reader.sees_runs_end(["success", "failed"])
                        follow(reader, steps)
                    return
                ran = reader.types(command)
                assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
                if " tasks clear " in command:
                    reader.sees_runs_end(["success", "success"])
        else:
            (reader.folder / name).write_text(text)


@pytest.mark.e2e
def test_the_tutorial(tmp_path) -> None:
    """Every file is written, every command typed, and each prints what the page shows."""
    reader = Reader(tmp_path)

    follow(reader, blocks())

    assert any(command.startswith("airflow-dataops lint") for command in reader.done)
    assert " airflow dataops report visits" in reader.done[-1]


def test_the_page_has_nothing_that_is_not_taken() -> None:
    """A block of another kind, or a file without a name, would be passed over."""
    found = list(blocks())

    assert PAGE.read_text(encoding="utf-8").count("\n```") == 2 * len(found)
    assert {"bash", "console", "csv", "yaml"} == {language for _, language, _ in found}
    assert all(name for name, language, _ in found if language in {"csv", "yaml"})
