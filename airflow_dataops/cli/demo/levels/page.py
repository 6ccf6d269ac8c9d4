"""What happened to each product, what it burnt by hand, and what was found, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from airflow_dataops.cli.demo.levels.verdict import agrees
from airflow_dataops.render.levels.slo_show import slo_page
from airflow_dataops.render.quantity import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from airflow_dataops.cli.demo.levels.cases import Case, Hand
    from airflow_dataops.cli.demo.levels.verdict import Finding
    from airflow_dataops.core.slo.shown import Shown
    from airflow_dataops.core.slo.standing import Standing


def case_page(case: Case, *, shown: Sequence[Shown], findings: Sequence[Finding]) -> RenderableType:
    """Return what there is to be said of a product: what happened, each objective, and the sum by hand.

    Args:
        case: The product.
        shown: Its objectives, as `slo show` has them.
        findings: What was found of them.
    """
    parts: list[RenderableType] = [
        Rule(Text(f"{case.product}: {case.name}", style="bold"), style="dim"),
        Text(case.story),
    ]
    pages = {each.level.objective.name: each for each in shown}
    for finding in findings:
        name = finding.promise.slo
        parts += [Text(), Padding(_sums(finding), (0, 0, 0, 2), expand=False)]
        if name in pages:
            parts += [Text(), Padding(slo_page(pages[name]), (0, 0, 0, 4), expand=False)]
    return Group(*parts, Text())


def summary(findings: Sequence[Finding]) -> Table:
    """Return a table with a line for each objective: what was reckoned, and what was found."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("product", no_wrap=True)
    table.add_column("objective", overflow="fold")
    table.add_column("by hand", overflow="fold")
    for head in ("is", "at first", "found"):
        table.add_column(head, justify="right", no_wrap=True)
    for finding in findings:
        hand = finding.promise.last
        style = "green" if finding.holds else "red"
        table.add_row(
            finding.product,
            finding.promise.slo,
            Text(hand.sum, style="dim"),
            str(hand.left),
            left(finding.first),
            Text(left(finding.last), style=style),
        )
    return table


def score(findings: Sequence[Finding]) -> Text:
    """Return the one line that it all comes to."""
    held = sum(finding.holds for finding in findings)
    mark, style = ("✓", "bold green") if held == len(findings) else ("✗", "bold red")
    line = f"{held} of {len(findings)} budgets burnt what was reckoned by hand, to the fraction"
    return Text(f"{mark} {line}", style=style)


def left(standing: Standing | None) -> str:
    """Return the share of a budget that is left, exactly."""
    return NOTHING if standing is None or standing.remaining is None else str(standing.remaining)


def _sums(finding: Finding) -> Table:
    """Return what was reckoned beside what was found; both times, where something changed in between."""
    promise = finding.promise
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    table.add_row("definition", f"{promise.slo}: {promise.why}")
    if promise.first != promise.last:
        for name, value in _lines(promise.first, finding.first):
            table.add_row(f"{name}, at first", value)
    for name, value in _lines(promise.last, finding.last):
        table.add_row(name, value)
    return table


def _lines(hand: Hand, found: Standing | None) -> Iterator[tuple[str, Text]]:
    yield (
        "by hand",
        Text(f"{hand.sum} = {hand.left}: {hand.bad} of {hand.total} bad, {hand.expected} expected"),
    )
    if found is None:
        yield "found", Text("nothing", style="red")
        return
    style = "green" if agrees(found, hand) else "red"
    said = f"{left(found)}: {found.bad} of {found.total} bad, {found.expected} expected"
    yield "found", Text.assemble(("✓ " if agrees(found, hand) else "✗ ", style), (said, style))
