from __future__ import annotations

from datetime import timedelta

from airflow_dataops.core.landing import Delivery, Dialect, OnDuplicate, OnMissing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.report import Standing
from airflow_dataops.core.verification import Verification
from airflow_dataops.usecases.batches.gate import gate
from airflow_dataops.usecases.batches.land import land
from airflow_dataops.usecases.levels.moment import moment
from airflow_dataops.usecases.report import report
from airflow_dataops.zones.folder import FolderSource


class NoColumns:
    """An engine whose file has lost its columns."""

    def header(self, _relation) -> tuple[str, ...]:
        """Return the header of another file."""
        return ("other",)

    def types(self, _relation) -> dict[str, str]:
        """Return none."""
        return {}


def test_moment_is_the_clocks(batch, store, clock) -> None:
    """Where nothing is known of a batch, and where the clock goes on, its facts have the clock's time."""
    assert clock.now() == moment(batch, store=store, clock=clock)


def test_moment_comes_after_what_is_known(batch, run, store, clock, zones, tmp_path) -> None:
    """A clock that was set back doesn't make a later fact the older one."""
    (tmp_path / "orders-2026-03-03.csv").write_text("id\n1\n")
    landed(batch, run, store, clock, zones, tmp_path)
    latest = max(verdict.at for verdict in store.facts(Verification))
    clock.advance(timedelta(hours=-1))

    assert latest < moment(batch, store=store, clock=clock) <= latest + timedelta(microseconds=1)


def test_a_clock_set_back_hides_no_failure(batch, run, contract, store, clock, zones, tmp_path) -> None:
    """What the gate says an hour "before" the landing is still what became of the batch."""
    (tmp_path / "orders-2026-03-03.csv").write_text("id\n1\n")
    landing = landed(batch, run, store, clock, zones, tmp_path)
    clock.advance(timedelta(hours=-1))
    gate(
        contract,
        dataset=contract.datasets[0],
        landing=landing,
        run=run,
        engine=NoColumns(),
        store=store,
        clock=clock,
    )

    (row,) = report("orders", store=store)

    assert (Standing.FAILED, Stage.GATE) == (row.standing, row.stage)


def landed(batch, run, store, clock, zones, folder):
    """Land the batch's drop from a folder."""
    arrival = land(
        batch,
        run=run,
        dialect=Dialect(),
        delivery=Delivery.INCREMENT,
        on_missing=OnMissing.FAIL,
        on_duplicate=OnDuplicate.REPORT,
        source=FolderSource(str(folder), "orders-{partition}.csv"),
        zones=zones,
        store=store,
        clock=clock,
    )
    return arrival.landing
