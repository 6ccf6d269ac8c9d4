"""Measure what 1,000 products cost where their DAGs are made, and write it into the docs.

    python bench.py [--write] [--products 1000] [--rounds 3]

What is compared takes turns, and CPU time is counted: what else the machine does tells on it least.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
sys.path[:0] = [str(HERE), str(HERE.parent / "comparison")]

import products  # noqa: E402 - beside this file
from tools import OURS, SILENT, Tool, UnavailableError, python_of  # noqa: E402 - in the folder above

PAGE = PROJECT / "docs" / "explanation" / "performance.md"
BEGIN = "<!-- Made by tests/benchmarks/templates/bench.py. -->"
END = "<!-- The end of what templates cost. -->"
RATIOS = (
    "dag-factory takes **{ours:.2f}** times as long as a template ({wanted}), and {most:.2f} times as long\n"
    "as the file that a person writes. No factory can gain more on it than that: the rest is the time in\n"
    "which Airflow makes seven operators and a DAG."
)
"""What is said of dag-factory."""

LINT = """
import resource, sys
from airflow_dataops.cli.main import main
code = main(["lint", sys.argv[1]])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
sys.exit(code)
"""


class Factory(Tool):
    """dag-factory, in an environment of its own."""

    @property
    def requirements(self) -> Path:
        """The exact versions that it has."""
        return HERE / "requirements" / "dag_factory.txt"


DAG_FACTORY = Factory("dag_factory", "dag-factory", "dag_factory")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """CPU seconds, of the least of all rounds.

    Args:
        products: How many.
        rounds: How often each was measured.
        seconds: What was measured -> its seconds.
        without: Why there is no figure of another tool; empty where there is.
    """

    products: int
    rounds: int
    seconds: dict[str, float]
    without: str = ""

    def ms(self, what: str) -> float:
        """Return the milliseconds of one DAG; the first one of a process is not among them."""
        return self.seconds[what] / (self.products - 1) * 1000

    def times(self, what: str, other: str) -> float:
        """Return how many times the one takes of the other."""
        return self.seconds[what] / self.seconds[other]


def measured(folder: Path, *, count: int, rounds: int) -> Figures:
    """Write the products, and measure everything by turns."""
    products.write(folder, count)
    without = ""
    try:
        python_of(DAG_FACTORY)
    except UnavailableError as reason:
        without = str(reason)
    found: dict[str, list[float]] = {}
    for turn in range(rounds):
        home = folder / f"home-{turn}"
        for what, arguments in {
            "hand": ("hand",),
            "read": ("ours",),
            "recalled": ("ours",),
            "bash": ("bash",),
            "plain": ("plain",),
            "plain, recalled": ("plain",),
            "the first by hand": ("hand", "first"),
            "the first": ("ours", "first"),
        }.items():
            found.setdefault(what, []).append(_loaded(OURS, folder, home, count, *arguments))
        forgotten = _loaded(OURS, folder, folder / f"empty-{turn}", count, "ours", "first")
        found.setdefault("the first, read", []).append(forgotten)
        if not without:
            found.setdefault("dag-factory", []).append(_loaded(DAG_FACTORY, folder, home, count, "factory"))
        found.setdefault("lint", []).append(_linted(folder / "ours"))
    least = {what: min(seconds) for what, seconds in found.items()}
    return Figures(products=count, rounds=rounds, seconds=least, without=without)


def _loaded(tool: Tool, folder: Path, home: Path, count: int, kind: str, what: str = "all") -> float:
    environment = (
        os.environ
        | SILENT
        | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__DATAOPS__TEMPLATE_PATHS": str(HERE / "shelf"),
            "PYTHONPATH": str(PROJECT) if tool is OURS else "",
        }
    )
    done = subprocess.run(
        [python_of(tool), HERE / "load.py", folder / kind, what],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["dags"] == (1 if what == "first" else count - 1), done.stderr[-2000:]
    return float(found["cpu"])


def _linted(folder: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", LINT, folder], check=True, capture_output=True, text=True, cwd=PROJECT
    )
    *_, said, seconds = done.stdout.splitlines()
    assert said.endswith("all well."), said
    return float(seconds)


def section(found: Figures) -> str:
    """Return what the page says."""
    rows = [
        ("by hand", "hand", "", ""),
        ("by `batch@1`, nothing remembered", "read", "hand", ""),
        ("by `batch@1`", "recalled", "hand", _wanted(found.times("recalled", "hand"), most=1.2)),
        ("plain operators, by hand", "bash", "", ""),
        ("the same, by a template", "plain, recalled", "bash", ""),
        ("the same, nothing remembered", "plain", "bash", ""),
    ]
    ratios = ""
    if not found.without:
        times = found.times("dag-factory", "plain, recalled")
        rows.append(("the same, by dag-factory", "dag-factory", "bash", ""))
        ratios = RATIOS.format(
            ours=times, wanted=_wanted(times, least=4), most=found.times("dag-factory", "bash")
        )
    lines = [
        f"| {title} | {found.ms(what):.2f} | {found.times(what, other or what):.2f} | {wanted} |"
        for title, what, other, wanted in rows
    ]
    first = [
        f"| {title} | {found.seconds[what] * 1000:.0f} | {found.times(what, 'the first by hand'):.2f} |"
        for title, what in (
            ("by hand", "the first by hand"),
            ("by `batch@1`, nothing remembered", "the first, read"),
            ("by `batch@1`", "the first"),
        )
    ]
    text = (HERE / "section.md").read_text()
    return text.format(
        products=f"{found.products:,}",
        rounds="1 round" if found.rounds == 1 else f"{found.rounds} rounds",
        table="\n".join(lines),
        first="\n".join(first),
        ratios=ratios,
        lint=f"{found.seconds['lint']:.1f}",
    ).strip()


def _wanted(times: float, *, most: float = 0, least: float = 0) -> str:
    """Return what was wanted, and whether it is reached."""
    reached = times <= most if most else times >= least
    return f"{f'≤ {most}' if most else f'≥ {least}'}: {'reached' if reached else 'not yet'}"


def write(found: Figures) -> None:
    """Write the section into the page."""
    page = PAGE.read_text()
    made = f"{BEGIN}\n\n{section(found)}\n\n{END}"
    PAGE.write_text(re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: made, page, flags=re.DOTALL))


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description="Measure what products cost where their DAGs are made.")
    parser.add_argument("--write", action="store_true", help="write the section of the docs")
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), count=given.products, rounds=given.rounds)
    print(section(found))  # noqa: T201 - this is a program
    if found.without:
        print(found.without)  # noqa: T201
    if given.write:
        write(found)


if __name__ == "__main__":
    main()
