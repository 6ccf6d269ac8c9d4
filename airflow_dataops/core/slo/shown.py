"""All that is to be said of one objective."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.slo.burnt import Burnt
    from airflow_dataops.core.slo.enforcement import Demand, Key
    from airflow_dataops.core.slo.level import Level
    from airflow_dataops.core.slo.policy import PolicyAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that is to be said of one objective.

    Args:
        level: The objective, and how it stands.
        burnt: What burnt its budget in the window, oldest first.
        actions: What policies have done to its product, and is in force.
        demands: What its policies say of each of these by now.
        untold: Why nobody is told that an alert fires, as of what was before alerting was set up; or empty.
        notes: What else there is to be said, one line each.
    """

    level: Level
    burnt: tuple[Burnt, ...] = ()
    actions: tuple[PolicyAction, ...] = ()
    demands: Mapping[Key, Demand] = field(default_factory=dict)
    untold: str = ""
    notes: tuple[str, ...] = ()
