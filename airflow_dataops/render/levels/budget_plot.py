"""What was left of a budget over time, as a picture of our own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from airflow_dataops.core.legible import INSTEAD, legible
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.exact import percent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from fractions import Fraction

WIDTH, HEIGHT = 760, 280
"""Pixels of the picture."""

LEFT, RIGHT, TOP, BOTTOM = 66, 26, 58, 34
"""Pixels around what is drawn."""

DEEPEST = -1.0
"""The share down to which an overdrawn budget is drawn; the words say how far it went."""

TICKS = 7
"""Dates below the picture, at most."""

STEPS = (1, 2, 7, 14, 28, 91, 182, 364)
"""Days between two dates below the picture."""

LONGEST_TITLE = 68
"""Characters of a title that fit on one line of it; whoever points at the picture sees all of it."""

NOT_IN_XML = re.compile("[\ufffe\uffff]")
"""What is legible, and no sign of XML."""

STYLE = """\
.back { fill: #ffffff }
text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #374151 }
.title { font-size: 14px; font-weight: 600; fill: #111827 }
.end { text-anchor: end } .mid { text-anchor: middle }
.grid { stroke: #e5e7eb; stroke-width: 1 }
.zero { stroke: #6b7280; stroke-width: 1.5 }
.area { fill: #2563eb; fill-opacity: .12; stroke: none }
.line { fill: none; stroke: #2563eb; stroke-width: 2; stroke-linejoin: round }
.under { fill: #dc2626; fill-opacity: .14; stroke: none }
.page { fill: #dc2626; stroke: #dc2626 } .ticket { fill: #d97706; stroke: #d97706 }
.since { stroke-width: 1; stroke-dasharray: 3 3; fill: none }
rect.span { fill-opacity: .16; stroke: none }
@media (prefers-color-scheme: dark) {
.back { fill: #0f172a }
text { fill: #cbd5e1 } .title { fill: #f1f5f9 } .grid { stroke: #293548 } .zero { stroke: #94a3b8 }
.area { fill: #60a5fa; fill-opacity: .18 } .line { stroke: #60a5fa }
.under { fill: #f87171; fill-opacity: .2 }
.page { fill: #f87171; stroke: #f87171 } .ticket { fill: #fbbf24; stroke: #fbbf24 }
}
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A time over which people were told, or would have been.

    Args:
        urgency: What it asked of them.
        since: When it began, aware.
        until: When it ended, aware; None where it lasts.
    """

    urgency: Urgency
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Instants and shares -> pixels."""

    since: datetime
    until: datetime
    lowest: float
    wide: float = field(default=WIDTH - LEFT - RIGHT)
    high: float = field(default=HEIGHT - TOP - BOTTOM)

    def x(self, at: datetime) -> float:
        """Return how far to the right an instant is, within the picture."""
        length = max((self.until - self.since).total_seconds(), 1)
        part = (at - self.since).total_seconds() / length
        return LEFT + min(max(part, 0), 1) * self.wide

    def y(self, share: float) -> float:
        """Return how far down a share is, within the picture."""
        return TOP + (1 - max(min(share, 1), self.lowest)) / (1 - self.lowest) * self.high


def budget_svg(
    points: Sequence[tuple[datetime, Fraction | None]],
    *,
    title: str,
    told: Iterable[Told] = (),
    until: datetime | None = None,
) -> str:
    """Return a picture of what was left of a budget: it stays as it was until it changes.

    Args:
        points: Instants, aware and in order, and the share that was left from each of them on; None where
            there was no budget. At least one.
        title: What it is about.
        told: When people were told, or would have been.
        until: Where the picture ends, aware; by default at the last instant.
    """
    until = until or points[-1][0]
    left = [float(share) for _, share in points if share is not None]
    least = min(left, default=0.0)
    scale = _Scale(since=points[0][0], until=until, lowest=_lowest(least))
    told = sorted(told, key=lambda each: each.since)
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">',
        f"<title>{_escaped(title)}</title>",
        f"<desc>{escape(_words(points, told))}</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="20">{_escaped(_short(title))}</text>',
        f'<text x="{LEFT}" y="40">{escape(_words(points, told))}</text>',
        *_legend({each.urgency for each in told}),
        *_grid(scale, least),
        *(line for each in told for line in _span(scale, each)),
        *(line for part in _parts(points) for line in _curve(scale, part, until)),
        *_dates(scale),
        *(line for each in told for line in _mark(scale, each)),
        "</svg>\n",
    )
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return escape(NOT_IN_XML.sub(INSTEAD, legible(text)))


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _lowest(least: float) -> float:
    """Return the share at the bottom of the picture: a quarter at a time, as far as is drawn."""
    if least >= 0:
        return 0.0
    return max(DEEPEST, -(-least // 0.25 + 1) * 0.25 if least % 0.25 else least)


def _words(points: Sequence[tuple[datetime, Fraction | None]], told: Sequence[Told]) -> str:
    known = [share for _, share in points if share is not None]
    if not known:
        return "nothing was expected, so there was no budget"
    pages = sum(each.urgency is Urgency.PAGE for each in told)
    tickets = len(told) - pages
    return (
        f"{percent(known[-1], digits=1)} of the budget left, {percent(min(known), digits=1)} at the least; "
        f"{pages} page{'' if pages == 1 else 's'}, {tickets} ticket{'' if tickets == 1 else 's'}"
    )


def _legend(urgencies: Collection[Urgency]) -> Iterator[str]:
    """Say what the marks mean that there are."""
    right = WIDTH - RIGHT
    for urgency in sorted(urgencies, reverse=True):
        yield f'<text class="end" x="{right}" y="40">{urgency.value}</text>'
        right -= 46 if urgency is Urgency.TICKET else 40
        yield f'<path class="{urgency.value}" d="M{right - 5} 31 h10 l-5 9 Z"/>'
        right -= 14


def _grid(scale: _Scale, least: float) -> Iterator[str]:
    share = 1.0
    while share >= scale.lowest - 1e-9:
        y = scale.y(share)
        style = "zero" if share == 0 else "grid"
        yield f'<line class="{style}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        deeper = "≤ " if least < share == scale.lowest else ""
        yield f'<text class="end" x="{LEFT - 8}" y="{y + 4:.1f}">{deeper}{100 * share:.0f} %</text>'
        share -= 0.25 if scale.lowest > -0.5 else 0.5


def _parts(
    points: Sequence[tuple[datetime, Fraction | None]],
) -> Iterator[tuple[list[tuple[datetime, float]], datetime | None]]:
    """Yield the points of each time over which there was a budget, and the end of that time."""
    part: list[tuple[datetime, float]] = []
    for at, share in points:
        if share is not None:
            part.append((at, float(share)))
        elif part:
            yield part, at
            part = []
    if part:
        yield part, None


def _curve(
    scale: _Scale, part: tuple[list[tuple[datetime, float]], datetime | None], until: datetime
) -> Iterator[str]:
    points, end = part
    way = list(_steps(scale, points, scale.x(end or until)))
    line = " ".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(way))
    zero = scale.y(0)
    base = f"L{way[-1][0]:.1f} {zero:.1f} L{way[0][0]:.1f} {zero:.1f} Z"
    for style, keep in (("area", min), ("under", max)):
        shape = [(x, keep(y, zero)) for x, y in way]
        if any(y != zero for _, y in shape):
            yield f'<path class="{style}" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in shape)} {base}"/>'
    yield f'<path class="line" d="{line}"/>'


def _steps(
    scale: _Scale, points: Sequence[tuple[datetime, float]], end: float
) -> Iterator[tuple[float, float]]:
    """Yield the corners of a line that stays and then falls or rises; of what can't be told apart, one."""
    last: tuple[float, float] | None = None
    for at, share in points:
        x, y = scale.x(at), scale.y(share)
        if last is not None:
            if y == last[1]:
                continue
            yield x, last[1]
        yield x, y
        last = x, y
    if last is not None:
        yield end, last[1]


def _dates(scale: _Scale) -> Iterator[str]:
    first = scale.since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if first < scale.since:
        first += timedelta(days=1)
    days = max((scale.until - first).days, 0)
    step = next((step for step in STEPS if days // step < TICKS), STEPS[-1])
    for at in range(0, days + 1, step):
        day = first + timedelta(days=at)
        x = scale.x(day)
        yield f'<path class="grid" d="M{x:.1f} {HEIGHT - BOTTOM} v5"/>'
        yield f'<text class="mid" x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}">{day:%d %b}</text>'


def _span(scale: _Scale, told: Told) -> Iterator[str]:
    x, end = scale.x(told.since), scale.x(told.until or scale.until)
    box = f'x="{x:.1f}" y="{TOP}" width="{max(end - x, 1):.1f}" height="{scale.high:.1f}"'
    yield f'<rect class="{told.urgency.value} span" {box}/>'


def _mark(scale: _Scale, told: Told) -> Iterator[str]:
    x, style = scale.x(told.since), told.urgency.value
    words = escape(f"{style} {told.since:%F %H:%M %Z}")
    yield f'<path class="{style} since" d="M{x:.1f} {TOP} V{HEIGHT - BOTTOM}"/>'
    yield (
        f'<path class="{style}" d="M{x - 5:.1f} {TOP - 9} H{x + 5:.1f} L{x:.1f} {TOP} Z">'
        f"<title>{words}</title></path>"
    )
