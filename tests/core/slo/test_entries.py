"""What one expected delivery comes to: by table, and whatever is seen when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.entries import ledger
from airflow_dataops.core.slo.expectation import Slot
from airflow_dataops.core.slo.indicators import INDICATORS
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.objective import Gap, Late, Objective
from airflow_dataops.core.slo.observation import Sight
from airflow_dataops.core.slo.sli import Sli

START = datetime(2026, 3, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SLOTS = tuple(Slot(partition=str(n), start=START + n * DAY, end=START + (n + 1) * DAY) for n in range(3))
END = SLOTS[0].end
UTC_ZONE = ZoneInfo("UTC")


def objective(sli: Sli, gap: Gap = Gap.BAD, late: Late = Late.BAD) -> Objective:
    """Return an objective with a threshold of six hours."""
    return Objective(
        name="o", sli=sli, target=Fraction("0.9"), threshold=Fraction(6 * 3600), gap=gap, late=late
    )


def entries(its: Objective, sights, now: datetime, slots=SLOTS):
    """Return the entries of the first slot."""
    found = ledger(its, slots, {"0": sights}, now=now, since=START - DAY, zone=UTC_ZONE)
    return [
        (str(entry.good), str(entry.total), entry.mark.value, (entry.at - END) // HOUR)
        for entry in found.entries
        if entry.partition == "0"
    ]


FIRST = Sight(END + HOUR, 3, 4)
GOOD = Sight(END + 2 * HOUR, 4, 4)
LATE = Sight(END + 30 * HOUR, 4, 4)
WORSE = Sight(END + 3 * HOUR, 1, 4)
PUBLISHED = Sight(END + HOUR)
TARDY = Sight(END + 7 * HOUR)

F, C, S = Sli.FRESHNESS, Sli.CORRECTNESS, Sli.SUCCESS
B, X, R = Gap.BAD, Gap.EXCLUDED, Late.REPAIRED

CASES = {
    # what: indicator, gap, late, sights, hours after the slot's end; good, total, mark, hours when it counts
    "published, not due": (F, B, Late.BAD, [PUBLISHED], 5, None),
    "published, due": (F, B, Late.BAD, [PUBLISHED], 6, ("1", "1", "seen", 6)),
    "not published, due": (F, B, Late.BAD, [], 6, ("0", "1", "missing", 6)),
    "not published, excluded": (F, X, Late.BAD, [], 6, ("0", "0", "excluded", 6)),
    "published late": (F, B, Late.BAD, [TARDY], 8, ("0", "1", "seen", 6)),
    "published late, gaps excluded": (F, X, Late.BAD, [TARDY], 8, ("0", "1", "seen", 6)),
    "published late, repaired": (F, B, R, [TARDY], 8, ("1", "1", "repaired", 6)),
    "rows": (C, X, Late.BAD, [FIRST], 2, ("3", "4", "seen", 1)),
    "rows, then better ones": (C, X, Late.BAD, [FIRST, GOOD], 9, ("3", "4", "seen", 1)),
    "rows, then better ones, repaired": (C, X, R, [FIRST, GOOD], 9, ("4", "4", "repaired", 1)),
    "rows, then worse ones, repaired": (C, X, R, [FIRST, WORSE], 9, ("1", "4", "seen", 1)),
    "no rows yet": (C, X, Late.BAD, [], 23, None),
    "no rows": (C, X, Late.BAD, [], 24, ("0", "0", "excluded", 24)),
    "no rows, bad": (C, B, Late.BAD, [], 24, ("0", "1", "missing", 24)),
    "rows late": (C, X, Late.BAD, [LATE], 31, ("4", "4", "seen", 24)),
    "rows late, repaired since": (
        C, X, R, [Sight(END + 30 * HOUR, 1, 4), Sight(END + 31 * HOUR, 4, 4)], 32, ("4", "4", "repaired", 24)
    ),
    "rows late, bad": (C, B, Late.BAD, [LATE], 31, ("0", "1", "missing", 24)),
    "rows late, bad, repaired": (C, B, R, [LATE], 31, ("4", "4", "repaired", 24)),
    "failed, then well": (
        S, B, Late.BAD, [Sight(END + HOUR, 0, 1), Sight(END + 2 * HOUR, 1, 1)], 3, ("1", "1", "seen", 1)
    ),
    "failed, then well the next day": (
        S, B, Late.BAD, [Sight(END + HOUR, 0, 1), Sight(END + 30 * HOUR, 1, 1)], 31, ("0", "1", "seen", 1)
    ),
    "failed, then well the next day, repaired": (
        S, B, R, [Sight(END + HOUR, 0, 1), Sight(END + 30 * HOUR, 1, 1)], 31, ("1", "1", "repaired", 1)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sli", "gap", "late", "sights", "hours", "expected"), CASES.values(), ids=CASES)
def test_what_a_delivery_comes_to(sli, gap, late, sights, hours, expected) -> None:
    """Each rule of the reference is a line here."""
    found = entries(objective(sli, gap, late), sights, END + hours * HOUR)

    assert ([] if expected is None else [expected]) == found


SIGHTS = st.lists(
    st.builds(
        lambda minutes, good: Sight(END + timedelta(minutes=minutes), good, 4, Fraction(good * 9000)),
        st.integers(-300, 6000),
        st.integers(0, 4),
    ),
    max_size=4,
).map(lambda some: sorted(some, key=lambda one: one.at))


@given(
    st.sampled_from(list(Sli)),
    st.sampled_from(list(Gap)),
    st.sampled_from(list(Late)),
    SIGHTS,
    st.integers(0, 7000),
)
def test_nothing_is_ever_moved_and_no_data_is_never_good(sli, gap, late, sights, minutes) -> None:
    """Once an entry counts it stays where it is, and what was seen later never makes it worse than a gap."""
    its = objective(sli, gap, late)
    now = END + timedelta(minutes=minutes)
    found = ledger(its, SLOTS, {"0": sights}, now=now, since=START - DAY, zone=UTC_ZONE).entries
    later = ledger(its, SLOTS, {"0": sights}, now=now + DAY, since=START - DAY, zone=UTC_ZONE).entries
    ats = {entry.partition: entry.at for entry in later}

    assert all(ats[entry.partition] == entry.at for entry in found)
    assert all(0 <= entry.good <= entry.total for entry in later)
    assert all(entry.at <= now for entry in found)
    assert all(entry.good == 0 for entry in later if entry.mark in {Mark.MISSING, Mark.EXCLUDED})
    assert [entry.at for entry in later] == sorted(entry.at for entry in later)
    if late is Late.BAD:
        settled = [entry for entry in found if entry.at + DAY <= now]
        assert [entry for entry in later if entry.partition in {one.partition for one in settled}] == settled


@given(st.sampled_from(list(Sli)), SIGHTS, st.integers(0, 7000))
def test_a_slot_counts_or_is_to_come(sli, sights, minutes) -> None:
    """No expected event is lost, and none counts twice."""
    its = objective(sli)
    now = END + timedelta(minutes=minutes)
    found = ledger(its, SLOTS, {"0": sights}, now=now, since=START - DAY, zone=UTC_ZONE)
    zone = UTC_ZONE
    dues = [
        INDICATORS[sli].due(slot, SLOTS[n + 1].end if n < 2 else None, its, zone)
        for n, slot in enumerate(SLOTS)
    ]

    assert len({entry.partition for entry in found.entries}) == len(found.entries)
    known = sum(due is not None for due in dues)
    assert known == len(found.coming) + sum(dues[int(entry.partition)] is not None for entry in found.entries)
