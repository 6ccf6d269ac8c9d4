"""Alert policies of OpenSLO -> when a budget burns too fast.

A condition has one window. It is the long one; the short one, which ends the alert when it is over, is a
twelfth of it (SRE workbook, chapter 5).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.objective import BurnAlert, Urgency
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.openslo.keys import ConditionSpec, SloSpec
    from airflow_dataops.documents.openslo.library import Library
    from airflow_dataops.documents.yaml.findings import Findings

ABOVE = ("gte", "gt")
"""Operators of a condition that says when a budget burns too fast."""

SHORTER = 12
"""How many times as long as the short window the long one is."""


def alerts(spec: SloSpec, library: Library, findings: Findings) -> Iterator[BurnAlert]:
    """Yield the alerts of an SLO that is evaluated here; what is wrong with them goes to the findings."""
    for entry in spec.alert_policies or ():
        policy = library.policy(entry)
        if policy is None:
            continue
        if policy.alert_when_breaching is False:
            what = "this policy never alerts: `alertWhenBreaching` is false"
            findings.warn(policy.at("alertWhenBreaching"), what)
            continue
        for one in policy.conditions:
            condition = library.condition(one)
            alert = None if condition is None else _alert(condition, findings)
            if alert is not None:
                yield alert


def _alert(spec: ConditionSpec, findings: Findings) -> BurnAlert | None:
    keys = spec.condition
    before = len(findings.errors)
    if spec.severity not in {*Urgency}:
        hint = did_you_mean(spec.severity, Urgency) or "A page wakes somebody up, a ticket waits for the day."
        what = f"`severity` must be `page` or `ticket` to be evaluated here, it is `{shown(spec.severity)}`"
        findings.error(spec.at("severity"), what, hint)
    if keys.op not in ABOVE:
        what = f"`op: {keys.op}` would alert for as long as the budget does not burn"
        findings.error(keys.at("op"), what, "Write `op: gte`.")
    if keys.alert_after is not None and keys.alert_after.seconds:
        what = "`alertAfter` is not waited for: an alert is over when its short window is"
        findings.warn(keys.at("alertAfter"), what, "Leave it out.")
    if len(findings.errors) > before:
        return None
    long = keys.lookback_window.seconds
    return BurnAlert(
        urgency=Urgency(spec.severity),
        factor=Fraction(keys.threshold),
        long=long,
        short=long / SHORTER,
        inclusive=keys.op == "gte",
    )
