"""One program in a session of its own, with everything that it starts."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

KILL_SECONDS = 30  # how long a killed process may take to be gone


class Component:
    """A program that runs beside ours and writes its output to a file.

    Args:
        name: What to call it.
        arguments: The program and its arguments.
        log: The file that its output is appended to.
    """

    def __init__(self, name: str, *, arguments: Sequence[str | Path], log: Path) -> None:
        self.name = name
        self.log = log
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str], *, keep_open: Iterable[int] = ()) -> None:
        """Start the program in a session of its own, which is a process group of its own, too.

        Args:
            environment: All of its environment variables.
            keep_open: Descriptors of ours that it inherits.
        """
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the arguments are ours
                self._arguments,
                env=environment,
                pass_fds=tuple(keep_open),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int | None:
        """The number of its process, its process group and its session; None before it is started."""
        return self._process.pid if self._process else None

    def exit_code(self) -> int | None:
        """Return the exit code once it has ended, negative where a signal ended it."""
        return self._process.poll() if self._process else None

    def living(self) -> set[psutil.Process]:
        """Return every process that lives in its session, or that descends from one that does.

        Its group alone would not do: Airflow gives each task a group of its own, and a task may give its
        children a session.
        """
        found: set[psutil.Process] = set()
        for number in psutil.pids() if self.pid else ():
            with suppress(ProcessLookupError, PermissionError, psutil.Error):
                if os.getsid(number) == self.pid:
                    process = psutil.Process(number)
                    found |= {process, *process.children(recursive=True)}
        return {process for process in found if lives(process)}

    def ask_to_end(self) -> None:
        """Send SIGTERM to its process group."""
        if self.pid and self.exit_code() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)


def lives(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that waits to be reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(components: Sequence[Component], *, grace: float) -> None:
    """End programs and all that they started: first ask, then kill.

    Args:
        components: Any of them may have ended already, or never have been started.
        grace: Seconds in which they may end by themselves.

    Raises:
        BrokenWorldError: A process outlives being killed, as one does that hangs in a broken file system.
    """
    known = {process for component in components for process in component.living()}
    for component in components:
        component.ask_to_end()
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        known = _still_living(components, known)
        if not known:
            break
        time.sleep(0.05)
    deadline = time.monotonic() + KILL_SECONDS
    while known := _still_living(components, known):
        if time.monotonic() > deadline:
            raise BrokenWorldError(
                f"processes outlive being killed: {', '.join(sorted(str(process.pid) for process in known))}",
                hint="They hang in the operating system; see what they wait for",
            )
        for process in known:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.02)


def _still_living(components: Sequence[Component], known: set[psutil.Process]) -> set[psutil.Process]:
    for component in components:
        component.exit_code()  # reaps it
    return {process for process in known if lives(process)}.union(
        *(component.living() for component in components),
    )
