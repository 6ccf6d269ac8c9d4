from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.landing import Dialect, Landing
from airflow_dataops.core.report import Standing
from airflow_dataops.errors import BrokenWorldError
from airflow_dataops.usecases.report import report


@pytest.fixture
def landing(batch, clock) -> Landing:
    """A raw copy that nothing was done with."""
    return Landing(
        batch=batch,
        origin="/drops/x.csv",
        uri="/raw/x",
        sha256="a",
        bytes=9,
        rows=2,
        dialect=Dialect(),
        landed_at=clock.now(),
        run_id="first",
    )


def test_report_reads_one_product_of_every_team(landing, store) -> None:
    """Other products are not shown, and a team only when it is asked for."""
    others = (
        replace(landing, batch=replace(landing.batch, team="mill"), sha256="b"),
        replace(landing, batch=replace(landing.batch, product="returns"), sha256="c"),
    )
    store.record(landing, *others)

    assert ["mill", "shop"] == [row.batch.team for row in report("orders", store=store)]
    assert [landing.batch] == [row.batch for row in report("orders", team="shop", store=store)]
    assert () == report("nothing", store=store)


def test_report_shows_a_landing_without_a_verdict(landing, store) -> None:
    """What has landed is seen at once."""
    store.record(landing)

    (row,) = report("orders", store=store)

    assert (Standing.OPEN, 2, None) == (row.standing, row.landed, row.published)


def test_report_does_not_hide_a_broken_store() -> None:
    """An empty report must mean that there is nothing, not that nobody knows."""

    class Broken:
        def record(self, *_):
            raise AssertionError

        def facts(self, *_, **__):
            raise BrokenWorldError("the store can't be read")

    with pytest.raises(BrokenWorldError):
        report("orders", store=Broken())
