"""Notifications are delivered: each, in order, and whatever happens to one receiver."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from airflow_dataops.core.alerts.incident import Did, Incident, Phase
from airflow_dataops.core.alerts.message import Message
from airflow_dataops.core.alerts.notification import Event, Logged, Notification
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.alerts.transport import WebhookTransport
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import BrokenWorldError, SettingsError, TryLaterError
from airflow_dataops.store import schema
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.deliver_alerts import AT_ONCE, deliver_alerts
from airflow_dataops.usecases.alerts.delivery import Delivery
from airflow_dataops.usecases.ports.alerts import Decided, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.usecases.alerts.deliver_alerts import Delivered

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ORDERS = Incident(
    where=Where("shop", "orders", "2026-03-03"),
    began=NOON,
    detected=NOON,
    signals=(),
    urgency=Urgency.PAGE,
)
PLAIN = replace(ORDERS, where=Where("shop", "plain"), urgency=Urgency.TICKET)


def receiver(name: str, *ways: str) -> Receiver:
    """Return a receiver."""
    return Receiver(name=name, transports=tuple(WebhookTransport(conn_id=way) for way in ways or (name,)))


RULES = Rules(
    route=Route(receiver="root"),
    receivers=(receiver("root"), receiver("pager", "pager", "phone"), receiver("mail")),
)


@dataclass
class Receivers:
    """All that receivers hear, in order, and what is wrong with them.

    Args:
        wrong: Connection -> what speaking to it comes to.
    """

    wrong: dict[str, Exception] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)

    def channel(self, transport: WebhookTransport) -> Speaking:
        """Return what speaks to one."""
        return Speaking(self, transport.conn_id)


@dataclass
class Speaking:
    """A channel."""

    to: Receivers
    conn_id: str

    def tell(self, notification: Notification) -> Told:
        """Say it, or fail."""
        if self.conn_id in self.to.wrong:
            raise self.to.wrong[self.conn_id]
        product = notification.messages[0].where.product
        repeated = " again" if notification.again else ""
        self.to.heard.append(f"{self.conn_id}: {notification.event} {product}{repeated}")
        return Told(note="id 1")

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say what is still firing, or fail."""
        if self.conn_id in self.to.wrong:
            raise self.to.wrong[self.conn_id]
        self.to.again.extend(f"{self.conn_id}: {one.messages[0].where.product}" for one in firing)


@pytest.fixture
def world(store_url, new_store) -> SimpleNamespace:
    """An empty store on each database, receivers that work, and noon."""
    new_store(store_url)
    receivers, lines = Receivers(), []
    delivery = Delivery(
        letters=SqlAlerts(store_url),
        rules=RULES,
        channel=receivers.channel,
        clock=FrozenClock(NOON),
        loud=lines.append,
    )
    return SimpleNamespace(
        delivery=delivery, alerts=delivery.letters, receivers=receivers, lines=lines, clock=delivery.clock
    )


def told(incident: Incident = ORDERS, to: str = "pager", **changes: object) -> Notification:
    """Return a notification of an incident."""
    message = Message(
        number=0,
        key=incident.key,
        where=incident.where,
        title=f"{incident.where.product} is late",
        what=("late",),
        urgency=incident.urgency,
        phase=Phase.OPEN,
        began=NOON,
        detected=NOON,
    )
    given = Notification(
        receiver=to,
        group=incident.where.product,
        key=incident.key,
        event=Event.TRIGGER,
        urgency=incident.urgency,
        incidents=(),
        messages=(message,),
        decided=NOON,
    )
    return replace(given, **changes)


def decide(world: SimpleNamespace, *notifications: Notification, logged: tuple[Logged, ...] = ()) -> None:
    """Keep what was decided."""
    with world.alerts.deciding() as deciding:
        deciding.keep(Decided(incidents=(ORDERS, PLAIN), notifications=notifications, logged=logged))


def deliver(world: SimpleNamespace, *, after: int = 0, rules: Rules = RULES) -> Delivered:
    """Deliver, some minutes later."""
    world.clock.advance(after * MINUTE)
    return deliver_alerts(replace(world.delivery, rules=rules))


def heard(world: SimpleNamespace) -> list[str]:
    """Return what receivers heard since the last look: one after the other, of each in its order."""
    found = sorted(world.receivers.heard, key=lambda line: line.partition(":")[0])
    world.receivers.heard.clear()
    return found


def test_all_that_is_due_is_delivered_in_order(world) -> None:
    """To each receiver as it was decided; what was acknowledged isn't said again."""
    decide(
        world,
        told(PLAIN, to="mail"),
        told(),
        told(transport=1),
        told(event=Event.UPDATE),
        told(event=Event.RESOLVE),
    )
    done = deliver(world)

    assert [
        "mail: trigger plain",
        "pager: trigger orders",
        "pager: update orders",
        "pager: resolve orders",
        "phone: trigger orders",
    ] == heard(world)
    assert ({1, 2, 3, 4, 5}, 0, 0) == ({*done.told}, done.failed, done.waiting)
    assert () == deliver(world).told
    lines = [(step.did, step.text) for step in world.alerts.timeline(2)]
    assert [(Did.DELIVERED, "mail, that it began: id 1")] == lines
    assert [] == world.lines


def test_a_receiver_that_is_down_keeps_its_order_and_no_other_waiting(world) -> None:
    """It is told all of it once it is there, each after the one before, and that it may be a repeat."""
    world.receivers.wrong["pager"] = BrokenWorldError("no connection", where="pager")
    decide(world, told(), told(event=Event.RESOLVE), told(PLAIN, to="mail"))
    done = deliver(world)
    assert ["mail: trigger plain"] == heard(world)
    assert ((3,), 1, 2) == (done.told, done.failed, done.waiting)
    why = "`pager` was not told of trigger: orders is late (attempt 1): pager: no connection."
    assert [f"{why} It is tried again at 2026-03-03 12:01 UTC."] == world.lines

    deliver(world)
    assert 1 == len(world.lines)
    world.receivers.wrong["pager"] = BrokenWorldError("no connection", where="pager", hint="Is it up?")
    deliver(world, after=1)
    assert (
        "(attempt 2): pager: no connection. Is it up? It is tried again at 2026-03-03 12:03 UTC."
        in (world.lines[1])
    )
    world.receivers.wrong.clear()
    assert [] == heard(world)
    deliver(world, after=2)
    assert ["pager: trigger orders again", "pager: resolve orders"] == heard(world)


class Meeting:
    """Receivers that answer nobody before somebody else was told.

    Args:
        until: Connection whose receiver must have been told.
    """

    def __init__(self, until: str) -> None:
        self.until = until
        self.met = threading.Event()
        self.at_once: list[int] = []
        self._going = 0
        self._lock = threading.Lock()

    def channel(self, transport: WebhookTransport) -> Meets:
        """Return what speaks to one."""
        return Meets(self, transport.conn_id)

    def told(self, conn_id: str) -> Told:
        """Answer once that one was told; never, where it waits for this one."""
        with self._lock:
            self._going += 1
            self.at_once.append(self._going)
        if conn_id == self.until:
            self.met.set()
        elif not self.met.wait(30):
            raise BrokenWorldError("the others kept it waiting")
        with self._lock:
            self._going -= 1
        return Told()


@dataclass
class Meets:
    """A channel."""

    meeting: Meeting
    conn_id: str

    def tell(self, _: Notification) -> Told:
        """Wait for the one."""
        return self.meeting.told(self.conn_id)

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Wait likewise."""
        if [*firing]:
            self.meeting.told(self.conn_id)


def test_one_that_hangs_keeps_no_other_waiting(world) -> None:
    """Not though it was the first in order, and a page: others are told beside it."""
    meeting = Meeting("mail")
    decide(world, told(), told(PLAIN, to="mail"), told(PLAIN, to="root"))
    done = deliver_alerts(replace(world.delivery, channel=meeting.channel))

    assert ({1, 2, 3}, 0) == ({*done.told}, done.failed)


def test_tickets_that_hang_keep_no_page_waiting(world) -> None:
    """However many there are: half of the threads are for pages, and there are never more."""
    names = [f"chat-{number:02}" for number in range(3 * AT_ONCE)]
    rules = replace(RULES, receivers=(*RULES.receivers, *map(receiver, names)))
    decide(world, *(told(PLAIN, to=name) for name in names), told())
    meeting = Meeting("pager")
    done = deliver_alerts(replace(world.delivery, rules=rules, channel=meeting.channel))

    assert (len(names) + 1, 0) == (len(done.told), done.failed)
    assert AT_ONCE // 2 + 1 >= max(meeting.at_once)


def test_what_goes_on_is_said_again_beside_one_that_hangs(world) -> None:
    """Alertmanager would take the others for resolved."""
    logs = [
        Logged(
            group=one.where.product,
            receiver=to,
            key=one.key,
            firing=frozenset({1}),
            urgency=Urgency.PAGE,
            at=NOON,
        )
        for one, to in ((ORDERS, "mail"), (PLAIN, "root"))
    ]
    decide(world, told(to="mail"), told(PLAIN, to="root"), logged=tuple(logs))
    deliver(world)
    meeting = Meeting("root")
    world.clock.advance(5 * MINUTE)
    deliver_alerts(replace(world.delivery, channel=meeting.channel))

    assert (2, []) == (len(meeting.at_once), world.lines)


def test_one_that_takes_a_minute_for_each_word_is_told_the_rest_by_the_next_round(world) -> None:
    """So that evaluations go on; the others have heard all, and nothing is lost."""

    def slow(transport: WebhookTransport) -> Speaking:
        if transport.conn_id == "mail":
            world.clock.advance(MINUTE)
        return world.receivers.channel(transport)

    decide(
        world, *(told(to="mail", event=Event.UPDATE, key=f"k{n}") for n in range(5)), told(PLAIN, to="root")
    )
    done = deliver_alerts(replace(world.delivery, channel=slow))

    assert (3, 0, 3) == (len(done.told), done.failed, done.waiting)
    assert ["`mail` is slow: what else waits for it is told by the next round."] == world.lines
    assert 2 == len(deliver_alerts(replace(world.delivery, channel=slow)).told)
    assert 0 == deliver(world).waiting


def test_a_receiver_that_asks_for_patience_is_given_it(world) -> None:
    """Who is asked too often answers nobody."""
    world.receivers.wrong["mail"] = TryLaterError("too many", after=600)
    decide(world, told(to="mail"))
    deliver(world)
    world.receivers.wrong.clear()

    assert () == deliver(world, after=9).told
    assert (1,) == deliver(world, after=1).told


def test_where_a_receiver_cant_work_the_roots_is_told_at_once_and_of_all(world) -> None:
    """Also of what comes later, and of the end, though by then it works again; then it hears all as well."""
    world.receivers.wrong["mail"] = SettingsError("the connection `mail` isn't there")
    decide(world, told(to="mail"), told(PLAIN, to="mail"))
    deliver(world)
    assert ["root: trigger orders", "root: trigger plain"] == heard(world)
    assert "`mail` can't be told of trigger: plain is late: `root` is told instead." == world.lines[-1]

    decide(world, told(to="mail", event=Event.UPDATE))
    deliver(world, after=1)
    assert ["root: update orders"] == heard(world)
    world.receivers.wrong.clear()
    deliver(world, after=29)
    assert ["mail: trigger orders again", "mail: trigger plain", "mail: update orders"] == heard(world)
    decide(world, told(to="mail", event=Event.RESOLVE))
    deliver(world, after=1)
    assert ["mail: resolve orders", "root: resolve orders"] == heard(world)
    said = [step.text for step in world.alerts.timeline(1)]
    assert "root instead of mail, that it began: id 1" == said[0]
    assert 6 == len(said)


def test_a_receiver_that_is_unreachable_for_long_is_told_of_elsewhere(world) -> None:
    """Three attempts; nobody may sleep through a page for a webhook that is gone."""
    world.receivers.wrong |= dict.fromkeys(("pager", "phone"), BrokenWorldError("no connection"))
    decide(world, told(), told(transport=1))
    for after in (0, 1):
        deliver(world, after=after)
        assert [] == heard(world)
    deliver(world, after=2)

    # Both of its ways are closed, and the root's receiver hears of it once.
    assert ["root: trigger orders"] == heard(world)
    world.receivers.wrong.clear()
    deliver(world, after=4)
    assert ["pager: trigger orders again", "phone: trigger orders again"] == heard(world)


def test_a_receiver_that_nobody_names_any_more_is_told_of_elsewhere(world) -> None:
    """Rules change while something is open."""
    decide(world, told(), told(PLAIN, to="mail", transport=3))
    deliver(world, rules=replace(RULES, receivers=(receiver("root"), receiver("mail"))))

    assert ["root: trigger orders", "root: trigger plain"] == heard(world)
    first, second = sorted(line for line in world.lines if "was not told" in line)[::-1]
    assert "there is no receiver `pager` any more. Name it in alerts.yaml again, or mend that" in first
    assert "`mail` has fewer ways now" in second


def test_what_waits_for_one_that_is_no_more_is_taken_out_by_name_after_a_day(world) -> None:
    """Another was told at once; who is named again within the day hears all of it, and then nobody waits."""
    fewer = replace(RULES, receivers=(receiver("root"), receiver("pager", "pager", "phone")))
    decide(world, told(to="mail"), told(PLAIN, to="mail"))
    deliver(world, rules=fewer)
    assert ["root: trigger orders", "root: trigger plain"] == heard(world)
    assert 2 == deliver(world, after=60, rules=fewer).waiting
    world.lines.clear()

    decide(world, told(PLAIN, to="mail", event=Event.RESOLVE, decided=NOON + 1439 * MINUTE))
    assert 1 == deliver(world, after=1380, rules=fewer).waiting
    assert ["root: resolve plain"] == heard(world)
    why = "there is no receiver `mail` any more"
    assert [f"`mail` is never told of trigger: {name} is late: {why}." for name in ("orders", "plain")] == [
        line for line in world.lines if "never" in line
    ]
    assert f"mail was never told (trigger): {why}" in [step.text for step in world.alerts.timeline(1)]
    assert 1 == deliver(world, after=1).waiting
    assert 0 == deliver(world, after=30).waiting
    assert ["mail: resolve plain again"] == heard(world)


def test_where_the_roots_receiver_cant_work_it_is_said_in_the_log(world) -> None:
    """Nobody else is there; two that are dead don't tell each other for ever."""
    world.receivers.wrong |= dict.fromkeys(("root", "mail"), SettingsError("not set up"))
    decide(world, told(to="mail"), told(PLAIN, to="root"))
    done = deliver(world)

    assert ([], 3) == (heard(world), done.waiting)
    said = [line for line in world.lines if "nobody else is told" in line]
    assert ["plain", "orders"] == [line.split(": ")[1].split(" ")[0] for line in said]
    count = len(world.lines)
    deliver(world)
    assert count == len(world.lines)
    world.receivers.wrong.clear()
    deliver(world, after=30)
    assert {"mail: trigger orders again", "root: trigger plain again", "root: trigger orders"} == set(
        heard(world)
    )


def test_a_notifier_that_raises_anything_stops_no_other(world) -> None:
    """Its text is not shown: it may quote what was sent, or a secret."""
    world.receivers.wrong["pager"] = KeyError("s3cret")
    decide(world, told(), told(PLAIN, to="mail"))
    deliver(world)

    assert ["mail: trigger plain"] == heard(world)
    assert "KeyError, which nobody expected" in world.lines[0]
    assert "s3cret" not in "".join([*world.lines, world.alerts.waiting()[0].error])


def test_what_still_fires_is_said_again_until_it_is_over(world) -> None:
    """Alertmanager would take it for resolved; what was told just now needs no repeat."""
    log = Logged(
        group="orders",
        receiver="mail",
        key=ORDERS.key,
        firing=frozenset({1}),
        urgency=Urgency.PAGE,
        at=NOON,
    )
    decide(world, told(to="mail"), logged=(log,))
    deliver(world)
    assert [] == world.receivers.again
    deliver(world, after=5)
    assert ["mail: orders"] == world.receivers.again

    for error in (BrokenWorldError("no connection"), KeyError("s3cret")):
        world.receivers.wrong["mail"] = error
        deliver(world, after=5)
    assert [
        "`mail` could not be told again what goes on: no connection",
        "`mail` could not be told again what goes on: KeyError.",
    ] == world.lines
    decide(world, told(to="mail", event=Event.RESOLVE), logged=(replace(log, firing=frozenset()),))
    world.receivers.wrong.clear()
    deliver(world, after=5)
    deliver(world, after=5)
    assert ["mail: orders"] == world.receivers.again


def test_what_ends_while_another_receiver_is_told_again_is_not_said_to_go_on(world, monkeypatch) -> None:
    """Alertmanager would take it for something new, and tell people. Here there is one thread for all."""
    monkeypatch.setattr("airflow_dataops.usecases.alerts.say_again.AT_ONCE", 1)
    logs = tuple(
        Logged(group=to, receiver=to, key=to, firing=frozenset({1}), urgency=Urgency.PAGE, at=NOON)
        for to in ("mail", "root")
    )
    decide(world, *(told(to=one.receiver, key=one.key) for one in logs), logged=logs)
    deliver(world)
    say = Speaking.keep_alive

    def slowly(channel: Speaking, firing: Iterable[Notification]) -> None:
        if channel.conn_id == "mail":
            over = replace(logs[1], firing=frozenset())
            decide(world, told(to="root", key="root", event=Event.RESOLVE), logged=(over,))
        say(channel, firing)

    monkeypatch.setattr(Speaking, "keep_alive", slowly)
    deliver(world, after=5)
    assert ["mail: orders"] == world.receivers.again


def test_a_clock_that_was_a_year_ahead_once_keeps_nobody_waiting_for_a_year(world) -> None:
    """It failed to tell, or was killed over it, and left when to try again."""
    world.receivers.wrong["pager"] = BrokenWorldError("no connection")
    decide(world, told())
    ahead = replace(world.delivery, clock=FrozenClock(NOON + 525_600 * MINUTE))
    deliver_alerts(ahead)
    world.receivers.wrong.clear()
    deliver(world)

    assert ["pager: trigger orders again"] == heard(world)


@contextmanager
def store_away(url: str) -> Iterator[None]:
    """Take the store away for a while."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        away = file.rename(file.with_suffix(".away"))
        yield
        away.replace(file)
        return
    server, _, schema_name = url.replace("+psycopg", "").partition("?options=-csearch_path%3D")
    with psycopg.connect(server, autocommit=True) as connection:
        names = [sql.Identifier(schema_name), sql.Identifier(f"{schema_name}away")]
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(*names))
        yield
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(*reversed(names)))


def test_a_store_that_goes_away_while_somebody_is_told_loses_nothing(world, store_url) -> None:
    """What it doesn't know of is said again, as a repeat; what comes after it waits for that."""
    decide(world, told(), told(event=Event.RESOLVE))
    with ExitStack() as away:

        class Goes(Speaking):
            def tell(self, notification: Notification) -> Told:
                away.enter_context(store_away(store_url))
                return super().tell(notification)

        delivery = replace(world.delivery, channel=lambda way: Goes(world.receivers, way.conn_id))
        with pytest.raises(BrokenWorldError, match=r"could not be (read|written)"):
            deliver_alerts(delivery)
        with pytest.raises(BrokenWorldError, match="could not be read"):
            deliver(world, after=1)

    assert ["pager: trigger orders"] == heard(world)
    assert () == deliver(world).told
    deliver(world, after=1)
    assert ["pager: trigger orders again", "pager: resolve orders"] == heard(world)


def test_a_store_that_goes_away_in_the_middle_of_a_decision_has_decided_nothing(new_store_url) -> None:
    """The next evaluation decides it as if for the first time."""
    url = new_store_url("postgresql")
    schema.migrate(url)
    alerts = SqlAlerts(url)
    decided = Decided(incidents=(ORDERS,), notifications=(told(),))
    decision = alerts.deciding()
    decision.__enter__().keep(decided)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    with pytest.raises(BrokenWorldError, match="could not be written"):
        decision.__exit__(None, None, None)

    assert ((), ()) == (alerts.incidents(), alerts.waiting())
    with alerts.deciding() as deciding:
        deciding.keep(decided)
    assert ([1], [1]) == (
        [one.number for one in alerts.incidents()],
        [one.number for one in alerts.waiting()],
    )
