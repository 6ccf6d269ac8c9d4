"""The first step: what is said more than once is one signal.

Alertmanager knows an alert by the fingerprint of its labels. Here the labels themselves are compared, which
are what one is about and its name, so that no two that differ can meet: whoever names a partition could make
fingerprints of 64 bits meet, and one of the two would never be told (docs/decisions/0026).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.urgency import highest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow_dataops.core.alerts.round import Round
    from airflow_dataops.core.alerts.signal import Broken, Signal, Where


def dedupe(given: Round) -> Round:
    """Return a round in which no two signals of one partition have the same name, in one order."""
    alike: dict[tuple[Where, str], list[Signal]] = defaultdict(list)
    for signal in given.signals:
        alike[_about(signal), signal.name].append(signal)
    return replace(given, signals=tuple(_one(alike[key]) for key in sorted(alike)))


def _about(signal: Signal) -> Where:
    """Return what a signal is about: the partition of a budget's is only the newest that it burns for."""
    return signal.where._replace(partition="") if signal.kind is Kind.BURNING else signal.where


def _one(signals: Sequence[Signal]) -> Signal:
    """Return signals as one: since the first of them, with all that they say; in whatever order they come."""
    first, *others = sorted(signals, key=_place)
    if not others:
        return first
    newest = max(signals, key=lambda one: (one.since, one.where))
    if first.kind is Kind.BURNING:
        first = replace(first, where=newest.where, since=newest.since)
    urgencies = [one.urgency for one in signals if one.urgency is not None]
    return replace(
        first,
        text="; ".join(dict.fromkeys(one.text for one in (first, *others) if one.text)),
        rules=_rules(rule for one in signals for rule in one.rules),
        run_id=next((one.run_id for one in (first, *others) if one.run_id), ""),
        burn=max((one.burn for one in signals if one.burn is not None), default=None),
        urgency=highest(urgencies) if urgencies else None,
    )


def _rules(rules: Iterable[Broken]) -> tuple[Broken, ...]:
    """Return rules, each once and as bad as it was found, those that most rows broke first."""
    worst: dict[str, Broken] = {}
    for rule in rules:
        known = worst.setdefault(rule.rule, rule)
        if (rule.failing, rule.checked) > (known.failing, known.checked):
            worst[rule.rule] = rule
    return tuple(sorted(worst.values(), key=lambda one: (-one.failing, one.rule)))


def _place(signal: Signal) -> tuple[object, ...]:
    """Return what tells any two signals apart, so that the order in which they come is no matter."""
    rules = tuple((one.rule, one.failing, one.checked) for one in signal.rules)
    return (
        signal.since,
        signal.dataset,
        signal.text,
        signal.run_id,
        rules,
        str(signal.burn),
        str(signal.urgency),
    )
