"""Inhibition: an incident that explains others keeps them quiet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.matcher import all_match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.labels import Labels
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


def inhibits(rule: Inhibition, source: Labels, target: Labels) -> bool:
    """Tell whether by a rule one incident, which is open, keeps another one quiet (inhibit/inhibit.go).

    A label that both don't have is alike. Where both match both sides, neither does.
    """
    return (
        all_match(rule.source, source)
        and all_match(rule.target, target)
        and all(source.get(name, "") == target.get(name, "") for name in rule.equal)
        and not (all_match(rule.source, target) and all_match(rule.target, source))
    )


def inhibited(target: Labels, sources: Iterable[Labels], rules: Iterable[Inhibition]) -> bool:
    """Tell whether by some rule some open incident keeps another one quiet."""
    sources = tuple(sources)
    return any(inhibits(rule, source, target) for rule in rules for source in sources)
