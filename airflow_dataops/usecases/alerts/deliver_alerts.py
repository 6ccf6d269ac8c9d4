"""Deliver notifications: each until it is acknowledged, in their order, and none waits for another receiver.

Receivers are told beside each other, each of one thing at a time. The store is asked and told by nobody but
who delivers, so that a death leaves what one after another would leave.

An attempt is counted before it is made, and an acknowledgement is kept after it: so after a death between the
two it is made once more, which a receiver that knows the key of what it is told takes for the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.backoff import LONGEST, UNREACHABLE, pause
from airflow_dataops.core.alerts.detour import instead
from airflow_dataops.core.alerts.repeat import PATIENCE
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import DataOpsError, SettingsError, TryLaterError
from airflow_dataops.usecases.alerts.beside import Beside
from airflow_dataops.usecases.alerts.delivery import channel_of
from airflow_dataops.usecases.alerts.say_again import say_again

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future
    from datetime import datetime

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.usecases.alerts.delivery import Delivery
    from airflow_dataops.usecases.ports.alerts import Told

LEASE = timedelta(minutes=2)
"""Nobody else tries meanwhile; a channel must have given up by then."""

AT_ONCE = 16
"""Transports that are spoken to at once, at most: half of them for what is no page."""

ENOUGH = timedelta(minutes=2)
"""How long one transport is spoken to in one delivery: what still waits for it then is for the next one, as
evaluations must not wait for a receiver that takes a minute for each word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a delivery came to.

    Args:
        told: Numbers of the notifications that were acknowledged.
        failed: How many attempts failed; they are made again later.
        waiting: How many notifications wait.
    """

    told: tuple[int, ...] = ()
    failed: int = 0
    waiting: int = 0


def deliver_alerts(delivery: Delivery) -> Delivered:
    """Deliver all that is due, pages first, and say again what is still firing.

    A receiver that can't be told is tried again, after 1 minute and then ever later, at last each 30 minutes.
    Where it can't work as it is set up, or failed three times, the root's receiver is told instead of it, of
    all that waits for it, and of what becomes of that; when it works again it is told as well.

    Raises:
        BrokenWorldError: If the store can't be read or written: what it doesn't know of is delivered again.
        SettingsError: If the store has no tables, or a newer version wrote in it.
    """
    speaking: Beside[Notification, Told] = Beside(AT_ONCE)
    with speaking:
        its = _Delivering(delivery, speaking)
        while True:
            begun = its.begin()
            if its.unsure and its.detour():
                continue  # what is told instead is due at once
            if len(speaking):
                its.end()
            elif not begun:
                break
    waiting = delivery.letters.waiting()
    say_again(delivery, but=its.told, waiting=waiting)
    return Delivered(told=tuple(its.told), failed=its.failed, waiting=len(waiting))


@dataclass(slots=True)
class _Delivering:
    """One delivery.

    Args:
        delivery: What it needs.
        speaking: The attempts that go on.
        told: Numbers of what was acknowledged, as it was.
        failed: How many attempts failed.
        since: Transport of a receiver -> when it was spoken to first.
        unsure: Whether others may have to be told instead of some: to ask takes long where much was told.
        tired: Those that were spoken to for long enough.
        gone: Those that are no more.
    """

    delivery: Delivery
    speaking: Beside[Notification, Told]
    told: list[int] = field(default_factory=list)
    failed: int = 0
    since: dict[tuple[str, int], datetime] = field(default_factory=dict)
    unsure: bool = True
    tired: set[tuple[str, int]] = field(default_factory=set)
    gone: set[tuple[str, int]] = field(default_factory=set)

    def begin(self) -> int:
        """Begin attempts at what is due, as many as may go on at once; return how many."""
        letters, clock, begun = self.delivery.letters, self.delivery.clock, 0
        for one in sorted(letters.due(now=clock.now()), key=_pages_first):
            now, urgent = clock.now(), one.urgency is Urgency.PAGE
            if self._gone(one, now):
                begun += 1
                continue
            if self._enough(one, now) or not self.speaking.free(urgent=urgent):
                continue
            mine = letters.begin(one.number, now=now, until=now + LEASE)
            if mine is not None:
                self.since.setdefault((mine.receiver, mine.transport), now)
                self.speaking.begin(mine, partial(_speak, mine, self.delivery), urgent=urgent)
                begun += 1
        return begun

    def _gone(self, one: Notification, now: datetime) -> bool:
        """Take out what waits for a receiver that hasn't been there for long; return whether it was.

        Whoever is told instead of it has been told by then.
        """
        way = (one.receiver, one.transport)
        there = self.delivery.rules.receiver(one.receiver) is not None
        if there or now - one.decided < PATIENCE or not (one.attempts or way in self.gone):
            return False
        if way not in self.gone:
            self.gone.add(way)
            self.detour()
        why = f"there is no receiver `{one.receiver}` any more"
        self.delivery.letters.withdraw(one.number, at=now, why=why)
        self.delivery.loud(f"`{one.receiver}` is never told of {_about(one)}: {why}.")
        return True

    def end(self) -> None:
        """Wait until an attempt has ended, and keep what came of it."""
        for mine, came in self.speaking.ended():
            if _kept(mine, came, self.delivery):
                self.told.append(mine.number)
            else:
                self.failed += 1
                self.unsure = True

    def detour(self) -> int:
        """Have others told instead of those that can't be, unless they are being told; return of how many."""
        going = {(one.receiver, one.transport) for one in self.speaking.about}
        stuck = self.delivery.letters.stuck(attempts=UNREACHABLE)
        free = [one for one in stuck if (one.receiver, one.transport) not in going]
        done = _detour(free, self.delivery)
        # Who is told instead may be one that can't be told, either.
        self.unsure = done > 0 or len(free) < len(stuck)
        return done

    def _enough(self, one: Notification, now: datetime) -> bool:
        """Tell whether a transport was spoken to for long enough, and say so once."""
        way = (one.receiver, one.transport)
        if now - self.since.get(way, now) < ENOUGH:
            return False
        if way not in self.tired:
            self.tired.add(way)
            self.delivery.loud(f"`{one.receiver}` is slow: what else waits for it is told by the next round.")
        return True


def _pages_first(notification: Notification) -> tuple[bool, int]:
    return notification.urgency is not Urgency.PAGE, notification.number


def _kept(notification: Notification, came: Future[Told], delivery: Delivery) -> bool:
    """Keep what an attempt came to; return whether it was acknowledged."""
    try:
        said = came.result()
    except SettingsError as error:
        _failed(notification, delivery, why=str(error), wait=LONGEST, refused=True)
    except TryLaterError as error:
        wait = max(timedelta(seconds=error.after), pause(notification.attempts))
        _failed(notification, delivery, why=str(error), wait=wait)
    except DataOpsError as error:
        _failed(notification, delivery, why=str(error), wait=pause(notification.attempts))
    except Exception as error:  # noqa: BLE001 - whatever a notifier raises: no other receiver may wait for it
        why = f"{type(error).__name__}, which nobody expected"
        _failed(notification, delivery, why=why, wait=pause(notification.attempts))
    else:
        delivery.letters.delivered(notification.number, at=delivery.clock.now(), note=said.note)
        return True
    return False


def _speak(notification: Notification, delivery: Delivery) -> Told:
    return channel_of(notification.receiver, notification.transport, delivery).tell(notification)


def _failed(
    notification: Notification, delivery: Delivery, *, why: str, wait: timedelta, refused: bool = False
) -> None:
    at = delivery.clock.now() + wait
    ends = "" if why.endswith((".", "?", "!")) else "."
    delivery.letters.failed(notification.number, why=why, next_at=at, refused=refused)
    delivery.loud(
        f"`{notification.receiver}` was not told of {_about(notification)} (attempt {notification.attempts}):"
        f" {why}{ends} It is tried again at {at:%Y-%m-%d %H:%M} {at.tzname()}."
    )


def _about(notification: Notification) -> str:
    title = notification.messages[0].title if notification.messages else notification.group
    more = len(notification.messages) - 1
    return f"{notification.event}: {title}" + (f", and {more} more" if more > 0 else "")


def _detour(stuck: Iterable[Notification], delivery: Delivery) -> int:
    """Have others told instead of those that can't be; return of how many notifications."""
    done = 0
    others: set[tuple[object, ...]] = set()
    for one in stuck:
        # A receiver with two ways that are both closed is one receiver.
        same = (one.receiver, one.group, one.event, one.decided)
        found = () if same in others else instead(one, delivery.rules)
        if not delivery.letters.detour(one.number, instead=found):
            continue
        others.add(same)
        done += 1
        if one.delivered is None:
            to = f"`{found[0].receiver}` is told instead" if found else "nobody else is told"
            delivery.loud(f"`{one.receiver}` can't be told of {_about(one)}: {to}.")
    return done
