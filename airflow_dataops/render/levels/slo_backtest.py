"""What objectives would have said of a time that is over: tables, pictures, and plain JSON types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from airflow_dataops.core.contract.quantity import Ratio
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.exact import number, percent
from airflow_dataops.render.levels.budget_plot import Told, budget_svg
from airflow_dataops.render.levels.cause import incident
from airflow_dataops.render.levels.promise import alert, promise, window
from airflow_dataops.render.levels.slo_list import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from rich.console import RenderableType

    from airflow_dataops.core.slo.backtest import Alarm, Backtest
    from airflow_dataops.core.slo.incident import Incident
    from airflow_dataops.render.levels.slo_list import Row

MOST = 20
"""Alarms and incidents that are listed, the newest or the worst; JSON has all of them."""


def backtest_page(replayed: Sequence[Backtest]) -> RenderableType:
    """Return what people read: a line for each objective, and then what would have been told and missed.

    Args:
        replayed: At least one, all of the same time.
    """
    first = replayed[0]
    head = Text(f"from {first.since:%F %H:%M} to {first.until:%F %H:%M %Z}", style="dim")
    return Group(head, Text(), _summary(replayed), *(part for each in replayed for part in _parts(each)))


def _summary(replayed: Iterable[Backtest]) -> Table:
    table = _empty()
    table.add_column("objective", overflow="fold", min_width=10)
    for name in ("target", "reached", "least left", "pages", "tickets", "untold"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("at the end", no_wrap=True)
    for each in replayed:
        mark, style = MARKS[each.standing.state]
        pages = _count(each, Urgency.PAGE)
        table.add_row(
            Text(f"{each.declaration.product} / {each.objective.name}"),
            str(Ratio(each.objective.target)),
            percent(each.good / each.total if each.total else None),
            percent(each.least, digits=1),
            Text(str(pages), style="red" if pages else ""),
            str(_count(each, Urgency.TICKET)),
            str(len(each.missed) + len(each.silent)),
            Text(f"{mark} {each.standing.state.value}", style=style),
        )
    return table


def _parts(of: Backtest) -> Iterator[RenderableType]:
    yield Text()
    yield Text(f"{of.declaration.product} / {of.objective.name}", style="bold")
    yield Text(promise(of.objective, timezone=of.declaration.expectation.timezone))
    if not of.total:
        yield Text("Nothing was expected in this time, so nothing can be said.")
    for head, body in (
        ("would have told", _told(of.alarms) if of.alarms else None),
        ("what burnt", _burnt(of) if of.incidents else None),
        ("known to have gone wrong, and nobody would have been told", _silent(of) if of.silent else None),
        ("notes", Group(*map(Text, of.notes)) if of.notes else None),
    ):
        if body is not None:
            yield Text()
            yield Text(head, style="bold")
            yield Padding(body, (0, 0, 0, 2))


def _told(alarms: Sequence[Alarm]) -> Table:
    table = _empty()
    table.add_column("from", no_wrap=True)
    table.add_column("to", no_wrap=True)
    table.add_column("alert", overflow="fold")
    for each in alarms[-MOST:]:
        until = "still" if each.until is None else f"{each.until:%F %H:%M}"
        style = "red" if each.alert.urgency is Urgency.PAGE else ""
        table.add_row(f"{each.since:%F %H:%M}", until, Text(alert(each.alert), style=style))
    if len(alarms) > MOST:
        table.add_row(f"… and {len(alarms) - MOST} before")
    return table


def _burnt(of: Backtest) -> Table:
    table = _empty()
    table.add_column("partitions", overflow="fold")
    table.add_column("bad", justify="right", no_wrap=True)
    table.add_column("of a budget", justify="right", no_wrap=True)
    table.add_column("told", no_wrap=True)
    table.add_column("why", overflow="fold")
    for each in of.incidents[:MOST]:
        table.add_row(
            Text(_partitions(each)),
            number(each.bad),
            percent(each.share, digits=1),
            "no" if each in of.missed else "yes",
            Text(incident(each, of.objective.sli)),
        )
    if len(of.incidents) > MOST:
        table.add_row(f"… and {len(of.incidents) - MOST} more")
    return table


def _silent(of: Backtest) -> Table:
    table = _empty()
    table.add_column("partition", overflow="fold")
    table.add_column("when", no_wrap=True)
    table.add_column("what", overflow="fold")
    for each in of.silent[:MOST]:
        table.add_row(Text(each.partition), f"{each.at:%F %H:%M}", Text(each.what))
    if len(of.silent) > MOST:
        table.add_row(f"… and {len(of.silent) - MOST} more")
    return table


def _empty() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)


def _partitions(of: Incident) -> str:
    first, last = of.burnt[0].entry, of.burnt[-1].entry
    return first.partition if first is last else f"{first.partition} to {last.partition}"


def _count(of: Backtest, urgency: Urgency) -> int:
    return sum(each.alert.urgency is urgency for each in of.alarms)


def backtest_svg(of: Backtest) -> str:
    """Return a picture of what would have been left of the budget, and of who would have been told."""
    objective = of.objective
    return budget_svg(
        of.points,
        title=f"{of.declaration.product} / {objective.name}: {Ratio(objective.target)} over "
        f"{window(objective.window)}",
        told=[Told(each.alert.urgency, each.since, each.until) for each in of.alarms],
        until=of.until,
    )


def backtest_row(of: Backtest) -> Row:
    """Return an object of plain JSON types; exact numbers are fractions in a text."""
    return {
        "team": of.declaration.team,
        "product": of.declaration.product,
        "slo": of.objective.name,
        "promise": promise(of.objective, timezone=of.declaration.expectation.timezone),
        "since": of.since.isoformat(),
        "until": of.until.isoformat(),
        "good": str(of.good),
        "total": str(of.total),
        "least_remaining": _text(of.least),
        "remaining": _text(of.standing.remaining),
        "state": of.standing.state.value,
        "alarms": [_alarm_row(each) for each in of.alarms],
        "incidents": [_incident_row(each, of) for each in of.incidents],
        "silent": [
            {"partition": each.partition, "at": each.at.isoformat(), "what": each.what} for each in of.silent
        ],
        "budget": [{"at": at.isoformat(), "remaining": _text(share)} for at, share in of.points],
        "notes": list(of.notes),
    }


def _alarm_row(of: Alarm) -> Row:
    return {
        "urgency": of.alert.urgency.value,
        "alert": alert(of.alert),
        "since": of.since.isoformat(),
        "until": None if of.until is None else of.until.isoformat(),
    }


def _incident_row(of: Incident, replayed: Backtest) -> Row:
    return {
        "partitions": [each.entry.partition for each in of.burnt],
        "bad": str(of.bad),
        "share": None if of.share is None else float(of.share),
        "told": of not in replayed.missed,
        "why": incident(of, replayed.objective.sli),
    }


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
