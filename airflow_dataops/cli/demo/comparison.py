"""What was found of what was planted, as a person reads it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.cli.demo.truth import WHOLE_FILE, Verdict

if TYPE_CHECKING:
    from airflow_dataops.cli.demo.truth import Comparison

EXAMPLES = 4
"""How many errors of a kind are told."""

LISTED = 20
"""How many of the things that are not as planned are told one by one."""


def tallies(comparison: Comparison) -> Table:
    """Return a table with one line for each kind of error that was planted, whole files first."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("planted errors", no_wrap=True)
    table.add_column("planted", justify="right", no_wrap=True)
    table.add_column("found", justify="right", no_wrap=True)
    table.add_column("such as", ratio=1)
    planted = [finding for finding in comparison.findings if finding.verdict is not Verdict.FALSE_ALARM]
    often = Counter(finding.kind for finding in planted)
    for kind in sorted(often, key=lambda kind: (kind != WHOLE_FILE, -often[kind], kind)):
        ours = [finding for finding in planted if finding.kind == kind]
        found = sum(finding.verdict is Verdict.FOUND for finding in ours)
        examples = list(dict.fromkeys(finding.what for finding in ours))[:EXAMPLES]
        table.add_row(
            kind,
            str(len(ours)),
            Text(str(found), style="green" if found == len(ours) else "red"),
            Text(", ".join(examples), style="dim", no_wrap=True, overflow="ellipsis"),
        )
    return table


def score(comparison: Comparison) -> Text:
    """Return the one line that it all comes to."""
    found, alarms = comparison.count(Verdict.FOUND), comparison.count(Verdict.FALSE_ALARM)
    otherwise = comparison.count(Verdict.OTHERWISE)
    line = f"found {found} of {comparison.planted} planted errors, false alarms {alarms}"
    if otherwise:
        line += f", {otherwise} found for other reasons"
    mark, style = ("✓", "bold green") if comparison.holds else ("✗", "bold red")
    return Text(f"{mark} {line}", style=style)


def deviations(comparison: Comparison) -> list[Text]:
    """Return one line for each thing that is not as planned, up to a number of them."""
    lines = [
        *(str(finding) for finding in comparison.findings if finding.verdict is not Verdict.FOUND),
        *comparison.differing,
    ]
    shown = [Text(f"  {line}", style="red") for line in lines[:LISTED]]
    if len(lines) > LISTED:
        shown.append(Text(f"  and {len(lines) - LISTED} more", style="red"))
    return shown
