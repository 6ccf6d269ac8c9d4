"""The summary of a batch's quality that Airflow's common.dataquality provider reads from an asset's event.

Its `require_quality(asset, min_score=…)` gates on the score: 1 - (failed + errored + 0.25 x warned) / rules.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import HEADER_RULES, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

JUDGING = frozenset({Stage.VERIFY, Stage.AUDIT})
"""The stages whose rules are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityResult:
    """How many rules a published batch kept.

    Args:
        run_uid: The attempt, as one string.
        ruleset: The contract, as name@version.
        table: Where the batch was published.
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


def quality_result(
    publication: Publication, *, verifications: Iterable[Verification], run_uid: str
) -> QualityResult:
    """Return how many rules a published batch kept, at `verify` and at its audit.

    A rule whose rows went to quarantine counts as a warning: what is published keeps it, and lacks rows. Of a
    rule that both stages judged, the worse verdict counts. One that was skipped is not counted.
    """
    rules: dict[str, Status] = {}
    for verification in verifications:
        for outcome in verification.outcomes if verification.stage in JUDGING else ():
            status = _of_what_is_published(outcome)
            if status is Status.SKIPPED:
                continue
            rules[outcome.rule] = max(rules.get(outcome.rule, status), status, key=lambda one: COSTS[one])
    return QualityResult(run_uid=run_uid, ruleset=publication.contract, table=publication.target, rules=rules)


def quality_of(verification: Verification, *, table: str, run_uid: str) -> QualityResult:
    """Return how many rules rows keep that were judged where they lie: those that break one are still there.

    Their header counts as far as it breaks a rule.
    """
    rules = {
        outcome.rule: outcome.status
        for outcome in verification.outcomes
        if outcome.status is not Status.SKIPPED
        and not (outcome.status is Status.PASSED and outcome.rule in HEADER_RULES)
    }
    return QualityResult(run_uid=run_uid, ruleset=verification.contract, table=table, rules=rules)


def _of_what_is_published(outcome: Outcome) -> Status:
    left = outcome.status is Status.FAILED and outcome.quarantines
    return Status.WARNING if left else outcome.status
