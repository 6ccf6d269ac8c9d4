"""Evaluating service levels: the same for the operator and for `airflow dataops slo evaluate`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge import stats
from airflow_dataops.bridge.settings import settings
from airflow_dataops.bridge.traces import attributes, span
from airflow_dataops.core.slo.counted import counted
from airflow_dataops.core.slo.newest import newest
from airflow_dataops.core.slo.policy import Action
from airflow_dataops.core.slo.standing import State
from airflow_dataops.usecases.levels.enforce_policies import Enforcement, enforce_policies
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.wiring import clocks, stores

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.standing import Kept, Standing
    from airflow_dataops.usecases.ports.governor import Governor

EVERYTHING = (("", ""),)
"""Every team and every product."""

NAMED = 20
"""How many objectives a summary names, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What an evaluation came to.

    Args:
        standings: How each objective stands.
        changed: Those that stand otherwise than before.
        repaired: How many events were made good late.
        enforcement: What policies did.
        warnings: What else there is to be said, one line each.
    """

    standings: tuple[Standing, ...]
    changed: tuple[Standing, ...]
    repaired: int
    enforcement: Enforcement = field(default_factory=Enforcement)
    warnings: tuple[str, ...] = ()

    @property
    def summary(self) -> dict[str, Any]:
        """It in short, as plain JSON types: what a task hands on, however many objectives there are."""
        states = Counter(one.state.value for one in self.standings)
        spent = [f"{one.product}/{one.slo}" for one in self.standings if one.state is State.EXHAUSTED]
        return {
            "objectives": len(self.standings),
            "changed": len(self.changed),
            "repaired": self.repaired,
            **{state.value: states[state.value] for state in State},
            "spent": spent[:NAMED],
            "enforced": [f"{one.action} {one.subject}" for one in self.enforcement.enforced],
            "lifted": [f"{one.action} {one.subject}" for one in self.enforcement.lifted],
            "failed": list(self.enforcement.failed),
        }


def evaluated(
    *,
    who: str,
    owners: Sequence[tuple[str, str]] = EVERYTHING,
    declarations: Iterable[Declaration] = (),
    conn_id: str = "",
) -> Evaluated:
    """Evaluate objectives, do what policies ask for, and tell the deployment's metrics and traces.

    Args:
        who: Who evaluates, for the audit trail.
        owners: Teams and products; an empty one stands for any.
        declarations: What is declared before, such as for DAGs that no product of ours is behind.
        conn_id: The connection by which Airflow is acted on; empty for `[dataops] airflow_conn_id`.

    Raises:
        SettingsError: If the deployment is set up in a way that can't work.
        BrokenWorldError: If the store can't be reached.
    """
    at, clock = settings(), clocks.clock()
    levels, store, timetable = stores.service_levels(at), stores.store(at), clocks.timetable()
    began = clock.now()
    with span("dataops.evaluate_slos") as made:
        levels.declare(*declarations)
        found = [
            evaluate_slos(
                levels=levels,
                timetable=timetable,
                store=store,
                clock=clock,
                team=team,
                product=product,
                tell=_count if stats.on() else None,
            )
            for team, product in owners
        ]
        standings = tuple(one for each in found for one in each.standings)
        known = (one for owner in owners for one in levels.declared(**_where(*owner)))
        declared = tuple(newest(known, clock.now()).values())
        enforcement = enforce_policies(
            declared,
            standings,
            actions=levels,
            governor=cache(partial(_governor, conn_id)),  # who acts often signs in once
            store=store,
            clock=clock,
            who=who,
        )
        came = Evaluated(
            standings=standings,
            changed=tuple(one for each in found for one in each.changed),
            repaired=sum(each.repaired for each in found),
            enforcement=enforcement,
            warnings=tuple(dict.fromkeys(line for each in found for line in each.warnings)),
        )
        attributes(
            made,
            objectives=len(came.standings),
            changed=len(came.changed),
            enforced=len(enforcement.enforced),
            lifted=len(enforcement.lifted),
        )
    stats.of_standings(standings)
    stats.of_policies(levels.in_force(), Action)
    stats.of_evaluation(clock.now() - began)
    return came


def owners_of(teams: Iterable[str], products: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return whose objectives are meant by teams and products, where none of either means any."""
    return tuple((team, product) for team in teams or ("",) for product in products or ("",))


def _count(declared: Declaration, old: Kept, new: Kept) -> None:
    """Count the events of an objective that came due by an evaluation."""
    its = new.standing
    objective = next(one for one in declared.objectives if one.name == its.slo)
    good, total = counted(old, new, objective)
    stats.of_events(team=its.team, product=its.product, slo=its.slo, good=good, total=total)


def _where(team: str, product: str) -> dict[str, str]:
    return {key: name for key, name in (("team", team), ("product", product)) if name}


def _governor(conn_id: str) -> Governor:
    from airflow_dataops.bridge.airflow_api import airflow_rest
    from airflow_dataops.bridge.governor import RestGovernor

    return RestGovernor(airflow_rest(conn_id))
