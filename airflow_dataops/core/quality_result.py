"""The summary of a batch's quality that Airflow's common.dataquality provider reads from an asset's event.

Its `require_quality(asset, min_score=…)` gates on the score: 1 - (failed + errored + 0.25 x warned) / rules.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.selection import ALL
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import HEADER_RULES, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.verification import Verification

COSTS: dict[Status, Fraction] = {
    Status.PASSED: Fraction(0),
    Status.WARNING: Fraction(1, 4),
    Status.FAILED: Fraction(1),
    Status.ERROR: Fraction(1),
}
"""Status of a rule -> what it takes from the score, as a share of one rule."""

ROWS_LEAVE = frozenset({Stage.VERIFY, Stage.TRANSFORM, Stage.CHECK})
"""Stages whose bad rows may go to quarantine: what goes on then keeps the rule, and lacks them."""

ROWS = frozenset({Stage.VERIFY, Stage.TRANSFORM, Stage.AUDIT, Stage.CHECK})
"""Stages that judge rows by the rules of a contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityResult:
    """How many rules a batch kept.

    Args:
        run_uid: The attempt, as one string.
        ruleset: The contract, as name@version.
        table: Where its rows are.
        rules: Id of each rule -> what became of it, in the order in which they were judged.
    """

    run_uid: str
    ruleset: str
    table: str
    rules: Mapping[str, Status]

    @property
    def score(self) -> Fraction:
        """The score, 0 to 1. Of no rule at all it is 0: nothing is known."""
        return score(self.rules.values())

    def summary(self) -> dict[str, object]:
        """Return the result with the provider's own keys, as plain JSON types."""
        named: dict[Status, list[str]] = defaultdict(list)
        for rule, status in self.rules.items():
            named[status].append(rule)
        return {
            "run_uid": self.run_uid,
            "ruleset": self.ruleset,
            "table": self.table,
            "score": float(self.score),
            "passed": len(named[Status.PASSED]),
            "warned": len(named[Status.WARNING]),
            "failed": len(named[Status.FAILED]),
            "errored": len(named[Status.ERROR]),
            "failed_rules": named[Status.FAILED],
            "warned_rules": named[Status.WARNING],
        }


def score(statuses: Iterable[Status]) -> Fraction:
    """Return the score of rules by what became of them, 0 to 1. Of no rule at all it is 0."""
    costs = [COSTS[status] for status in statuses]
    return 1 - sum(costs, Fraction(0)) / len(costs) if costs else Fraction(0)


def became(
    verifications: Iterable[Verification], selection: Selection = ALL
) -> dict[str, tuple[Status, Outcome]]:
    """Return of each rule that counts the worst that became of it, in the order in which they were judged.

    A rule whose rows left counts as a warning: what goes on keeps it, and lacks rows. One that was skipped
    is not counted. What arrived, and the names of its columns, count as far as they break a rule, or are
    asked for by their ids.

    Args:
        verifications: The verdicts on one batch.
        selection: The rules that matter.
    """
    found: dict[str, tuple[Status, Outcome]] = {}
    for verification in verifications:
        for outcome in verification.outcomes:
            status = _of_what_goes_on(outcome, verification)
            if status is Status.SKIPPED or not selection.holds(outcome.rule, outcome.dimension):
                continue
            if outcome.rule not in selection.rules and not _counts(outcome.rule, status, verification.stage):
                continue
            known = found.get(outcome.rule)
            if known is None or COSTS[known[0]] < COSTS[status]:
                found[outcome.rule] = (status, outcome)
    return found


def quality_result(
    publication: Publication, *, verifications: Iterable[Verification], run_uid: str
) -> QualityResult:
    """Return how many rules a published batch kept, by the verdicts on it."""
    return QualityResult(
        run_uid=run_uid,
        ruleset=publication.contract,
        table=publication.target,
        rules={rule: status for rule, (status, _) in became(verifications).items()},
    )


def quality_of(verification: Verification, *, table: str, run_uid: str) -> QualityResult:
    """Return how many rules rows keep that were judged where they lie."""
    return QualityResult(
        run_uid=run_uid,
        ruleset=verification.contract,
        table=table,
        rules={rule: status for rule, (status, _) in became((verification,)).items()},
    )


def _counts(rule: str, status: Status, stage: Stage) -> bool:
    if stage not in ROWS:
        return status in {Status.FAILED, Status.ERROR}
    return status is not Status.PASSED or rule not in HEADER_RULES


def _of_what_goes_on(outcome: Outcome, verification: Verification) -> Status:
    left = verification.stage in ROWS_LEAVE and outcome.quarantines and verification.passes
    return Status.WARNING if left and outcome.status is Status.FAILED else outcome.status
