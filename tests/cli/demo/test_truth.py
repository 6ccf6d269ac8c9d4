from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.cli.demo.truth import (
    Day,
    Finding,
    Planted,
    Quarantined,
    Verdict,
    compare,
    read_truth,
)
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.report import BrokenRule, PartitionReport, Standing
from airflow_dataops.documents.templates.shelf import module, ours

PARTITION = "2026-03-03"
WRONG = (
    Planted(17, "e-mail without @", ("customer_email.pattern",)),
    Planted(40, "three things at once", ("amount.minimum", "status_known")),
)
DAY = Day(
    partition=PARTITION,
    outcome="published",
    rows=100,
    published=98,
    wrong=WRONG,
    remark="",
    stage="",
    rule="",
    same_as=None,
)
ROW = PartitionReport(
    batch=Batch(team="t", product="orders", dataset="orders", partition=PARTITION),
    standing=Standing.PUBLISHED,
    stage=None,
    landed=100,
    published=98,
    version=1,
    quarantined=2,
    unparsable=0,
    broken=(),
    freshness=None,
    duplicate_of=None,
    quarantine="",
)
HELD = (
    Quarantined(17, ("customer_email.pattern",)),
    Quarantined(40, ("status_known", "amount.minimum")),
)
FAILED = replace(
    ROW,
    standing=Standing.FAILED,
    stage=Stage.GATE,
    published=None,
    broken=(BrokenRule(stage=Stage.GATE, rule="schema.missing", status=Status.FAILED, failing=0),),
)
MUST_FAIL = replace(
    DAY, outcome="failed", published=0, wrong=(), remark="a column lost", stage="gate", rule="schema.missing"
)
MUST_REPEAT = replace(DAY, outcome="duplicate", published=0, wrong=(), remark="again", same_as="2026-03-01")
REPEATED = replace(ROW, standing=Standing.DUPLICATE, published=None, duplicate_of="2026-03-01")
MUST_WAIT = replace(DAY, outcome="late", remark="comes late")


def compared(day: Day = DAY, row: PartitionReport | None = ROW, *, held=HELD, waited: bool = False):
    """Compare one day."""
    return compare(
        [day],
        rows=[row] if row else [],
        quarantine={PARTITION: held},
        waited=frozenset({PARTITION} if waited else ()),
    )


def verdicts(comparison) -> list[tuple[str, Verdict]]:
    """Where something was found, and what it is worth."""
    return [(finding.where, finding.verdict) for finding in comparison.findings]


def test_compare_finds_lines_with_exactly_their_rules() -> None:
    """The order of the rules doesn't matter, and nothing else may be said."""
    comparison = compared()

    assert comparison.holds
    assert (2, 2, 0) == (
        comparison.planted,
        comparison.count(Verdict.FOUND),
        comparison.count(Verdict.FALSE_ALARM),
    )
    assert ["not of its pattern", "several things at once"] == [it.kind for it in comparison.findings]


def test_compare_tells_a_line_that_is_there_for_other_reasons() -> None:
    """It is neither found nor a false alarm, and what was said of it is told."""
    comparison = compared(held=(HELD[0], Quarantined(40, ("amount.minimum",))))

    assert not comparison.holds
    assert (1, 1, 0) == tuple(
        comparison.count(it) for it in (Verdict.FOUND, Verdict.OTHERWISE, Verdict.FALSE_ALARM)
    )
    assert "2026-03-03 line 40: found for other reasons: three things at once (amount.minimum)" == str(
        comparison.findings[1]
    )


def test_compare_tells_a_line_that_is_missing() -> None:
    """What was planted and is not in quarantine was not found."""
    comparison = compared(held=HELD[:1])

    assert not comparison.holds
    assert [("2026-03-03 line 17", Verdict.FOUND), ("2026-03-03 line 40", Verdict.MISSED)] == verdicts(
        comparison
    )


@pytest.mark.parametrize("more", [Quarantined(5, ("amount.type",)), HELD[0]], ids=["other", "twice"])
def test_compare_tells_a_false_alarm(more) -> None:
    """A line that nobody planted, or that is there twice; it does not count as planted."""
    comparison = compared(held=(*HELD, more))

    assert not comparison.holds
    assert (2, 2, 1) == (
        comparison.planted,
        comparison.count(Verdict.FOUND),
        comparison.count(Verdict.FALSE_ALARM),
    )


@pytest.mark.parametrize("standing", [Standing.FAILED, Standing.NOT_EVALUATED, Standing.DUPLICATE])
def test_compare_takes_a_stopped_day_for_a_false_alarm(standing) -> None:
    """A day that must be published and was stopped is one, and its rows are missing besides."""
    comparison = compared(row=replace(ROW, standing=standing, stage=Stage.GATE, published=None))

    assert (PARTITION, Verdict.FALSE_ALARM) in verdicts(comparison)
    assert ("2026-03-03: 0 rows are published, expected 98",) == comparison.differing


@pytest.mark.parametrize(
    ("day", "row", "waited", "expected"),
    [
        (MUST_FAIL, FAILED, False, Verdict.FOUND),
        (MUST_FAIL, replace(FAILED, stage=Stage.VERIFY), False, Verdict.OTHERWISE),
        (MUST_FAIL, replace(FAILED, broken=()), False, Verdict.OTHERWISE),
        (MUST_FAIL, replace(FAILED, standing=Standing.NOT_EVALUATED), False, Verdict.OTHERWISE),
        (MUST_FAIL, ROW, False, Verdict.MISSED),
        (MUST_FAIL, None, False, Verdict.MISSED),
        (MUST_REPEAT, REPEATED, False, Verdict.FOUND),
        (MUST_REPEAT, replace(REPEATED, duplicate_of="2026-03-02"), False, Verdict.OTHERWISE),
        (MUST_REPEAT, replace(ROW, duplicate_of="2026-03-01"), False, Verdict.MISSED),
        (MUST_WAIT, ROW, True, Verdict.FOUND),
        (MUST_WAIT, ROW, False, Verdict.MISSED),
        (MUST_WAIT, FAILED, True, Verdict.OTHERWISE),
    ],
)
def test_compare_judges_whole_files(day, row, waited, expected) -> None:
    """A failed, a repeated and a late file are each found in one way only."""
    comparison = compared(replace(day, wrong=()), row, held=(), waited=waited)

    assert [(PARTITION, expected)] == verdicts(comparison)


def test_compare_tells_where_counts_differ() -> None:
    """Rows that vanished between quarantine and publication must be seen."""
    comparison = compared(row=replace(ROW, landed=99, published=97))

    assert (
        "2026-03-03: 99 rows landed, expected 100",
        "2026-03-03: 97 rows are published, expected 98",
    ) == comparison.differing
    assert not comparison.holds


def test_compare_tells_days_that_never_came() -> None:
    """A day without a fact is all missing."""
    comparison = compared(row=None, held=())

    assert 2 == comparison.count(Verdict.MISSED)
    assert 2 == len(comparison.differing)


def test_read_truth_reads_what_the_generator_writes(tmp_path) -> None:
    """The fourteen days arrive with all that they are compared by."""
    truth = module(ours() / "batch" / "drops.py").generate(tmp_path / "drops")

    days = read_truth(tmp_path / "truth.json")

    assert [day.published for day in truth.days] == [day.published for day in days]
    assert [len(day.wrong) for day in truth.days] == [len(day.wrong) for day in days]
    assert {("gate", "schema.missing"), ("verify", "enough_orders"), ("", "")} == {
        (day.stage, day.rule) for day in days
    }
    assert ["2026-03-07"] == [day.same_as for day in days if day.outcome == "duplicate"]


def test_a_finding_is_one_line() -> None:
    """It says where, what became of it, what it is, and which rules were found instead."""
    finding = Finding(kind="k", what="w", where="d line 2", verdict=Verdict.FALSE_ALARM, rules=("a", "b"))

    assert "d line 2: false alarm: w (a, b)" == str(finding)
