"""Reports on incidents, lists and pages, as they are kept in `incidents`.

Set DATAOPS_GOLDEN=1 to write them anew, and look at them.
"""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from airflow_dataops.cli.screen import console
from airflow_dataops.core.alerts.causes import Change
from airflow_dataops.core.alerts.course import Known, course
from airflow_dataops.core.alerts.incident import Did, Incident, Phase, Step
from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.core.alerts.moment import Lane, Moment
from airflow_dataops.core.alerts.postmortem import Burned, Hit, Postmortem
from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.verification import Verification
from airflow_dataops.render.incidents.incident_list import incident_rows, incident_table, silence_table
from airflow_dataops.render.incidents.incident_report import report_html, report_json, report_markdown
from airflow_dataops.render.incidents.incident_show import incident_document, incident_page
from tests.render.alerts.test_notifications import EVIL

GOLDEN = Path(__file__).with_name("incidents")

DUE = datetime(2026, 3, 4, 6, tzinfo=UTC)
OVER = DUE + timedelta(hours=4, minutes=20)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
WHERE = Where("shop", "orders", "2026-03-03")
RUN = "scheduled__2026-03-03T00:00:00+00:00"


def at(minutes: float) -> datetime:
    """An instant, by the minutes since it was due."""
    return DUE + timedelta(minutes=minutes)


INCIDENT = Incident(
    number=12,
    where=WHERE,
    began=at(-48),
    detected=at(-45),
    signals=(
        Signal(
            where=WHERE,
            kind=Kind.BAD,
            since=at(-48),
            text="412 of 40,000 rows (1.03%) break the contract, none may",
            rules=(
                Broken(rule="amount.minimum", failing=400, checked=40_000),
                Broken(rule="status.validValues", failing=12, checked=40_000),
            ),
        ),
        Signal(where=WHERE, kind=Kind.LATE, slo="fresh", since=DUE, text="no delivery; it was due at 06:00"),
    ),
    had=("bad", "failed", "late fresh"),
    urgency=Urgency.PAGE,
    phase=Phase.RESOLVED,
    resolved=OVER,
    why_over="repaired",
    acknowledged_by="ann",
)
STEPS = (
    Step(number=12, at=at(-45), did=Did.OPENED, text="bad: 412 of 40,000 rows (1.03%) break the contract"),
    Step(number=12, at=at(-45), did=Did.NOTIFIED, text="team, that it began"),
    Step(number=12, at=at(-44.9), did=Did.DELIVERED, text="team, that it began: mail was taken"),
    Step(number=12, at=at(-40), did=Did.SILENCED, text="held back by silence 3"),
    Step(number=12, at=at(5), did=Did.ADDED, text="late fresh: no delivery; it was due at 06:00"),
    Step(number=12, at=at(5), did=Did.RAISED, text="from ticket to page"),
    Step(number=12, at=at(5), did=Did.NOTIFIED, text="team, how it stands"),
    Step(number=12, at=at(31), did=Did.ACKNOWLEDGED, text="calling the shop", who="ann"),
    Step(number=12, at=OVER, did=Did.RESOLVED, text="repaired"),
    Step(number=12, at=OVER, did=Did.NOTIFIED, text="team, that it is over"),
)


def landing(minutes: float, rows: int, run: str) -> Landing:
    """A raw copy."""
    return Landing(
        batch=BATCH,
        origin="drops/orders.csv",
        uri="raw/orders.csv",
        sha256=f"{rows}",
        bytes=rows * 61,
        rows=rows,
        dialect=Dialect(),
        landed_at=at(minutes),
        run_id=run,
    )


def verdict(minutes: float, bad: int, run: str) -> Verification:
    """What a raw copy was judged as."""
    return Verification(
        batch=BATCH,
        stage=Stage.VERIFY,
        run_id=run,
        contract="orders@1.3.0",
        at=at(minutes),
        rows=40_000,
        good=40_000 - bad,
        bad=bad,
        unparsable=0,
        outcomes=(),
        blocks=("412 of 40000 rows break the contract",) if bad else (),
    )


def run(name: str, began: float, ended: float, final: Outcome, tries: int = 1) -> RunOutcome:
    """A run."""
    return RunOutcome(
        team="shop",
        dag_id="orders",
        run_id=name,
        partition="2026-03-03",
        began=at(began),
        ended=at(ended),
        first=final,
        final=final,
        tries=tries,
    )


KNOWN = Known(
    steps=STEPS,
    changes=(Change(at=at(-950), what="the contract is orders@1.3.0, and was orders@1.2.0"),),
    landings=(landing(-50, 40_000, RUN), landing(240, 40_000, "manual__1")),
    verdicts=(verdict(-48, 412, RUN), verdict(250, 0, "manual__1")),
    publications=(
        Publication(
            batch=BATCH,
            version=64,
            content="x",
            rows=40_000,
            target="orders",
            contract="orders@1.3.0",
            manifest="m",
            run_id="manual__1",
            at=at(256),
        ),
    ),
    runs=(run(RUN, -60, -47, Outcome.FAILED), run("manual__1", 238, 257, Outcome.SUCCESS)),
)


def hit(number: int, product: str, since: float) -> Hit:
    """A product that waited."""
    where = Where("shop", product, "2026-03-03")
    its = replace(
        INCIDENT,
        number=number,
        where=where,
        began=at(since),
        resolved=at(290),
        signals=(Signal(where=where, kind=Kind.LATE, since=at(since)),),
        explained_by=INCIDENT.said,
    )
    return Hit(team="shop", product=product, incident=its)


FULL = Postmortem(
    incident=INCIDENT,
    title="orders 2026-03-03 was late and bad and failed",
    at=at(600),
    what=(
        "bad: 412 of 40,000 rows (1.03%) break the contract, none may",
        "late (fresh): it was due at 06:00",
    ),
    owner="orders@example.com",
    tier="critical",
    contract="orders@1.3.0",
    code=(
        ("the pipeline file", "3974c494ada3"),
        ("the template", "batch@1"),
        ("transform.sql", "91d68d0f4e4d"),
    ),
    course=course(KNOWN),
    steps=STEPS,
    burned=(
        Burned(
            slo="fresh",
            bad=Fraction(1),
            total=Fraction(1),
            share=Fraction(10, 28),
            remaining=Fraction(-2, 28),
        ),
        Burned(
            slo="correct",
            bad=Fraction(0),
            total=Fraction(40_000),
            share=Fraction(0),
            remaining=Fraction(6, 7),
            repaired=True,
        ),
    ),
    broken=INCIDENT.signals[0].rules,
    causes=(
        "since 2026-03-03 14:10 UTC the contract is orders@1.3.0, and was orders@1.2.0",
        f"run {RUN} ended failed at 2026-03-04 05:13 UTC",
    ),
    hit=(hit(13, "revenue", 60), hit(14, "churn", 90), Hit(team="shop", product="board")),
    quarantine="/srv/airflow/dataops/zones/quarantine/shop/orders/orders/2026-03-03/3fa94c0d11e2.parquet",
)
OPEN = replace(
    FULL,
    incident=replace(INCIDENT, phase=Phase.OPEN, resolved=None, why_over="", acknowledged_by=""),
    at=at(45),
    course=course(
        replace(
            KNOWN,
            steps=STEPS[:7],
            landings=KNOWN.landings[:1],
            verdicts=KNOWN.verdicts[:1],
            publications=(),
            runs=KNOWN.runs[:1],
        )
    ),
    steps=STEPS[:7],
    commands=(
        "airflow dataops report orders",
        "airflow tasks clear orders --start-date 2026-03-03T00:00:00Z --end-date 2026-03-03T00:00:00Z --yes",
    ),
    once="once there is a good file",
    hit=(),
)
REFUSED = replace(verdict(0, 412, RUN), stage=Stage.LAND, contract="", rows=0, good=0, bad=0)
BARE = Postmortem(
    incident=Incident(
        number=1,
        where=Where("", "watched", "manual__1"),
        began=DUE,
        detected=DUE,
        signals=(),
        urgency=Urgency.TICKET,
    ),
    title="watched manual__1",
    at=DUE,
)
HOSTILE = replace(
    FULL,
    incident=replace(
        INCIDENT,
        where=Where(EVIL, EVIL, EVIL),
        why_over=EVIL,
        explained_by=EVIL,
        not_actionable=EVIL,
        acknowledged_by=EVIL,
    ),
    title=EVIL,
    what=(EVIL,),
    owner=EVIL,
    contract=EVIL,
    code=((EVIL, EVIL),),
    causes=(EVIL,),
    broken=(Broken(rule=EVIL, failing=1),),
    course=(Moment(at=DUE, lane=Lane.DATA, word="landed", text=EVIL, who=EVIL),),
    hit=(Hit(team=EVIL, product=EVIL, incident=replace(INCIDENT, where=Where(EVIL, EVIL, EVIL))),),
)
REPORTS = {"report": FULL, "open": OPEN, "bare": BARE, "hostile": HOSTILE}
FORMATS = {"html": report_html, "md": report_markdown, "json": report_json}


def held(name: str, made: str) -> None:
    """Hold something against what it was when it was looked at."""
    golden = GOLDEN / name
    if os.environ.get("DATAOPS_GOLDEN") == "1":
        golden.write_text(made)

    assert golden.read_text() == made


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_as_it_was_looked_at(name, form) -> None:
    """The page, the draft to write on, the document for programs."""
    held(f"{name}.{form}", FORMATS[form](REPORTS[name]))


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asked: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        """Note a tag, and what it would load or run."""
        self.tags.append(tag)
        self.asked += [name for name, _ in attrs if name in {"src", "href"} or name.startswith("on")]


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_loads_nothing_and_runs_nothing(name) -> None:
    """Whatever names say; and its picture is well-formed."""
    html = report_html(REPORTS[name])
    page = Page()
    page.feed(html)

    assert not page.asked
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert "url(" not in html
    assert ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6]) is not None  # noqa: S314


def test_no_name_sets_markdown() -> None:
    """Nor HTML within it; a table has as many cells in each line."""
    made = report_markdown(HOSTILE)

    assert "<script>" not in made.replace("\\<script\\>", "")
    assert not re.search(r"(?<!\\)`rm`", made)
    rows = [line for line in made.splitlines() if line.startswith("| 1 |")]
    assert [6] == [len(re.findall(r"(?<!\\)\|", row)) for row in rows]


def test_thousands_of_moments_are_counted_and_not_shown() -> None:
    """JSON has all of them."""
    many = tuple(Moment(at=at(number), lane=Lane.DATA, word="landed") for number in range(5_000))
    of = replace(FULL, course=many)

    assert "and 4800 more" in report_html(of)
    assert len(report_html(of)) < 200_000
    assert 5_000 == len(json.loads(report_json(of))["course"])


def test_how_long_it_took_is_reckoned_from_when_it_began() -> None:
    """Found, told, taken, over."""
    seconds = json.loads(report_json(FULL))["seconds_to"]

    assert {"detect": 180.0, "tell": 186.0, "acknowledge": 4_740.0, "repair": 18_480.0} == seconds


LIST = (
    replace(INCIDENT, number=9, phase=Phase.OPEN, resolved=None),
    replace(INCIDENT, number=10, phase=Phase.ACKNOWLEDGED, resolved=None, held_by="silence 3"),
    replace(INCIDENT, number=11, phase=Phase.OPEN, resolved=None, explained_by="shop/raw/2026-03-03"),
    INCIDENT,
    replace(INCIDENT, number=13, not_actionable="ann: the bank was closed"),
    replace(
        INCIDENT,
        number=14,
        where=Where("growth", EVIL, ""),
        urgency=Urgency.TICKET,
        phase=Phase.OPEN,
        resolved=None,
    ),
)


def printed(page, width: int) -> str:
    """What is printed on so many columns."""
    stream = io.StringIO()
    screen = console(stream)
    screen.width = width
    screen.print(page)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_is_as_it_was_looked_at(width) -> None:
    """Wide and narrow."""
    held(f"list_{width}.txt", printed(incident_table(LIST, now=at(300), width=width), width))


def test_a_page_in_a_terminal_is_as_it_was_looked_at() -> None:
    """Of one that is over, of one that is open."""
    over = printed(incident_page(INCIDENT, STEPS, now=at(600)), 100)
    open_ = printed(incident_page(LIST[2], STEPS[:7], now=at(45)), 80)

    held("show.txt", f"{over}\n{open_}")
    assert not set("\x1b\u202e") & set(printed(incident_page(LIST[5], (), now=DUE), 80))


def test_silences_are_listed() -> None:
    """With what they match, until when, and why."""
    silence = Silence(
        number=3,
        matchers=(Matcher("product", Operator.EQUAL, "orders"), Matcher("team", Operator.REGEX, "s.*")),
        start=DUE,
        end=OVER,
        who="ann",
        why="the database is moved",
    )
    made = printed(silence_table([silence], now=DUE), 100)

    assert 'product="orders", team=~"s.*"' in made
    assert "until (UTC)" in made
    assert "2026-03-04 10:20" in made
    assert "the database is moved" in made
    assert "from" not in made
    assert f"{DUE:%F %H:%M}" in printed(silence_table([silence], now=DUE - timedelta(hours=1)), 100)


def test_documents_have_all_that_is_known() -> None:
    """As plain JSON types."""
    (row,) = incident_rows([INCIDENT])
    document = incident_document(INCIDENT, STEPS)

    assert json.loads(json.dumps(document)) == document
    assert row.items() <= document.items()
    assert len(STEPS) == len(document["timeline"])
    assert ["bad", "failed", "late fresh"] == row["had"]


def test_what_was_judged_without_a_contract_names_none() -> None:
    """A drop that isn't there is held against no contract."""
    (moment,) = course(Known(verdicts=(REFUSED,)))
    assert "land: no rows were judged" == moment.text
