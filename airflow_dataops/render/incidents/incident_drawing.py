"""The course of an incident as a picture of our own: what was known when, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from airflow_dataops.core.alerts.incident import Did
from airflow_dataops.core.alerts.moment import Lane
from airflow_dataops.render.alerts.legible import short
from airflow_dataops.render.quantity import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.moment import Moment
    from airflow_dataops.core.alerts.postmortem import Postmortem

WIDTH = 900
LEFT, RIGHT, TOP, BOTTOM = 92, 24, 14, 30
"""Pixels around what is drawn."""

HIGH = 44
"""Pixels of a lane."""

RADIUS, BESIDE = 9, 19
"""Pixels of a moment's circle, and how far apart two must be that don't lie upon each other."""

TICKS = 6
"""Times below the picture, at most."""

STEPS = (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 20160, 40320, 525600)
"""Minutes between two times below the picture."""

BEFORE = 0.6
"""How much is drawn of what was before, of the time that it lasted; what was earlier stands at the edge."""

LABELS: dict[Lane, str] = {
    Lane.CHANGE: "changes",
    Lane.DATA: "data",
    Lane.INCIDENT: "incident",
    Lane.PEOPLE: "people",
}
"""Lane -> its name, from top to bottom."""

STYLE = """\
.wrap text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: var(--soft) }
.wrap .in { fill: #ffffff; font-size: 11px; font-weight: 600 }
.wrap .mid { text-anchor: middle }
.wrap .grid { stroke: var(--line); stroke-width: 1 }
.wrap .unknown { fill: #7c6f64 } .wrap .known { fill: #b91c1c } .wrap .taken { fill: #b45309 }
.wrap .dot { fill: #475569 } .wrap .bad { fill: #b91c1c } .wrap .over { fill: #15803d }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Instants -> pixels."""

    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        """Return how far to the right an instant is; what is earlier stands at the left edge."""
        length = max((self.until - self.since).total_seconds(), 1)
        part = (at - self.since).total_seconds() / length
        return LEFT + min(max(part, 0), 1) * (WIDTH - LEFT - RIGHT)


def drawing(of: Postmortem) -> str:
    """Return a picture as SVG; the numbers in it are the lines of the report's timeline, from 1.

    Args:
        of: What is known of the incident.
    """
    scale = _scale(of)
    high = TOP + HIGH * len(LABELS) + BOTTOM
    lines = (
        f'<svg class="wrap" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img">',
        f"<title>{escape(short(of.title, 200))}</title>",
        f"<desc>{escape(_words(of))}</desc>",
        f"<style>{STYLE}</style>",
        *_lanes(),
        *_ticks(scale),
        *_bars(of, scale),
        *_dots(of.course, scale),
        "</svg>",
    )
    return "\n".join(lines)


def _scale(of: Postmortem) -> _Scale:
    incident = of.incident
    end = incident.resolved or of.at
    late = [moment.at for moment in of.course if moment.lane is not Lane.CHANGE]
    end = max([end, *(at for at in late if at <= end + timedelta(hours=1))])
    lasted = max(end - incident.began, timedelta(minutes=10))
    first = min([at for at in late if at >= incident.began - lasted * BEFORE], default=incident.began)
    margin = lasted * 0.04
    return _Scale(since=min(first, incident.began) - margin, until=end + margin)


def _words(of: Postmortem) -> str:
    lasted = "" if of.to_repair is None else f", over {duration(of.to_repair.total_seconds())} after it began"
    return f"Found {duration(of.to_detect.total_seconds())} after it began{lasted}."


def _lanes() -> Iterator[str]:
    for place, name in enumerate(LABELS.values()):
        y = TOP + HIGH * place
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y + HIGH}" y2="{y + HIGH}"/>'
        yield f'<text x="4" y="{y + HIGH / 2 + 4:g}">{name}</text>'


def _ticks(scale: _Scale) -> Iterator[str]:
    minutes = (scale.until - scale.since).total_seconds() / 60
    step = next((step for step in STEPS if minutes / step <= TICKS), STEPS[-1])
    day = scale.since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (scale.since - day).total_seconds() / 60
    at = day + timedelta(minutes=(int(passed // step) + 1) * step)
    bottom = TOP + HIGH * len(LABELS)
    shown = None
    while at < scale.until:
        x = scale.x(at)
        words = f"{at:%H:%M}" if at.date() == shown else f"{at:%d %b %H:%M}"
        shown = at.date()
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text class="mid" x="{x:.1f}" y="{bottom + 18}">{words}</text>'
        at += timedelta(minutes=step)


def _bars(of: Postmortem, scale: _Scale) -> Iterator[str]:
    """Yield how long it was wrong: unknown, then known, then in somebody's hands."""
    incident = of.incident
    end = incident.resolved or of.at
    taken = next((step.at for step in of.steps if step.did is Did.ACKNOWLEDGED), None)
    spans = (
        ("unknown", incident.began, min(incident.detected, end), "not known"),
        ("known", incident.detected, min(taken or end, end), "known"),
        *((("taken", taken, end, "in hand"),) if taken is not None else ()),
    )
    y = TOP + HIGH * list(LABELS).index(Lane.INCIDENT) + HIGH - 12
    for style, since, until, words in spans:
        x, wide = scale.x(since), scale.x(until) - scale.x(since)
        if wide <= 0:
            continue
        told = f"{words} {duration((until - since).total_seconds())}"
        yield f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="11">'
        yield f"<title>{told}</title></rect>"
        if wide > 7 * len(told):
            yield f'<text class="in mid" x="{x + wide / 2:.1f}" y="{y + 9}">{told}</text>'


def _dots(course: Sequence[Moment], scale: _Scale) -> Iterator[str]:
    """Yield a circle with a number for each moment; none lies upon another one."""
    last = dict.fromkeys(LABELS, float(-WIDTH))
    for number, moment in enumerate(course, start=1):
        x = max(scale.x(moment.at), last[moment.lane] + BESIDE)
        last[moment.lane] = x
        if x > WIDTH - RADIUS:  # what has no room is in the table
            continue
        y = (
            TOP
            + HIGH * list(LABELS).index(moment.lane)
            + (HIGH / 2 if moment.lane is not Lane.INCIDENT else 16)
        )
        style = "bad" if moment.bad else "over" if moment.word in {"resolved", "published"} else "dot"
        words = escape(short(f"{moment.at:%F %H:%M %Z} {moment.word} {moment.text}", 200))
        yield f'<circle class="{style}" cx="{x:.1f}" cy="{y:g}" r="{RADIUS}"><title>{words}</title></circle>'
        yield f'<text class="in mid" x="{x:.1f}" y="{y + 4:g}">{number}</text>'
