"""The monthly report on service levels: one page of HTML that needs nothing else, and JSON for programs."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from airflow_dataops.core.contract.quantity import Ratio
from airflow_dataops.core.legible import legible
from airflow_dataops.core.slo.compliance import Reached
from airflow_dataops.render.exact import number, percent
from airflow_dataops.render.levels.cause import cause, incident
from airflow_dataops.render.levels.promise import promise, rules

if TYPE_CHECKING:
    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.compliance import Compliance
    from airflow_dataops.core.slo.day import Day
    from airflow_dataops.core.slo.incident import Incident
    from airflow_dataops.core.slo.report import MonthlyReport

PAGE = Path(__file__).with_name("slo_report.html.jinja")

MOST = 5
"""Incidents of an objective that the page lists; JSON has all of them."""

MUCH, SOME = Fraction(1, 2), Fraction(1, 10)
"""From which shares of a month's budget on a day is shown as one that burnt much, or some."""

Row = dict[str, Any]


def report_html(report: MonthlyReport) -> str:
    """Return the page. It loads nothing, runs nothing, and every text in it is escaped and legible."""
    jinja = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    page = jinja.from_string(PAGE.read_text(encoding="utf-8"))
    kept, missed, unknown = (report.count(each) for each in Reached)
    return (
        page.render(
            title=f"Service levels, {report.month.name}",
            month=report.month.name,
            team=report.team,
            made=f"{report.at:%F %H:%M %Z}",
            over=all(each.over for each in report.objectives),
            kept=kept,
            missed=missed,
            unknown=unknown,
            count=len(report.objectives),
            teams=len({each.team for each in report.objectives}) > 1,
            objectives=[_section(each, at) for at, each in enumerate(report.objectives, start=1)],
            warnings=report.warnings,
        )
        + "\n"
    )


def _shown(value: object) -> object:
    """Return a value of the page; what is markup already stays as it is."""
    return legible(value) if type(value) is str else value


def _section(of: Compliance, at: int) -> Row:
    """Return what the page says of one objective, as texts."""
    objective, remaining = of.objective, of.remaining
    return {
        "id": f"o{at}",
        "team": of.team,
        "product": of.product,
        "name": objective.name,
        "owner": of.owner,
        "description": objective.description,
        "promise": promise(objective, timezone=of.timezone),
        "rules": " ".join(rules(objective)),
        "runbook": objective.runbook,
        "target": str(Ratio(objective.target)),
        "reached": percent(of.reached),
        "good": number(of.good),
        "total": number(of.total),
        "bad": number(of.bad),
        "allowed": number(of.allowed),
        "share": str(Ratio(1 - objective.target)),
        "expected": number(of.expected),
        "left": percent(remaining, digits=1),
        "bar": None if remaining is None else int(100 * min(max(remaining, Fraction(0)), Fraction(1))),
        "overdrawn": remaining is not None and remaining < 0,
        "verdict": of.verdict.value,
        "over": of.over,
        "timezone": of.timezone,
        "pad": of.days[0].date.weekday() if of.days else 0,
        "days": [_cell(day, of.allowed) for day in of.days],
        "incidents": [_told(each, of) for each in of.incidents[:MOST]],
        "more": max(len(of.incidents) - MOST, 0),
        "repaired": [
            {"partition": each.entry.partition, "why": cause(each, objective.sli)} for each in of.repaired
        ],
        "notes": of.notes,
    }


def _cell(day: Day, allowed: Fraction) -> Row:
    """Return how a day is drawn: its style, its mark, and the words that say the same."""
    style, mark = _look(day, allowed)
    words = f"{day.date:%a %d %b}: {_words(day, allowed)}"
    return {"number": day.date.day, "style": style, "mark": mark, "words": words}


def _look(day: Day, allowed: Fraction) -> tuple[str, str]:
    if day.bad > 0:
        share = day.bad / allowed if allowed else Fraction(1)
        return ("much" if share >= MUCH else "some" if share >= SOME else "little"), "✗"
    if day.repaired:
        return "mended", "↻"
    if day.total > 0:
        return "good", "✓"
    return ("none", "·") if day.over else ("ahead", "")


def _words(day: Day, allowed: Fraction) -> str:
    if not day.total and not day.excluded:
        return "nothing was expected" if day.over else "nothing yet"
    parts = [f"{number(day.good)} of {number(day.total)} good"] if day.total else []
    if day.bad > 0 and allowed:
        parts.append(f"{percent(day.bad / allowed, digits=1)} of the budget")
    for count, what in ((day.missing, "missing"), (day.repaired, "repaired"), (day.excluded, "left out")):
        if count:
            parts.append(f"{count} {what}")
    return ", ".join(parts)


def _told(of: Incident, compliance: Compliance) -> Row:
    first, last = of.burnt[0].entry, of.burnt[-1].entry
    return {
        "partitions": first.partition if first is last else f"{first.partition} to {last.partition}",
        "events": len(of.burnt),
        "bad": number(of.bad),
        "share": percent(of.share, digits=1),
        "why": incident(of, compliance.objective.sli),
    }


def report_json(report: MonthlyReport) -> str:
    """Return the report as a JSON object; exact numbers are fractions in a text, such as `27/28`."""
    return json.dumps(report_document(report), ensure_ascii=False, indent=2) + "\n"


def report_document(report: MonthlyReport) -> Row:
    """Return the report as plain JSON types (docs/reference/slo-report.schema.json)."""
    return {
        "month": str(report.month),
        "team": report.team or None,
        "made_at": report.at.isoformat(),
        "over": all(each.over for each in report.objectives),
        "summary": {
            "objectives": len(report.objectives),
            **{each.value: report.count(each) for each in Reached},
        },
        "objectives": [_compliance_row(each) for each in report.objectives],
        "warnings": list(report.warnings),
    }


def _compliance_row(of: Compliance) -> Row:
    objective = of.objective
    return {
        "team": of.team,
        "product": of.product,
        "slo": objective.name,
        "sli": objective.sli.value,
        "dataset": objective.dataset or None,
        "owner": of.owner or None,
        "promise": promise(objective, timezone=of.timezone),
        "timezone": of.timezone,
        "verdict": of.verdict.value,
        "over": of.over,
        "target": float(objective.target),
        "reached": _float(of.reached),
        "remaining": _float(of.remaining),
        "exact": {
            "target": str(objective.target),
            "good": str(of.good),
            "total": str(of.total),
            "expected": str(of.expected),
            "allowed": str(of.allowed),
            "reached": _text(of.reached),
            "remaining": _text(of.remaining),
        },
        "days": [_day_row(day) for day in of.days],
        "incidents": [_incident_row(each, of) for each in of.incidents],
        "repaired": [_burnt_row(each, of) for each in of.repaired],
        "notes": list(of.notes),
    }


def _day_row(day: Day) -> Row:
    return {
        "date": day.date.isoformat(),
        "good": str(day.good),
        "total": str(day.total),
        "missing": day.missing,
        "repaired": day.repaired,
        "excluded": day.excluded,
    }


def _incident_row(of: Incident, compliance: Compliance) -> Row:
    return {
        "why": incident(of, compliance.objective.sli),
        "bad": str(of.bad),
        "share": _float(of.share),
        "events": [_burnt_row(each, compliance) for each in of.burnt],
    }


def _burnt_row(of: Burnt, compliance: Compliance) -> Row:
    return {
        "partition": of.entry.partition,
        "at": of.entry.at.isoformat(),
        "good": str(of.entry.good),
        "total": str(of.entry.total),
        "kind": of.kind.value,
        "why": cause(of, compliance.objective.sli),
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
