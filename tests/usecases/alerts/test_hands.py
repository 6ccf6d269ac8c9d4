"""What people do about incidents: take them, mark them, silence alerts; each leaves its trail."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Engine, event

from airflow_dataops.core.alerts.incident import Did, Phase
from airflow_dataops.core.alerts.matcher import Matcher, Operator
from airflow_dataops.core.alerts.notification import Event
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import LOG, Rules
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.silence import Silence
from airflow_dataops.core.alerts.transport import PagerDutyTransport, WebhookTransport
from airflow_dataops.core.publication import AuditRecord
from airflow_dataops.core.slo.objective import Objective
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.alerts.acknowledge import acknowledge
from airflow_dataops.usecases.alerts.mark_incident import mark_incident
from airflow_dataops.usecases.alerts.show_alert import show_alert
from airflow_dataops.usecases.alerts.silence_alerts import silence_alerts
from airflow_dataops.usecases.alerts.unsilence import unsilence

HOUR = timedelta(hours=1)
DAY = date(2026, 3, 2)
FRESH = Objective(
    name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), threshold=Fraction(6 * 3600), alerts=()
)
PAGER = Receiver(
    name="pager", transports=(PagerDutyTransport(conn_id="pd"), WebhookTransport(conn_id="hook"))
)
PAGED = Rules(route=Route(receiver="pager"), receivers=(PAGER, LOG))


def late(world, day: date = DAY):
    """Let a partition be late; return its incident."""
    if not world.alerts.incidents():
        world.declare("orders", FRESH, tier="critical")
        world.evaluate()
        world.deliver(date(2026, 3, 1), world.at(date(2026, 3, 1), 2))
    world.go(world.at(day, 7))
    return next(one for one in world.alerts.incidents() if one.where.partition == str(day))


def taken(world, number: int, who: str = "ann", why: str = "", rules: Rules | None = None):
    """Acknowledge an incident."""
    return acknowledge(
        number,
        who=who,
        why=why,
        alerts=world.alerts,
        rules=rules or world.rules,
        clock=world.clock,
    )


def trail(world) -> list[tuple[str, str, str]]:
    """What people did, by the audit trail."""
    people = [one for one in world.store.facts(AuditRecord) if one.action != "alerts.set_up"]
    return [(one.action, one.who, one.why) for one in people]


def told_all(world) -> None:
    """Let each receiver acknowledge what waits for it."""
    while due := world.alerts.due(now=world.clock.now()):
        for one in due:
            world.alerts.begin(one.number, now=world.clock.now(), until=world.clock.now() + HOUR)
            world.alerts.delivered(one.number, at=world.clock.now())


def test_who_has_an_incident_is_not_told_again(world) -> None:
    """Not after the repeat interval; but that it is over."""
    number = late(world).number
    found = taken(world, number, why="I look at it")
    assert (Phase.ACKNOWLEDGED, "ann") == (found.phase, found.acknowledged_by)
    world.go(world.at(DAY, 12))
    assert [Event.TRIGGER] == [one.event for one in world.told]
    assert Phase.ACKNOWLEDGED is world.alerts.incident(number).phase

    world.deliver(DAY, world.at(DAY, 13))
    for hour in (13.5, 13.75):
        world.go(world.at(DAY, hour))
    assert Event.RESOLVE is world.told[-1].event
    assert [("incident.acknowledge", "ann", "I look at it")] == trail(world)
    steps = [(step.who, step.text) for step in world.alerts.timeline(number) if step.did is Did.ACKNOWLEDGED]
    assert [("ann", "I look at it")] == steps


def test_without_hands_it_is_told_again(world) -> None:
    """So the test before can fail."""
    late(world)
    world.go(world.at(DAY, 12))
    assert [Event.TRIGGER, Event.UPDATE] == [one.event for one in world.told]


def test_an_incident_is_taken_over(worlds) -> None:
    """The trail has both, though the subject is the same."""
    number = late(worlds).number
    taken(worlds, number)
    worlds.go(worlds.at(DAY, 7.5))
    assert "ben" == taken(worlds, number, who="ben").acknowledged_by

    assert ["", "taken over from ann"] == [why for _, _, why in trail(worlds)]


def test_what_is_over_or_unknown_can_not_be_taken(world) -> None:
    """Each is refused by name, and nothing is written."""
    number = late(world).number
    world.deliver(DAY, world.at(DAY, 8))
    for hour in (8.5, 8.75):
        world.go(world.at(DAY, hour))
    with pytest.raises(SettingsError, match=f"incident {number} is over since 2026-03-03 08:30 UTC"):
        taken(world, number)
    with pytest.raises(SettingsError, match="there is no incident 99"):
        taken(world, 99)
    assert [] == trail(world)


def test_a_pager_is_told_that_somebody_has_it(worlds) -> None:
    """PagerDuty alone: a webhook has no such word. The next round changes nothing of it."""
    worlds.rules = PAGED
    number = late(worlds).number
    told_all(worlds)
    taken(worlds, number)
    (one,) = worlds.alerts.waiting()

    assert ("pager", 0, Event.UPDATE) == (one.receiver, one.transport, one.event)
    assert [Phase.ACKNOWLEDGED] == [message.phase for message in one.messages]
    assert worlds.told[0].key == one.key
    told_all(worlds)
    worlds.go(worlds.at(DAY, 7.5))
    assert () == worlds.alerts.waiting()


def test_a_pager_that_has_not_heard_of_it_yet_hears_both(world) -> None:
    """In their order."""
    world.rules = PAGED
    number = late(world).number
    taken(world, number)

    lane = [one for one in world.alerts.waiting() if one.transport == 0]
    assert [(Event.TRIGGER, Phase.OPEN), (Event.UPDATE, Phase.ACKNOWLEDGED)] == [
        (one.event, one.messages[0].phase) for one in lane
    ]


def test_a_mark_stays_beside_what_others_say(worlds) -> None:
    """And may be taken back."""
    number = late(worlds).number
    both = {"alerts": worlds.alerts, "clock": worlds.clock}
    taken(worlds, number)
    mark_incident(number, actionable=False, who="ben", why="a holiday", **both)
    worlds.go(worlds.at(DAY, 7.5))
    found = worlds.alerts.incident(number)
    assert ("ann", "ben: a holiday") == (found.acknowledged_by, found.not_actionable)

    mark_incident(number, actionable=True, who="ann", why="it was no holiday", **both)
    assert "" == worlds.alerts.incident(number).not_actionable
    did = {one for one, _, _ in trail(worlds)}
    assert {"incident.acknowledge", "incident.mark_not_actionable", "incident.mark_actionable"} == did
    with pytest.raises(SettingsError, match="there is no incident 99"):
        mark_incident(99, actionable=True, who="ann", why="x", **both)


def quiet(world, hours: float, who: str = "ann") -> Silence:
    """Silence a product from now on."""
    now = world.clock.now()
    matchers = (Matcher("product", Operator.EQUAL, "orders"),)
    asked = Silence(matchers=matchers, start=now, end=now + hours * HOUR, who=who, why="we migrate")
    return silence_alerts(asked, silences=world.alerts, clock=world.clock)


def test_a_silence_holds_back_until_it_is_ended(world) -> None:
    """Then it is told; the trail has who, until when and why."""
    world.declare("orders", FRESH, tier="critical")
    world.go(world.at(DAY, 5))
    number = quiet(world, 24).number
    world.go(world.at(DAY, 7))
    assert [] == world.told
    (incident,) = world.alerts.incidents()
    shown = show_alert(incident.number, alerts=world.alerts)
    assert [(Did.SILENCED, "held back by silence 1")] == [(step.did, step.text) for step in shown.told]

    unsilence(number, who="ben", why="", silences=world.alerts, clock=world.clock)
    world.go(world.at(DAY, 7.5))
    assert [Event.TRIGGER] == [one.event for one in world.told]
    first, second = trail(world)
    assert ("alerts.silence", "ann") == first[:2]
    assert first[2].startswith(
        'we migrate (product="orders", 2026-03-03T05:00:00+00:00 to 2026-03-04T05:00:00'
    )
    assert ("alerts.unsilence", "ben", "") == second


def test_a_silence_that_is_over_or_unknown_can_not_be_ended(worlds) -> None:
    """Each is refused by name."""
    worlds.go(worlds.at(DAY, 5))
    number = quiet(worlds, 1).number
    worlds.clock = replace_clock(worlds, 7)
    every = {"who": "ann", "why": "", "silences": worlds.alerts, "clock": worlds.clock}
    with pytest.raises(SettingsError, match=f"silence {number} is over since 2026-03-03 06:00 UTC"):
        unsilence(number, **every)
    with pytest.raises(SettingsError, match="there is no silence 9"):
        unsilence(9, **every)


def replace_clock(world, hour: float):
    """Let it be later."""
    return type(world.clock)(world.at(DAY, hour))


def test_people_at_once(worlds) -> None:
    """Each silence has a number of its own; of who takes and who marks neither is lost."""
    number = late(worlds).number
    made: list[int] = []
    failures: list[BaseException] = []

    def safely(work) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    def mark() -> None:
        mark_incident(
            number,
            actionable=False,
            who="ben",
            why="x",
            alerts=worlds.alerts,
            clock=worlds.clock,
        )

    works = [lambda: made.append(quiet(worlds, 1).number)] * 4 + [lambda: taken(worlds, number), mark]
    threads = [threading.Thread(target=safely, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = worlds.alerts.incident(number)

    assert [] == failures
    assert [1, 2, 3, 4] == sorted(made)
    assert (Phase.ACKNOWLEDGED, "ann", "ben: x") == (
        found.phase,
        found.acknowledged_by,
        found.not_actionable,
    )


def test_what_a_receiver_refuses_is_shown(world) -> None:
    """With why, and when it is tried again."""
    world.rules = PAGED
    number = late(world).number
    (first, *_) = world.alerts.waiting()
    world.alerts.begin(first.number, now=world.clock.now(), until=world.clock.now())
    world.alerts.failed(first.number, why="PagerDuty refuses (401)", next_at=world.clock.now() + HOUR)

    shown = show_alert(number, alerts=world.alerts)
    assert [Did.NOTIFIED] == [step.did for step in shown.told]
    assert ["PagerDuty refuses (401)", ""] == [one.error for one in shown.waiting]
    assert Kind.LATE in shown.incident.kinds


def test_what_a_person_does_and_that_they_did_are_one_transaction(worlds, request) -> None:
    """Whatever kills the process: nobody has an incident in hand of whom the trail knows nothing."""
    number = late(worlds).number
    both = {"alerts": worlds.alerts, "clock": worlds.clock}
    ending = {"silences": worlds.alerts, "clock": worlds.clock}
    committed: list[object] = []

    def note(connection: object) -> None:
        committed.append(connection)

    event.listen(Engine, "commit", note)
    request.addfinalizer(lambda: event.remove(Engine, "commit", note))
    for count, act in enumerate(
        (
            lambda: taken(worlds, number),
            lambda: mark_incident(number, actionable=False, who="ben", why="a holiday", **both),
            lambda: quiet(worlds, 1),
            lambda: unsilence(1, who="ben", why="", **ending),
        ),
        start=1,
    ):
        before = len(committed)
        act()
        assert (1, count) == (len(committed) - before, len(trail(worlds)))
