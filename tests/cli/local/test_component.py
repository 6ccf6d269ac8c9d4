from __future__ import annotations

import fcntl
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from airflow_dataops.cli.local.component import Component, end

if TYPE_CHECKING:
    from pathlib import Path

# A stubborn program with a child in a group of its own and one in a session of its own, as tasks have them.
FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]
subprocess.Popen(sleep, process_group=0)
subprocess.Popen(sleep, start_new_session=True)
print("ready", flush=True)
time.sleep(60)
"""


def program(tmp_path: Path, source: str) -> Component:
    """Make a component of a few lines of Python."""
    return Component("family", arguments=(sys.executable, "-c", source), log=tmp_path / "family.log")


def family(mark: str) -> list[int]:
    """List the living processes that carry a mark in their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("FAMILY") == mark and process.status() != "zombie":
                found.append(process.pid)
    return found


def wait_for(tmp_path: Path, text: str) -> None:
    """Wait until a component has written something."""
    deadline = time.monotonic() + 240
    while text not in (tmp_path / "family.log").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_everything_that_was_started_is_ended(tmp_path: Path) -> None:
    """No child may survive, not even one that ignores SIGTERM in a group or a session of its own."""
    component = program(tmp_path, FAMILY)
    component.start(os.environ | {"FAMILY": str(tmp_path)})
    wait_for(tmp_path, "ready")
    before = family(str(tmp_path))

    end([component], grace=0.2)

    assert 3 == len(before)
    assert [] == family(str(tmp_path))
    assert -9 == component.exit_code()


def test_a_program_may_end_by_itself(tmp_path: Path) -> None:
    """Who heeds SIGTERM must get the time to finish."""
    source = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    component = program(tmp_path, source)
    component.start(os.environ)
    wait_for(tmp_path, "ready")

    end([component], grace=20)

    assert 0 == component.exit_code()
    assert (tmp_path / "family.log").read_text().endswith("bye\n")


def test_children_of_a_dead_parent_are_ended(tmp_path: Path) -> None:
    """A program that is gone may have left children in its session; those must end as well."""
    component = program(tmp_path, FAMILY.replace("start_new_session=True", "process_group=0"))
    component.start(os.environ | {"FAMILY": str(tmp_path)})
    wait_for(tmp_path, "ready")
    assert component.pid
    psutil.Process(component.pid).kill()
    while component.exit_code() is None:
        time.sleep(0.02)

    end([component], grace=0.2)

    assert [] == family(str(tmp_path))


def test_what_an_ended_program_held_is_free(tmp_path: Path) -> None:
    """A program counts as ended when its last thread is gone, for until then it holds its files and locks."""
    source = (
        "import threading, time\n"
        "memory = bytearray(300_000_000)\n"
        "for _ in range(64):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    for _ in range(8):
        with (tmp_path / "lock").open("w") as ours, (tmp_path / "lock").open("w") as other:
            fcntl.flock(ours, fcntl.LOCK_EX)
            component = program(tmp_path, source)
            component.log.unlink(missing_ok=True)
            component.start(os.environ, keep_open=(ours.fileno(),))
            wait_for(tmp_path, "ready")
            ours.close()

            end([component], grace=0)

            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("started", [True, False])
def test_ending_twice_or_never_started_is_fine(tmp_path: Path, started: bool) -> None:
    """Ending must be safe in every state."""
    component = program(tmp_path, "pass")
    if started:
        component.start(os.environ)

    end([component], grace=5)
    end([component], grace=5)

    assert (0 if started else None) == component.exit_code() or component.exit_code() == -15
