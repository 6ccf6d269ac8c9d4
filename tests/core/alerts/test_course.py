from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow_dataops.core.alerts.course import Known, course
from airflow_dataops.core.alerts.incident import Did, Step
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification

START = datetime(2026, 3, 4, tzinfo=UTC)


def step(minute: float, did: Did, text: str) -> Step:
    """A line of a timeline."""
    return Step(number=1, at=START + timedelta(minutes=minute), did=did, text=text)


def words(*steps: Step) -> list[tuple[str, str]]:
    """What a report says of them."""
    return [(one.word, one.text) for one in course(Known(steps=steps))]


def test_that_somebody_was_to_be_told_is_left_out_once_they_were() -> None:
    """Of two ways of one receiver, the one that waits is said."""
    decided = [step(0, Did.NOTIFIED, "trigger to people"), step(0, Did.NOTIFIED, "trigger to people")]
    one, other = (step(1, Did.DELIVERED, f"people was told (trigger): {note}") for note in ("id 1", "id 2"))
    said = ("delivered", "people was told (trigger): id 1"), ("delivered", "people was told (trigger): id 2")

    assert [*said] == words(*decided, one, other)
    assert [("notified", "trigger to people"), said[0]] == words(*decided, one)
    assert 2 * [("notified", "trigger to people")] == words(*decided)


def test_another_word_or_receiver_that_was_told_hides_nothing() -> None:
    """Neither that it was over, nor that somebody else was told instead."""
    decided = step(0, Did.NOTIFIED, "trigger to people")
    for text in (
        "people was told (resolve)",
        "root was told (trigger)",
        "root instead of people was told (trigger)",
    ):
        assert ("notified", "trigger to people") in words(decided, step(1, Did.DELIVERED, text))


def test_a_verdict_without_a_contract_names_its_stage() -> None:
    """A landing is judged before there is one."""
    verdict = Verification(
        batch=Batch(team="t", product="p", dataset="p", partition="2026-03-03"),
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
