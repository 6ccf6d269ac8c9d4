"""Where our time goes: the statements of a scan with their seconds, their plans, and the process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from running import environment_of
from sizes import CONTRACT, HERE

if TYPE_CHECKING:
    from figures import Places

SLOWEST = 3
"""Statements of which the plan is shown."""

FUNCTIONS, PACKAGES = 25, 15
"""Functions and packages of the process that are shown."""

IMPORT = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)$", re.MULTILINE)
"""A line of `-X importtime`: microseconds without those of what is imported on the way, and the module."""


def profile(at: Places, *, storage: str, output: str) -> str:
    """Return what a scan and a whole process spend their time on, as text."""
    return f"{_statements(at, storage, output)}\n{_start(at, storage, output)}"


def _statements(at: Places, storage: str, output: str) -> str:
    said = _run(HERE / "profiled_scan.py", storage, output, at.of(storage), str(at.folder)).stdout
    found = json.loads(said.splitlines()[-1])
    asked = sorted(found["statements"], key=lambda one: -one["seconds"])
    total = sum(one["seconds"] for one in asked)
    lines = [
        f"{storage}, {output}: {found['seconds']:.3f} s, of them {total:.3f} s in {len(asked)} statements",
        *(f"{one['seconds']:9.3f}  {' '.join(one['sql'].split())[:400]}" for one in asked),
    ]
    plans = [f"\n{one['seconds']:.3f} s\n{one['sql'][:2000]}\n{one['plan']}" for one in asked[:SLOWEST]]
    return "\n".join([*lines, *plans])


def _start(at: Places, storage: str, output: str) -> str:
    """Return what the whole process loads, and its functions that take longest, those under them included."""
    program = Path(sys.executable).with_name("airflow-dataops")
    command = {
        "duckdb": (program, "contract", "test", CONTRACT, "--data", at.file),
        "postgres": (HERE / "ours.py", "check", output, at.address),
    }[storage]
    with tempfile.NamedTemporaryFile(suffix=".prof") as kept:
        _run("-m", "cProfile", "-o", kept.name, *command)
        shown = (
            f"import pstats; pstats.Stats({kept.name!r}).sort_stats('cumulative').print_stats({FUNCTIONS})"
        )
        functions = _run("-c", shown).stdout
    return f"{_imports(_run('-X', 'importtime', *command).stderr)}\n{functions}"


def _imports(said: str) -> str:
    """Return the seconds that each package takes to be loaded, without those that it loads."""
    seconds: Counter[str] = Counter()
    for own, name in IMPORT.findall(said):
        seconds[name.partition(".")[0]] += int(own)
    lines = [f"{microseconds / 10**6:9.3f}  {name}" for name, microseconds in seconds.most_common(PACKAGES)]
    return "\n".join([f"imports: {sum(seconds.values()) / 10**6:.3f} s", *lines])


def _run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """Run Python; `contract test` ends with 1 where rows are bad.

    Raises:
        AssertionError: If it ends with another code.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment_of(sys.executable),
    )
    if done.returncode not in {0, 1}:
        raise AssertionError(done.stderr[-2000:])
    return done
