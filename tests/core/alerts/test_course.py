from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.core.alerts.course import Known, course
from airflow_dataops.core.alerts.incident import Did, Step
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Outcome, Severity, Status
from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification

START = datetime(2026, 3, 4, tzinfo=UTC)
BATCH = Batch(team="t", product="p", dataset="p", partition="2026-03-03")


def step(minute: float, did: Did, text: str) -> Step:
    """A line of a timeline."""
    return Step(number=1, at=START + timedelta(minutes=minute), did=did, text=text)


def words(*steps: Step) -> list[tuple[str, str]]:
    """What a report says of them."""
    return [(one.word, one.text) for one in course(Known(steps=steps))]


def test_that_somebody_was_to_be_told_is_left_out_once_they_were() -> None:
    """Of two ways of one receiver, the one that waits is said."""
    decided = [step(0, Did.NOTIFIED, "people, that it began"), step(0, Did.NOTIFIED, "people, that it began")]
    one, other = (step(1, Did.DELIVERED, f"people, that it began: {note}") for note in ("id 1", "id 2"))
    said = ("told", "people, that it began: id 1"), ("told", "people, that it began: id 2")

    assert [*said] == words(*decided, one, other)
    assert [("to be told", "people, that it began"), said[0]] == words(*decided, one)
    assert 2 * [("to be told", "people, that it began")] == words(*decided)


def test_another_word_or_receiver_that_was_told_hides_nothing() -> None:
    """Neither that it was over, nor that somebody else was told instead."""
    decided = step(0, Did.NOTIFIED, "people, that it began")
    for text in (
        "people, that it is over",
        "root, that it began",
        "root instead of people, that it began",
    ):
        assert ("to be told", "people, that it began") in words(decided, step(1, Did.DELIVERED, text))


def test_a_verdict_without_a_contract_names_its_stage() -> None:
    """A landing is judged before there is one."""
    verdict = Verification(
        batch=BATCH,
        stage=Stage.LAND,
        run_id="r",
        contract="",
        at=START,
        rows=0,
        good=0,
        bad=0,
        unparsable=0,
        outcomes=(),
    )

    (moment,) = course(Known(verdicts=[verdict]))

    assert "land: no rows were judged" == moment.text


def test_a_rule_that_names_no_row_says_what_was_found() -> None:
    """Of a column that is called otherwise, whoever repairs it wants to know how."""
    renamed, amount = (
        Outcome(
            rule=rule,
            status=Status.FAILED,
            severity=Severity.ERROR,
            dimension="conformity",
            column="",
            expected="",
            observed=observed,
            failing=failing,
            checked=9,
            quarantines=False,
        )
        for rule, observed, failing in (("schema.renamed", "id → key", 0), ("amount.minimum", "4 of 9", 4))
    )
    verdict = Verification(
        batch=BATCH,
        stage=Stage.GATE,
        run_id="r",
        contract="orders@1.0.0",
        at=START,
        rows=9,
        good=5,
        bad=4,
        unparsable=0,
        outcomes=(renamed, amount),
    )

    (moment,) = course(Known(verdicts=[verdict]))

    said = "not kept: amount.minimum (4), schema.renamed (id → key)"
    assert f"gate, orders@1.0.0: 5 of 9 rows good; {said}" == moment.text


@pytest.mark.parametrize(("rows", "said"), [(0, "0 rows"), (1, "1 row"), (1200, "1,200 rows")])
def test_one_row_is_no_plural(rows, said) -> None:
    """A file with one line is small, and no reason for wrong English."""
    landing = Landing(
        batch=BATCH,
        origin="drops/orders.csv",
        uri="raw/orders.csv",
        sha256="0" * 64,
        bytes=67,
        rows=rows,
        dialect=Dialect(),
        landed_at=START,
        run_id="r",
    )

    (moment,) = course(Known(landings=[landing]))

    assert f"{said}, 67 bytes" == moment.text
