"""Deliver notifications: each until it is acknowledged, in their order, and none waits for another receiver.

An attempt is counted before it is made, and an acknowledgement is kept after it: so after a death between the
two it is made once more, which a receiver that knows the key of what it is told takes for the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.backoff import LONGEST, UNREACHABLE, pause
from airflow_dataops.core.alerts.detour import instead
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.errors import DataOpsError, SettingsError, TryLaterError
from airflow_dataops.usecases.alert_ports import Detours, Outgoing, Post

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.transport import Transport
    from airflow_dataops.usecases.alert_ports import Channel, Told
    from airflow_dataops.usecases.ports.clock import Clock

LEASE = timedelta(minutes=2)
"""Nobody else tries meanwhile; a channel must have given up by then."""


class Letters(Outgoing, Detours, Post, Protocol):
    """Notifications, on their way and where they went."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What delivering needs.

    Args:
        letters: Where notifications are.
        rules: Who is told, and how.
        channel: Returns what speaks to a transport.
        clock: Tells the time.
        loud: Told of what could not be delivered, in one line each: the last resort.
    """

    letters: Letters
    rules: Rules
    channel: Callable[[Transport], Channel]
    clock: Clock
    loud: Callable[[str], object]


def deliver_alerts(delivery: Delivery) -> Delivered:
    """Deliver all that is due, pages first, and say again what is still firing.

    A receiver that can't be told is tried again, after 1 minute and then ever later, at last each 30 minutes.
    Where it can't work as it is set up, or failed three times, the root's receiver is told instead of it, of
    all that waits for it, and of what becomes of that; when it works again it is told as well.

    Raises:
        BrokenWorldError: If the store can't be read or written: what it doesn't know of is delivered again.
        SettingsError: If the store has no tables, or a newer version wrote in it.
    """
    letters, told, failed = delivery.letters, list[int](), 0
    while True:
        begun = 0
        for one in sorted(letters.due(now=delivery.clock.now()), key=_pages_first):
            now = delivery.clock.now()
            mine = letters.begin(one.number, now=now, until=now + LEASE)
            if mine is None:
                continue
            begun += 1
            if _tell(mine, delivery):
                told.append(mine.number)
            else:
                failed += 1
        # What is told instead is due at once.
        if not begun and not _detour(delivery):
            break
    waiting = letters.waiting()
    _keep_alive(delivery, but=told, waiting=waiting)
    return Delivered(told=tuple(told), failed=failed, waiting=len(waiting))


def _pages_first(notification: Notification) -> tuple[bool, int]:
    return notification.urgency is not Urgency.PAGE, notification.number


def _tell(notification: Notification, delivery: Delivery) -> bool:
    """Make an attempt, and keep what it came to; return whether it was acknowledged."""
    try:
        said = _speak(notification, delivery)
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
    return _channel(notification.receiver, notification.transport, delivery).tell(notification)


def _channel(name: str, transport: int, delivery: Delivery) -> Channel:
    receiver = delivery.rules.receiver(name)
    if receiver is None or transport >= len(receiver.transports):
        raise SettingsError(
            f"there is no receiver `{name}` any more" if receiver is None else f"`{name}` has fewer ways now",
            hint="Name it in alerts.yaml again, or mend that file where it is wrong.",
        )
    return delivery.channel(receiver.transports[transport])


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


def _detour(delivery: Delivery) -> int:
    """Have others told instead of those that can't be; return of how many notifications."""
    done = 0
    others: set[tuple[object, ...]] = set()
    for one in delivery.letters.stuck(attempts=UNREACHABLE):
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


def _keep_alive(delivery: Delivery, *, but: Collection[int], waiting: Iterable[Notification]) -> None:
    """Say again what is still firing; a receiver for which something waits hears of it by that."""
    busy = {(one.receiver, one.transport) for one in waiting}
    lanes: dict[tuple[str, int], list[Notification]] = {}
    for one in delivery.letters.firing():
        if one.number not in but and (one.receiver, one.transport) not in busy:
            lanes.setdefault((one.receiver, one.transport), []).append(one)
    for (receiver, transport), firing in lanes.items():
        # The one before may have taken a minute, in which another evaluator said that it is over.
        numbers = {one.number for one in delivery.letters.firing()}
        still = [one for one in firing if one.number in numbers]
        if not still:
            continue
        try:
            _channel(receiver, transport, delivery).keep_alive(still)
        except DataOpsError as error:
            delivery.loud(f"`{receiver}` could not be told again what goes on: {error}")
        except Exception as error:  # noqa: BLE001 - as above
            delivery.loud(f"`{receiver}` could not be told again what goes on: {type(error).__name__}.")
