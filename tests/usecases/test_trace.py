from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from airflow_dataops.core.checks.streak import Streak
from airflow_dataops.core.checks.verdict import of_batch
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification
from airflow_dataops.usecases.contracts.trace import LOOKED_BACK, trace


@pytest.fixture
def ran(batch, clock, store):
    """Record the verification of a day, on which the rule `enough` was kept or not."""

    def record(day: int, *, kept: bool) -> Verification:
        found = "" if kept else "3 rows"
        outcome = of_batch("enough", found, expected="9", severity=Severity.ERROR, dimension="completeness")
        verification = Verification(
            batch=replace(batch, partition=str(day)),
            stage=Stage.VERIFY,
            run_id="r",
            contract="orders@1.0.0",
            at=clock.advance(timedelta(days=1)),
            rows=3,
            good=3,
            bad=0,
            unparsable=0,
            outcomes=(outcome,),
        )
        store.record(verification)
        return verification

    return record


def test_trace_tells_new_from_failing_from_mended(ran, store) -> None:
    """The first failure is new, the next goes on, and the first success after them mends."""
    runs = [ran(day, kept=kept) for day, kept in enumerate((True, False, False, True, True))]

    assert [{}, {"enough": Streak(1)}, {"enough": Streak(2)}, {"enough": Streak(2, mended=True)}, {}] == [
        trace(run, history=store) for run in runs
    ]


def test_trace_counts_a_partition_that_runs_again_once(ran, store) -> None:
    """A run of a partition takes the place of the one before, so the same day doesn't count twice."""
    ran(1, kept=False)
    ran(2, kept=False)

    assert {"enough": Streak(2)} == trace(ran(2, kept=False), history=store)


def test_trace_looks_back_a_bounded_time(ran, store) -> None:
    """However long the history, so many runs are read, and what may have been before is not denied."""
    for day in range(LOOKED_BACK):
        last = ran(day, kept=False)
    assert {"enough": Streak(LOOKED_BACK, open_start=True)} == trace(last, history=store)

    last = ran(LOOKED_BACK, kept=False)
    assert "failing for at least 30 runs" == str(trace(last, history=store)["enough"])
