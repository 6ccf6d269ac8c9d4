from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, time
from fractions import Fraction
from pathlib import Path

import pytest

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.run import Outcome, Retry, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Calendar, Rolling
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.store.outbox import Outbox

AT = datetime(2026, 3, 4, 6, tzinfo=UTC)
WRITER = Path(__file__).with_name("outbox_writer.py")


def outcome(run_id: str) -> RunOutcome:
    """Return what became of a run."""
    return RunOutcome(
        team="shop",
        dag_id="orders",
        run_id=run_id,
        start=AT,
        ended=AT,
        first=Outcome.FAILED,
        final=Outcome.SUCCESS,
        tries=2,
    )


DECLARATION = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", start=AT),
    objectives=(
        Objective(
            name="fresh",
            sli=Sli.FRESHNESS,
            target=Fraction("0.999"),
            window=Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "Europe/Berlin"),  # noqa: DTZ001
            by=time(8),
            alerts=(
                BurnAlert(
                    urgency=Urgency.PAGE, factor=Fraction(144, 10), long=Fraction(3600), short=Fraction(300)
                ),
            ),
        ),
        Objective(
            name="right",
            sli=Sli.CORRECTNESS,
            target=Fraction(1, 3),
            window=Rolling(Duration(Fraction(28), TimeUnit.DAY)),
        ),
    ),
    since=AT,
)
RETRY = Retry(team="shop", dag_id="orders", run_id="r", task_id="land", try_number=2, at=AT)
REPORT = Reported(where=Where("shop", "orders", "2026-03-03"), kind=Kind.LATE, run_id="r", text="ä", at=AT)


@pytest.fixture
def outbox(tmp_path) -> Outbox:
    """An empty outbox whose folder isn't there yet."""
    return Outbox(tmp_path / "dataops" / "outbox")


def test_facts_come_out_as_they_went_in_and_in_their_order(outbox) -> None:
    """To the fraction; the one that was put down first comes first."""
    facts = (DECLARATION, outcome("a"), RETRY, outcome("b"), REPORT)
    outbox.put(*facts)

    assert facts == tuple(letter.fact for letter in outbox.letters(most=10))
    assert facts[:2] == tuple(letter.fact for letter in outbox.letters(most=2))
    assert 5 == outbox.waiting()


def test_what_is_delivered_is_gone_however_often_that_is_said(outbox) -> None:
    """Two that deliver at once do each other no harm."""
    outbox.put(outcome("a"), outcome("b"))
    first = outbox.letters(most=1)

    outbox.delivered(first)
    outbox.delivered(first)

    assert [outcome("b")] == [letter.fact for letter in outbox.letters(most=9)]


def test_an_outbox_that_was_never_used_is_empty(outbox) -> None:
    """Its folder need not be there."""
    assert (0, (), ()) == (outbox.waiting(), outbox.letters(most=1), outbox.broken())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"kind": "Nothing", "fact": {}}',
        '{"kind": "RunOutcome", "fact": {}}',
        '{"kind": ["RunOutcome"], "fact": {}}',
        pytest.param(
            '{"kind": "Retry", "fact": {"team": "t\\u0000", "dag_id": "d", "run_id": "r", "task_id": "t",'
            ' "try_number": 2, "at": "2026-03-04T06:00:00Z"}}',
            id="a NUL, which no database keeps",
        ),
    ],
)
def test_what_cant_be_read_has_no_fact_and_can_be_set_aside(outbox, text) -> None:
    """Those behind it don't wait for it."""
    outbox.put(outcome("a"))
    (outbox.folder / "00-0-0.json").write_text(text)

    bad, good = outbox.letters(most=9)
    place = outbox.refuse(bad)

    assert (None, outcome("a")) == (bad.fact, good.fact)
    assert (place,) == outbox.broken()
    assert text == Path(place).read_text()
    assert 1 == outbox.waiting()


def test_a_full_outbox_takes_nothing_and_says_so(outbox) -> None:
    """Until some are delivered."""
    small = Outbox(outbox.folder, limit=2)
    small.put(outcome("a"), outcome("b"))

    with pytest.raises(BrokenWorldError, match="holds 2 facts"):
        Outbox(outbox.folder, limit=2).put(outcome("c"))
    full = Outbox(outbox.folder, limit=2)
    with pytest.raises(BrokenWorldError, match="holds 2 facts"):
        full.put(outcome("c"))
    full.delivered(full.letters(most=1))
    full.put(outcome("c"))

    assert ["b", "c"] == [letter.fact.run_id for letter in full.letters(most=9)]


def test_a_folder_that_cant_be_written_is_named_in_one_line(tmp_path) -> None:
    """With what to do about it."""
    (tmp_path / "file").write_text("")

    with pytest.raises(
        BrokenWorldError, match=r"file/outbox: the outbox can't be written .*Make room"
    ) as error:
        Outbox(tmp_path / "file" / "outbox").put(outcome("a"))

    assert "\n" not in str(error.value)


def test_one_delivers_at_a_time_and_death_makes_way(outbox) -> None:
    """Another one is told that it isn't alone."""
    with outbox.alone() as first, outbox.alone() as second:
        assert (True, False) == (first, second)
    with outbox.alone() as third:
        assert third


def test_what_killed_writers_left_half_written_goes_in_time(outbox) -> None:
    """Not what somebody may be writing at the moment."""
    outbox.put(outcome("a"))
    old, young = outbox.folder / "1-1-1.partial", outbox.folder / "2-2-2.partial"
    for file in (old, young):
        file.write_text('{"kind": ')
    os.utime(old, (0, 0))

    with outbox.alone():
        assert 1 == outbox.waiting()

    assert (False, True) == (old.exists(), young.exists())


def test_whatever_a_killed_writer_said_it_had_put_down_is_there(outbox) -> None:
    """Whole; of what it was writing when it died nothing is seen."""
    with subprocess.Popen(
        [sys.executable, str(WRITER), str(outbox.folder)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(40)]
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.read().split()

    there = [letter.fact for letter in outbox.letters(most=100_000)]

    assert None not in there
    assert said == [fact.run_id for fact in there][: len(said)]
    assert len(there) - len(said) in {0, 1}


def test_what_cant_be_set_aside_or_taken_away_is_a_broken_world_and_stays(outbox) -> None:
    """Whoever delivers waits then, as for the store, and tries again."""
    outbox.put(outcome("a"))
    (letter,) = outbox.letters(most=1)
    outbox.set_aside.write_text("a file where a folder should be")
    with pytest.raises(BrokenWorldError, match=r"the outbox can't be written \(FileExistsError"):
        outbox.refuse(letter)
    (outbox.folder / "folder.json").mkdir()
    with pytest.raises(BrokenWorldError, match=r"the outbox can't be written"):
        outbox.delivered([replace(letter, name="folder.json")])

    assert letter in outbox.letters(most=2)
