from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.route import Receiver, Route, nodes
from airflow_dataops.core.alerts.routed import route
from airflow_dataops.core.alerts.rules import LOG, Rules
from airflow_dataops.core.alerts.transport import LogTransport, WebhookTransport
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Urgency

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)


def receiver(name):
    """Somebody who is told."""
    return Receiver(name=name, transports=(WebhookTransport(conn_id=name),))


PAGES = Route(receiver="pager", matchers=(parsed("severity=page"),))
ROOT = Route(receiver="desk", routes=(PAGES,))
RULES = Rules(route=ROOT, receivers=(receiver("desk"), receiver("pager"), receiver("#orders")))


def told(rules, *incidents, **known):
    """Product -> who is told."""
    found = route(Round(now=NOW, incidents=incidents, rules=rules, **known))
    return [(group.members[0].incident.where.product, group.key, group.receiver) for group in found.groups]


def test_where_nothing_is_set_up_all_goes_to_the_log(incident):
    """Nothing is silent."""
    assert [("orders", "{}", "log")] == told(Rules(), incident())


def test_a_route_that_matches_takes_it_and_else_the_root_does(incident):
    """By its labels."""
    assert [("orders", "{}", "desk")] == told(RULES, incident())
    page = incident(urgency=Urgency.PAGE)
    assert [("orders", '{}/{severity="page"}', "pager")] == told(RULES, page)


def test_who_is_quiet_or_over_is_told_to_nobody_new(incident):
    """What was told of them is remembered elsewhere."""
    one = incident()
    assert [] == told(RULES, one, quiet={one.key: "shop/raw"})
    assert [] == told(RULES, replace(one, phase=Phase.RESOLVED, resolved=NOW))


def test_a_support_channel_that_is_a_receiver_is_told_instead_of_the_root_s(incident):
    """The first of them; but not instead of a route that somebody wrote."""
    declaration = Declaration(
        team="shop",
        product="orders",
        dataset="orders",
        expectation=Expectation(),
        channels=("#unknown", "#orders", "pager"),
        since=NOW,
    )
    declared = {("shop", "orders"): declaration}
    assert [("orders", "{}", "#orders")] == told(RULES, incident(), declared=declared)
    page = incident(urgency=Urgency.PAGE)
    assert [("orders", '{}/{severity="page"}', "pager")] == told(RULES, page, declared=declared)


def test_a_receiver_that_is_not_there_is_never_silence(incident):
    """The root's is told, and where that is missing too, the log."""
    page = incident(urgency=Urgency.PAGE)
    without = replace(RULES, receivers=(receiver("desk"), Receiver(name="pager", transports=())))
    assert "desk" == told(without, page)[0][2]
    assert LOG.name == told(replace(RULES, receivers=()), page)[0][2]
    mine = Receiver(name="log", transports=(LogTransport(), WebhookTransport(conn_id="x")))
    assert mine is Rules(receivers=(mine,)).receiver("log")


def test_a_root_that_does_not_match_is_still_the_root(incident):
    """Lint refuses it; at night it is no reason to be silent."""
    odd = replace(RULES, route=replace(ROOT, matchers=(parsed("team=nobody"),)))
    assert [("orders", '{team="nobody"}', "desk")] == told(odd, incident())


def test_one_receiver_is_told_once_by_routes_that_are_alike(incident):
    """Two of the same matchers, the first of which goes on."""
    twice = replace(ROOT, routes=(replace(PAGES, go_on=True), PAGES))
    assert 1 == len(told(replace(RULES, route=twice), incident(urgency=Urgency.PAGE)))
    assert ["{}", '{}/{severity="page"}', '{}/{severity="page"}'] == [node.key for node in nodes(twice)]
