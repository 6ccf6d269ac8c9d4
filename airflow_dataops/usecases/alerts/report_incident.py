"""Report an incident: the first draft of what people write after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.causes import SHORTLY, causes, changes
from airflow_dataops.core.alerts.cost import cost
from airflow_dataops.core.alerts.course import Known, course
from airflow_dataops.core.alerts.postmortem import Hit, Postmortem
from airflow_dataops.core.alerts.readers import readers
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.title import is_missing, subject, title, was
from airflow_dataops.core.alerts.wrong import broken_of, lines_of
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.newest import held
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.alerts.alerting_graph import upstreams_of
from airflow_dataops.usecases.alerts.runs_of_incident import runs_of_incident
from airflow_dataops.usecases.alerts.what_next import what_next
from airflow_dataops.usecases.ports.service_levels import Declarations, Seen, Standings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.usecases.ports.alerts import Incidents
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import Owner
    from airflow_dataops.usecases.ports.store import F, Store
    from airflow_dataops.usecases.ports.timetable import Timetable

AFTER = timedelta(hours=1)
"""How long after it was over something of its partition belongs to it; later, it was run again."""


class Levels(Declarations, Seen, Standings, Protocol):
    """What was declared, what was seen, and how objectives stand."""


def report_incident(
    number: int, *, incidents: Incidents, levels: Levels, store: Store, timetable: Timetable, clock: Clock
) -> Postmortem:
    """Return what is known of an incident, from what landed to what was resolved.

    Args:
        number: What people call it.
        incidents: Remembers incidents.
        levels: What was declared, what was seen, and how objectives stand.
        store: What is remembered of batches.
        timetable: Knows when schedules are due.
        clock: Tells the time.

    Raises:
        SettingsError: If there is no such incident.
        BrokenWorldError: If the store can't be read.
    """
    incident = incidents.incident(number)
    if incident is None:
        raise SettingsError(
            f"there is no incident {number}", hint="`airflow dataops incident list` shows those there are."
        )
    now = clock.now()
    where = incident.where
    until = (incident.resolved or now) + AFTER
    runs = [run for run in runs_of_incident(incident, levels) if run.ended <= until]
    history = held(levels.declared(team=where.team, product=where.product), now)
    then = _then(history, incident.began)
    facts = _Facts(store, incident, until)
    verdicts = facts.of(Verification)
    known = Known(
        steps=incidents.timeline(number),
        changes=changes(history, since=incident.began - SHORTLY, until=until),
        landings=facts.of(Landing),
        verdicts=verdicts,
        observations=(*facts.of(Observation), *_ends(incident, levels, {run.run_id for run in runs}, until)),
        publications=facts.of(Publication),
        runs=runs,
    )
    graph = upstreams_of(levels.stamps())
    ahead = what_next(incident, levels=levels, timetable=timetable, now=now)
    kept = levels.kept(team=where.team, product=where.product).values()
    return Postmortem(
        incident=incident,
        title=title(incident) if incident.open else f"{subject(where)} {_was(incident)}",
        at=now,
        what=lines_of(incident),
        owner=then.owner if then else "",
        tier=then.tier if then else "",
        contract=then.contract if then else "",
        code=then.code if then else (),
        course=course(known),
        steps=tuple(known.steps),
        burned=cost(incident, kept, runs={run.run_id for run in runs}),
        broken=broken_of(incident),
        causes=causes(
            incident,
            upstream=_upstream(incident, incidents, graph.get(where[:2], ())),
            history=history,
            runs=runs,
        ),
        hit=tuple(_hit(incident, incidents, readers(where[:2], graph))),
        commands=ahead.commands,
        once=ahead.once,
        quarantine=next((one.quarantine for one in reversed(verdicts) if one.quarantine), ""),
    )


def _kinds(incident: Incident) -> tuple[Kind, ...]:
    """Return in which ways it was ever wrong."""
    return (*incident.kinds, *(Kind(name.split(" ", 1)[0]) for name in incident.had))


def _was(incident: Incident) -> str:
    return was(_kinds(incident), missing=is_missing(incident.signals))


def _ends(incident: Incident, levels: Seen, runs: Collection[str], until: datetime) -> Iterator[Observation]:
    """Yield what was seen of runs of the incident: a run that is cleared ends once more."""
    where = incident.where
    seen = levels.observations(since=incident.began - SHORTLY, team=where.team, product=where.product)
    return (one for one in seen if one.batch.partition in runs and one.at <= until)


def _then(history: Sequence[Declaration], at: datetime) -> Declaration | None:
    """Return what held at an instant, or else what was declared first after it."""
    before = [one for one in history if one.since <= at]
    return before[-1] if before else next(iter(history), None)


class _Facts:
    """What is remembered of the partition of an incident, until it was over."""

    def __init__(self, store: Store, incident: Incident, until: datetime) -> None:
        self._store = store
        self._where = incident.where
        self._since = incident.began - SHORTLY
        self._until = until

    def of(self, kind: type[F]) -> tuple[F, ...]:
        """Return the facts of a kind, oldest first; none where the incident is about no partition."""
        where = self._where
        if not where.partition:
            return ()
        found = self._store.facts(kind, team=where.team, product=where.product, partition=where.partition)
        return tuple(one for one in found if self._since <= _at(one) <= self._until)


def _at(fact: object) -> datetime:
    at: datetime = fact.landed_at if isinstance(fact, Landing) else fact.at  # type: ignore[attr-defined]
    return at


def _upstream(incident: Incident, incidents: Incidents, owners: Iterable[Owner]) -> Iterator[Incident]:
    """Yield incidents of what the product reads that were open when this one began."""
    for team, product in owners:
        for each in incidents.incidents(team=team, product=product):
            ended = each.resolved is not None and each.resolved < incident.began
            if not ended and each.began <= incident.detected:
                yield each


def _hit(incident: Incident, incidents: Incidents, owners: Iterable[Owner]) -> Iterator[Hit]:
    """Yield who reads the product: those that were hit, then the others."""
    unharmed: list[Hit] = []
    for team, product in owners:
        its = [
            each
            for each in incidents.incidents(team=team, product=product)
            if each.explained_by == incident.said and _together(each, incident)
        ]
        yield from (Hit(team=team, product=product, incident=each) for each in its)
        if not its:
            unharmed.append(Hit(team=team, product=product))
    yield from unharmed


def _together(one: Incident, other: Incident) -> bool:
    """Whether incidents lasted at one time."""
    return (one.resolved is None or one.resolved >= other.began) and (
        other.resolved is None or one.began <= other.resolved + AFTER
    )
