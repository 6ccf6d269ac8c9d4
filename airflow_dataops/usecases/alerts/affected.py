"""Tell who reads a product that is wrong, and how long each of them has until it runs next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.core.alerts.message import Downstream
from airflow_dataops.core.alerts.readers import readers
from airflow_dataops.core.alerts.title import wrong_of
from airflow_dataops.usecases.alerts.next_run import next_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.round import Owner, Round
    from airflow_dataops.usecases.ports.timetable import Timetable

MINUTE = 60


def affected(incident: Incident, given: Round, *, timetable: Timetable) -> tuple[Downstream, ...]:
    """Return who reads the product of an incident, those that are wrong already and the next to run first.

    Args:
        incident: The incident.
        given: All that is known in this round.
        timetable: Knows when schedules are due.
    """
    if incident.phase is Phase.RESOLVED:
        return ()
    times = _Times(given, timetable)
    found = [
        Downstream(
            team=team,
            product=product,
            minutes=times.minutes((team, product)),
            waits=times.waits((team, product)),
            wrong=_wrong((team, product), incident, given),
        )
        for team, product in readers(incident.where[:2], given.upstreams)
    ]
    return tuple(sorted(found, key=_first))


def _first(of: Downstream) -> tuple[bool, bool, int, str, str]:
    return (not of.wrong, of.minutes is None, of.minutes or 0, of.team, of.product)


def _wrong(owner: Owner, incident: Incident, given: Round) -> str:
    """Return what is wrong with a reader that an incident explains, the oldest first."""
    said = incident.said
    explained = [
        each
        for each in given.incidents
        if each.open and each.where[:2] == owner and said in {each.explained_by, given.quiet.get(each.key)}
    ]
    explained.sort(key=lambda each: each.began)
    return "; ".join(f"{each.where.partition} {wrong_of(each)}".strip() for each in explained)


class _Times:
    """When products run next: each is reckoned once."""

    def __init__(self, given: Round, timetable: Timetable) -> None:
        self._given = given
        self._timetable = timetable
        self._next: dict[Owner, datetime | None] = {}

    def waits(self, owner: Owner) -> bool:
        """Whether no clock starts it."""
        return bool(self._given.upstreams.get(owner)) and not self._by_clock(owner)

    def minutes(self, owner: Owner) -> int | None:
        """Minutes until it runs next, none of them begun; None where that isn't known."""
        at = self._at(owner)
        return None if at is None else max(int((at - self._given.now).total_seconds()) // MINUTE, 0)

    def _by_clock(self, owner: Owner) -> bool:
        declaration = self._given.declared.get(owner)
        return declaration is not None and bool(
            declaration.expectation.schedule and not declaration.expectation.upstreams
        )

    def _at(self, owner: Owner) -> datetime | None:
        """When it runs next: what waits for others, when the last of them is due."""
        if owner in self._next:
            return self._next[owner]
        self._next[owner] = None  # who waits for itself never runs
        declared: Mapping[Owner, object] = self._given.declared
        if self._by_clock(owner) and owner in declared:
            declaration = self._given.declared[owner]
            found = next_run(declaration, now=self._given.now, timetable=self._timetable)
        else:
            times = [self._at(each) for each in self._given.upstreams.get(owner, ())]
            known = [at for at in times if at is not None]
            found = max(known) if known and len(known) == len(times) else None
        self._next[owner] = found
        return found
