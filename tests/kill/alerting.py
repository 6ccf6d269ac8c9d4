"""Alerts from what a callback reports to who is told, over the real store and HTTP, killable at each point.

    python alerting.py kills URL PORT     kill it at the first point, at the second, … until there is none
    python alerting.py once URL PORT MINUTE     wait for a line, and do all of it once
    python alerting.py broken|mended URL MINUTE     what it is about: a run that failed, and that ended well

A point is a statement or a commit that the store is sent, or a moment before or after a receiver is told.
Each product has an incident of its own: it is opened, where the process is killed at the point, and goes on
in another process; and it is resolved likewise.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from sqlalchemy import Engine, event

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.route import Receiver, Route
from airflow_dataops.core.alerts.rules import Rules
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.alerts.transport import WebhookTransport
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.store.alerts.alerts import SqlAlerts
from airflow_dataops.store.faults import SqlFaults
from airflow_dataops.store.levels.service_levels import SqlServiceLevels
from airflow_dataops.store.sql import SqlStore
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.deliver_alerts import deliver_alerts
from airflow_dataops.usecases.alerts.delivery import Delivery
from airflow_dataops.usecases.alerts.route_alerts import bare, route_alerts
from airflow_dataops.usecases.alerts.set_up_alerts import set_up_alerts
from airflow_dataops.usecases.ports.alerts import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.alerts.notification import Notification

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WAYS = ("pager", "chat")
RULES = Rules(
    route=Route(receiver="all"),
    receivers=(Receiver(name="all", transports=tuple(WebhookTransport(conn_id=way) for way in WAYS)),),
    keep_firing_for=timedelta(0),
)


class Point:
    """Counts points, and kills this process at one of them."""

    def __init__(self, last: int | None) -> None:
        self._last, self._passed = last, 0

    def __call__(self, *_: object) -> None:
        """Pass a point, or die."""
        if self._passed == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self._passed += 1


@dataclass(frozen=True)
class HttpChannel:
    """A receiver, on a port of this machine."""

    address: str
    point: Callable[[], None]

    def tell(self, notification: Notification) -> Told:
        """Post what tells a notification from others."""
        said = {
            "key": notification.key,
            "number": notification.number,
            "event": notification.event,
            "again": notification.again,
            "product": notification.messages[0].where.product,
        }
        self.point()
        request = Request(self.address, data=json.dumps(said).encode())  # noqa: S310 - on this machine
        with urlopen(request) as answer:  # noqa: S310 - as above
            answer.read()
        self.point()
        return Told()

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Forget nothing."""


def alert(url: str, port: str, *, at: datetime, point: Callable[[], None]) -> None:
    """Decide and deliver, as one evaluation does."""
    alerts, clock = SqlAlerts(url), FrozenClock(at)
    route_alerts(
        levels=SqlServiceLevels(url),
        faults=SqlFaults(url),
        alerts=alerts,
        store=SqlStore(url),
        rules=RULES,
        clock=clock,
        compose=bare,
    )
    deliver_alerts(
        Delivery(
            letters=alerts,
            rules=RULES,
            channel=lambda way: HttpChannel(f"http://127.0.0.1:{port}/{way.conn_id}", point),
            clock=clock,
            loud=sys.exit,
        )
    )


def in_a_child(url: str, port: str, *, at: datetime, last: int | None = None) -> bool:
    """Do all of it in a process that is killed at a point; return whether it was."""
    child = os.fork()
    if not child:
        point = Point(last)
        event.listen(Engine, "before_cursor_execute", point)
        event.listen(Engine, "commit", point)
        alert(url, port, at=at, point=point)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in {0, -signal.SIGKILL}:
        sys.exit(f"it ended with {code}")
    return code != 0


def fail(url: str, product: str, *, at: datetime) -> None:
    """Declare a product, and report that its run failed."""
    set_up_alerts(store=SqlStore(url), now=NOON - timedelta(hours=1))
    declaration = Declaration(
        team="shop",
        product=product,
        dataset=product,
        expectation=Expectation(schedule="@daily"),
        since=NOON - timedelta(hours=1),
    )
    SqlServiceLevels(url).declare(declaration)
    where = Where("shop", product, "2026-03-02")
    SqlAlerts(url).report(Reported(where=where, kind=Kind.FAILED, run_id="run", at=at))


def mend(url: str, product: str, *, at: datetime) -> None:
    """Have the run end well."""
    run = RunOutcome(
        team="shop",
        dag_id=product,
        run_id="run",
        partition="2026-03-02",
        ended=at,
        first=Outcome.FAILED,
        final=Outcome.SUCCESS,
    )
    SqlServiceLevels(url).ran(run)


def kills(url: str, port: str) -> None:
    """Kill it at each point, and print how many there were."""
    for last in itertools.count():
        product, start = f"orders{last}", NOON + 30 * last * MINUTE
        killed = []
        for what, begin in ((fail, start), (mend, start + 15 * MINUTE)):
            what(url, product, at=begin)
            killed.append(in_a_child(url, port, at=begin + MINUTE, last=last))
            # By then the lease of who was killed is over.
            in_a_child(url, port, at=begin + 4 * MINUTE)
        if not any(killed):
            sys.stdout.write(f"{last}\n")
            return


def once(url: str, port: str, minute: str) -> None:
    """Decide and deliver once, together with others."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    alert(url, port, at=NOON + int(minute) * MINUTE, point=Point(None))


def broken(url: str, minute: str) -> None:
    """Have a run fail."""
    fail(url, "orders", at=NOON + int(minute) * MINUTE)


def mended(url: str, minute: str) -> None:
    """Have it end well."""
    mend(url, "orders", at=NOON + int(minute) * MINUTE)


if __name__ == "__main__":
    _, what, *rest = sys.argv
    globals()[what](*rest)
