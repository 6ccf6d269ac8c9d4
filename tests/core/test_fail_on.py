"""Which verdicts fail a task."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.fail_on import FailOn, fail_on, stopping
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification
from airflow_dataops.errors import SettingsError

OUTCOME = Outcome(
    rule="few",
    status=Status.WARNING,
    severity=Severity.WARNING,
    dimension="",
    column="",
    expected="rows > 3",
    observed="2",
    failing=0,
    checked=2,
    quarantines=False,
)
VERDICT = Verification(
    batch=Batch(team="t", product="p", dataset="d", partition="1"),
    stage=Stage.CHECK,
    run_id="r",
    contract="d@1",
    at=datetime(2026, 3, 1, tzinfo=UTC),
    rows=2,
    good=2,
    bad=0,
    unparsable=0,
    outcomes=(OUTCOME, replace(OUTCOME, rule="kept", status=Status.PASSED)),
    blocks=("id.required: expected …",),
)


@pytest.mark.parametrize(
    ("choice", "lines"),
    [
        (FailOn.NEVER, ()),
        (FailOn.ERROR, VERDICT.blocks),
        (FailOn.WARN, (*VERDICT.blocks, "few: expected rows > 3, observed 2")),
    ],
)
def test_a_choice_says_which_verdicts_fail(choice, lines) -> None:
    """`warn` takes warnings in, too; `never` takes none."""
    assert lines == stopping(VERDICT, choice)
    assert choice is fail_on(choice.value)


def test_another_word_is_refused() -> None:
    """By the words that there are."""
    with pytest.raises(SettingsError, match="Use one of error, warn, never"):
        fail_on("errors")
