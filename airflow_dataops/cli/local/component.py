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

    def reap(self) -> None:
        """Take the exit code of a program that has ended, so that nothing is left of it."""
        if self._process:
            self._process.wait()

    def ask_to_end(self) -> None:
        """Send SIGTERM to its process group."""
        if self.pid and self.exit_code() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)


def end(components: Sequence[Component], *, grace: float) -> None:
    """End programs and all that they started: first ask, then kill.

    Args:
        components: Any of them may have ended already, or never have been started.
        grace: Seconds in which they may end by themselves.

    Raises:
        BrokenWorldError: A process outlives being killed, as one does that hangs in a broken file system.
    """
    known = living(components, set())
    for component in components:
        component.ask_to_end()
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        known = living(components, known)
        if not known:
            break
        time.sleep(0.05)
    deadline = time.monotonic() + KILL_SECONDS
    while known := living(components, known):
        if time.monotonic() > deadline:
            raise BrokenWorldError(
                f"processes outlive being killed: {', '.join(sorted(str(process.pid) for process in known))}",
                hint="They hang in the operating system; see what they wait for",
            )
        for process in known:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)
    for component in components:
        component.reap()


def living(components: Sequence[Component], known: set[psutil.Process]) -> set[psutil.Process]:
    """Return every process that lives and belongs to programs.

    A program's group alone would not do: Airflow gives each task a group of its own, and a task may give its
    children a session. So these are the processes in a program's session, and all who descend from them.

    Args:
        components: The programs.
        known: Processes that belonged to them before; a child whose parent is gone can't be recognised anew.
    """
    for component in components:
        component.exit_code()  # reaps it
    sessions = {component.pid for component in components}
    found = {process for process in known if _lives(process)}
    parents: dict[psutil.Process, int] = {}
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            parents[process] = process.ppid()
            if os.getsid(process.pid) in sessions and _lives(process):
                found.add(process)
    numbers = {process.pid for process in found}
    while children := {process for process, parent in parents.items() if parent in numbers} - found:
        found |= children
        numbers |= {process.pid for process in children}
    return {process for process in found if _lives(process)}


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that waits to be reaped does not.

    A process whose first thread has gone looks like that as well, but its other threads still hold its files.
    """
    try:
        if not process.is_running():
            return False
        return process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1
    except psutil.NoSuchProcess:
        return False
