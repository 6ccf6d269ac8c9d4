"""What service levels say is wrong now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.signal import Kind, Where
from airflow_dataops.core.alerts.unmet import burning, incomplete, overdue, short, telling
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Burn, Kept, Standing, State

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(6 * 3600))
WHOLE = Objective(
    name="whole", sli=Sli.COMPLETENESS, target=Fraction("0.99"), method=Budgeting.RATIO_TIMESLICES
)
STREAM = replace(FRESH, slice=Fraction(3600), method=Budgeting.TIMESLICES)
ORDERS = Declaration(
    team="shop", product="orders", dataset="orders", expectation=Expectation(schedule="@daily"), since=NOW
)
PAGE = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(3600), short=Fraction(300))
TICKET = replace(PAGE, urgency=Urgency.TICKET, factor=Fraction(2))


def entry(
    at: datetime, good: object = 0, total: int = 1, mark: Mark = Mark.SEEN, partition: str = ""
) -> Entry:
    """Return an entry, bad by default."""
    label = partition or f"{at - DAY:%Y-%m-%d}"
    return Entry(partition=label, at=at, good=Fraction(str(good)), total=Fraction(total), mark=mark)


def kept(*burns: Burn, bad: int = 1, sli: str = "fresh") -> Kept:
    """Return how an objective stands."""
    standing = Standing(
        team="shop",
        product="orders",
        slo=sli,
        at=NOW,
        since=NOW - 28 * DAY,
        until=NOW,
        good=Fraction(28 - bad),
        total=Fraction(28),
        expected=Fraction(28),
        allowed=Fraction(3),
        burns=burns,
        state=State.OK,
    )
    return Kept(standing=standing, digest="", entries=(), cursor=NOW, changes_at=None)


@pytest.mark.parametrize(
    ("its", "late"),
    [
        (entry(NOW - HOUR, mark=Mark.MISSING), True),
        (entry(NOW - HOUR), False),
        (entry(NOW - HOUR, 1), False),
        (entry(NOW - HOUR, 1, mark=Mark.REPAIRED), False),
        (entry(NOW - HOUR, 0, 0, Mark.EXCLUDED), False),
        (entry(NOW - 29 * DAY, mark=Mark.MISSING), False),
    ],
    ids=["missing", "came late", "in time", "repaired", "holiday", "left the window"],
)
def test_late_is_what_is_due_and_not_there(its, late) -> None:
    """What came late is there."""
    found = list(overdue(FRESH, ORDERS, [its], now=NOW))
    assert [(Where("shop", "orders", its.partition), its.at)] * late == [
        (one.where, one.since) for one in found
    ]
    assert [] == list(overdue(WHOLE, ORDERS, [its], now=NOW))


@given(st.lists(st.booleans(), max_size=12))
def test_a_stream_is_late_since_the_first_of_the_slices_that_are_bad_in_a_row(good) -> None:
    """Of several runs of bad ones, the last."""
    entries = [entry(NOW + n * HOUR, int(one)) for n, one in enumerate(good)]
    found = [(one.where.partition, one.since) for one in overdue(STREAM, ORDERS, entries, now=NOW)]
    row = len(good) - next((n for n, one in enumerate(reversed(good)) if one), len(good))
    assert [("", NOW + row * HOUR)] * (row < len(good)) == found


def seen(good: int, at: datetime, total: int = 100, day: str = "2026-03-28") -> Observation:
    """Return how many rows came."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition=day)
    return Observation(
        batch=batch,
        sli=Sli.COMPLETENESS,
        subject=f"{at}",
        end=None,
        good=good,
        total=total,
        value=None,
        at=at,
    )


@pytest.mark.parametrize(
    ("counted", "published", "text"),
    [
        ([seen(90, NOW)], None, "90 of 100 rows came"),
        ([seen(90, NOW)], NOW + HOUR, "90 of 100 rows came"),
        ([seen(90, NOW), seen(100, NOW + HOUR)], None, ""),
        ([seen(100, NOW), seen(90, NOW + HOUR)], None, "90 of 100 rows came"),
        ([seen(99, NOW)], None, ""),
        ([], None, "no rows of it were counted by 2026-03-29 12:00 UTC"),
        ([], NOW - HOUR, "no rows of it were counted by 2026-03-29 12:00 UTC"),
        ([], NOW + HOUR, ""),
    ],
)
def test_incomplete_is_what_was_seen_last_and_where_nothing_was_what_is_not_published(
    counted, published, text
) -> None:
    """A publication says nothing of rows that were counted."""
    there = {} if published is None else {Where("shop", "orders", "2026-03-28"): published}
    (bad,) = short(WHOLE, [entry(NOW, 90, 100), entry(NOW - DAY, 99, 100)], now=NOW)
    assert [text] * bool(text) == [one.text for one in incomplete(WHOLE, ORDERS, [bad], counted, there)]
    assert () == short(FRESH, [bad], now=NOW)


@pytest.mark.parametrize(
    ("target", "slices", "found"),
    [("0.99", None, 1), ("0.5", None, 0), ("0.99", "0.5", 0), ("0.5", "0.99", 1)],
)
def test_a_partition_is_held_against_the_share_that_is_promised_of_each(target, slices, found) -> None:
    """Where slices have a target of their own, against that."""
    its = replace(WHOLE, target=Fraction(target), slice_target=Fraction(slices) if slices else None)
    assert found == len(short(its, [entry(NOW, 90, 100)], now=NOW))


def burn(alert: BurnAlert, rate: int, *, firing: bool) -> Burn:
    """Return how fast a budget burns."""
    return Burn(alert=alert, long=Fraction(rate), short=Fraction(rate), firing=firing)


def test_a_budget_burns_for_its_newest_bad_event_with_the_most_urgent_alert_that_fires() -> None:
    """Good ones after it are of no matter."""
    its = kept(burn(PAGE, 9, firing=True), burn(TICKET, 5, firing=True))
    entries = [entry(NOW - 2 * DAY), entry(NOW - DAY), entry(NOW, 1)]
    (found,) = burning(FRESH, ORDERS, its, entries)

    assert (Kind.BURNING, "2026-03-27", NOW - DAY) == (found.kind, found.where.partition, found.since)
    assert (Urgency.PAGE, 9) == (found.urgency, found.burn)
    (stream,) = burning(STREAM, ORDERS, its, entries)
    assert "" == stream.where.partition
    assert [] == list(burning(FRESH, ORDERS, its, [entry(NOW, 1)]))
    assert [] == list(burning(FRESH, ORDERS, kept(burn(PAGE, 9, firing=False)), entries))


@pytest.mark.parametrize(
    ("objective", "its", "tells"),
    [
        (FRESH, kept(), True),
        (FRESH, kept(bad=0), False),
        (FRESH, kept(burn(PAGE, 1, firing=False), bad=0), True),
        (WHOLE, kept(), True),
        (replace(FRESH, sli=Sli.SUCCESS), kept(), False),
        (replace(FRESH, sli=Sli.SUCCESS), kept(burn(PAGE, 9, firing=True)), True),
    ],
)
def test_entries_are_looked_at_only_where_they_may_tell_of_something(objective, its, tells) -> None:
    """In the window, or over the start of a period of the calendar."""
    assert tells is telling(objective, its.standing)
