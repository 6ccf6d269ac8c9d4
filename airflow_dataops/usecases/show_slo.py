"""Show all that is to be said of the objectives of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.slo.budget import counted
from airflow_dataops.core.slo.burnt import burnt
from airflow_dataops.core.slo.enforcement import demands
from airflow_dataops.core.slo.shown import Shown
from airflow_dataops.core.slo.windows import span
from airflow_dataops.usecases.list_slos import list_slos
from airflow_dataops.usecases.ports.service_levels import Declarations, PolicyActions, Seen, Standings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.slo.level import Level
    from airflow_dataops.usecases.ports.clock import Clock


class Levels(Declarations, Seen, Standings, PolicyActions, Protocol):
    """What is declared, what was seen, how it stands, and what policies have done."""


def show_slo(
    product: str,
    *,
    slo: str = "",
    team: str = "",
    levels: Levels,
    clock: Clock,
    warn: Callable[[str], object],
) -> tuple[Shown, ...]:
    """Return all that is to be said of the objectives of a product, in the order of their declaration.

    Args:
        product: The product.
        slo: Which objective; empty for all of the product.
        team: Whose product; empty for every team that has one of the name.
        levels: What is declared and known.
        clock: Tells the time.
        warn: Takes what is worth knowing, a line each: declarations that don't count.

    Raises:
        SettingsError: If there is no such objective, with what there is.
        BrokenWorldError: If the store can't be read.
    """
    listed = list_slos(levels=levels, clock=clock, warn=warn, team=team, product=product, slo=slo)
    return tuple(_shown(level, levels) for level in listed)


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
