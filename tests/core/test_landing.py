from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.landing import Delivery, Dialect, Landing, arrival

AT = datetime(2026, 3, 3, 6, tzinfo=UTC)


def landed(partition: str, *, hours: int = 0, rows: int = 10) -> Landing:
    """Return a landing of the same bytes as every other one."""
    return Landing(
        batch=Batch(team="t", product="p", dataset="d", partition=partition),
        origin="/drops/x.csv",
        uri="/raw/x",
        sha256="a" * 64,
        bytes=100,
        rows=rows,
        dialect=Dialect(),
        landed_at=AT + timedelta(hours=hours),
        run_id="r",
    )


@pytest.mark.parametrize(
    ("case", "known", "rows", "delivery", "duplicate_of"),
    [
        ("nothing else is known", [], 10, Delivery.INCREMENT, None),
        ("it is known itself: a replay", [landed("03")], 10, Delivery.INCREMENT, None),
        ("another partition had it before", [landed("02", hours=-24)], 10, Delivery.INCREMENT, "02"),
        ("another partition got it later", [landed("04", hours=24)], 10, Delivery.INCREMENT, None),
        ("at the same instant the greater partition is it", [landed("02")], 10, Delivery.INCREMENT, "02"),
        ("at the same instant the smaller one is not", [landed("04")], 10, Delivery.INCREMENT, None),
        (
            "the first of several is named",
            [landed("02", hours=-1), landed("01", hours=-2)],
            10,
            Delivery.INCREMENT,
            "01",
        ),
        ("a header alone is none", [landed("02", hours=-24, rows=0)], 0, Delivery.INCREMENT, None),
        ("an unchanged snapshot is none", [landed("02", hours=-24)], 10, Delivery.SNAPSHOT, None),
    ],
)
def test_arrival_tells_duplicates_from_replays(
    case: str, known: list[Landing], rows: int, delivery: Delivery, duplicate_of: str | None
) -> None:
    """The same bytes under another partition are a duplicate, and only of an earlier landing."""
    landing = landed("03", rows=rows)

    seen = arrival(landing, replayed=False, known=known, delivery=delivery)

    assert duplicate_of == seen.duplicate_of, case


def test_arrival_two_at_once_agree_on_which_is_the_duplicate() -> None:
    """Of two landings that see each other exactly one is the duplicate."""
    one, other = landed("02"), landed("03")

    found = [
        arrival(mine, replayed=False, known=[one, other], delivery=Delivery.INCREMENT).duplicate_of
        for mine in (one, other)
    ]

    assert [None, "02"] == found


def test_arrival_keeps_what_the_zone_says_of_a_replay() -> None:
    """Whether the raw copy was reused is the zone's to say."""
    assert arrival(replace(landed("03")), replayed=True, known=[], delivery=Delivery.INCREMENT).replayed
