"""The second step: what is wrong with one partition is one incident, from the first sign to the last.

A budget that burns has no partition of its own. It joins, in this order: the incident that has it already;
that of the partition whose bad event is the newest that it burns for; none, where that incident was over
after the event, which explains it; else one of the product as a whole. It holds no other incident open.

What is well is over once it has been well for a while: what comes back before is the same incident.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.early import enough
from airflow_dataops.core.alerts.incident import Did, Incident, Phase, Step
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.urgency import highest, urgency_of
from airflow_dataops.core.alerts.why_over import RETIRED, why_over
from airflow_dataops.core.slo.newest import to_come

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.round import Round
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.slo.declaration import Declaration

Steps = tuple[tuple[str, Step], ...]

WELL = "nothing is wrong any more; it is over if that lasts"


def correlate(given: Round) -> Round:
    """Return a round whose incidents hold what is wrong now; new ones are among them, and those now over."""
    its = _Correlation(given, {one.where: one for one in given.incidents if one.open}, _ended(given))
    wrong = its.wrong()
    incidents: list[Incident] = [one for one in given.incidents if not one.open]
    steps: list[tuple[str, Step]] = []
    for where in sorted({*its.open, *wrong}):
        incident, lines = its.settled(where, wrong.get(where, ()))
        incidents.append(incident)
        steps += lines
    return replace(given, incidents=tuple(sorted(incidents, key=_place)), steps=(*given.steps, *steps))


@dataclass(frozen=True, slots=True)
class _Correlation:
    """One round's incidents beside its signals.

    Args:
        given: The round.
        open: Partition -> the incident that is open of it.
        ended: Partition -> when the newest incident of it was over, of those that are.
    """

    given: Round
    open: Mapping[Where, Incident]
    ended: Mapping[Where, datetime]

    def wrong(self) -> Mapping[Where, Sequence[Signal]]:
        """Return partition -> what is wrong with it, burning budgets among it."""
        found: dict[Where, list[Signal]] = defaultdict(list)
        burns: list[Signal] = []
        for signal in self.given.signals:
            if signal.kind is Kind.BURNING:
                burns.append(signal)
            else:
                found[signal.where].append(signal)
        held = {
            (where[:2], signal.name): where
            for where, incident in self.open.items()
            if where in found or _only_burns(incident)
            for signal in incident.signals
            if signal.kind is Kind.BURNING
        }
        plain = frozenset(found)
        for burn in burns:
            where = self._host(burn, plain, held)
            if where is not None:
                found[where].append(burn)
        return found

    def _host(
        self, burn: Signal, plain: frozenset[Where], held: Mapping[tuple[tuple[str, str], str], Where]
    ) -> Where | None:
        """Return of which partition's incident a burning budget is a part; None where it is explained."""
        where = burn.where
        known = held.get((where[:2], burn.name))
        if known is not None:
            return known
        if where in plain:
            return where
        whole = where._replace(partition="")
        if any(self._explained(burn, each, plain) for each in (where, whole)):
            return None
        return whole

    def _explained(self, burn: Signal, where: Where, plain: frozenset[Where]) -> bool:
        """Return whether an incident of a partition was over after all that a budget burns for, or is now."""
        if where in self.ended and self.ended[where] >= burn.since:
            return True
        incident = self.open.get(where)
        return incident is not None and where not in plain and not _only_burns(incident)

    def settled(self, where: Where, signals: Sequence[Signal]) -> tuple[Incident, Steps]:
        """Return the incident of a partition as it stands now, and what is new in its life."""
        known = self.open.get(where)
        declaration = self.given.declared.get(where[:2])
        if known is None:
            return _opened(where, signals, declaration, self.given.now)
        if not signals:
            return self._well(known, declaration)
        return _amended(known, signals, declaration, self.given.now)

    def _well(self, known: Incident, declaration: Declaration | None) -> tuple[Incident, Steps]:
        """Return an incident of which nothing is wrong now: it is over, unless it may still come back."""
        now = self.given.now
        # A clock that was far ahead may have written when it became well.
        since = known.well_since or now
        since = now if to_come(since, now) else since
        why = why_over(known, declaration, since, self.given.unexpected)
        if why == RETIRED or now >= since + enough(self.given.rules.keep_firing_for):
            return _resolved(known, why, since=since, now=now)
        incident = replace(known, well_since=since)
        return incident, () if known.well_since else _steps(incident, now, [(Did.CLEARED, WELL)])


def _ended(given: Round) -> Mapping[Where, datetime]:
    found = dict(given.over)
    for one in given.incidents:
        if one.explained_until is not None:
            found[one.where] = max(one.explained_until, found.get(one.where, one.explained_until))
    return found


def _only_burns(incident: Incident) -> bool:
    """Return whether nothing was ever wrong but that budgets burn."""
    return all(name.split(" ", 1)[0] == Kind.BURNING for name in incident.had)


def _opened(
    where: Where, signals: Sequence[Signal], declaration: Declaration | None, now: datetime
) -> tuple[Incident, Steps]:
    ordered = tuple(sorted(signals, key=_rank))
    incident = Incident(
        where=where,
        began=min(one.since for one in ordered),
        detected=now,
        signals=ordered,
        had=tuple(sorted(one.name for one in ordered)),
        urgency=highest(urgency_of(one, declaration) for one in ordered),
    )
    return incident, _steps(incident, now, [(Did.OPENED, "; ".join(map(_said, ordered)))])


def _amended(
    known: Incident, signals: Sequence[Signal], declaration: Declaration | None, now: datetime
) -> tuple[Incident, Steps]:
    new = {one.name: one for one in signals}
    old = [one.name for one in known.signals]
    added = sorted((one for one in signals if one.name not in old), key=_rank)
    cleared = [one for one in known.signals if one.name not in new] if known.wrong else []
    # What was there keeps its place, for the labels are those of the first.
    ordered = (*(new[name] for name in old if name in new), *added)
    urgency = highest([known.urgency, *(urgency_of(one, declaration) for one in ordered)])
    incident = replace(
        known,
        signals=ordered,
        had=tuple(sorted({*known.had, *(one.name for one in added)})),
        urgency=urgency,
        well_since=None,
    )
    back = () if known.wrong else (one for one in ordered if one.name in old)
    said = [
        *((Did.ADDED, f"again, {_said(one)}") for one in back),
        *((Did.ADDED, _said(one)) for one in added),
        *((Did.CLEARED, one.name) for one in cleared),
        *([(Did.RAISED, f"from {known.urgency} to {urgency}")] if urgency is not known.urgency else []),
    ]
    return incident, _steps(incident, now, said)


def _resolved(known: Incident, why: str, *, since: datetime, now: datetime) -> tuple[Incident, Steps]:
    incident = replace(known, phase=Phase.RESOLVED, well_since=None, resolved=since, closed=now, why_over=why)
    return incident, _steps(incident, now, [(Did.RESOLVED, why)])


def _steps(incident: Incident, now: datetime, said: Iterable[tuple[Did, str]]) -> Steps:
    key = incident.key
    return tuple((key, Step(number=incident.number, at=now, did=did, text=text)) for did, text in said)


def _said(signal: Signal) -> str:
    head = f"{signal.kind} ({signal.slo})" if signal.slo else f"{signal.kind}"
    return f"{head}: {signal.text}" if signal.text else head


def _rank(signal: Signal) -> tuple[bool, datetime, str]:
    """Return what signals are sorted by: a budget that burns says the least."""
    return (signal.kind is Kind.BURNING, signal.since, signal.name)


def _place(incident: Incident) -> tuple[object, ...]:
    return (incident.number == 0, incident.number, incident.where, incident.detected)
