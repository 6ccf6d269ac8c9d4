"""The pages on incidents say what the code does: tables, commands, pictures."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from airflow_dataops.core.alerts.commands import NEXT, Scene, commands
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.urgency import OF_CRITICAL, USUAL
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.render.alerts.mail import html
from airflow_dataops.render.incidents.incident_report import report_html
from tests.core.alerts.test_commands import MARCH, parsed
from tests.core.alerts.test_title import of, signal
from tests.render.alerts.test_notifications import NOTIFICATIONS
from tests.render.test_incident_report import FULL

DOCS = Path(__file__).parents[2] / "docs"
INCIDENTS = (DOCS / "explanation" / "incidents.md").read_text()
REPORT = (DOCS / "howto" / "incident-report.md").read_text()


def rows(head: str) -> list[list[str]]:
    """The lines of the table under a head."""
    body = INCIDENTS[INCIDENTS.index(head) :].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()[2:]]


def test_every_kind_is_explained() -> None:
    """And no other."""
    assert {kind.value for kind in Kind} == {row[0] for row in rows("| kind |")}


@pytest.mark.parametrize(("kind", "row"), list(zip(NEXT, rows("| it | first"), strict=True)), ids=str)
def test_the_commands_are_those_that_are_told(kind, row) -> None:
    """In the order in which they count."""
    told = commands(of(signal(kind)), Scene(dag="orders", run_id="r", runs=(MARCH, MARCH)))

    assert kind.value in row[0] or {"burns": "burning", "lost": "lost"}[row[0].split()[0]] == kind.value
    for cell, command in zip(row[1:], told, strict=True):
        (shown,) = re.findall(r"`(airflow .*?)`", cell)
        words = shlex.split(command)
        assert shlex.split(shown) == [word for word in words if word in shlex.split(shown)]


def test_who_is_woken_is_as_it_is_decided() -> None:
    """The table says all that is more than a ticket."""
    pages = {kind for kind in Kind if USUAL[kind] is Urgency.PAGE}
    critical = {kind for kind in Kind if OF_CRITICAL[kind] is Urgency.PAGE} - pages
    told = [row[0] for row in rows("| what | asks for |") if row[1] == "a page"]

    assert ({Kind.LOST}, {Kind.LATE, Kind.INCOMPLETE}) == (pages, critical)
    assert ["late or incomplete, of a product with `tier: critical`", "lost rows, of any product"] == told


COMMANDS = re.findall(r"(?:^|`)(airflow dataops (?:incident|alert) .*?)(?:`|$)", REPORT, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_are_taken(command) -> None:
    """By Airflow's own parser."""
    assert parsed(command).func


def test_the_commands_were_found() -> None:
    """Else nothing of it was tried."""
    assert 8 == len(COMMANDS)


@pytest.mark.parametrize(
    ("page", "picture"),
    [
        (INCIDENTS, "alert-mail.png"),
        (REPORT, "incident-report.png"),
        (REPORT, "incident-drill.png"),
    ],
)
def test_pictures_are_there(page, picture) -> None:
    """They were taken of what the tests of the renderers hold, and one of a drill."""
    assert f"../img/{picture}" in page
    assert (DOCS / "img" / picture).read_bytes().startswith(b"\x89PNG")
    assert html(NOTIFICATIONS["page"])
    assert report_html(FULL)


def test_every_part_of_a_report_is_explained() -> None:
    """Those that the page has, and no other."""
    (table,) = re.findall(r"\| part \| is \|\n(.*?)\n\n", REPORT, re.DOTALL)
    parts = {line.split("|")[1].strip() for line in table.splitlines()[1:]}
    page = report_html(FULL)
    heads = {head.lower() for head in re.findall(r"<h2>(.*?)</h2>", page)} - {"what will be changed"}
    tiles = set(re.findall(r'<li><span class="soft small">(.*?)</span>', page))

    assert heads | tiles == parts
