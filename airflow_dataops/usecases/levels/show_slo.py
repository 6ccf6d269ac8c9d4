"""Show all that is to be said of the objectives of a product."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.slo.budget import counted
from airflow_dataops.core.slo.burnt import burnt
from airflow_dataops.core.slo.enforcement import demands
from airflow_dataops.core.slo.shown import Shown
from airflow_dataops.core.slo.windows import span
from airflow_dataops.usecases.alerts.set_up_alerts import alerting_since
from airflow_dataops.usecases.levels.list_slos import list_slos
from airflow_dataops.usecases.ports.service_levels import Declarations, PolicyActions, Seen, Standings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.level import Level
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.store import Store


NOBODY = (
    "Nobody is told that it fires: alerts were never routed here. A DAG of the template `slo_monitor@1`"
    " does it, or `airflow dataops alert route`."
)
OLD = "Nobody is told that it fires: all that burnt it was before alerting was set up, at {:%F %H:%M %Z}."


class Levels(Declarations, Seen, Standings, PolicyActions, Protocol):
    """What is declared, what was seen, how it stands, and what policies have done."""


def show_slo(
    product: str,
    *,
    slo: str = "",
    team: str = "",
    levels: Levels,
    store: Store,
    clock: Clock,
    warn: Callable[[str], object],
) -> tuple[Shown, ...]:
    """Return all that is to be said of the objectives of a product, in the order of their declaration.

    Args:
        product: The product.
        slo: Which objective; empty for all of the product.
        team: Whose product; empty for every team that has one of the name.
        levels: What is declared and known.
        store: Where it is kept when alerting was set up.
        clock: Tells the time.
        warn: Takes what is worth knowing, a line each: declarations that don't count.

    Raises:
        SettingsError: If there is no such objective, with what there is.
        BrokenWorldError: If the store can't be read.
    """
    listed = list_slos(levels=levels, clock=clock, warn=warn, team=team, product=product, slo=slo)
    fires = any(_fires(level) for level in listed)
    since = alerting_since(store) if fires else None
    shown = (_shown(level, levels) for level in listed)
    return tuple(
        replace(one, untold=_untold(one.burnt, since)) if _fires(one.level) else one for one in shown
    )


def _fires(level: Level) -> bool:
    return level.standing is not None and any(burn.firing for burn in level.standing.burns)


def _untold(events: Iterable[Burnt], since: datetime | None) -> str:
    """Return why nobody is told that a budget burns, as alerting decides it; empty where somebody is."""
    if since is None:
        return NOBODY
    newest = max((one.entry.at for one in events if one.entry.good < one.entry.total), default=None)
    return OLD.format(since) if newest is not None and newest <= since else ""


def _shown(level: Level, levels: Levels) -> Shown:
    team, product = level.declaration.team, level.declaration.product
    actions = levels.in_force(team=team, product=product)
    kept = levels.kept(team=team, product=product, slo=level.objective.name)
    stood = levels.stood(team=team, product=product) if actions else {}
    said = demands(level.declaration, {key[2]: its.standing for key, its in stood.items()}) if actions else {}
    if level.kept is None or not kept:
        return Shown(level=level, actions=actions, demands=said)
    ((standing, entries),) = ((one.standing, one.entries) for one in kept.values())
    objective = level.objective
    window = span(objective.window, standing.at)
    inside = [entry for entry in counted(entries, objective) if window.holds(entry.at)]
    told = burnt(
        (entry for entry in inside if entry.at <= standing.at),
        objective,
        observations=levels.observations(since=standing.since, team=team, product=product),
        runs=levels.runs(since=standing.since, team=team, dag_id=product),
    )
    return Shown(level=level, burnt=told, actions=actions, demands=said)
