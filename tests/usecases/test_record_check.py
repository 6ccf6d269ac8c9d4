from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.checks.selection import ALL, Selection
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.verification import Verification
from airflow_dataops.usecases.contracts.record_check import record_check


@pytest.fixture
def verdict(batch, clock) -> Verification:
    """Nine of ten rows of a table are right."""
    return Verification(
        batch=batch,
        stage=Stage.CHECK,
        run_id="first",
        contract="orders@1.0.0",
        at=clock.now(),
        rows=10,
        good=9,
        bad=1,
        unparsable=0,
        outcomes=(),
    )


def test_a_check_of_all_rules_says_how_correct_a_partition_is(verdict, run, store) -> None:
    """The verdict and what was seen are there together."""
    record_check(verdict, selection=ALL, run=run, store=store)

    (seen,) = store.facts(Observation)
    assert (verdict,) == store.facts(Verification)
    assert (9, 10, run.interval_end) == (seen.good, seen.total, seen.end)


def test_some_of_the_rules_say_nothing(verdict, run, store) -> None:
    """Rows that keep them may break others."""
    record_check(verdict, selection=Selection(rules=("id",)), run=run, store=store)

    assert (verdict,) == store.facts(Verification)
    assert () == store.facts(Observation)


def test_a_partition_that_is_only_called_as_its_run_is_expected_by_nobody(verdict, run, store) -> None:
    """Manual runs have no interval."""
    undated = replace(verdict, batch=replace(verdict.batch, partition=run.run_id))

    record_check(undated, selection=ALL, run=run, store=store)

    assert () == store.facts(Observation)


def test_of_a_batch_that_was_judged_by_its_own_pipeline_that_counts(verdict, run, store) -> None:
    """What readers see lacks the bad rows: it would look as if the batch had been mended."""
    store.record(replace(verdict, stage=Stage.VERIFY))

    record_check(replace(verdict, rows=9, good=9, bad=0), selection=ALL, run=run, store=store)

    assert () == store.facts(Observation)
