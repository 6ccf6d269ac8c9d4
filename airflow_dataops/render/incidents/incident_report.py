"""The report on an incident: a page of HTML that needs nothing else, Markdown to write on, and JSON."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from airflow_dataops.core.alerts.commands import in_turn, taking
from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.render.alerts.legible import legible, short
from airflow_dataops.render.exact import number, percent
from airflow_dataops.render.incidents.incident_document import report_document
from airflow_dataops.render.incidents.incident_drawing import drawing
from airflow_dataops.render.quantity import NOTHING, count, duration

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from airflow_dataops.core.alerts.moment import Moment
    from airflow_dataops.core.alerts.postmortem import Burned, Hit, Postmortem
    from airflow_dataops.core.alerts.signal import Broken

PAGE = Path(__file__).with_name("incident_report.html.jinja")
MARKDOWN = Path(__file__).with_name("incident_report.md.jinja")

MOST = 200
"""Moments, rules and readers that people are shown; JSON has all of them."""

NAMED = 5
"""Products that a sentence names."""

LINE = 400
"""Characters of a line."""

SPECIAL = "\\`*_[]<>|#~"
"""Signs that command Markdown, where they stand in a text."""

Row = dict[str, Any]


def report_html(of: Postmortem) -> str:
    """Return the page. It loads nothing, runs nothing, and every text in it is escaped."""
    return (
        _environment(escaped=True)
        .from_string(PAGE.read_text(encoding="utf-8"))
        .render(
            **_page(of),
            drawing=Markup(drawing(of)),  # noqa: S704 - it is ours, and its texts are escaped
        )
        + "\n"
    )


def report_markdown(of: Postmortem) -> str:
    """Return the report as Markdown, with places in which people write."""
    jinja = _environment(escaped=False)
    jinja.filters["md"] = _marked
    return jinja.from_string(MARKDOWN.read_text(encoding="utf-8")).render(**_page(of)) + "\n"


def report_json(of: Postmortem) -> str:
    """Return the report as a JSON object; durations are seconds, shares fractions in a text."""
    return json.dumps(report_document(of), ensure_ascii=False, indent=2) + "\n"


def _environment(*, escaped: bool) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=escaped, trim_blocks=True, lstrip_blocks=True
    )


def _marked(text: object) -> str:
    """Return a text of which nothing commands Markdown."""
    return "".join(f"\\{sign}" if sign in SPECIAL else sign for sign in str(text))


def _page(of: Postmortem) -> Row:
    """Return what the report says, as texts that are legible and not too long."""
    incident = of.incident
    return {
        "number": incident.number,
        "title": _line(of.title),
        "team": _line(incident.where.team),
        "over": incident.phase is Phase.RESOLVED,
        "phase": incident.phase.value,
        "why_over": _line(incident.why_over),
        "urgency": incident.urgency.value,
        "made": f"{of.at:%F %H:%M %Z}",
        "began": f"{incident.began:%F %H:%M %Z}",
        "resolved": f"{incident.resolved:%F %H:%M %Z}" if incident.resolved else "",
        "explained_by": _line(incident.explained_by),
        "not_actionable": _line(incident.not_actionable),
        "short": [_line(line) for line in _short(of)],
        "to_do": _to_do(of),
        "times": [
            ("to detect", _time(of.to_detect), "until it was found"),
            ("to tell", _time(of.to_tell), "until a receiver was told"),
            ("to take", _time(of.to_acknowledge), "until somebody had it in hand"),
            ("to repair", _time(of.to_repair), "until it was over"),
        ],
        "facts": [(name, _line(value)) for name, value in _facts(of) if value],
        "what": [_line(line) for line in of.what],
        "causes": [_line(line) for line in of.causes],
        "course": [_moment(at, each) for at, each in enumerate(of.course[:MOST], start=1)],
        "more_course": max(len(of.course) - MOST, 0),
        "burned": [_burned(each) for each in of.burned],
        "broken": [_broken(each) for each in of.broken[:MOST]],
        "more_broken": max(len(of.broken) - MOST, 0),
        "hit": [_hit(each) for each in of.hit if each.incident is not None][:MOST],
        "spared": ", ".join(_line(each.product) for each in of.hit[:MOST] if each.incident is None),
        "more_hit": max(len(of.hit) - MOST, 0),
    }


def _to_do(of: Postmortem) -> list[tuple[str, list[str]]]:
    """Return what to do about an incident that is open: what must be so, and the commands then."""
    if not of.incident.open:
        return []
    first, later = in_turn(of.commands, of.once)
    steps = (
        ("Run next", first),
        (f"Then, {of.once}", later),
        ("To take it in hand", taking(of.incident.number, of.incident.phase)),
    )
    return [(head, [legible(each) for each in commands if each]) for head, commands in steps if commands]


def _short(of: Postmortem) -> Iterable[str]:
    """Yield it in a few sentences, for those who weren't there."""
    if of.what:
        yield f"{_capital(of.what[0])}."
    if of.causes:
        yield f"Suspected: {of.causes[0]}."
    cost = [
        (percent(each.share, digits=1), each.slo) for each in of.burned if each.share and not each.repaired
    ]
    if cost:
        first, *others = cost
        rest = [f"{share} of that of {slo}" for share, slo in others]
        yield f"It burned {_joined([f'{first[0]} of the budget of {first[1]}', *rest])}."
    hit = list(dict.fromkeys(each.product for each in of.hit if each.incident is not None))
    if hit:
        more = f" and {len(hit) - NAMED} more" if len(hit) > NAMED else ""
        yield f"Because of it, what reads it was late or incomplete, too: {', '.join(hit[:NAMED])}{more}."
    if of.incident.resolved is None:
        yield "It is not over."


def _joined(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _facts(of: Postmortem) -> Iterable[tuple[str, str]]:
    yield "answers for it", of.owner
    yield "taken by", of.incident.acknowledged_by
    yield "told", _said(of, Did.DELIVERED) or "nobody"
    yield "not told", _said(of, Did.INHIBITED, Did.SILENCED)
    yield "tier", of.tier
    yield "contract", of.contract
    yield "code", ", ".join(f"{name} {version}" for name, version in of.code)
    yield "bad rows are in", of.quarantine


def _said(of: Postmortem, *did: Did) -> str:
    """Return who was told, or why not, each once; without what receivers answered."""
    return "; ".join(dict.fromkeys(step.text.partition(": ")[0] for step in of.steps if step.did in did))


def _line(text: str) -> str:
    return short(text, LINE)


def _time(length: timedelta | None) -> str:
    return NOTHING if length is None else duration(length.total_seconds())


def _moment(at: int, of: Moment) -> Row:
    return {
        "number": at,
        "at": f"{of.at.astimezone(UTC):%F %H:%M:%S}",
        "lane": of.lane.value,
        "word": of.word,
        "text": _line(of.text),
        "who": _line(of.who),
        "bad": of.bad,
    }


def _burned(of: Burned) -> Row:
    return {
        "slo": _line(of.slo),
        "bad": f"{number(of.bad)} of {number(of.total)}",
        "share": "repaired" if of.repaired else percent(of.share, digits=1),
        "left": percent(of.remaining, digits=1),
        "overdrawn": of.remaining is not None and of.remaining < 0,
    }


def _broken(of: Broken) -> Row:
    counts = f"{count(of.failing)} of {count(of.checked)}" if of.checked else count(of.failing)
    return {"rule": _line(of.rule), "rows": counts if of.failing else NOTHING}


def _hit(of: Hit) -> Row:
    its = of.incident
    if its is None:
        return {}
    return {
        "product": _line(of.product),
        "team": _line(of.team),
        "number": its.number,
        "partition": _line(its.where.partition),
        "wrong": " and ".join(its.kinds),
        "began": f"{its.began:%F %H:%M}",
        "resolved": f"{its.resolved:%F %H:%M}" if its.resolved else "not yet",
        "lasted": _time(its.resolved - its.began) if its.resolved else NOTHING,
    }
