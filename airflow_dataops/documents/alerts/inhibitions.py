"""`inhibit_rules` of `alerts.yaml` -> what keeps others quiet, and never all of them, or nobody."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.inhibition import Inhibition
from airflow_dataops.core.alerts.possible import first_impossible, implied, values_hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.documents.alerts.keys import InhibitionKeys
    from airflow_dataops.documents.yaml.findings import Findings


def inhibition(keys: InhibitionKeys, findings: Findings) -> Inhibition:
    """Return what keeps others quiet; a side that names nothing goes to the findings."""
    for side in ("source_matchers", "target_matchers"):
        if keys.node.at(side).value == []:
            what = f"`{side}` names nothing: it would match every incident"
            findings.error(keys.at(side), what, "Such as ['severity=\"page\"'].")
    return Inhibition(
        source=keys.source_matchers,
        target=keys.target_matchers,
        equal=keys.equal or (),
        place=str(keys.node.place),
    )


def check_inhibitions(rules: Sequence[Inhibition], findings: Findings) -> None:
    """Note rules that no incident can match, that inhibit themselves, and that inhibit each other.

    Args:
        rules: All of them.
        findings: Where problems go.
    """
    for rule in rules:
        for side, matchers in (("source_matchers", rule.source), ("target_matchers", rule.target)):
            wrong = first_impossible(matchers)
            if wrong is not None:
                what = f"no incident can match `{side}`: {' and '.join(map(str, wrong))}"
                findings.error(rule.place, what, values_hint(wrong))
        if _alike(rule):
            what = "this rule inhibits what it is about: an incident would have to keep itself quiet"
            findings.error(rule.place, what, "Let `source_matchers` and `target_matchers` differ.")
    _check_rings([rule for rule in rules if not _alike(rule)], findings)


def _alike(rule: Inhibition) -> bool:
    return implied(rule.source, by=rule.target) and implied(rule.target, by=rule.source)


def _check_rings(rules: Sequence[Inhibition], findings: Findings) -> None:
    """Note rules that follow each other in a ring: what each keeps quiet keeps the next one's quiet."""
    after = {
        index: {
            other
            for other, next_one in enumerate(rules)
            if other != index and implied(next_one.source, by=rule.target)
        }
        for index, rule in enumerate(rules)
    }
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        ring = error.args[1][:-1]
        first = min(ring)
        lines = " and ".join(f"line {rules[index].place.rsplit(':', 2)[1]}" for index in sorted(ring))
        what = f"these rules keep each other quiet, so that nobody would be told: {lines}"
        findings.error(rules[first].place, what, "Leave one of them out.")
