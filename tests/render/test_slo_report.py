"""The monthly report, as it is kept in `slo`; set DATAOPS_GOLDEN=1 to write it anew, and look at it."""

from __future__ import annotations

import html
import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.legible import legible
from airflow_dataops.core.slo.burnt import burnt
from airflow_dataops.core.slo.compliance import Compliance
from airflow_dataops.core.slo.day import days
from airflow_dataops.core.slo.incident import incidents
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.month import Month
from airflow_dataops.core.slo.objective import Late, Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.report import MonthlyReport
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.render.levels.slo_report import report_html, report_json

GOLDEN = Path(__file__).with_name("slo")
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "slo-report.schema.json"

OCTOBER = Month(2026, 10)
BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)

FRESH = Objective(
    name="fresh",
    sli=Sli.FRESHNESS,
    target=Fraction("0.95"),
    threshold=Fraction(7200),
    description="Yesterday's orders are there when the working day begins.",
    runbook="https://wiki.example/orders/late",
    place="orders/orders.odcs.yaml:40:5",
)
CORRECT = Objective(name="correct", sli=Sli.CORRECTNESS, target=Fraction("0.995"), late=Late.REPAIRED)
EMPTY = Objective(name="in_time", sli=Sli.LATENCY, target=Fraction("0.99"), threshold=Fraction(600))


def entry(day: int, good: Fraction, total: Fraction, mark: Mark = Mark.SEEN) -> Entry:
    """One day of October: due at eight in Berlin."""
    at = datetime(2026, 10, day, 8, tzinfo=BERLIN)
    label = (date(2026, 10, day) - timedelta(days=1)).isoformat()
    return Entry(partition=label, at=at.astimezone(UTC), good=good, total=total, mark=mark)


def seen(of: Entry, objective: Objective) -> Observation:
    """What was seen of a day: three hours late, where it was late."""
    return Observation(
        batch=Batch(team="shop", product="orders", dataset="orders", partition=of.partition),
        sli=objective.sli,
        subject="1",
        end=None,
        good=int(of.good),
        total=int(of.total),
        value=None,
        at=of.at + timedelta(hours=3, minutes=12),
    )


def compliance(
    objective: Objective, entries: list[Entry], *, now: datetime = AT, **more: object
) -> Compliance:
    """How an objective was kept, of a product that is due every day."""
    good = sum((each.good for each in entries), Fraction(0))
    total = sum((each.total for each in entries), Fraction(0))
    allowed = (1 - objective.target) * total
    told = burnt(entries, objective, observations=[seen(each, objective) for each in entries if each.total])
    made = Compliance(
        team="shop",
        product="orders",
        owner="orders@example.com",
        timezone="Europe/Berlin",
        objective=objective,
        good=good,
        total=total,
        expected=total,
        allowed=allowed,
        over=now >= AT,
        days=days(entries, month=OCTOBER, zone=BERLIN, now=now),
        incidents=incidents(entries, told, allowed=allowed),
        repaired=tuple(each for each in told if each.entry.mark is Mark.REPAIRED),
    )
    return replace(made, **more)


def october() -> MonthlyReport:
    """A month of a product with three objectives: one is missed, one kept, of one nothing was expected."""
    fresh = [entry(day, Fraction(1), Fraction(1)) for day in range(1, 32)]
    fresh[6] = entry(7, Fraction(0), Fraction(1))
    fresh[18] = entry(19, Fraction(0), Fraction(1), Mark.MISSING)
    fresh[19] = entry(20, Fraction(0), Fraction(1), Mark.MISSING)
    fresh[2] = entry(3, Fraction(0), Fraction(0), Mark.EXCLUDED)
    correct = [entry(day, Fraction(40_000), Fraction(40_000)) for day in range(1, 32)]
    correct[4] = entry(5, Fraction(39_600), Fraction(40_000))
    correct[11] = entry(12, Fraction(36_000), Fraction(40_000))
    correct[23] = entry(24, Fraction(40_000), Fraction(40_000), Mark.REPAIRED)
    note = "target was 0.98 until 2026-10-14 09:12 UTC, and is 0.95 since"
    return MonthlyReport(
        month=OCTOBER,
        team="shop",
        at=AT,
        objectives=(
            compliance(FRESH, fresh, notes=(note,)),
            compliance(CORRECT, correct),
            compliance(EMPTY, []),
        ),
    )


def running() -> MonthlyReport:
    """A month that isn't over."""
    now = datetime(2026, 10, 12, 12, tzinfo=UTC)
    entries = [entry(day, Fraction(day != 4), Fraction(1)) for day in range(1, 13)]
    part = compliance(FRESH, entries, now=now, expected=Fraction(31), allowed=Fraction(31, 20))
    return MonthlyReport(month=OCTOBER, at=now, objectives=(part,))


NOTHING = MonthlyReport(month=OCTOBER, at=AT, objectives=(), warnings=("no declaration was recorded",))
REPORTS = {"slo_report": october(), "slo_report_running": running(), "slo_report_nothing": NOTHING}
FORMATS = {"html": report_html, "json": report_json}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_as_it_was_looked_at(name, form) -> None:
    """The page for people, the document for programs."""
    made = FORMATS[form](REPORTS[name])
    golden = GOLDEN / f"{name}.{form}"
    if os.environ.get("DATAOPS_GOLDEN") == "1":
        golden.write_text(made)

    assert golden.read_text() == made


@pytest.mark.parametrize("name", REPORTS)
def test_the_document_is_as_its_schema_says(name) -> None:
    """No key more, none less."""
    jsonschema.validate(
        json.loads(report_json(REPORTS[name])),
        json.loads(SCHEMA.read_text()),
        cls=jsonschema.Draft202012Validator,
    )


def test_the_page_needs_nothing_else() -> None:
    """It runs nothing, and loads nothing: no script, no picture, no font, no style from elsewhere."""
    page = report_html(REPORTS["slo_report"])

    assert [] == re.findall(r"<(?:script|img|link|iframe|object|embed|svg)\b", page)
    assert [] == re.findall(r"(?:src|@import|url\()", page.partition("</style>")[2])
    assert {"#o1", "#o2", "#o3"} == set(re.findall(r'href="([^"]*)"', page))


SIGNS = "\x1b[31m\x07\u202e"
HOSTILE = f'"><script>alert(1)</script>{{{{ 7 * 7 }}}}{{% raw %}}&{SIGNS}'


def test_no_name_becomes_a_part_of_the_page() -> None:
    """Names and notes are written by people, and some of them by those of other teams."""
    objective = replace(FRESH, name=HOSTILE, description=HOSTILE, runbook="javascript:alert(1)")
    entries = [replace(entry(2, Fraction(0), Fraction(1)), partition=HOSTILE)]
    part = compliance(
        objective, entries, team=HOSTILE, product=HOSTILE, owner=HOSTILE, timezone=HOSTILE, notes=(HOSTILE,)
    )
    other = replace(part, team="mill")
    page = report_html(MonthlyReport(month=OCTOBER, team=HOSTILE, at=AT, objectives=(part, other)))

    assert "<script>" not in page
    assert 'href="javascript' not in page
    assert not set(SIGNS[:1] + SIGNS[-2:]) & set(page)
    assert legible(HOSTILE) in html.unescape(page)


def test_a_target_that_is_just_missed_is_not_shown_as_reached() -> None:
    """Shares are cut off, not rounded up."""
    total = Fraction(10_000_000)
    part = compliance(replace(FRESH, target=Fraction("0.99")), [entry(2, total * 99 / 100 - 1, total)])
    page = report_html(MonthlyReport(month=OCTOBER, at=AT, objectives=(part,)))

    assert "<dd>98.999 % (target 99 %)</dd>" in page
