"""Celery workers, each with an Airflow home of its own, as if each had a machine."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from airflow_dataops.cli.local.component import Component, end, living

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

MACHINE = "from pathlib import Path\n\n\ndef name():\n    return Path(__file__).parents[1].name\n"
"""Tells a worker's name by its home: without it, all workers of one machine have the machine's."""

SLOTS = 2
"""How many tasks one worker runs at once."""


class Worker:
    """One Celery worker, started when it is made.

    Args:
        home: Its Airflow home, made here; its last part is the worker's name.
        settings: All `AIRFLOW__…` that it is told.
    """

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self.name = home.name
        (home / "config").mkdir(parents=True)
        (home / "config" / "machine.py").write_text(MACHINE)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__HOSTNAME_CALLABLE": "machine.name"}
        self.component = Component(
            f"worker-{self.name}",
            arguments=(
                Path(sys.executable).with_name("airflow"),
                *("celery", "worker", "--celery-hostname", self.name, "--concurrency", str(SLOTS)),
                "--skip-serve-logs",
            ),
            log=home / "worker.log",
        )
        self.component.start(inherited | dict(settings) | own)

    def freeze(self) -> None:
        """Hold all of its processes where they are."""
        for process in living([self.component], set()):
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """Let them go on."""
        for process in living([self.component], set()):
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def kill(self) -> None:
        """Kill all of its processes, which are frozen: none of them sees another go."""
        for process in living([self.component], set()):
            with suppress(psutil.NoSuchProcess):
                process.kill()


@contextmanager
def workers(*homes: Path, settings: Mapping[str, str]) -> Generator[dict[str, Worker]]:
    """Start a worker in each home, give them by their names, and end them."""
    started: dict[str, Worker] = {}
    try:
        for home in homes:
            started[home.name] = Worker(home, settings)
        yield started
    finally:
        end([worker.component for worker in started.values()], grace=2)
