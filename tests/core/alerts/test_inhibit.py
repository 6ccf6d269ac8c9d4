from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.core.alerts.inhibit import inhibit
from airflow_dataops.core.alerts.inhibition import Inhibition
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.upstream import read_by
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective, Urgency
from airflow_dataops.core.slo.sli import Sli

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
ORDERS, REPORT, BOARD = ("shop", "orders"), ("shop", "report"), ("shop", "board")
READS = {REPORT: (ORDERS,), BOARD: (REPORT,)}


def quiet(*incidents, upstreams=READS, rules=(), now=NOW):
    """Which products are quiet -> what explains them."""
    given = Round(now=now, incidents=incidents, upstreams=upstreams, rules=Rules(inhibitions=rules))
    found = inhibit(given)
    return {one.where.product: found.quiet[one.key] for one in found.incidents if one.key in found.quiet}


LATE = {
    "late": ((Kind.LATE,), True),
    "incomplete": ((Kind.INCOMPLETE,), True),
    "late and burning": ((Kind.LATE, Kind.BURNING), True),
    "bad": ((Kind.BAD,), False),
    "late and bad": ((Kind.LATE, Kind.BAD), False),
    "lost": ((Kind.LATE, Kind.LOST), False),
    "failed": ((Kind.FAILED, Kind.LATE), False),
    "burning alone": ((Kind.BURNING,), False),
}


@pytest.mark.parametrize(("kinds", "expected"), LATE.values(), ids=LATE)
def test_an_upstream_incident_explains_what_is_late_and_nothing_else(incident, kinds, expected):
    """What is bad here is so whatever others deliver."""
    found = quiet(incident(kinds=(Kind.FAILED,)), incident("report", kinds=kinds))
    assert found == ({"report": "shop/orders/2026-03-02"} if expected else {})


@pytest.mark.parametrize("kind", list(Kind))
def test_all_but_a_burning_budget_can_be_a_cause(incident, kind):
    """It burns because of something."""
    assert bool(quiet(incident(kinds=(kind,)), incident("report"))) is (kind is not Kind.BURNING)


PARTITIONS = {
    "the same day": ("2026-03-02", "2026-03-02", True),
    "another day": ("2026-03-01", "2026-03-02", False),
    "a day of the month": ("2026-03-02", "2026-03", True),
    "a day of another month": ("2026-02-02", "2026-03", False),
    "an hour of the day": ("2026-03-02", "2026-03-02T05", True),
    "the id of a run": ("2026-03-01", "manual__1", True),
    "no partition": ("", "2026-03-02", True),
}


@pytest.mark.parametrize(("up", "down", "expected"), PARTITIONS.values(), ids=PARTITIONS)
def test_the_partitions_must_meet(incident, up, down, expected):
    """Where one of them is no time, any may be the cause."""
    assert bool(quiet(incident(partition=up), incident("report", down))) is expected


@pytest.mark.parametrize(
    ("up", "down", "days", "expected"),
    [
        ("manual__1", "2026-03-02", 1, True),
        ("manual__1", "2026-03-02", 2, False),
        ("2026-03-02", "manual__1", 2, False),
        ("eu", "eu", 2, True),
        ("", "2026-03-02", 2, True),
        ("2026-03-02", "2026-03-02", 2, True),
    ],
)
def test_what_began_long_before_explains_nothing_where_partitions_tell_nothing(
    incident, up, down, days, expected
):
    """A run by hand that nobody cleared is open for weeks, while all that is scheduled is well."""
    old = incident(partition=up, began=NOW - timedelta(days=days))
    assert bool(quiet(old, incident("report", down, began=NOW))) is expected


def test_the_cause_at_the_end_of_the_chain_is_named(incident):
    """And a product that isn't read explains nothing."""
    found = quiet(incident("board"), incident("report"), incident(), incident("other"))
    assert {"report", "board"} == set(found)
    assert {"shop/orders/2026-03-02"} == set(found.values())


def test_what_is_over_explains_nothing_any_more(incident):
    """It never did, where the other one began after it."""
    over = incident(phase=Phase.RESOLVED, resolved=NOW)
    assert not quiet(over, incident("report"))


def test_what_was_explained_has_one_more_evaluation_to_become_well(incident):
    """Then it is told."""
    upstream, downstream = incident(), incident("report")
    first = inhibit(Round(now=NOW, incidents=(upstream, downstream), upstreams=READS))
    over = replace(upstream, phase=Phase.RESOLVED, resolved=NOW + timedelta(minutes=5))
    downstream = next(one for one in first.incidents if one.where.product == "report")

    assert "shop/orders/2026-03-02" == downstream.explained_by
    assert quiet(over, downstream, now=NOW + timedelta(minutes=5))
    assert not quiet(over, downstream, now=NOW + timedelta(minutes=10))
    after = inhibit(Round(now=NOW + timedelta(minutes=10), incidents=(over, downstream), upstreams=READS))
    assert [""] == [one.explained_by for one in after.incidents if one.open]


def test_it_is_written_down_once(incident):
    """The timeline says what explains it, and not at each evaluation."""
    given = Round(now=NOW, incidents=(incident(), incident("report", number=7)), upstreams=READS)
    first = inhibit(given)
    again = inhibit(replace(first, steps=()))
    assert [(Did.INHIBITED, 7, "explained by shop/orders/2026-03-02")] == [
        (step.did, step.number, step.text) for _, step in first.steps
    ]
    assert () == again.steps


def test_two_that_explain_each_other_are_both_told(incident):
    """Circles of products are, and rules that cross."""
    circle = {ORDERS: (REPORT,), REPORT: (ORDERS,)}
    assert not quiet(incident(), incident("report"), upstreams=circle)
    rules = (
        Inhibition(source=(parsed("product=orders"),), target=(parsed("product=report"),)),
        Inhibition(source=(parsed("product=report"),), target=(parsed("product=orders"),)),
    )
    assert not quiet(incident(), incident("report"), upstreams={}, rules=rules)
    # Neither do a rule and the graph that cross.
    assert not quiet(incident(), incident("report"), rules=rules[1:])


def test_rules_keep_quiet_what_they_name(incident):
    """Beside the graph."""
    rule = Inhibition(
        source=(parsed("severity=page"),), target=(parsed("severity=ticket"),), equal=("team", "product")
    )
    page = incident(urgency=Urgency.PAGE)
    found = quiet(page, incident(partition="2026-03-01"), incident("refunds"), rules=(rule,))
    assert {"orders"} == set(found)


def test_what_explains_a_page_is_a_page(incident):
    """Somebody has to be woken, once: for the cause."""
    given = Round(now=NOW, incidents=(incident(), incident("report", urgency=Urgency.PAGE)), upstreams=READS)
    found = inhibit(given)
    assert {"orders": Urgency.PAGE, "report": Urgency.PAGE} == {
        one.where.product: one.urgency for one in found.incidents
    }
    assert [Did.RAISED, Did.INHIBITED] == [step.did for _, step in found.steps]


def declared(owner, *, promises):
    """What a product declares."""
    objective = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction(9, 10))
    return Declaration(
        team=owner[0],
        product=owner[1],
        dataset=owner[1],
        expectation=Expectation(),
        objectives=(objective,) if promises else (),
        since=NOW,
    )


def test_a_product_that_promises_nothing_stands_in_nobody_s_way():
    """It has no incident that could explain; one that promises has, if it is wrong."""
    for promises, expected in ((False, [REPORT, ORDERS]), (True, [REPORT])):
        known = {REPORT: declared(REPORT, promises=promises)}
        assert expected == list(read_by(BOARD, READS, known))
    circle = {ORDERS: (REPORT,), REPORT: (ORDERS,)}
    assert [REPORT] == list(read_by(ORDERS, circle, {}))
