"""What people read in a drill: the words of real evaluations, and the report that is made of it."""

from __future__ import annotations

from functools import partial

import pytest

from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.runbook import Runbook
from airflow_dataops.documents.timetable import CronTimetable
from airflow_dataops.render.alerts.runbook import fill
from airflow_dataops.render.alerts.text import subject, text
from airflow_dataops.render.exact import factor
from airflow_dataops.render.incidents.incident_report import report_html
from airflow_dataops.usecases.alerts.compose_message import compose_message
from airflow_dataops.usecases.alerts.report_incident import report_incident
from tests.usecases.alerts.test_drills import ALL, READERS, begun


@pytest.fixture
def worded(world):
    """A deployment in which messages are composed by what its store remembers."""
    world.compose = partial(
        compose_message, levels=world.levels, store=world.store, timetable=CronTimetable(), fill=fill
    )
    return world


def reported(worded, number: int):
    """Report an incident."""
    return report_incident(
        number,
        incidents=worded.alerts,
        levels=worded.levels,
        store=worded.store,
        timetable=CronTimetable(),
        clock=worded.clock,
    )


def lines(of) -> list[str]:
    """The lines of what a person reads."""
    return [" ".join(line.split()) for line in text(of).splitlines()]


def test_a_bad_file_that_becomes_late_is_read_as_one(worded) -> None:
    """What, who reads it, budgets, what to run next; then that it is over."""
    day = begun(worded, "orders", *READERS)
    worded.refuse(day, worded.at(day, 3), quarantine="/zones/quarantine/orders")
    for hour in (3.25, 6.01):
        worded.go(worded.at(day, hour))
    for product in ("orders", "stock", *READERS):
        worded.deliver(day, worded.at(day, 7), product)
    for hour in (7.25, 7.5):
        worded.go(worded.at(day, hour))
    found, late, over = worded.told

    assert f"[TICKET] orders {day} is bad and has failed (incident 1)" == subject(found)
    assert f"[PAGE, update] orders {day} is late and bad and has failed (incident 1)" == subject(late)
    assert f"[RESOLVED] orders {day}: repaired (incident 1)" == subject(over)
    assert Event.RESOLVE is over.event
    said = lines(late)
    (fresh,) = (left for left in late.messages[0].left if left.slo == "fresh")
    assert fresh.burn > 4
    for line in (
        "- order_id.unique: 40 of 100 rows",
        f"airflow tasks clear orders --start-date {day}T00:00:00Z --end-date {day}T00:00:00Z --yes",
        "/zones/quarantine/orders",
        f"- fresh: overdrawn by 300 %, burns {factor(fresh.burn)} as fast as it may",
    ):
        assert line in said
    assert any(line.startswith("- forecast: waits for it; its next is due in 17 h 59 min;") for line in said)
    assert not any(line.startswith("- burning") for line in said)


def test_a_paused_dag_is_read_with_its_runbook_and_what_makes_up_for_it(worded) -> None:
    """The values of the incident are filled in."""
    book = Runbook(of="fresh", at="late.md", text="Unpause {{ product }}, then: {{ commands[1] }}")
    worded.declare("orders", *ALL, tier="critical", runbooks=(book,))
    day = begun(worded)
    worded.go(worded.at(day, 6.01))
    (told,) = worded.told

    again = (
        f"airflow backfill create --dag-id orders --from-date {day}T00:00:00Z --to-date {day}T00:00:00Z"
        " --reprocess-behavior failed"
    )
    assert f"[PAGE] orders {day} is late (incident 1)" == subject(told)
    assert again in lines(told)
    assert told.messages[0].runbook.text == f"Unpause orders, then: {again}"


def test_the_report_of_what_hit_three_products_is_read_by_who_wasnt_there(worded) -> None:
    """In one page: what, what it cost, who was hit, when it was found, told and over."""
    day = begun(worded, "orders", "stock", *READERS)
    worded.deliver(day, worded.at(day, 2), "stock")
    worded.refuse(day, worded.at(day, 3))
    for hour in (3.25, 6, 6.25):
        worded.go(worded.at(day, hour))
    now = report_html(reported(worded, 1))
    (message,) = worded.told[-1].messages
    assert all(f"<pre>{command}</pre>" in now for command in message.commands)
    assert "<pre>airflow dataops alert ack 1</pre>" in now
    for product in ("orders", *READERS):
        worded.deliver(day, worded.at(day, 8), product)
    for hour in (8.25, 8.5):
        worded.go(worded.at(day, hour))
    report = reported(worded, 1)
    assert "What to do now" not in report_html(report)
    page = " ".join(report_html(report).split())

    assert f"orders {day} was late and bad and failed" == report.title
    assert set(READERS) == {hit.product for hit in report.hit if hit.incident is not None}
    assert "It burned 400 % of the budget of fresh" in page
    assert "what reads it was late or incomplete, too: " in page
    assert all(f"<td>{product} " in page for product in READERS)
    assert [
        *("found", "to be told", "found besides", "found besides", "raised", "to be told"),
        *("passed", "passed", "published", "run ended well", "cleared", "resolved", "to be told"),
    ] == [moment.word for moment in report.course if moment.at >= report.incident.began]
