"""What facts say is wrong now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.delivered import Delivered, delivered
from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.alerts.undone import failed, lost, refused, reported, run_for
from airflow_dataops.core.batch import Batch, Grain
from airflow_dataops.core.checks.verdict import Outcome as Verdict
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.landing import DUPLICATE, MISSING
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.verification import Verification

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
THIRD = Where("shop", "orders", "2026-03-03")
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
ITEMS = replace(BATCH, dataset="items")
NOTHING = Delivered()


def rule(name: str, failing: int, status: Status = Status.FAILED) -> Verdict:
    """Return what became of a rule."""
    return Verdict(
        rule=name,
        status=status,
        severity=Severity.ERROR,
        dimension="",
        column="",
        expected="= 0",
        observed="secret",
        failing=failing,
        checked=100,
        quarantines=True,
    )


def verdict(batch: Batch = BATCH, stage: Stage = Stage.VERIFY, **what) -> Verification:
    """Return a verdict that refuses a batch."""
    its = {"at": NOW, "outcomes": (), "blocks": ("secret",), **what}
    return Verification(
        batch=batch, stage=stage, run_id="r1", contract="o@1", rows=100, good=60, bad=40, unparsable=0, **its
    )


def run(
    final: Outcome = Outcome.FAILED, hours: int = 0, run_id: str = "r1", **what
) -> tuple[Where, RunOutcome]:
    """Return a run for the third of March."""
    outcome = RunOutcome(
        team="shop",
        dag_id="orders",
        run_id=run_id,
        ended=NOW + hours * HOUR,
        first=final,
        final=final,
        **what,
    )
    return THIRD, outcome


def test_a_batch_is_bad_by_its_newest_verdict_with_the_rules_that_most_rows_broke_first() -> None:
    """Warnings are none of them; neither is what an earlier attempt came to, nor a row's value."""
    rules = (rule("a", 1), rule("w", 9, Status.WARNING), rule("b", 3), rule("e", 0, Status.ERROR))
    newest = verdict(stage=Stage.GATE, at=NOW + HOUR, outcomes=rules)
    (found,) = refused([newest, verdict()], NOTHING)

    assert (THIRD, Kind.BAD, NOW + HOUR) == (found.where, found.kind, found.since)
    assert [("b", 3), ("a", 1)] == [(one.rule, one.failing) for one in found.rules]
    assert "`gate` refused it: 2 rules not kept, 40 of 100 rows are bad" == found.text
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        ((MISSING,), "`land` refused it: no drop is there"),
        ((DUPLICATE,), "`land` refused it: its drop is the one of another partition"),
        (("other",), "`land` refused it: 1 rule not kept"),
        ((MISSING, "other"), "`land` refused it: 2 rules not kept"),
    ],
)
def test_what_is_wrong_with_a_drop_is_said_in_words(broken, text) -> None:
    """Who is woken up by a drop that isn't there needn't know the rule."""
    outcomes = tuple(rule(name, 0) for name in broken)
    (found,) = refused([replace(verdict(stage=Stage.LAND, outcomes=outcomes), bad=0)], NOTHING)
    assert text == found.text


def test_what_could_not_be_evaluated_has_failed_and_what_passes_is_nothing() -> None:
    """Nobody knows whether it is bad."""
    (found,) = refused(
        [verdict(blocks=(), errors=("secret",), outcomes=(rule("a", 0, Status.ERROR),))], NOTHING
    )
    assert (Kind.FAILED, "1 rule of `verify` could not be evaluated") == (found.kind, found.text)
    assert [] == list(refused([verdict(blocks=())], NOTHING))


@pytest.mark.parametrize(
    ("published", "runs", "over"),
    [
        ({BATCH: NOW + HOUR}, [], True),
        ({BATCH: NOW}, [], False),
        ({BATCH: NOW - HOUR}, [], False),
        ({ITEMS: NOW + HOUR}, [], False),
        ({}, [run(Outcome.SUCCESS, 1, "r2")], True),
        ({}, [run(Outcome.SUCCESS, -1, "r2")], False),
        ({}, [run(Outcome.FAILED, 1, "r2")], False),
    ],
)
def test_a_batch_is_bad_until_its_dataset_is_published_or_a_run_for_it_ends_well(
    published, runs, over
) -> None:
    """Later than the verdict."""
    assert over is (list(refused([verdict()], delivered(published, runs))) == [])


@pytest.mark.parametrize(
    ("published", "over"), [({BATCH: NOW + HOUR}, True), ({ITEMS: NOW + HOUR}, True), ({BATCH: NOW}, False)]
)
@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.LATE, Kind.LOST])
def test_a_report_holds_until_the_partition_is_delivered_after_it(kind, published, over) -> None:
    """Any dataset of it."""
    word = Reported(where=THIRD, kind=kind, run_id="r1", text="t", at=NOW)
    runs = [run(Outcome.SUCCESS, 1)] if kind is Kind.LOST else []  # which brings no rows back
    found = list(reported([word], delivered(published, runs)))
    run_id = "" if kind is Kind.LOST else "r1"
    assert [(kind, "t", NOW, run_id)] * (not over) == [
        (one.kind, one.text, one.since, one.run_id) for one in found
    ]


def test_a_report_of_a_run_without_a_partition_is_over_when_that_run_ends_well() -> None:
    """Its id stands for the partition in the report, and its interval elsewhere."""
    word = Reported(where=THIRD._replace(partition="r1"), kind=Kind.LATE, run_id="r1", at=NOW)
    assert [] == list(reported([word], delivered({}, [run(Outcome.SUCCESS, 1)])))
    assert 1 == len(list(reported([word], delivered({}, [run(Outcome.SUCCESS, 1, "r2")]))))


@pytest.mark.parametrize(
    ("kind", "well", "over"),
    [
        (Kind.FAILED, {"at": NOW + HOUR}, True),
        (Kind.FAILED, {"at": NOW - HOUR}, False),
        (Kind.FAILED, {"at": NOW + HOUR, "run_id": "r2"}, True),
        (Kind.FAILED, {"at": NOW + HOUR, "run_id": "r2", "where": THIRD._replace(partition="x")}, False),
        (Kind.FAILED, {"at": NOW + HOUR, "where": THIRD._replace(partition="x")}, True),
        (Kind.LATE, {"at": NOW + HOUR}, True),
        (Kind.LATE, {"at": NOW - HOUR}, True),
        (Kind.LATE, {"at": NOW - HOUR, "run_id": "r2"}, False),
    ],
)
def test_a_report_is_over_when_its_run_or_another_for_the_partition_is_reported_to_have_ended_well(
    kind, well, over
) -> None:
    """Where nobody listens to the DAG, callbacks tell that, too; that is none of their troubles."""
    word = Reported(where=THIRD, kind=kind, run_id="r1", task_id="land", at=NOW)
    said = Reported(**{"where": THIRD, "kind": Kind.FAILED, "run_id": "r1", "well": True, **well})
    assert [kind] * (not over) == [one.kind for one in reported([word, said], NOTHING)]
    assert [kind] * (not over) == [one.kind for one in reported([said, word], NOTHING)]


def test_a_run_that_ended_well_before_its_deadline_called_is_not_late() -> None:
    """It was done in the same second; but it may have failed after it ended well."""
    ended = delivered({}, [run(Outcome.SUCCESS, -1)])
    late = Reported(where=THIRD, kind=Kind.LATE, run_id="r1", at=NOW)
    assert [] == list(reported([late], ended))
    assert 1 == len(list(reported([replace(late, kind=Kind.FAILED)], ended)))


@pytest.mark.parametrize(("rows", "published", "found"), [(7, None, 1), (9, None, 0), (7, NOW + HOUR, 0)])
def test_rows_are_lost_that_passed_and_were_not_published(rows, published, found) -> None:
    """Until another version is."""
    one = Publication(
        batch=BATCH,
        version=1,
        content="c",
        rows=rows,
        target="lake",
        contract="o@1",
        manifest="",
        run_id="r1",
        at=NOW,
    )
    its = delivered({BATCH: published or NOW}, [run(Outcome.SUCCESS, 2)])
    assert ["9 rows passed the audit, 7 were published"] * found == [
        each.text for each in lost([(one, 9)], its)
    ]


RUNS = st.lists(
    st.builds(
        run,
        st.sampled_from(Outcome),
        st.integers(0, 6),
        st.sampled_from(["r1", "r2", "r3"]),
    ),
    max_size=6,
    unique_by=lambda each: each[1].run_id,
)


@given(RUNS)
def test_a_partition_has_failed_whose_last_end_was_no_good_one(runs) -> None:
    """Whichever run it was; and there is one signal of it, whatever the order of the runs."""
    found = list(failed(runs, delivered({}, runs)))
    bad = [one.ended for _, one in runs if one.final is Outcome.FAILED]
    good = [one.ended for _, one in runs if one.final is Outcome.SUCCESS]
    wrong = bool(bad) and (not good or max(good) <= max(bad))

    assert ([max(bad)] if wrong else []) == [one.since for one in found]
    assert found == list(failed(runs[::-1], delivered({}, runs[::-1])))


def test_a_run_of_the_same_interval_that_ends_well_later_ends_it() -> None:
    """Though its partition isn't known."""
    interval = {"start": NOW - HOUR, "end": NOW}
    bad, good = run(**interval), run(Outcome.SUCCESS, 1, "r2", **interval)
    elsewhere = (THIRD._replace(partition="r2"), good[1])

    assert [] == list(failed([bad], delivered({}, [elsewhere])))
    assert 1 == len(list(failed([bad], delivered({}, [(elsewhere[0], replace(good[1], end=NOW + HOUR))]))))


@pytest.mark.parametrize(("partition", "left"), [("", 0), ("2026-03-01", 1)])
def test_a_run_by_hand_is_made_good_by_the_next_one_unless_it_is_for_a_partition(partition, left) -> None:
    """It is for no time of its own, so nothing of it is missing."""
    by_hand = {"start": NOW, "end": NOW}
    bad = run(**by_hand, partition=partition)
    where, good = run(Outcome.SUCCESS, 1, "r2", **by_hand)
    other = (where._replace(partition="r2"), good)

    assert left == len(list(failed([bad], delivered({}, [other]))))
    assert 1 == len(list(failed([bad], delivered({}, [(other[0], replace(good, dag_id="sales"))]))))
    assert 1 == len(list(failed([bad], delivered({}, [(other[0], replace(good, ended=NOW - HOUR))]))))


@pytest.mark.parametrize(
    ("what", "expects", "partition"),
    [
        ({"partition": "p"}, {}, "p"),
        ({}, {}, "r1"),
        ({"start": NOW}, None, "r1"),
        ({"start": NOW}, {"schedule": "@daily"}, "2026-03-03"),
        ({"start": NOW}, {"schedule": "@daily", "timezone": "Pacific/Auckland"}, "2026-03-04"),
        ({"start": NOW}, {"schedule": "@hourly", "grain": Grain.HOUR}, "2026-03-03T12"),
        ({"start": NOW}, {"schedule": "@daily", "timezone": "Mars/Olympus"}, "r1"),
        ({"start": NOW}, {"runs": True}, "r1"),
        ({}, {"schedule": "@daily"}, "r1"),
    ],
)
def test_a_run_is_for_its_partition_or_that_of_its_interval_or_stands_for_itself(
    what, expects, partition
) -> None:
    """As its product's schedule tells."""
    declaration = None
    if expects is not None:
        declaration = Declaration(
            team="shop", product="orders", dataset="orders", expectation=Expectation(**expects), since=NOW
        )
    assert THIRD._replace(partition=partition) == run_for(run(**what)[1], declaration)
