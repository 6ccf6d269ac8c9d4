"""How long incidents took to be found and repaired: a table for people, plain JSON types for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.exact import percent
from airflow_dataops.render.quantity import NOTHING, duration

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow_dataops.core.alerts.repair_times import RepairReport, RepairTimes, Spread

NARROW = 110
"""Columns below which medians stand alone."""

NAME = 60
"""Characters of a name."""

Row = dict[str, object]


def repairs_table(of: RepairReport, *, width: int) -> Table:
    """Return a table with one line for each product, and one of all of them.

    Times are the median and, where there is room, behind the slash what nine in ten don't take longer than.

    Args:
        of: How incidents went.
        width: Columns of what it is printed on.
    """
    wide = width >= NARROW
    table = Table(
        title=f"Incidents found from {of.since:%F} to {of.until:%F}",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        show_footer=bool(of.products),
    )
    total = _cells(of.total, wide=wide)
    teams = not of.team and len({team for (team, _), _ in of.products}) > 1
    table.add_column("product", "all", overflow="fold")
    heads = ("incidents", "pages", "to detect", "to repair", "not actionable" if wide else "noise", "open")
    for head, foot in zip(heads, total, strict=True):
        table.add_column(head, foot, justify="right", no_wrap=True)
    for (team, product), times in of.products:
        name = f"{team}/{product}" if teams else product
        table.add_row(Text(short(name, NAME)), *_cells(times, wide=wide))
    return table


def _cells(of: RepairTimes, *, wide: bool) -> tuple[str, ...]:
    return (
        str(of.incidents),
        str(of.pages),
        _spread(of.detect, wide=wide),
        _spread(of.repair, wide=wide),
        percent(of.noise, digits=0),
        str(of.open),
    )


def _spread(of: Spread, *, wide: bool) -> str:
    if of.median is None or of.p90 is None:
        return NOTHING
    median = duration(of.median.total_seconds())
    return f"{median} / {duration(of.p90.total_seconds())}" if wide else median


def repairs_document(of: RepairReport) -> Row:
    """Return an object of plain JSON types; times are seconds."""
    return {
        "team": of.team or None,
        "since": of.since.isoformat(),
        "until": of.until.isoformat(),
        "total": _row(of.total),
        "products": [
            {"team": team, "product": product, **_row(times)} for (team, product), times in of.products
        ],
    }


def _row(of: RepairTimes) -> Row:
    return {
        "incidents": of.incidents,
        "open": of.open,
        "pages": of.pages,
        "explained": of.explained,
        "not_actionable": of.not_actionable,
        "unrepaired": of.unrepaired,
        "to_detect": _times(of.detect),
        "to_repair": _times(of.repair),
    }


def _times(of: Spread) -> Row:
    return {"count": of.count, "median": _seconds(of.median), "p90": _seconds(of.p90)}


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
