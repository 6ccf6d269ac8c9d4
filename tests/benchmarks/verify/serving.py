"""What every program that is measured does: some work, once or as often as it is asked to.

It stands alone, so that the environment of any tool can run it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable  # noqa: TC003 - a dataclass needs no types, and this file no imports of ours
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ABSENT = 3
"""The code of a program that can't do the work at all, and has said why."""


@dataclass(frozen=True)
class Job:
    """Work that is measured.

    Args:
        run: Does it; this alone is timed.
        found: Says what it came to, as JSON has it.
        prepare: Makes room for it.
    """

    run: Callable[[], Any]
    found: Callable[[Any], dict[str, Any]]
    prepare: Callable[[], None] = lambda: None


def main(make: Callable[..., Job]) -> None:
    """Do the work of the command line: `once ARGUMENT …`, or `serve ARGUMENT …`, once a line of the input.

    A line of JSON is printed each time: the seconds, those of the cores, the most memory that the process had
    so far, in MB, and what was found.
    """
    how, *arguments = sys.argv[1:]
    job = make(*arguments)
    if how == "once":
        print(json.dumps({"found": job.found(job.run())}))  # noqa: T201 - this is a program
        return
    for _ in sys.stdin:
        job.prepare()
        start, spent = time.perf_counter(), time.process_time()
        done = job.run()
        seconds, cpu = time.perf_counter() - start, time.process_time() - spent
        said = {"seconds": seconds, "cpu": cpu, "megabytes": peak(), "found": job.found(done)}
        print(json.dumps(said), flush=True)  # noqa: T201


def peak() -> int:
    """Return the most memory that this process had, in MB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) // 1024
