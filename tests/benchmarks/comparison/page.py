"""The page docs/explanation/comparison.md, made of its text and of what the tools found."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import DATASETS, deliveries
from tool_outcome import MEANINGS, PASSES, outcome
from tools import PROJECT, TOOLS

if TYPE_CHECKING:
    from datasets import Break, Dataset, Delivery

TEXT = Path(__file__).with_name("page.md")
PAGE = PROJECT / "docs" / "explanation" / "comparison.md"
TABLE = re.compile(r"^<!-- (\w+)(?: (\w+))? -->$", re.MULTILINE)

Results = dict[str, dict[str, Any]]
"""Key of a tool -> what it said, and when."""


def rendered(results: Results) -> str:
    """Return the page; a comment such as `<!-- breaks numbers -->` in its text stands for a table."""
    tables = {"matrix": _matrix, "versions": _versions, "breaks": _breaks, "legend": _legend}
    body = TABLE.sub(lambda found: tables[found[1]](results, *filter(None, [found[2]])), TEXT.read_text())
    made = "<!-- Made by tests/benchmarks/comparison/compare.py of page.md and results.json beside it. -->"
    return f"{made}\n{body}"


@cache
def _deliveries() -> dict[str, Delivery]:
    return deliveries()


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    """Return what one tool made of each delivery."""
    return {name: outcome(found["deliveries"][name], made) for name, made in _deliveries().items()}


def _matrix(results: Results) -> str:
    """Return the table of all datasets: what is said of the delivery with all breaks, and how many alone."""
    made = {tool.key: outcomes(results[tool.key]) for tool in TOOLS}
    lines = [_row("", *(tool.title for tool in TOOLS)), _row(*["---"] * (len(TOOLS) + 1))]
    for number, dataset in enumerate(DATASETS):
        cells = [_summary(dataset, made[tool.key]) for tool in TOOLS]
        lines.append(_row(f"{number}. {dataset.title}" if number else f"{dataset.title}", *cells))
    return "\n".join(lines)


def _summary(dataset: Dataset, found: dict[str, str]) -> str:
    whole = _shown(found[dataset.name], right=_right(dataset.name))
    breaks = [
        f"{dataset.name}.{one.name}" for one in dataset.breaks if not _right(f"{dataset.name}.{one.name}")
    ]
    if not breaks:
        return whole
    return f"{whole}, {sum(found[name] != PASSES for name in breaks)}/{len(breaks)}"


def _breaks(results: Results, name: str) -> str:
    """Return the table of one dataset: what is said of each break alone."""
    (dataset,) = (dataset for dataset in DATASETS if dataset.name == name)
    made = {tool.key: outcomes(results[tool.key]) for tool in TOOLS}
    lines = [_row("", *(tool.title for tool in TOOLS)), _row(*["---"] * (len(TOOLS) + 1))]
    for one in dataset.breaks:
        delivery = f"{name}.{one.name}"
        cells = [_shown(made[tool.key][delivery], right=_right(delivery)) for tool in TOOLS]
        lines.append(_row(one.title, *cells))
    cells = [_shown(made[tool.key][name], right=_right(name)) for tool in TOOLS]
    lines.append(_row(_together(dataset.breaks), *cells))
    return "\n".join(lines)


def _together(breaks: tuple[Break, ...]) -> str:
    left = [one.title for one in breaks if not one.together]
    return f"*all at once, but for {' and '.join(left)}*" if left else "*all at once*"


def _right(delivery: str) -> bool:
    """Say whether a delivery keeps the contract."""
    made = _deliveries()[delivery]
    return not made.wrong and not made.whole


def _shown(found: str, *, right: bool) -> str:
    return f"**{found}**" if (found == PASSES) != right and found != "warns" else found


def _versions(results: Results) -> str:
    lines = []
    for tool in TOOLS:
        versions = ", ".join(f"{name} {number}" for name, number in results[tool.key]["versions"].items())
        lines.append(f"- **{tool.title}**: {versions}; {results[tool.key]['date']}")
    return "\n".join(lines)


def _legend(_: Results) -> str:
    return "\n".join([_row("", "meaning"), _row("---", "---"), *(_row(*each) for each in MEANINGS.items())])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
