from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.alerts.group import group
from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.core.alerts.inhibit import inhibit
from airflow_dataops.core.alerts.interval import Interval, NamedInterval
from airflow_dataops.core.alerts.matcher import parsed
from airflow_dataops.core.alerts.mute import mute
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.repeat import repeat
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.routed import route
from airflow_dataops.core.alerts.rules import USUAL, Rules
from airflow_dataops.core.alerts.signal import Kind, Signal
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.alerts.told import numbered, told
from airflow_dataops.core.alerts.transport import AlertmanagerTransport, LogTransport, WebhookTransport
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.incident import Incident

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = 24 * 60
DESK = Receiver(name="desk", transports=(WebhookTransport(conn_id="desk"),))
PAGER = Receiver(name="pager", transports=(WebhookTransport(conn_id="pager"),))
RULES = Rules(route=Route(receiver="desk"), receivers=(DESK, PAGER))
TO_PAGER = Route(receiver="pager", matchers=(parsed("severity=page"),))


class World:
    """What a store would remember, evaluation by evaluation."""

    def __init__(self, rules: Rules = RULES, **known: object) -> None:
        self.rules, self.known = rules, known
        self.incidents: dict[str, Incident] = {}
        self.logged: dict[tuple[str, str], object] = {}
        self.steps: list[object] = []

    def at(self, minute: float, *changed: Incident) -> list[str]:
        """Evaluate; return what was told: event, receiver, key or urgency."""
        for one in changed:
            kept = self.incidents.get(one.key)
            self.incidents[one.key] = replace(one, number=kept.number) if kept else one
        given = Round(
            now=NOW + minute * MINUTE,
            incidents=tuple(self.incidents.values()),
            rules=self.rules,
            logged=tuple(self.logged.values()),
            **self.known,
        )
        for step in (inhibit, route, group, mute, repeat):
            given = step(given)
        for one in given.incidents:
            number = one.number or 1 + max((each.number for each in self.incidents.values()), default=0)
            self.incidents[one.key] = replace(one, number=number)
        found = told(numbered(given, self.incidents.values()))
        self.logged |= {(one.group, one.receiver): one for one in found.logged}
        self.steps += [step for _, step in (*given.steps, *found.steps)]
        self.sent = found.notifications
        return [f"{one.event} {one.receiver} {one.urgency}" for one in self.sent]


def over(one: Incident, minute: float = 0) -> Incident:
    """An incident that is resolved."""
    return replace(one, phase=Phase.RESOLVED, resolved=NOW + minute * MINUTE)


def also(one: Incident, kind: Kind, **changes: object) -> Incident:
    """An incident with one more thing wrong."""
    return replace(one, signals=(*one.signals, Signal(where=one.where, kind=kind, since=NOW)), **changes)


def test_an_incident_is_told_once_and_resolved_once(incident):
    """Nothing between, and nothing after."""
    world, one = World(), incident()
    assert ["trigger desk ticket"] == world.at(0, one)
    assert one.key == world.sent[0].key
    assert [] == world.at(5) == world.at(60)
    assert ["resolve desk ticket"] == world.at(65, over(one))
    assert one.key == world.sent[0].key
    assert (1,) == world.sent[0].incidents
    assert [] == world.at(70) == world.at(1000)
    assert ["desk, that it began", "desk, that it is over"] == [
        step.text for step in world.steps if step.did is Did.NOTIFIED
    ]


def test_more_that_is_wrong_with_it_is_an_update(incident):
    """After the group's interval; what is well again is none."""
    world, one = World(), incident()
    world.at(0, one)
    more = also(one, Kind.FAILED)
    assert [] == world.at(4, more)
    assert ["update desk ticket"] == world.at(5, more)
    assert one.key == world.sent[0].key
    assert [] == world.at(10, more)
    assert [] == world.at(15, replace(one, had=("failed",)))


def test_some_seconds_more_or_less_make_no_evaluation_too_early(incident):
    """Nor does a short interval become none."""
    world, one = World(), incident()
    world.at(0, one)
    assert [] == world.at(4.4, over(one))
    assert ["resolve desk ticket"] == world.at(4.6)
    world = World(replace(RULES, route=Route(receiver="desk", group_interval=MINUTE)))
    world.at(0, one)
    assert [] == world.at(0.8, over(one))


def test_a_rise_of_urgency_is_told_at_once(incident):
    """However short ago it was told, once."""
    world, one = World(), incident()
    world.at(0, one)
    page = replace(one, urgency=Urgency.PAGE)
    assert ["update desk page"] == world.at(1, page)
    assert [] == world.at(2, page) == world.at(3, page)


def test_what_goes_on_is_told_again_unless_somebody_has_it_in_hand(incident):
    """After the route's interval."""
    world, one = World(), incident()
    world.at(0, one)
    assert [] == world.at(240)
    assert ["update desk ticket"] == world.at(241)
    assert [] == world.at(482, replace(one, phase=Phase.ACKNOWLEDGED, acknowledged_by="ann"))
    assert [] == world.at(900)
    assert ["resolve desk ticket"] == world.at(905, over(one))


def test_what_somebody_has_in_hand_is_told_last_unless_the_news_is_of_that(incident):
    """After what is over, too; that it is a page now leads."""
    world = World(replace(RULES, route=Route(receiver="desk", group_by=())))
    taken = replace(incident(), phase=Phase.ACKNOWLEDGED, acknowledged_by="ann")
    other, third = incident("report"), incident("board")
    world.at(0, incident(), other, third)
    assert ["update desk ticket"] == world.at(5, taken, over(other, 5))
    assert (3, 2, 1) == world.sent[0].incidents
    assert ["update desk ticket"] == world.at(10, over(third, 10))
    assert (3, 1) == world.sent[0].incidents
    assert ["update desk ticket"] == world.at(15, also(taken, Kind.BAD), incident("churn"))
    assert (4, 1) == world.sent[0].incidents
    assert ["update desk page"] == world.at(16, replace(taken, urgency=Urgency.PAGE))
    assert (1, 4) == world.sent[0].incidents


def test_more_wrong_in_what_somebody_has_in_hand_leads_where_the_rest_is_over(incident):
    """It is the news."""
    world = World(replace(RULES, route=Route(receiver="desk", group_by=())))
    taken = replace(incident(), phase=Phase.ACKNOWLEDGED, acknowledged_by="ann")
    world.at(0, taken, incident("report"))
    assert ["update desk ticket"] == world.at(5, also(taken, Kind.BAD), over(incident("report"), 5))
    assert (1, 2) == world.sent[0].incidents


def test_what_somebody_has_in_hand_is_not_new_to_who_has_it_while_the_file_is_broken(incident):
    """It is where it has risen since, or where nobody has it in hand."""
    world, one, other = World(), incident(), incident("report")
    taken = replace(one, phase=Phase.ACKNOWLEDGED, acknowledged_by="ann")
    world.at(0, one, other)
    world.rules = USUAL
    assert ["trigger log ticket"] == world.at(5, taken)
    assert [(2,)] == [sent.incidents for sent in world.sent]
    assert ["trigger log page"] == world.at(10, replace(taken, urgency=Urgency.PAGE))


def test_a_new_group_waits_for_more(incident):
    """From when its first incident was found; what is over by then was never told."""
    rules = replace(RULES, route=Route(receiver="desk", group_by=("team",), group_wait=10 * MINUTE))
    world = World(rules)
    assert [] == world.at(0, incident())
    assert [] == world.at(9, incident("report", detected=NOW + 9 * MINUTE))
    assert ["trigger desk ticket"] == world.at(10)
    assert (1, 2) == world.sent[0].incidents
    world = World(rules)
    assert [] == world.at(0, incident())
    assert [] == world.at(5, over(incident(), 5)) == world.at(15)


def test_a_group_has_one_key_until_it_is_over_and_another_when_it_comes_again(incident):
    """Whoever joins it or leaves it."""
    world = World(replace(RULES, route=Route(receiver="desk", group_by=())))
    first, second = incident(), incident("report")
    world.at(0, first, second)
    key = world.sent[0].key
    assert key not in {first.key, second.key}
    assert ["update desk ticket"] == world.at(5, over(first, 5))
    assert (2, 1) == world.sent[0].incidents
    assert ["update desk ticket"] == world.at(10, incident("board"))
    assert [key] == [one.key for one in world.sent]
    assert ["resolve desk ticket"] == world.at(15, over(second), over(incident("board")))
    assert [key] == [one.key for one in world.sent]
    again = incident(detected=NOW + 20 * MINUTE, began=NOW + 19 * MINUTE)
    assert ["trigger desk ticket"] == world.at(20, again)
    assert [again.key] == [one.key for one in world.sent]


def test_a_receiver_that_is_not_told_of_ends_is_told_of_what_comes_again(incident):
    """It is remembered that it is over."""
    deaf = replace(DESK, send_resolved=False)
    world = World(replace(RULES, receivers=(deaf,)))
    world.at(0, incident())
    assert [] == world.at(5, over(incident()))
    assert ["trigger desk ticket"] == world.at(10, incident(detected=NOW + 10 * MINUTE))


def test_who_was_told_that_it_began_is_told_that_it_is_over(incident):
    """Though it was raised to another route between: who has it now is told too."""
    world = World(replace(RULES, route=Route(receiver="desk", routes=(TO_PAGER,))))
    one = incident()
    page = replace(one, urgency=Urgency.PAGE)
    assert ["trigger desk ticket"] == world.at(0, one)
    assert ["trigger pager page"] == world.at(5, page)
    assert ["update pager page"] == world.at(500, page)
    assert ["resolve desk ticket", "resolve pager page"] == sorted(world.at(505, over(page)))
    assert [] == world.at(510)


def test_a_group_is_left_by_nobody_whose_labels_change(incident):
    """It is one notification, and its updates."""
    by_severity = replace(RULES, route=Route(receiver="desk", group_by=("severity",)))
    world, one = World(by_severity), incident()
    assert ["trigger desk ticket"] == world.at(0, one)
    assert ["update desk page"] == world.at(1, replace(one, urgency=Urgency.PAGE))
    assert ["resolve desk page"] == world.at(10, over(replace(one, urgency=Urgency.PAGE)))


def test_a_receiver_that_is_gone_is_told_the_end_alone_and_it_is_written_down(incident):
    """Who is told now is told. What it had is closed for whoever is told instead, a day after the end."""
    world, one = World(), incident()
    world.at(0, one)
    world.rules = replace(RULES, route=Route(receiver="pager"), receivers=(PAGER,))
    assert ["trigger pager ticket"] == world.at(5)
    assert ["resolve pager ticket"] == world.at(10, over(one, 10))
    assert ["resolve desk ticket"] == world.at(11 + DAY)
    assert any("desk, which is no receiver any more, that it is over" in step.text for step in world.steps)
    assert [] == world.at(16 + DAY)


def test_a_clock_that_was_a_year_ahead_once_holds_back_no_end_for_a_year(incident):
    """What was told by it is taken for told long ago."""
    world, one = World(), incident()
    assert ["trigger desk ticket"] == world.at(365 * DAY, one)
    assert ["update desk ticket"] == world.at(5)
    assert [] == world.at(10)
    assert ["resolve desk ticket"] == world.at(15, over(one))


def test_a_receiver_that_was_away_for_a_while_is_told_what_became_of_all_that_it_knows(incident):
    """As where the file that names it is broken for an hour, in which everything goes to the log."""
    world, one, other = World(), incident(), incident(partition="2026-03-01")
    assert ["trigger desk ticket"] == world.at(0, one, other)
    world.rules = USUAL
    assert ["trigger log ticket"] == world.at(5)
    assert ["update log ticket"] == world.at(10, over(one, 10), other)
    assert ["resolve log ticket"] == world.at(15, over(other, 15))
    world.rules = RULES
    assert ["resolve desk ticket"] == world.at(70)
    assert {1, 2} == {*world.sent[0].incidents}


def silence(minutes: float) -> Silence:
    """A silence of all products of the team."""
    return Silence(
        number=3, matchers=(parsed("team=shop"),), start=NOW, end=NOW + minutes * MINUTE, who="me", why="so"
    )


def test_a_silence_holds_back_all_until_it_is_over(incident):
    """That it began, that there is more, and that it is over."""
    world, one, other = World(silences=(silence(30),)), incident(), incident("report")
    assert [] == world.at(0, one, other)
    assert ["silence 3"] * 2 == [each.held_by for each in world.incidents.values()]
    assert [] == world.at(10, replace(over(other, 10), held_by="")) == world.at(20)
    assert 2 == sum(step.did is Did.SILENCED for step in world.steps)
    assert ["trigger desk ticket"] == world.at(31)
    assert "" == world.incidents[one.key].held_by
    assert [] == world.at(60)


def test_what_was_told_before_a_silence_is_closed_after_it(incident):
    """Once."""
    world, one = World(), incident(detected=NOW - 10 * MINUTE)
    world.at(-10, one)
    world.known = {"silences": (silence(30),)}
    assert [] == world.at(0) == world.at(10, over(one, 10))
    assert ["resolve desk ticket"] == world.at(31)
    assert [] == world.at(60)


def test_others_of_a_group_are_told_of_though_one_is_silenced(incident):
    """The one isn't in it."""
    quiet = replace(silence(1000), matchers=(parsed("product=report"),))
    world = World(replace(RULES, route=Route(receiver="desk", group_by=())), silences=(quiet,))
    assert ["trigger desk ticket"] == world.at(0, incident(), incident("report"))
    assert [incident().key] == [one.key for one in world.sent]
    assert ["resolve desk ticket"] == world.at(10, over(incident()))


def test_nobody_is_told_in_a_maintenance_window(incident):
    """Once it is over, they are."""
    nights = NamedInterval(name="nights", intervals=(Interval(times=((480, 540),)),))
    rules = replace(RULES, route=Route(receiver="desk", mute=("nights",)), intervals=(nights,))
    world, one = World(rules), incident()
    before = incident("report", detected=NOW - 5 * MINUTE)
    assert ["trigger desk ticket"] == world.at(-5, before)
    assert [] == world.at(0, one) == world.at(30, over(before, 30)) == world.at(59)
    assert "interval nights" == world.incidents[one.key].held_by
    assert ["trigger desk ticket", "resolve desk ticket"] == world.at(60)
    assert "" == world.incidents[one.key].held_by


def test_what_another_route_tells_is_not_held_back(incident):
    """Only one of the two is muted."""
    nights = NamedInterval(name="nights", intervals=(Interval(),))
    rules = Rules(
        route=Route(
            receiver="desk",
            routes=(
                Route(receiver="desk", matchers=(parsed("team=shop"),), mute=("nights",), go_on=True),
                Route(receiver="pager", matchers=(parsed("product=orders"),)),
            ),
        ),
        receivers=(DESK, PAGER),
        intervals=(nights,),
    )
    world = World(rules)
    assert ["trigger pager ticket"] == world.at(0, incident())
    assert {""} == {one.held_by for one in world.incidents.values()}


def test_what_becomes_quiet_after_it_was_told_is_closed_too(incident):
    """It isn't repeated meanwhile."""
    world = World(upstreams={("shop", "report"): (("shop", "orders"),)})
    report, orders = incident("report"), incident(kinds=(Kind.FAILED,))
    assert ["trigger desk ticket"] == world.at(0, report)
    assert ["trigger desk ticket"] == world.at(5, orders)
    assert ["update desk ticket"] == world.at(600)
    assert [orders.key] == [one.key for one in world.sent]
    assert ["resolve desk ticket"] * 2 == world.at(610, over(orders), over(report))


def test_what_an_upstream_incident_explains_is_never_told(incident):
    """When both are well again."""
    world = World(upstreams={("shop", "report"): (("shop", "orders"),)})
    report, orders = incident("report"), incident(kinds=(Kind.FAILED,))
    assert ["trigger desk ticket"] == world.at(0, report, orders)
    assert ["resolve desk ticket"] == world.at(5, over(orders, 5), replace(report, explained_by=orders.said))
    assert [] == world.at(10, over(report)) == world.at(300)


ALERTMANAGER = Receiver(
    name="desk", transports=(AlertmanagerTransport(conn_id="am"), LogTransport()), send_resolved=False
)


def test_alertmanager_is_told_of_each_incident_on_its_own(incident):
    """It groups, silences and repeats itself; the others of the receiver are told as usual."""
    slow = Route(receiver="desk", group_by=(), group_wait=30 * MINUTE)
    world = World(Rules(route=slow, receivers=(ALERTMANAGER,)), silences=(silence(5),))
    one, other = incident(), incident("report")
    assert ["trigger desk ticket"] * 2 == world.at(0, one, other)
    assert {(0, one.key), (0, other.key)} == {(sent.transport, sent.key) for sent in world.sent}
    assert ["update desk ticket"] == world.at(1, also(one, Kind.BAD))
    assert ["trigger desk ticket"] == world.at(30)
    assert [1] == [sent.transport for sent in world.sent]
    assert ["resolve desk ticket"] == world.at(31, over(other, 31))
    assert [0] == [sent.transport for sent in world.sent]
    assert [] == world.at(32)
    assert ["update desk ticket"] == world.at(300)
    assert [1] == [sent.transport for sent in world.sent]


def test_alertmanager_is_told_of_a_rise_once(incident):
    """With the same key."""
    world, one = World(Rules(route=Route(receiver="desk"), receivers=(ALERTMANAGER,))), incident()
    world.at(0, one)
    world.at(1, replace(one, urgency=Urgency.PAGE))
    assert [(0, one.key), (1, one.key)] == [(sent.transport, sent.key) for sent in world.sent]
    assert [] == world.at(2)


def test_an_incident_without_a_number_is_not_told_of(incident):
    """The store gives it one before anything is kept."""
    given = Round(now=NOW, incidents=(incident(),))
    for step in (route, group, mute, repeat):
        given = step(given)
    assert [Event.TRIGGER] == [one.event for one in given.groups]
    with pytest.raises(ValueError, match="no number"):
        told(given)
