"""Compare the tools anew, and write what they found, and the page about it.

    python compare.py [TOOL …]

A TOOL is a key of `tools.py`, such as `ours` or `soda`; without one, all are run. Environments that are
missing are made with pip, in the folder that DATAOPS_BENCH_ENVIRONMENTS names (`.airflow/comparison` by
default).
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import datasets
from page import PAGE, rendered
from tools import TOOLS, run

RESULTS = Path(__file__).with_name("results.json")


def results() -> dict[str, dict[str, Any]]:
    """Return what was found when the page was made."""
    found: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


def write(found: dict[str, dict[str, Any]]) -> None:
    """Write what was found, one delivery a line, and the page."""
    lines = []
    for key, one in found.items():
        head = json.dumps({name: value for name, value in one.items() if name != "deliveries"})[:-1]
        said = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(value)}" for name, value in one["deliveries"].items()
        )
        lines.append(f'{json.dumps(key)}: {head}, "deliveries": {{\n{said}\n}}}}')
    RESULTS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    PAGE.write_text(rendered(found))


def main(keys: list[str]) -> None:
    """Run the named tools, or all."""
    found = results()
    with tempfile.TemporaryDirectory() as folder:
        datasets.write(Path(folder))
        for tool in TOOLS:
            if tool.key in keys or not keys:
                print(f"{tool.title} …", flush=True)  # noqa: T201 - this is a program
                said = run(tool, Path(folder))
                found[tool.key] = said | {"date": datetime.now(UTC).date().isoformat()}
    write({tool.key: found[tool.key] for tool in TOOLS})


if __name__ == "__main__":
    main(sys.argv[1:])
