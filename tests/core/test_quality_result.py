from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.quality_result import quality_result
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from airflow_dataops.core.quality_result import QualityResult

BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
SIX = datetime(2026, 3, 4, 6, tzinfo=UTC)
PUBLICATION = Publication(
    batch=BATCH,
    version=1,
    content="c",
    rows=90,
    target="/lake/orders",
    contract="orders@1.0.0",
    manifest="a",
    run_id="first",
    at=SIX,
)

TYPES = {
    "run_uid": str,
    "ruleset": str,
    "table": str,
    "score": float,
    "passed": int,
    "warned": int,
    "failed": int,
    "errored": int,
    "failed_rules": list,
    "warned_rules": list,
}
"""The keys that the provider's documentation lists, and the types of their values."""


def outcome(rule: str, status: Status, *, quarantines: bool = False) -> Outcome:
    """What became of one rule."""
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
        quarantines=quarantines,
    )


def verdict(stage: Stage, *outcomes: Outcome) -> Verification:
    """A verdict of a stage."""
    return Verification(
        batch=BATCH,
        stage=stage,
        run_id="first",
        contract="orders@1.0.0",
        at=SIX,
        rows=100,
        good=90,
        bad=10,
        unparsable=0,
        outcomes=outcomes,
    )


def result(*verdicts: Verification) -> QualityResult:
    """The result of a published batch."""
    return quality_result(PUBLICATION, verifications=verdicts, run_uid="orders/2026-03-03/first")


def test_summary_has_the_documented_keys_and_types() -> None:
    """Whoever reads the event finds what the provider's own operator would write, as plain JSON."""
    found = result(verdict(Stage.AUDIT, outcome("a", Status.PASSED), outcome("b", Status.WARNING))).summary()

    assert TYPES == {key: type(value) for key, value in found.items()}
    assert found == json.loads(json.dumps(found))
    assert ("orders/2026-03-03/first", "orders@1.0.0", "/lake/orders") == (
        found["run_uid"],
        found["ruleset"],
        found["table"],
    )
    assert (0.875, 1, 1, ["b"]) == (found["score"], found["passed"], found["warned"], found["warned_rules"])


@pytest.mark.parametrize(
    ("statuses", "score"),
    [
        ([Status.PASSED], Fraction(1)),
        ([Status.FAILED], Fraction(0)),
        ([Status.ERROR], Fraction(0)),
        ([Status.WARNING], Fraction(3, 4)),
        ([Status.PASSED, Status.WARNING, Status.FAILED, Status.ERROR], Fraction(7, 16)),
        ([Status.PASSED, Status.SKIPPED], Fraction(1)),
        ([Status.SKIPPED], Fraction(0)),
        ([], Fraction(0)),
    ],
)
def test_score(statuses, score) -> None:
    """1 - (failed + errored + 0.25 x warned) / rules; of no rule nothing is known."""
    outcomes = (outcome(f"rule {at}", status) for at, status in enumerate(statuses))

    assert score == result(verdict(Stage.AUDIT, *outcomes)).score


def test_rows_in_quarantine_are_a_warning() -> None:
    """What is published keeps the rule, and lacks the rows: neither a pass nor a failure."""
    found = result(
        verdict(Stage.VERIFY, outcome("a", Status.FAILED, quarantines=True), outcome("b", Status.FAILED)),
        verdict(Stage.AUDIT, outcome("a", Status.PASSED), outcome("c", Status.PASSED)),
    )

    assert {"a": Status.WARNING, "b": Status.FAILED, "c": Status.PASSED} == found.rules


def test_arrival_and_header_are_no_rules_of_the_table() -> None:
    """What `land` and `gate` judge says nothing of rows."""
    found = result(verdict(Stage.LAND, outcome("drop.missing", Status.PASSED)), verdict(Stage.GATE))

    assert {} == found.rules


@given(st.lists(st.sampled_from(Status)))
def test_counts_add_up_and_the_score_is_a_share(statuses: list[Status]) -> None:
    """Each rule is counted once, but for those that were skipped."""
    outcomes = (outcome(f"rule {at}", status) for at, status in enumerate(statuses))
    found = result(verdict(Stage.AUDIT, *outcomes)).summary()

    judged = [status for status in statuses if status is not Status.SKIPPED]
    assert len(judged) == sum(found[key] for key in ("passed", "warned", "failed", "errored"))
    assert 0 <= found["score"] <= 1
