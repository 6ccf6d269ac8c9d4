from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from airflow_dataops.core.landing import Delivery, Dialect, Landing, OnDuplicate, OnMissing
from airflow_dataops.core.verification import Verification
from airflow_dataops.usecases.batches.land import land
from airflow_dataops.zones.folder import FolderSource


def test_land_without_a_drop_is_none_and_leaves_nothing(batch, run, store, clock, zones, tmp_path) -> None:
    """That nothing has arrived is a value, not an error, and it is remembered."""
    assert arrived(batch, run, store, clock, zones, tmp_path) is None
    assert () == store.facts(Landing)
    (verdict,) = store.facts(Verification)
    assert [("drop.missing", "warning")] == [(found.rule, found.status) for found in verdict.outcomes]


def test_land_again_is_a_replay_of_the_first_landing(batch, run, store, clock, zones, tmp_path) -> None:
    """The raw copy is reused, with the first's time and run."""
    (tmp_path / "orders-2026-03-03.csv").write_text("id\n1\n")
    first = arrived(batch, run, store, clock, zones, tmp_path)
    clock.advance(timedelta(hours=1))

    again = arrived(batch, replace(run, run_id="second"), store, clock, zones, tmp_path)

    assert (False, True) == (first.replayed, again.replayed)
    assert first.landing == again.landing
    assert (first.landing,) == store.facts(Landing)


def test_land_of_the_same_bytes_for_another_day_is_a_duplicate(
    batch, run, store, clock, zones, tmp_path
) -> None:
    """The duplicate is kept and named; the first is none."""
    for day in ("2026-03-03", "2026-03-04"):
        (tmp_path / f"orders-{day}.csv").write_text("id\n1\n")
    first = arrived(batch, run, store, clock, zones, tmp_path)
    clock.advance(timedelta(days=1))

    second = arrived(replace(batch, partition="2026-03-04"), run, store, clock, zones, tmp_path)

    assert (None, "2026-03-03") == (first.duplicate_of, second.duplicate_of)
    assert 2 == len(store.facts(Landing))


def arrived(batch, run, store, clock, zones, folder):
    """Land the batch's drop from a folder."""
    return land(
        batch,
        run=run,
        dialect=Dialect(),
        delivery=Delivery.INCREMENT,
        on_missing=OnMissing.SKIP,
        on_duplicate=OnDuplicate.REPORT,
        source=FolderSource(str(folder), "orders-{partition}.csv"),
        zones=zones,
        store=store,
        clock=clock,
    )
