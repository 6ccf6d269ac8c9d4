from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.budget import (
    Count,
    added,
    allowed,
    allowed_failures,
    awaited,
    count,
    counted,
    least_events,
)
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Budgeting
from airflow_dataops.core.slo.sli import Sli

HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)

TARGETS = st.fractions(0, Fraction(9_999, 10_000), max_denominator=10_000)


def rows(good: int, total: int, at: datetime = NINE) -> Entry:
    """What the rows of one batch came to."""
    return Entry(partition="p", at=at, good=Fraction(good), total=Fraction(total))


BATCHES = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 500)).map(
    lambda drawn: rows(drawn[0], drawn[0] + drawn[1], NINE + timedelta(minutes=drawn[2]))
)

LEDGERS = st.lists(BATCHES, max_size=20).map(lambda drawn: sorted(drawn, key=lambda entry: entry.at))


@pytest.mark.parametrize(
    ("method", "changes", "good", "total"),
    [
        (Budgeting.OCCURRENCES, {}, 150, 205),
        (Budgeting.TIMESLICES, {"slice_target": Fraction(9, 10)}, 2, 3),
        (Budgeting.TIMESLICES, {"slice_target": Fraction(91, 100)}, 1, 3),
        # Where nothing is said of a slice's target, all of it must be good.
        (Budgeting.TIMESLICES, {}, 1, 3),
        (Budgeting.RATIO_TIMESLICES, {}, Fraction(9, 10) + Fraction(50, 95) + 1, 3),
        # Two batches lie in the hour that ends at ten, one in the hour before.
        (Budgeting.TIMESLICES, {"slice": Fraction(3600), "slice_target": Fraction(3, 4)}, 1, 2),
        (Budgeting.RATIO_TIMESLICES, {"slice": Fraction(3600)}, Fraction(9, 10) + Fraction(60, 105), 2),
    ],
)
def test_each_method_counts_in_its_way(method, changes, good, total, objective) -> None:
    """Events, slices that are good, or the shares of slices; an excluded event counts as nothing."""
    ledger = [
        rows(90, 100),
        rows(50, 95, NINE + HOUR / 2),
        rows(10, 10, NINE + HOUR),
        rows(0, 0, NINE + HOUR),
    ]

    found = count(counted(ledger, objective(sli=Sli.CORRECTNESS, method=method, **changes)))

    assert (good, total) == (found.good, found.total)


def test_a_slice_counts_at_its_end_and_holds_it(objective) -> None:
    """Slices of an hour lie between the hours; a batch at nine is one of the hour before."""
    hourly = objective(sli=Sli.CORRECTNESS, method=Budgeting.TIMESLICES, slice=Fraction(3600))
    microsecond = timedelta(microseconds=1)

    found = counted([rows(1, 1, NINE), rows(1, 1, NINE + microsecond), rows(0, 0, NINE + 2 * HOUR)], hourly)

    assert [NINE, NINE + HOUR, NINE + 2 * HOUR] == [entry.at for entry in found]
    assert [Mark.SEEN, Mark.SEEN, Mark.EXCLUDED] == [entry.mark for entry in found]
    assert found[0].partition == "2026-03-01T08:00:00+00:00"


def test_slices_of_freshness_are_slices_already(objective) -> None:
    """They begin where their product's time does, and not with the hour."""
    fresh = objective(method=Budgeting.TIMESLICES, slice=Fraction(3600))
    ledger = [rows(1, 1, NINE + HOUR / 3), rows(0, 1, NINE + HOUR / 2)]

    assert tuple(ledger) == counted(ledger, fresh)


def test_what_is_to_come_is_counted_as_what_came(objective) -> None:
    """Events one by one; slices once, and not where one of their events has been counted."""
    due = [NINE + minutes * HOUR / 60 for minutes in (10, 20, 70, 80, 130)]
    hourly = objective(sli=Sli.CORRECTNESS, method=Budgeting.TIMESLICES, slice=Fraction(3600))

    assert awaited(due, [], objective()) == 5
    assert awaited(due, [rows(1, 1, NINE + HOUR / 12)], hourly) == 2


def test_a_budget_is_exact(objective) -> None:
    """A tenth of ten is one: in floats it is a little less, and would allow none."""
    assert allowed_failures(Fraction("0.9"), 10) == 1
    assert allowed(objective(target=Fraction("0.9999")), Fraction(10_000)) == 1
    assert [10, 20, 100, 200, 1000] == [
        least_events(Fraction(each)) for each in ("0.9", "0.95", "0.99", "0.995", "0.999")
    ]


@given(target=TARGETS)
def test_the_least_number_of_events_is_the_least(target) -> None:
    """So many allow one failure, and one fewer allow none."""
    least = least_events(target)

    assert allowed_failures(target, least) >= 1
    assert allowed_failures(target, least - 1) == 0


@given(st.lists(st.fractions(-100, 100, max_denominator=60)))
def test_fractions_are_added_up_as_sum_does(numbers) -> None:
    """The other way is faster, and comes to the same."""
    assert sum(numbers, Fraction(0)) == added(numbers)


@given(ledger=LEDGERS, cut=st.integers(0, 20), method=st.sampled_from(list(Budgeting)))
def test_counts_add_up_over_entries(ledger, cut, method, objective) -> None:
    """What is counted of two parts is what is counted of the whole, where entries are slices or events."""
    kept = objective(sli=Sli.CORRECTNESS, method=method, slice_target=Fraction(1, 2))

    first, second = count(counted(ledger[:cut], kept)), count(counted(ledger[cut:], kept))

    assert first + second == count(counted(ledger, kept))


@given(ledger=LEDGERS, method=st.sampled_from(list(Budgeting)), length=st.sampled_from([None, 600, 3600]))
def test_more_bad_events_never_make_more_good(ledger, method, length, objective) -> None:
    """One more bad row leaves as many good events or fewer, and as many bad ones or more."""
    kept = objective(
        sli=Sli.CORRECTNESS,
        method=method,
        slice=length and Fraction(length),
        slice_target=Fraction(9, 10),
    )
    worse = [rows(int(each.good), int(each.total) + bool(each.total), each.at) for each in ledger]

    before, after = count(counted(ledger, kept)), count(counted(worse, kept))

    assert after.good <= before.good
    assert after.bad >= before.bad


@given(ledger=LEDGERS)
def test_methods_agree_where_each_slice_is_one_event(ledger, objective) -> None:
    """Then a slice is good or bad as its event is."""
    single = [rows(int(each.good > each.bad), int(each.total > 0), each.at) for each in ledger]

    found = {count(counted(single, objective(sli=Sli.SUCCESS, method=method))) for method in Budgeting}

    assert len(found) == 1


def test_nothing_is_nothing() -> None:
    """Of no entries there are no events, and none of them is bad."""
    assert Count() == count([])
    assert Count().bad == 0
