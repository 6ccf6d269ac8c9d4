"""One incident: what is wrong, since when, and what happened since."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.alerts.commands import in_turn, taking
from airflow_dataops.core.alerts.course import word
from airflow_dataops.core.alerts.title import title
from airflow_dataops.core.alerts.wrong import broken_of, lines_of
from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.incidents.incident_list import incident_row, state
from airflow_dataops.render.quantity import count, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from airflow_dataops.core.alerts.incident import Incident, Step
    from airflow_dataops.core.alerts.signal import Broken
    from airflow_dataops.render.incidents.incident_list import Row
    from airflow_dataops.usecases.alerts.what_next import Next

MOST = 50
"""Lines of the timeline, the newest; JSON has all of them."""

RULES = 10
"""Rules that are named; JSON has all of them."""

LINE = 400
"""Characters of a line."""


def incident_page(
    of: Incident, steps: Sequence[Step], *, now: datetime, ahead: Next | None = None
) -> RenderableType:
    """Return what people read; commands in it are longer than a line where they have to be.

    Args:
        of: The incident.
        steps: Its timeline, oldest first.
        now: The instant, aware.
        ahead: What to do about it; None where that isn't asked for.
    """
    return Group(*_parts(of, steps, now), *_next(of, ahead))


def _parts(of: Incident, steps: Sequence[Step], now: datetime) -> Iterator[RenderableType]:
    lasts = duration(((of.resolved or now) - of.began).total_seconds())
    yield Text.assemble((short(title(of), LINE), "bold"), f"  {of.urgency.value}  ", state(of))
    until = f" to {of.resolved:%F %H:%M %Z}" if of.resolved else ""
    lasted = "it lasted" if of.resolved else "for"
    team = f" of team {short(of.where.team, LINE)}" if of.where.team else ""
    yield Text(f"Incident {of.number}{team}, from {of.began:%F %H:%M %Z}{until}: {lasted} {lasts}.")
    for said in filter(None, (of.explained_by and f"Explained by {of.explained_by}.", of.not_actionable)):
        yield Text(short(said, LINE))
    head = "what was wrong" if of.resolved else "what is wrong"
    yield from _headed(head, Group(*(Text(short(line, LINE)) for line in lines_of(of))))
    rules = [_rule(one) for one in broken_of(of)]
    if rules:
        more = [f"… and {len(rules) - RULES} more"] if len(rules) > RULES else []
        yield from _headed("rules that are not kept", Group(*map(Text, (*rules[:RULES], *more))))
    if steps:
        yield from _headed("what happened", _timeline(steps))


def _next(of: Incident, ahead: Next | None) -> Iterator[RenderableType]:
    """Yield what to do, last of all: that is what stands above the next line that somebody types."""
    if ahead is None:
        return
    first, later = in_turn(ahead.commands, ahead.once)
    for head, commands in (
        ("what to run next", first),
        (f"then, {ahead.once}", later),
        ("to take it in hand", taking(of.number, of.phase)),
        (
            "more about it",
            (f"airflow dataops alert show {of.number}", f"airflow dataops incident report {of.number}"),
        ),
    ):
        if commands:
            yield Text()
            yield Text(head, style="bold")
            yield from (Text(f"  {each}", no_wrap=True, overflow="ignore") for each in commands)


def _rule(one: Broken) -> str:
    """Say how many rows broke a rule; one that is about no rows is named alone."""
    rows = f": {count(one.failing)} {'row' if one.failing == 1 else 'rows'}" if one.failing else ""
    return f"{short(one.rule, LINE)}{rows}"


def _headed(head: str, body: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Text(head, style="bold")
    yield Padding(body, (0, 0, 0, 2))


def _timeline(steps: Sequence[Step]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name in ("at (UTC)", "what"):
        table.add_column(name, no_wrap=True)
    for name in ("", "who"):
        table.add_column(name, overflow="fold")
    if len(steps) > MOST:
        table.add_row("…", f"{len(steps) - MOST} more before")
    for step in steps[-MOST:]:
        table.add_row(
            f"{step.at.astimezone(UTC):%F %H:%M:%S}",
            word(step),
            Text(short(step.text, LINE)),
            Text(short(step.who, LINE)),
        )
    return table


def incident_document(of: Incident, steps: Sequence[Step]) -> Row:
    """Return an incident and its timeline as plain JSON types."""
    return {
        **incident_row(of),
        "rules": [
            {"rule": one.rule, "failing": one.failing, "checked": one.checked} for one in broken_of(of)
        ],
        "timeline": [
            {
                "at": step.at.isoformat(),
                "did": step.did.value,
                "text": step.text or None,
                "who": step.who or None,
            }
            for step in steps
        ],
    }
