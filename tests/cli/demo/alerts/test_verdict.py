"""What receivers heard, against what they should have: a word too many, too few, too early, or too loud."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.cli.demo.alerts.drills import DRILLS
from airflow_dataops.cli.demo.alerts.heard import Look, first_after
from airflow_dataops.cli.demo.alerts.verdict import Times, findings
from airflow_dataops.core.alerts.incident import Incident
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.testing.http_receiver import Received

START = datetime(2026, 3, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAUSED, MAINTAINED, UPSTREAM = DRILLS[0], DRILLS[-1], DRILLS[4]


def received(body: object) -> Received:
    """A request."""
    return Received(method="POST", path="/", headers={}, body=json.dumps(body).encode(), answered=200)


def ours(event: str, urgency: str, product: str) -> Received:
    """What our webhook is told."""
    return received({"event": event, "urgency": urgency, "incidents": [{"product": product}]})


def theirs(status: str, urgency: str, product: str) -> Received:
    """What Alertmanager tells."""
    labels = {"product": product, "severity": urgency}
    return received({"status": status, "alerts": [{"status": status, "labels": labels}]})


def looks(*told: tuple[tuple[Received, ...], tuple[Received, ...]]) -> list[Look]:
    """Evaluations of half a minute, in each minute one."""
    return [
        Look(
            number=number,
            began=START + number * MINUTE,
            ended=START + number * MINUTE + MINUTE / 2,
            ours=mine,
            theirs=its,
        )
        for number, (mine, its) in enumerate(told, start=1)
    ]


def incident(product: str, explained_by: str = "") -> Incident:
    """An incident of a product."""
    return Incident(
        where=Where("shop", product, "2026-03-03"),
        began=START,
        detected=START,
        signals=(),
        urgency=Urgency.PAGE,
        explained_by=explained_by,
    )


def found(drill, evaluations, *others: Incident):
    """What is found of a drill that was wrong before the second evaluation, and mended before the third."""
    times = Times(wrong=START + 1.9 * MINUTE, mended=START + 2.9 * MINUTE)
    (finding,) = findings(
        [drill],
        looks=evaluations,
        times={drill.product: times},
        incidents=[incident(drill.product), *others],
    )
    return finding


BEGINS = ((ours("trigger", "page", "paused"),), (theirs("firing", "page", "paused"),))
ENDS = ((ours("resolve", "page", "paused"),), (theirs("resolved", "page", "paused"),))
NOTHING = ((), ())


def test_a_drill_holds_that_was_told_once_and_was_over_once() -> None:
    """Updates between are no second page."""
    more = ((ours("update", "page", "paused"),), ())

    assert found(PAUSED, looks(NOTHING, BEGINS, NOTHING, ENDS, NOTHING)).holds
    both = ((*BEGINS[0], *more[0]), BEGINS[1])
    assert found(PAUSED, looks(NOTHING, both, NOTHING, ENDS, NOTHING)).holds


@pytest.mark.parametrize(
    "told",
    [
        (NOTHING, NOTHING, NOTHING, NOTHING),
        (BEGINS, NOTHING, NOTHING, ENDS),
        (NOTHING, NOTHING, BEGINS, ENDS),
        (NOTHING, BEGINS, ENDS, NOTHING),
        (NOTHING, BEGINS, NOTHING, NOTHING, ENDS),
        (NOTHING, BEGINS, NOTHING, ENDS, BEGINS),
        (NOTHING, BEGINS, BEGINS, ENDS),
        (NOTHING, BEGINS, NOTHING, NOTHING),
        (NOTHING, BEGINS, ENDS, ENDS),
        (NOTHING, BEGINS, NOTHING, ENDS, ENDS),
        (NOTHING, ((ours("trigger", "ticket", "paused"),), BEGINS[1]), NOTHING, ENDS),
        (NOTHING, (BEGINS[0], (theirs("firing", "ticket", "paused"),)), NOTHING, ENDS),
        (NOTHING, (BEGINS[0], ()), NOTHING, ENDS),
        (NOTHING, BEGINS, NOTHING, (ENDS[0], ())),
    ],
)
def test_a_drill_does_not_hold_that_was_told_otherwise(told) -> None:
    """Never, too early, too late, twice; the same of its end; as a ticket; by one of two alone."""
    assert not found(PAUSED, looks(*told)).holds


def test_a_second_incident_is_one_too_many() -> None:
    """Though receivers were told once."""
    assert not found(PAUSED, looks(NOTHING, BEGINS, NOTHING, ENDS), incident("paused")).holds


def test_in_maintenance_nobody_is_told_anything() -> None:
    """But there was an incident."""
    loud = ((ours("trigger", "ticket", "serviced"),), ())

    assert found(MAINTAINED, looks(NOTHING, NOTHING, NOTHING)).holds
    assert not found(MAINTAINED, looks(NOTHING, loud, NOTHING)).holds


def test_of_what_waits_for_it_nobody_is_told_and_it_is_explained() -> None:
    """All three, by this incident."""
    begins = ((ours("trigger", "page", "orders"),), (theirs("firing", "page", "orders"),))
    ends = ((ours("resolve", "page", "orders"),), (theirs("resolved", "page", "orders"),))
    upstream = "shop/orders/2026-03-03"
    explained = [incident(product, upstream) for product in UPSTREAM.explains]
    aside = ((*begins[0], ours("trigger", "page", "sales")), begins[1])

    assert found(UPSTREAM, looks(NOTHING, begins, NOTHING, ends), *explained).holds
    assert not found(UPSTREAM, looks(NOTHING, aside, NOTHING, ends), *explained).holds
    assert not found(UPSTREAM, looks(NOTHING, begins, NOTHING, ends), *explained[1:]).holds
    assert not found(UPSTREAM, looks(NOTHING, begins, NOTHING, ends), *explained[1:], incident("sales")).holds


def test_what_happens_during_an_evaluation_may_be_known_by_it_or_by_the_next() -> None:
    """What happens between two is known by the next one alone."""
    evaluations = looks(NOTHING, NOTHING, NOTHING)

    assert {2} == first_after(evaluations, START + 1.9 * MINUTE)
    assert {1, 2} == first_after(evaluations, START + 1.2 * MINUTE)
    assert {1} == first_after(evaluations, START)
    assert {3} == first_after(evaluations, START + 3.2 * MINUTE)
    assert set() == first_after(evaluations, START + 9 * MINUTE)
