"""The step that keeps quiet what other incidents explain: upstream ones, and those that rules name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.explained import explained
from airflow_dataops.core.alerts.incident import Did, Step
from airflow_dataops.core.alerts.inhibition import inhibited
from airflow_dataops.core.alerts.upstream import explains, read_by
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.round import Owner, Round

Edge = tuple[str, str]
"""Keys of incidents: what explains, and what is explained."""


def inhibit(given: Round) -> Round:
    """Return a round that knows which incidents are quiet, and why.

    What an upstream incident explains makes it as urgent as itself: somebody has to be woken, once. What it
    explained has time to become well as long as it isn't over, or where it is at once, one more evaluation.
    """
    upstream = frozenset(_by_graph(given))
    quiet = explained([*upstream, *_by_rules(given)])
    by_key = {incident.key: incident for incident in given.incidents}
    raised = _raised(by_key, explained(upstream))
    found: list[Incident] = []
    steps: list[tuple[str, Step]] = []
    for incident in given.incidents:
        cause = by_key[quiet[incident.key]].said if incident.key in quiet else ""
        urgency = raised.get(incident.key, incident.urgency)
        if cause and cause != incident.explained_by:
            step = Step(number=incident.number, at=given.now, did=Did.INHIBITED, text=f"explained by {cause}")
            steps.append((incident.key, step))
        if urgency is not incident.urgency:
            text = f"{urgency} now, as what it explains is"
            steps.append(
                (incident.key, Step(number=incident.number, at=given.now, did=Did.RAISED, text=text))
            )
        # What is over keeps what explained it, for those who read of it later.
        kept = cause if incident.open else incident.explained_by
        found.append(replace(incident, explained_by=kept, urgency=urgency))
    return replace(
        given,
        incidents=tuple(found),
        quiet={key: by_key[cause].said for key, cause in quiet.items()},
        steps=(*given.steps, *steps),
    )


def _by_graph(given: Round) -> Iterator[Edge]:
    of: dict[Owner, list[Incident]] = defaultdict(list)
    for incident in given.incidents:
        of[incident.where.team, incident.where.product].append(incident)
    for incident in given.incidents:
        if not incident.open:
            continue
        owner = (incident.where.team, incident.where.product)
        for upstream in read_by(owner, given.upstreams, given.declared):
            for cause in of[upstream]:
                if _holds(cause, incident, given) and explains(cause, incident):
                    yield cause.key, incident.key


def _holds(cause: Incident, incident: Incident, given: Round) -> bool:
    """Tell whether an incident is open, or was wrong until now and had explained another one."""
    return cause.open or (cause.resolved == given.now and incident.explained_by == cause.said)


def _by_rules(given: Round) -> Iterator[Edge]:
    if not given.rules.inhibitions:
        return
    labels = {each.key: given.labelled(each).labels for each in given.incidents if each.open}
    for rule in given.rules.inhibitions:
        yield from inhibited(rule, labels)


def _raised(incidents: Mapping[str, Incident], quiet: Mapping[str, str]) -> dict[str, Urgency]:
    """Return the incidents that explain more urgent ones, with the urgency of those."""
    return {
        cause: Urgency.PAGE
        for key, cause in quiet.items()
        if incidents[key].urgency is Urgency.PAGE
        and incidents[cause].urgency is Urgency.TICKET
        and incidents[cause].open
    }
