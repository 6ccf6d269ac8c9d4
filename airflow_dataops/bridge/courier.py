"""Has what lies in the outbox delivered, by a process of its own: none of Airflow's waits for the store.

A thread looks at the folder and starts a courier (`cli/courier.py`) where something waits and nobody delivers
it. The thread itself opens nothing and holds nothing: Airflow's processes fork, and a child of theirs would
inherit locks that are held at the time.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from airflow_dataops.store.outbox import Outbox

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_dataops.wiring.settings import Settings

log = logging.getLogger(__name__)

PERIOD = 3.0
"""Seconds between two looks at the outbox."""

LONGEST = 60.0
"""Seconds between two couriers, where each of them fails at once."""

COURIER = (sys.executable, "-m", "airflow_dataops.cli.courier")


class Courier:
    """Starts a process that delivers whenever something waits, for as long as this process lives.

    Args:
        folder: The outbox.
        settings: The deployment's settings: where the store is.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._outbox = Outbox(folder)
        self._errand = {"folder": str(folder), "settings": asdict(settings)}
        self._stop = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._pause = PERIOD
        self._thread = threading.Thread(target=self._watch, name="dataops-courier", daemon=True)
        self._pid = os.getpid()

    @property
    def ours(self) -> bool:
        """Whether it looks at the outbox in this process, and not in the one that this is a fork of."""
        return self._pid == os.getpid()

    def start(self) -> None:
        """Begin to look at the outbox."""
        self._thread.start()

    def stop(self) -> None:
        """End looking at it; what is being delivered is delivered."""
        self._stop.set()

    def send(self, *, outlives: bool = False) -> subprocess.Popen[str]:
        """Start a process that delivers, and return it.

        Args:
            outlives: Whether it delivers once, and is not ended with this process: that of a task is short.
        """
        child = subprocess.Popen(  # noqa: S603 - our own program, by this very interpreter
            COURIER, stdin=subprocess.PIPE, text=True, start_new_session=outlives
        )
        if child.stdin is not None:
            with child.stdin as told:
                told.write(json.dumps({**self._errand, "once": outlives}))
        return child

    def _watch(self) -> None:
        while not self._stop.wait(self._pause):
            try:
                self._look()
            except Exception:  # the next look may fare better, and nobody else starts one
                log.exception("The outbox at %s could not be looked at.", self._outbox.folder)

    def _look(self) -> None:
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return
            self._child = None
            self._pause = min(self._pause * 2, LONGEST) if code else PERIOD
        elif self._outbox.any() and not self._outbox.attended():
            self._child = self.send()
