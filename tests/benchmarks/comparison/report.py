"""What a tool says of each delivery, in one form for all tools; needs nothing but the standard library.

A `run_*.py` gives `main` a function that judges one file. A tool that stops with an error is recorded with
the first line of what it said, and goes on with the next delivery.
"""

from __future__ import annotations

import contextlib
import json
import platform
import sys
import traceback
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST = 200
"""Characters of what a tool said that are kept."""

MOST_ERRORS = 3
"""Rules that could not be evaluated that are kept: one missing column can make it dozens."""


@dataclass
class Rule:
    """A rule that a tool found broken, or could not evaluate.

    Args:
        rule: What the tool calls it.
        status: `failed`, `warning`, or `error` where the tool says that it could not evaluate it.
        count: How many rows break it, where the tool says so.
        rows: Numbers of the rows (from 1, without the header) that the tool names.
    """

    rule: str
    status: str
    count: int | None = None
    rows: tuple[int, ...] = ()


class LoadError(Exception):
    """The rows did not come as far as the tool: reading or loading them failed before it."""


def main(tool: str, packages: Iterable[str], judge: Callable[[Path], list[Rule]]) -> None:
    """Judge every delivery of the folder that the command line names, and print what was found as JSON."""
    deliveries = {}
    with contextlib.redirect_stdout(sys.stderr):
        for file in sorted(Path(sys.argv[1]).glob("*.csv")):
            deliveries[file.stem] = _judged(file, judge)
    versions = {name: version(name) for name in packages} | {"python": platform.python_version()}
    json.dump({"tool": tool, "versions": versions, "deliveries": deliveries}, sys.stdout)


def _judged(file: Path, judge: Callable[[Path], list[Rule]]) -> dict[str, object]:
    rules, stopped, said = [], "", ""
    try:
        rules = judge(file)
    except LoadError as error:
        stopped, said = "load", _first_line(error, file)
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is what is being looked for
        traceback.print_exc(file=sys.stderr)
        stopped, said = "crash", f"{type(error).__name__}: {_first_line(error, file)}"
    errors = [rule for rule in rules if rule.status == "error"]
    kept = [rule for rule in rules if rule not in errors[MOST_ERRORS:]]
    return {"stopped": stopped, "said": said, "rules": [asdict(rule) for rule in kept]}


def _first_line(error: Exception, file: Path) -> str:
    said = str(error).replace(f"{file.parent}/", "")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[0][:LONGEST] if lines else ""
