"""Inhibition: an incident that explains others keeps them quiet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.matcher import all_match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def inhibited(rule: Inhibition, among: Mapping[str, Labels]) -> Iterator[tuple[str, str]]:
    """Yield who keeps whom quiet by a rule, among what is open (inhibit/inhibit.go).

    A label that both don't have is alike. Where both match both sides, neither keeps the other quiet.

    Args:
        rule: The rule.
        among: Key -> labels.
    """
    sources = {key for key, labels in among.items() if all_match(rule.source, labels)}
    targets = [key for key, labels in among.items() if all_match(rule.target, labels)] if sources else []
    both = sources.intersection(targets)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key in sources:
        alike[_equal(rule, among[key])].append(key)
    for target in targets:
        for source in alike.get(_equal(rule, among[target]), ()):
            if source != target and not (source in both and target in both):
                yield source, target


def _equal(rule: Inhibition, labels: Labels) -> tuple[str, ...]:
    return tuple(labels.get(name, "") for name in rule.equal)
