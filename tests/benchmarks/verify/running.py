"""Programs that are measured: workers that do a piece of work again and again, and whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from serving import ABSENT
from sizes import HERE
from tools import PROJECT, SILENT, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """What one run took.

    Args:
        seconds: How long, on the clock.
        cpu: How long its process kept the cores busy, in seconds; that of a database is not in it.
        megabytes: The most memory that the process had.
        found: What it came to.
    """

    seconds: float
    cpu: float
    megabytes: int
    found: dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """What several runs took.

    Args:
        seconds: The median of them.
        cpu: The median of what they kept the cores busy.
        megabytes: The most memory of any.
        runs: How many there were.
        found: What the last came to.
    """

    seconds: float
    cpu: float
    megabytes: int
    runs: int
    found: dict[str, Any]


ENOUGH = 240
"""Seconds after which no further turn is taken."""


def alternating(runs: int, *each: Callable[[], Measured]) -> list[Taken]:
    """Let several take turns, so that what else the machine does hits all of them; return what each took."""
    turns: list[list[Measured]] = []
    while len(turns) < runs and sum(one.seconds for turn in turns for one in turn) < ENOUGH:
        turns.append([one() for one in each])
    return [
        Taken(
            seconds=median(one.seconds for one in found),
            cpu=median(one.cpu for one in found),
            megabytes=max(one.megabytes for one in found),
            runs=len(turns),
            found=found[-1].found,
        )
        for found in zip(*turns, strict=True)
    ]


@contextmanager
def worker(
    program: str,
    *arguments: str,
    python: Path | str = sys.executable,
    environment: Mapping[str, str] | None = None,
    warm: bool = True,
) -> Iterator[Callable[[], Measured]]:
    """Start one of our programs, and yield what lets it do its work once more.

    Args:
        program: Its file.
        arguments: Its arguments.
        python: What runs it.
        environment: Variables beside those of this process.
        warm: Whether it does the work once before it is measured, so that files are in memory.

    Raises:
        UnavailableError: If it can't do this.
        AssertionError: If it ends before it is told to.
    """
    process = subprocess.Popen(
        [python, HERE / program, "serve", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment_of(python, environment),
    )

    def once() -> Measured:
        try:
            process.stdin.write("\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass
        line = process.stdout.readline()
        while line and not line.startswith("{"):  # some tools print
            line = process.stdout.readline()
        if not line:
            process.wait()
            said = process.stderr.read()
            if process.returncode == ABSENT:
                raise UnavailableError(said.strip())
            raise AssertionError(f"{program} {arguments} ended: {said[-2000:]}")
        return Measured(**json.loads(line))

    with process:
        try:
            if warm:
                once()
            yield once
        finally:
            process.stdin.close()
            process.stdout.close()
            process.stderr.close()


def whole(
    command: Sequence[Path | str],
    *,
    codes: tuple[int, ...] = (0,),
    said: Callable[[str], dict[str, Any]],
    environment: Mapping[str, str] | None = None,
) -> Measured:
    """Run a program from its start to its end.

    Args:
        command: The program and its arguments.
        codes: The codes with which it may end.
        said: Says what it found, of what it printed.
        environment: Variables beside those of this process.

    Raises:
        AssertionError: If it ends with another code.
    """
    done = subprocess.run(
        [sys.executable, "-S", HERE / "timed.py", *command],
        capture_output=True,
        text=True,
        check=True,
        env=environment_of(command[0], environment),
    )
    one = json.loads(done.stdout)
    if one["code"] not in codes:
        raise AssertionError(f"{command} ended with {one['code']}: {one['out'][-500:]}{done.stderr[-2000:]}")
    return Measured(one["seconds"], one["cpu"], one["megabytes"], said(one["out"]))


def last_line(out: str) -> dict[str, Any]:
    """Return what one of our programs found, of what it printed."""
    found: dict[str, Any] = json.loads(out.splitlines()[-1])["found"]
    return found


def environment_of(python: Path | str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables of a program; those of an environment of its own see nothing of ours."""
    ours = str(python).startswith(str(os.path.dirname(sys.executable)))  # noqa: PTH120 - a symlink stays one
    paths = [str(PROJECT), str(HERE.parent / "comparison")] if ours else []
    return os.environ | SILENT | {"PYTHONPATH": os.pathsep.join(paths)} | dict(more or {})
