"""Compose what a person is told of an incident."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.causes import EXPLAINED, SHORTLY, causes
from airflow_dataops.core.alerts.commands import commands, once
from airflow_dataops.core.alerts.labels import labels_of
from airflow_dataops.core.alerts.message import Left, Message
from airflow_dataops.core.alerts.readers import readers as readers_of
from airflow_dataops.core.alerts.runbook import Runbook, runbook_of
from airflow_dataops.core.alerts.title import title
from airflow_dataops.core.alerts.wrong import broken_of, lines_of
from airflow_dataops.core.slo.newest import held, newest
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.usecases.alerts.affected import affected
from airflow_dataops.usecases.alerts.runs_of_incident import runs_of_incident
from airflow_dataops.usecases.alerts.what_next import scene_of
from airflow_dataops.usecases.ports.service_levels import Declarations, Seen, Standings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.round import Round
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.slo.standing import Standing
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.timetable import Timetable

Fill = Callable[[Runbook, Mapping[str, object]], Runbook]
"""Fills the values of an incident into a runbook; never fails: what can't be filled in is told as it is."""

MOST = 50
"""Rules and readers that a message names; of more it says how many."""

BUDGETS = 20
"""Budgets that it names, those that are concerned first."""


class Levels(Declarations, Seen, Standings, Protocol):
    """What was declared, what was seen, and how objectives stand."""


def compose_message(
    incident: Incident,
    given: Round,
    *,
    levels: Levels,
    store: Store,
    timetable: Timetable,
    fill: Fill,
) -> Message:
    """Return what is told of an incident.

    Args:
        incident: The incident.
        given: All that is known in this round.
        levels: What was declared, what was seen, and how objectives stand.
        store: What is remembered of batches.
        timetable: Knows when schedules are due.
        fill: Fills the values of the incident into its runbook.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    where = incident.where
    owner = (where.team, where.product)
    declaration = given.declared.get(owner)
    broken = broken_of(incident)
    its_runs = runs_of_incident(incident, levels)
    scene = scene_of(incident, given.declared, given.upstreams, timetable=timetable)
    readers = affected(incident, _with_schedules(incident, given, levels), timetable=timetable)
    message = Message(
        number=incident.number,
        key=incident.key,
        where=where,
        dataset=_dataset(incident, declaration),
        title=title(incident),
        what=lines_of(incident),
        urgency=incident.urgency,
        phase=incident.phase,
        began=incident.began,
        detected=incident.detected,
        resolved=incident.resolved,
        left=_left(incident, levels),
        broken=broken[:MOST],
        more_broken=max(len(broken) - MOST, 0),
        quarantine=_quarantine(incident, store),
        causes=_causes(incident, given, levels=levels, runs=its_runs),
        downstream=readers[:MOST],
        more_downstream=max(len(readers) - MOST, 0),
        owner=declaration.owner if declaration else "",
        contract=declaration.contract if declaration else "",
        timezone=declaration.expectation.timezone if declaration else "",
        commands=commands(incident, scene),
        once=once(incident, scene),
        labels=tuple(sorted(labels_of(incident, declaration, environment=given.environment).items())),
    )
    book = runbook_of(incident, declaration) if declaration else None
    return message if book is None else replace(message, runbook=fill(book, _values(incident, message)))


def _with_schedules(incident: Incident, given: Round, levels: Declarations) -> Round:
    """Return the round with what those declare that readers of a product wait for besides."""
    waiting = list(readers_of(incident.where[:2], given.upstreams))
    for owner in waiting:  # it grows while it is walked through
        waiting += [one for one in given.upstreams.get(owner, ()) if one not in waiting]
    unknown = [owner for owner in waiting if owner not in given.declared]
    if not unknown:
        return given
    teams, products = (tuple(sorted({owner[at] for owner in unknown})) for at in (0, 1))
    found = newest(levels.declared(team=teams, product=products), given.now)
    return replace(given, declared={**found, **given.declared})


def _dataset(incident: Incident, declaration: Declaration | None) -> str:
    named = next((signal.dataset for signal in incident.signals if signal.dataset), "")
    return named or (declaration.dataset if declaration else "")


def _values(incident: Incident, message: Message) -> dict[str, object]:
    """Return the values that a runbook may use; documents/ refuses one that uses others."""
    where = message.where
    return {
        "product": where.product,
        "partition": where.partition,
        "team": where.team,
        "dataset": message.dataset,
        "slo": next((signal.slo for signal in incident.signals if signal.slo), ""),
        "rules": [broken.rule for broken in message.broken],
        "run_id": next((signal.run_id for signal in incident.signals if signal.run_id), ""),
        "commands": list(message.commands),
        "began": f"{message.began:%F %H:%M %Z}",
        "owner": message.owner,
    }


def _left(incident: Incident, levels: Levels) -> tuple[Left, ...]:
    """Return what is left of the budgets of a product, those that the incident concerns first."""
    stood = levels.stood(team=incident.where.team, product=incident.where.product)
    concerned = {signal.slo for signal in incident.signals}
    found = [
        left for left in (_budget(kept.standing) for kept in stood.values()) if _touched(left, concerned)
    ]
    found.sort(key=lambda left: (left.slo not in concerned, left.burn is None, left.remaining or 0, left.slo))
    return tuple(found[:BUDGETS])


def _touched(left: Left, concerned: set[str]) -> bool:
    """Whether a budget is told of: not one of which all is left, and that has nothing to do with it."""
    return left.slo in concerned or left.burn is not None or left.remaining is None or left.remaining < 1


def _budget(standing: Standing) -> Left:
    firing = [burn.long for burn in standing.burns if burn.firing and burn.long is not None]
    return Left(slo=standing.slo, remaining=standing.remaining, burn=max(firing, default=None))


def _quarantine(incident: Incident, store: Store) -> str:
    """Return where the bad rows of the partition are, as the last verdict on it that has some says."""
    where = incident.where
    if not where.partition or not any(signal.rules for signal in incident.signals):
        return ""
    verdicts = store.broken(team=where.team, product=where.product, partition=where.partition)
    return next((one.quarantine for one in reversed(verdicts) if one.quarantine), "")


def _causes(
    incident: Incident, given: Round, *, levels: Levels, runs: Sequence[RunOutcome]
) -> tuple[str, ...]:
    where = incident.where
    read = given.upstreams.get((where.team, where.product), ()) if EXPLAINED & {*incident.kinds} else ()
    return causes(
        incident,
        upstream=[each for each in given.incidents if each.open and each.where[:2] in read],
        history=held(levels.declared(team=where.team, product=where.product), given.now),
        delivered=_delivered(incident, levels),
        runs=runs,
    )


def _delivered(incident: Incident, levels: Levels) -> datetime | None:
    """Return when the product was delivered last before the incident, of the time that is of interest."""
    where = incident.where
    seen = levels.observations(since=incident.began - SHORTLY, team=where.team, product=where.product)
    times = [one.at for one in seen if one.sli is Sli.FRESHNESS and one.at < incident.began]
    return max(times, default=None)
