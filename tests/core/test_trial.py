from __future__ import annotations

import itertools

from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.trial import Trial, worst


def outcome(rule: str, status: Status) -> Outcome:
    """A verdict."""
    return Outcome(
        rule=rule,
        status=status,
        severity=Severity.ERROR,
        dimension="",
        column="",
        expected="",
        observed="",
        failing=0,
        checked=0,
        quarantines=False,
    )


def test_the_worst_verdict_weighs_most() -> None:
    """What could not be evaluated weighs more than what failed, that more than a warning, and so on."""
    ladder = [Status.ERROR, Status.FAILED, Status.WARNING, Status.SKIPPED, Status.PASSED]
    for heavy, light in itertools.combinations(ladder, 2):
        assert heavy is worst({light, heavy})
    assert Status.SKIPPED is worst(set())


def test_broken_rules_stand_with_the_worst_first() -> None:
    """Passes are left out; among equals the order of the contract stays."""
    statuses = [("a", Status.WARNING), ("b", Status.FAILED), ("c", Status.PASSED), ("d", Status.FAILED)]
    trial = Trial(dataset="x", data=("f",), outcomes=tuple(outcome(*one) for one in statuses))

    assert ["b", "d", "a"] == [found.rule for found in trial.broken]
    assert Status.FAILED is trial.status
    assert Status.SKIPPED is Trial(dataset="x", data=(), outcomes=()).status
