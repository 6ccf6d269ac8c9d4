"""Inhibition: an incident that explains others keeps them quiet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.matcher import Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibition:
    """One of `inhibit_rules`, as Alertmanager has them.

    Args:
        source: What an open incident must match to keep others quiet.
        target: What those must match.
        equal: Labels that both must have alike.
        place: file:line:column.
    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()
    place: str = ""
