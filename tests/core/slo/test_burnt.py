from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.burnt import Kind, burnt
from airflow_dataops.core.slo.incident import incidents
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Late, Objective
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.render.levels.cause import cause, incident

DUE = datetime(2026, 10, 2, 6, tzinfo=UTC)
BAD = Entry(partition="2026-10-01", at=DUE, good=Fraction(0), total=Fraction(1))


def objective(sli: Sli, **more: object) -> Objective:
    """Return an objective of an indicator."""
    return replace(Objective(name="it", sli=sli, target=Fraction("0.99")), **more)


def seen(sli: Sli, *, after: timedelta = timedelta(), **more: object) -> Observation:
    """Return what was seen of the partition some time after it was due."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-10-01")
    made = Observation(
        batch=batch, sli=sli, subject="1", end=None, good=None, total=None, value=None, at=DUE + after
    )
    return replace(made, **more)


def run(first: Outcome, final: Outcome, tries: int = 1) -> RunOutcome:
    """Return what became of the partition's run."""
    made = {"team": "shop", "dag_id": "orders", "run_id": "r1", "partition": "2026-10-01", "ended": DUE}
    return RunOutcome(**made, first=first, final=final, tries=tries)


MISSING = replace(BAD, mark=Mark.MISSING)
REPAIRED = replace(BAD, good=Fraction(1), mark=Mark.REPAIRED)
LATE = seen(Sli.FRESHNESS, after=timedelta(hours=3))
ROWS = seen(Sli.CORRECTNESS, good=388, total=400)
LACKING = seen(Sli.COMPLETENESS, good=900, total=1000)
SLOW = seen(Sli.LATENCY, value=Fraction(4000))
RETRIED, FAILED = (
    run(Outcome.FAILED, Outcome.SUCCESS, 3),
    run(Outcome.FAILED, Outcome.FAILED, 2),
)


@pytest.mark.parametrize(
    ("sli", "entry", "given_", "words"),
    [
        (Sli.FRESHNESS, BAD, LATE, "late by 3 h 0 min"),
        (Sli.FRESHNESS, BAD, None, "late"),
        (Sli.FRESHNESS, MISSING, None, "no delivery"),
        (Sli.FRESHNESS, REPAIRED, LATE, "late by 3 h 0 min; repaired since"),
        (Sli.CORRECTNESS, BAD, ROWS, "12 of 400 rows bad"),
        (Sli.CORRECTNESS, BAD, None, "bad rows"),
        (Sli.COMPLETENESS, BAD, LACKING, "100 of 1,000 expected rows lacking"),
        (Sli.LATENCY, BAD, SLOW, "took 1 h 6 min"),
        (Sli.SUCCESS, BAD, FAILED, "the run failed"),
        (Sli.SUCCESS, MISSING, None, "no finished run"),
        (Sli.FIRST_ATTEMPT, BAD, RETRIED, "failed at first, took 3 tries"),
        (Sli.FIRST_ATTEMPT, BAD, FAILED, "the run failed"),
    ],
)
def test_why_something_burnt(sli, entry, given_, words) -> None:
    """In words that a reader of the data understands; where nothing more was kept, in fewer."""
    ran = (given_,) if isinstance(given_, RunOutcome) else ()
    observed = (given_,) if isinstance(given_, Observation) else ()

    (found,) = burnt([entry], objective(sli), observations=observed, runs=ran)

    assert words == cause(found, sli)


def test_a_slice_has_no_delivery_of_its_own() -> None:
    """What was too old at its end was so whatever came."""
    of = objective(Sli.FRESHNESS, slice=Fraction(900), threshold=Fraction(900))

    assert Kind.STALE is burnt([BAD], of, observations=[LATE])[0].kind


def test_the_first_that_was_seen_tells() -> None:
    """Another version published later makes a delivery no later."""
    (found,) = burnt(
        [BAD], objective(Sli.FRESHNESS), observations=[seen(Sli.FRESHNESS, after=timedelta(days=4)), LATE]
    )

    assert 3 * 3600 == found.seconds


PART = Entry(partition="2026-10-01", at=DUE, good=Fraction(397), total=Fraction(400))


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (Mark.REPAIRED, "12 of 400 rows bad; repaired since but for 3 of 400"),
        (Mark.SEEN, "3 of 400 rows bad"),
    ],
)
def test_the_reason_says_what_is_counted(mark, words) -> None:
    """Where what was seen last counts, its rows are told, beside the first ones where these were worse."""
    newest = seen(Sli.CORRECTNESS, after=timedelta(hours=1), subject="2", good=397, total=400)
    of = objective(Sli.CORRECTNESS, late=Late.REPAIRED)

    (found,) = burnt([replace(PART, mark=mark)], of, observations=[ROWS, newest])

    assert words == cause(found, Sli.CORRECTNESS)


def test_what_is_of_another_dataset_tells_nothing() -> None:
    """One product may publish several."""
    (found,) = burnt([BAD], objective(Sli.CORRECTNESS, dataset="lines"), observations=[ROWS])

    assert (None, Kind.BAD_ROWS) == (found.rows, found.kind)


def days(*bad: int, mark: Mark = Mark.SEEN) -> list[Entry]:
    """Return an entry a day, with so many bad ones of ten."""
    return [
        Entry(
            partition=str(at),
            at=DUE + timedelta(days=at),
            good=Fraction(10 - lost),
            total=Fraction(10),
            mark=mark,
        )
        for at, lost in enumerate(bad)
    ]


def test_incidents_end_where_something_is_good() -> None:
    """The one that cost most comes first; a holiday between ends none."""
    entries = days(1, 0, 3, 10, 0, 2)
    entries[4] = replace(entries[4], good=Fraction(0), total=Fraction(0), mark=Mark.EXCLUDED)
    of = objective(Sli.CORRECTNESS)

    found = incidents(entries, burnt(entries, of), allowed=Fraction(5))

    assert [("2", "5", 15), ("0", "0", 1)] == [
        (each.burnt[0].entry.partition, each.burnt[-1].entry.partition, each.bad) for each in found
    ]
    assert [3, Fraction(1, 5)] == [each.share for each in found]
    assert "3 times, at worst bad rows" == incident(found[0], Sli.CORRECTNESS)


@given(st.lists(st.integers(0, 10), max_size=40))
def test_incidents_lose_nothing(bad) -> None:
    """All that burnt is in one of them, once."""
    entries = days(*bad)
    found = incidents(entries, burnt(entries, objective(Sli.CORRECTNESS)), allowed=Fraction(0))

    assert sum(bad) == sum(each.bad for each in found)
    assert sorted(str(at) for at, lost in enumerate(bad) if lost) == sorted(
        each.entry.partition for of in found for each in of.burnt
    )
