"""Freshness of slices, beside the definition worked out for each slice by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.expectation import Slot
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.objective import Budgeting, Gap, Objective
from airflow_dataops.core.slo.observation import Sight
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.slices import sliced_freshness

START = datetime(2026, 3, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAG = Objective(
    name="lag",
    sli=Sli.FRESHNESS,
    target=Fraction("0.95"),
    method=Budgeting.TIMESLICES,
    slice=Fraction(60),
    threshold=Fraction(300),
)


def by_definition(slots, published, end) -> bool | None:
    """Say of one slice whether it is good: as the definition has it, without any state."""
    due = [slot for slot in slots if slot.end <= end]
    if not due:
        return None
    there = [
        n for n, slot in enumerate(slots) if slot.partition in published and published[slot.partition] <= end
    ]
    newest = max(there, default=-1)
    if newest >= len(due) - 1:
        return True
    return end - slots[newest + 1].end <= timedelta(seconds=300)


@given(
    st.integers(1, 12),
    st.integers(1, 7),
    st.lists(st.one_of(st.none(), st.integers(-3, 40)), min_size=12, max_size=12),
    st.integers(0, 100),
)
def test_every_slice_is_as_its_definition_says(count, step, delays, now) -> None:
    """Out of order, early, late or never: each slice is judged by what was there at its end."""
    slots = [
        Slot(partition=str(n), start=START + n * step * MINUTE, end=START + (n + 1) * step * MINUTE)
        for n in range(count)
    ]
    published = {
        slot.partition: slot.end + delay * MINUTE
        for slot, delay in zip(slots, delays, strict=False)
        if delay is not None and slot.end + delay * MINUTE <= START + now * MINUTE
    }
    found = sliced_freshness(
        LAG,
        slots,
        {label: [Sight(at)] for label, at in published.items()},
        now=START + now * MINUTE,
        since=START,
        until=START + now * MINUTE,
    )

    ends = [START + n * MINUTE for n in range(now + 1)]
    expected = [(end, good) for end in ends if (good := by_definition(slots, published, end)) is not None]
    assert expected == [(entry.at, entry.good == 1) for entry in found.entries]
    assert [START + (now + 1) * MINUTE] == found.coming


@pytest.mark.parametrize(("gap", "total"), [(Gap.BAD, 5), (Gap.EXCLUDED, 0)])
def test_what_never_came_is_a_gap(gap, total) -> None:
    """Whoever leaves gaps out must see that they are."""
    slots = [Slot(partition="0", start=START, end=START + MINUTE)]
    found = sliced_freshness(
        replace(LAG, gap=gap), slots, {}, now=START + 11 * MINUTE, since=START, until=START + 11 * MINUTE
    )
    late = [entry for entry in found.entries if entry.at > START + 6 * MINUTE]

    assert total == sum(entry.total for entry in late)
    assert {Mark.MISSING if gap is Gap.BAD else Mark.EXCLUDED} == {entry.mark for entry in late}
