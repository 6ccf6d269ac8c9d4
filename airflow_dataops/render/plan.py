"""The steps of a plan: a tree for people, plain JSON types for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from airflow_dataops.core.checks.step import SAYS, StepKind

if TYPE_CHECKING:
    from airflow_dataops.core.checks.step import Step, Steps


SHARED = frozenset({StepKind.SELECT, StepKind.PASS, StepKind.KEEP, StepKind.GROUPS, StepKind.NESTED})
"""Steps whose checks share the columns that they read: those stand first."""

TIMES = {0: "free", 1: "once", 2: "twice"}
"""How often a step asks -> how people say it."""


def plan_tree(head: str, found: Steps) -> Tree:
    """Return a branch for each step, in their order, and below it what shares a reading, a grouping, a query.

    Args:
        head: What the rows are.
        found: The steps.
    """
    tree = Tree(Text.assemble((head, "bold"), (f": {_judged(found)}", "")), guide_style="dim")
    for number, step in enumerate(found.steps, start=1):
        branch = tree.add(
            Text.assemble((f"{number} ", "bold"), SAYS[step.kind], (f"  {_cost(step)}", "yellow"))
        )
        if any(part.checks for part in step.parts):
            branch.add(_parts(step))
    return tree


def _parts(step: Step) -> Table:
    table = Table.grid(padding=(0, 2))
    for part in step.parts:
        read = ", ".join(f"`{name}`" for name in part.columns)
        looks = Text(" ".join(text for text in (read, part.of) if text), style="green")
        checks = Text(", ".join(part.checks), style="cyan")
        table.add_row(*((looks, checks) if step.kind in SHARED else (checks, looks)))
    return table


def _judged(found: Steps) -> str:
    if any(step.kind is StepKind.SELECT for step in found.steps):
        return "judged where they lie, and never kept"
    if not found.kept:
        return "judged where they lie, none is kept but those that break a rule"
    if not found.because:
        return "judged once and kept"
    return f"judged once and kept, for {', '.join(f'`{name}`' for name in found.because)}"


def _cost(step: Step) -> str:
    return TIMES.get(step.asks, f"{step.asks} times")


def plan_row(found: Steps) -> dict[str, object]:
    """Return the steps as plain JSON types."""
    return {
        "kept": found.kept,
        "because": list(found.because),
        "steps": [
            {
                "step": step.kind.value,
                "does": SAYS[step.kind],
                "asks": step.asks,
                "parts": [
                    {"checks": list(part.checks), "columns": list(part.columns), "of": part.of or None}
                    for part in step.parts
                ],
            }
            for step in found.steps
        ],
    }
