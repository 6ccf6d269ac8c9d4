"""Where each day stands, as a board for a terminal and as lines for a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from airflow_dataops.render.quantity import duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_dataops.cli.demo.watch import DayRun

MARKS: dict[str, tuple[str, str]] = {
    "success": ("●", "green"),
    "failed": ("✗", "red"),
    "skipped": ("↷", "yellow"),
    "running": ("◉", "cyan"),
    "deferred": ("◔", "cyan"),
    "up_for_retry": ("↻", "yellow"),
}
"""State of a task -> its mark and style; any other is still to come."""

TO_COME = ("○", "dim")
NEVER = ("·", "dim")

WAITING: dict[str, str] = {
    "deferred": "waits for its file",
    "up_for_retry": "is tried again soon",
}
"""State of a task -> what it does, where this is not simply running."""


def verdict(day: DayRun) -> tuple[str, str, str]:
    """Return the mark, the style and the words for what becomes of a day."""
    if not day.ended:
        what = WAITING.get(day.tasks.get(day.current, ""), "")
        return "◉", "cyan", f"{day.current} {what}".strip() or "queued"
    if day.state == "failed":
        return "✗", "red", f"failed at {day.stopped}"
    if day.stopped:
        return "↷", "yellow", f"skipped at {day.stopped}"
    return "✓", "green", "published"


def board(
    partitions: Sequence[str], *, days: Mapping[str, DayRun], notes: Mapping[str, str], seconds: float
) -> Group:
    """Return a bar over all days, and one line for each of them.

    Args:
        partitions: Every day that will run, in their order.
        days: Partition -> its run, as far as there is one.
        notes: Partition -> what else is to be told of it.
        seconds: How long it has taken up to now.
    """
    ended = sum(day.ended for day in days.values())
    bar = Table.grid(padding=(0, 2))
    bar.add_row(
        ProgressBar(total=len(partitions), completed=ended, width=40, complete_style="green"),
        Text(f"{ended} of {len(partitions)} days"),
        Text(duration(seconds), style="dim"),
    )
    lines = Table.grid(padding=(0, 2))
    for partition in partitions:
        lines.add_row(*_line(partition, days.get(partition), notes.get(partition, "")))
    return Group(bar, lines)


def told(day: DayRun) -> Text:
    """Return the line that stays once a day has ended."""
    mark, style, words = verdict(day)
    return Text.assemble((f"{mark} ", style), f"{day.partition}  ", (words, style))


def _track(day: DayRun) -> Text:
    """Return one mark for each task; behind one that stopped the day there is nothing to come."""
    marks: list[Text] = []
    beyond = False
    for task, state in day.tasks.items():
        mark, style = NEVER if beyond else MARKS.get(state, TO_COME)
        marks.append(Text(mark, style=style))
        beyond = beyond or task == day.stopped
    return Text(" ").join(marks)


def _line(partition: str, day: DayRun | None, note: str) -> tuple[Text, Text, Text]:
    if day is None:
        return Text(f"· {partition}", style="dim"), Text(), Text()
    mark, style, words = verdict(day)
    return (
        Text.assemble((f"{mark} ", style), partition),
        _track(day),
        Text.assemble((words, style), (f"  {note}" if note else "", "dim")),
    )
