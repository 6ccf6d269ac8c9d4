"""What was expected of each drill, and what receivers heard, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.render.quantity import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from airflow_dataops.cli.demo.alerts.clean_days import Quiet
    from airflow_dataops.cli.demo.alerts.heard import Heard
    from airflow_dataops.cli.demo.alerts.verdict import Finding


def summary(findings: Sequence[Finding]) -> Table:
    """Return a table with a line for each drill: what was to be heard, and what was."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("drill", no_wrap=True)
    for head in ("expected", "our webhook", "Alertmanager's"):
        table.add_column(head, overflow="fold")
    for number, finding in enumerate(findings, start=1):
        drill, mark = finding.drill, "✓" if finding.holds else "✗"
        name = f"{mark} {number} {drill.name}" if drill.numbered else f"{mark} · {drill.name}"
        table.add_row(
            Text(name, style="green" if finding.holds else "red"),
            expected(finding),
            Text(said(finding.ours)),
            Text(said(finding.theirs)),
        )
        if drill.explains:
            waits = f"    {', '.join(drill.explains)} wait for it"
            table.add_row(
                Text(waits, style="dim"),
                Text("nothing"),
                Text(said([*finding.aside])),
                Text(f"explained: {len(finding.explained)}"),
            )
    return table


def stories(findings: Sequence[Finding]) -> Text:
    """Return what happened to each product, a line each."""
    lines = [
        Text.assemble((f"  {one.drill.product:<9}", "bold"), (one.drill.story, "dim")) for one in findings
    ]
    return Text("\n").join([Text("What happened", style="bold"), *lines])


def expected(finding: Finding) -> str:
    """Return what is to be heard of a drill."""
    if finding.drill.urgency is None:
        return "nothing"
    at, over = _numbers(finding.told_at), _numbers(finding.over_at)
    return f"{finding.drill.urgency} at {at}, over {over}"


def said(heard: Sequence[Heard]) -> str:
    """Return what a receiver heard, in its order: `page at 2, over 3`."""
    words = {
        Event.TRIGGER: "{urgency} at {look}",
        Event.UPDATE: "more at {look}",
        Event.RESOLVE: "over {look}",
    }
    told = [words[one.event].format(urgency=one.urgency, look=one.look) for one in heard]
    return ", ".join(told) or "nothing"


def score(findings: Sequence[Finding], quiet: Quiet) -> Text:
    """Return the one line that it all comes to."""
    drills = [one for one in findings if one.drill.numbered]
    held = sum(one.holds for one in drills)
    holds = quiet.holds and all(one.holds for one in findings)
    mark, style = ("✓", "bold green") if holds else ("✗", "bold red")
    line = (
        f"{held} of {len(drills)} drills: one page or ticket each, "
        f"{quiet.told} false alarms over {quiet.days} clean days"
    )
    return Text(f"{mark} {line}", style=style)


def quiet_line(quiet: Quiet) -> Text:
    """Return what came of good days."""
    after = "told once" if quiet.missed == 1 else f"told {quiet.missed or NOTHING} times"
    return Text(
        f"{quiet.days} clean days of the same products, by a simulated clock: {quiet.evaluations} "
        f"evaluations, {quiet.incidents} incidents, {quiet.told} told; a day that is missing then is {after}"
    )


def _numbers(looks: Collection[int]) -> str:
    return " or ".join(map(str, sorted(looks))) or NOTHING
