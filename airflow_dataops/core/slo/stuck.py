"""Policies that keep themselves in force: what they do burns the budget that they wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.slo.policy import Action
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.policy import Policy

WHY: dict[tuple[Action, Sli], str] = {
    (Action.BLOCK_PUBLISH, Sli.FRESHNESS): "what isn't published gets no fresher",
    (Action.BLOCK_PUBLISH, Sli.SUCCESS): "a run whose `publish` is blocked is one that failed",
    (Action.BLOCK_PUBLISH, Sli.FIRST_ATTEMPT): "a run whose `publish` is blocked is one that failed",
    (Action.PAUSE, Sli.FRESHNESS): "what isn't run gets no fresher",
}
"""Action and indicator of the budget -> why the one burns the other, by how each indicator is counted.

To pause a DAG that fails again and again is meant: there somebody has to look anyway.
"""


def stuck(declaration: Declaration) -> Iterator[tuple[Policy, Objective, str]]:
    """Yield each policy with the first objective whose budget it keeps from coming back, and why.

    Args:
        declaration: What the product declares.
    """
    for policy in declaration.policies:
        for objective in declaration.objectives:
            why = WHY.get((policy.action, objective.sli))
            if why and policy.slo in {"", objective.name}:
                yield policy, objective, why
                break
