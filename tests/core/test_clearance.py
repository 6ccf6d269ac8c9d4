from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.clearance import Needed, Stored, Zone, clearance
from airflow_dataops.core.retention import age
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEFORE = {zone: NOW - timedelta(days=10) for zone in Zone}
ORDERS = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
OTHERS = Batch(team="shop", product="others", dataset="others", partition="2026-03-03")


def stored(zone: Zone, days: int = 11, batch: Batch | None = ORDERS, sha256: str = "s") -> Stored:
    """Something that lies in a zone."""
    return Stored(zone=zone, place="/x", at=NOW - timedelta(days=days), bytes=1, batch=batch, sha256=sha256)


NOTHING = Needed(frozenset(), frozenset(), frozenset({ORDERS.owner}))

TABLE = {
    "an old raw copy": (stored(Zone.RAW), NOTHING, "goes"),
    "a young raw copy": (stored(Zone.RAW, days=9), NOTHING, "stays"),
    "one that is just so old": (stored(Zone.RAW, days=10), NOTHING, "stays"),
    "the copy of a kept version": (
        stored(Zone.RAW),
        Needed(frozenset({(ORDERS, "s")}), frozenset(), frozenset({ORDERS.owner})),
        "stays",
    ),
    "another copy of its batch": (
        stored(Zone.RAW, sha256="t"),
        Needed(frozenset({(ORDERS, "s")}), frozenset(), frozenset({ORDERS.owner})),
        "goes",
    ),
    "the copy of a batch that was worked on": (
        stored(Zone.RAW),
        Needed(frozenset(), frozenset({ORDERS}), frozenset({ORDERS.owner})),
        "stays",
    ),
    "a product that the store doesn't know": (stored(Zone.RAW, batch=OTHERS), NOTHING, "unknown"),
    "its young copy": (stored(Zone.RAW, days=9, batch=OTHERS), NOTHING, "stays"),
    "old staged rows": (stored(Zone.STAGING, batch=None), NOTHING, "goes"),
    "young staged rows": (stored(Zone.STAGING, days=9, batch=None), NOTHING, "stays"),
    "an old quarantine": (
        stored(Zone.QUARANTINE, batch=None),
        Needed(frozenset({(ORDERS, "s")}), frozenset({ORDERS}), frozenset()),
        "goes",
    ),
}


@pytest.mark.parametrize("what", TABLE)
def test_what_goes_of_the_zones(what) -> None:
    """Only what is old, and what no kept version needs."""
    one, needed, becomes = TABLE[what]

    found = clearance([one], needed, before=BEFORE)

    assert {"goes": ((one,), ()), "stays": ((), ()), "unknown": ((), (one,))}[becomes] == (
        found.gone,
        found.unknown,
    )


@pytest.mark.parametrize("text", ["", "0d", "10", "10h", "-1d", " 10d", "ten days"])
def test_what_is_no_number_of_days_is_refused(text) -> None:
    """A knob is named by the error."""
    with pytest.raises(SettingsError, match=r"^keep_raw: `.*` is no number of days\. Write it as 180d\.$"):
        age(text, where="keep_raw")


def test_days_are_days() -> None:
    """As they are written."""
    assert timedelta(days=400) == age("400d", where="keep_raw")
