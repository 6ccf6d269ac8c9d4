"""Route alerts: find what is wrong, make incidents of it, and decide who is told.

All of it is read and kept while nobody else decides, so that what another evaluator has found since is never
undone by what was found before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.message import Message
from airflow_dataops.core.alerts.pipeline import decided
from airflow_dataops.core.alerts.round import Round
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.told import numbered, told
from airflow_dataops.errors import BrokenWorldError, DataOpsError
from airflow_dataops.usecases.alerts.find_signals import find_signals
from airflow_dataops.usecases.alerts.set_up_alerts import set_up_alerts
from airflow_dataops.usecases.ports.alerts import Decided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.usecases.ports.alerts import Alerts, Incidents
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.faults import Faults
    from airflow_dataops.usecases.ports.service_levels import Levels
    from airflow_dataops.usecases.ports.store import Store

MOST = 100
"""Incidents of a round that are told with all that is known of their surroundings, the most urgent first. To
find that out takes up to a tenth of a second each, and meanwhile nobody else decides."""

Compose = Callable[["Incident", Round], Message]
"""Returns what is told of an incident, from all that is known in a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What a round came to.

    Args:
        at: When it was decided, aware.
        incidents: Those that are open, and those that were found to be over.
        changed: Those of them that are new, or stand otherwise than before.
        over: Those of them that were found to be over now.
        notifications: What is to be delivered.
        warnings: What could not be told, one line each.
    """

    at: datetime
    incidents: tuple[Incident, ...] = ()
    changed: tuple[Incident, ...] = ()
    over: tuple[Incident, ...] = ()
    notifications: tuple[Notification, ...] = ()
    warnings: tuple[str, ...] = ()


def route_alerts(
    *,
    levels: Levels,
    faults: Faults,
    alerts: Alerts,
    store: Store,
    rules: Rules,
    clock: Clock,
    compose: Compose,
    environment: str = "",
) -> Routed:
    """Decide who is told of what, and keep it; nothing is delivered yet.

    Args:
        levels: What was declared, what was seen, and how objectives stand; they are evaluated.
        faults: What went wrong.
        alerts: What is remembered of alerts.
        store: Where it is kept when alerting was set up.
        rules: Who is told of what.
        clock: Tells the time.
        compose: Returns what is told of an incident.
        environment: `[dataops] environment`.

    Raises:
        BrokenWorldError: If the store can't be read or written: then nothing was decided, and the next
            evaluation decides.
        SettingsError: If the store has no tables for it.
    """
    since = set_up_alerts(store=store, now=clock.now())
    with alerts.deciding() as deciding:
        now = clock.now()
        known = deciding.incidents()
        found = find_signals(
            levels=levels, faults=faults, reports=alerts, now=now, since=_since(since, known), incidents=known
        )
        given = decided(
            Round(
                now=now,
                signals=found.signals,
                declared=found.declared,
                upstreams=found.upstreams,
                incidents=known,
                unexpected=found.unexpected,
                over=_over(found.signals, known, alerts),
                rules=rules,
                silences=alerts.silences(),
                logged=deciding.logged(),
                environment=environment,
            )
        )
        given = numbered(given, deciding.number(given.incidents))
        telling = told(given)
        warnings = list(found.warnings)
        letters = tuple(_worded(telling.notifications, given, compose, warnings))
        before = {one.key: one for one in known}
        changed = tuple(one for one in given.incidents if before.get(one.key) != one)
        deciding.keep(
            Decided(
                incidents=changed,
                steps=(*given.steps, *telling.steps),
                logged=telling.logged,
                notifications=letters,
            )
        )
    return Routed(
        at=now,
        incidents=given.incidents,
        changed=changed,
        over=tuple(
            one for one in changed if not one.open and (one.key not in before or before[one.key].open)
        ),
        notifications=letters,
        warnings=tuple(warnings),
    )


def _since(since: datetime, known: Iterable[Incident]) -> datetime:
    """Return when alerting was set up: before what is open, though the record of it may be gone."""
    began = [one.began - timedelta(microseconds=1) for one in known if one.open]
    return min([since, *began])


def _over(
    signals: Sequence[Signal], known: Iterable[Incident], alerts: Incidents
) -> Mapping[Where, datetime]:
    """Return when incidents were over of partitions that budgets burn for: they explain that these burn."""
    burns = [one for one in signals if one.kind is Kind.BURNING]
    # What burns in an incident that stays open stays there: of the others only, what was before is asked.
    wrong = {one.where for one in signals if one.kind is not Kind.BURNING}
    has = {
        (one.where[:2], signal.name)
        for one in known
        if one.open and one.where in wrong
        for signal in one.signals
    }
    burning = {one.where for one in burns if (one.where[:2], one.name) not in has} - wrong
    found: dict[Where, datetime] = {}
    for where in burning | {one._replace(partition="") for one in burning}:
        past = alerts.incidents(**where._asdict(), phase="resolved")
        times = [one.explained_until for one in past if one.explained_until is not None]
        if times:
            found[where] = max(times)
    return found


def _worded(
    notifications: Iterable[Notification], given: Round, compose: Compose, warnings: list[str]
) -> Iterator[Notification]:
    """Yield notifications with their messages; an incident is put into words once."""
    known = {one.number: one for one in given.incidents}
    words: dict[int, Message] = {}
    for one in notifications:
        for number in one.incidents:
            if number not in words and len(words) < MOST:
                words[number] = _message(known[number], given, compose, warnings)
            elif number not in words:
                words[number] = bare(known[number], given)
        yield replace(one, messages=tuple(words[number] for number in one.incidents))
    if len(words) > MOST:
        more = len(words) - MOST
        warnings.append(f"{more} incidents are told without their surroundings: too many are told at once")


def _message(incident: Incident, given: Round, compose: Compose, warnings: list[str]) -> Message:
    """Return what is told of an incident: no more than what is wrong, where the rest can't be found out."""
    try:
        return compose(incident, given)
    except BrokenWorldError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is: it must not keep all others from being told
        known = isinstance(error, DataOpsError | ArithmeticError | LookupError | TypeError | ValueError)
        why = str(error) if known else type(error).__name__
        warnings.append(f"incident {incident.number} is told without its surroundings: {why}")
        return bare(incident, given)


def bare(incident: Incident, given: Round) -> Message:
    """Return what an incident says by itself."""
    its = given.labelled(incident)
    place = " ".join(part for part in (incident.where.product, incident.where.partition) if part)
    kinds = " and ".join(incident.kinds)
    return Message(
        number=incident.number,
        key=incident.key,
        where=incident.where,
        dataset=its.labels.get("dataset", ""),
        title=f"{place} was {kinds}" if incident.resolved else f"{place} is {kinds}",
        what=tuple(one.text or one.name for one in incident.signals),
        urgency=incident.urgency,
        phase=incident.phase,
        began=incident.began,
        detected=incident.detected,
        resolved=incident.resolved,
        owner=its.labels.get("owner", ""),
        labels=tuple(sorted(its.labels.items())),
    )
