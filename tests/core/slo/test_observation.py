from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.beginning import Beginning
from airflow_dataops.core.contract.header import unreadable
from airflow_dataops.core.landing import Dialect, Landing, absent
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.observation import of_publication, of_verification
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.verification import Verification

BATCH = Batch(team="t", product="p", dataset="d", partition="2026-03-03")
END = datetime(2026, 3, 4, tzinfo=UTC)
PUBLICATION = Publication(
    batch=BATCH,
    version=3,
    content="c" * 64,
    rows=1,
    target="t",
    contract="c",
    manifest="m",
    run_id="r",
    at=END + timedelta(minutes=5),
)
LANDING = Landing(
    batch=BATCH,
    origin="/drops/x.csv",
    uri="/raw/x",
    sha256="a" * 64,
    bytes=9,
    rows=2,
    dialect=Dialect(),
    landed_at=END + timedelta(minutes=3),
    run_id="r",
)


def verdict(good: int, bad: int, *, rows: int | None = None, outcomes=()) -> Verification:
    """Return what some rows came to."""
    return Verification(
        batch=BATCH,
        stage=Stage.VERIFY,
        run_id="r",
        contract="orders@1.0.0",
        at=END,
        rows=good + bad if rows is None else rows,
        good=good,
        bad=bad,
        unparsable=0,
        outcomes=outcomes,
        blocks=("too many",),
    )


def test_correctness_is_seen_of_rows_that_block_their_batch_too() -> None:
    """Good, total, and the end of the interval."""
    (seen,) = of_verification(verdict(2, 1), looked_at="a" * 64, end=END)

    assert (Sli.CORRECTNESS, 2, 3, Fraction(2, 3), END) == (
        seen.sli,
        seen.good,
        seen.total,
        seen.value,
        seen.end,
    )


@pytest.mark.parametrize(
    "unknown",
    [
        pytest.param(verdict(0, 0, rows=3), id="no rule says which rows are good"),
        pytest.param(verdict(0, 0, outcomes=(absent(),)), id="nothing there"),
        pytest.param(verdict(0, 0, outcomes=(unreadable("binary", expected="a header"),)), id="not read"),
    ],
)
def test_rows_that_nobody_judged_are_neither_correct_nor_wrong(unknown) -> None:
    """Nothing is seen of them: a gap."""
    assert of_verification(unknown, looked_at="a", end=END) == ()


def test_the_same_rows_are_seen_anew_only_when_they_come_to_something_else() -> None:
    """A table was mended that a rule looks at besides."""
    first, again, mended = (
        of_verification(one, looked_at="a", end=END)[0].subject
        for one in (verdict(2, 1), verdict(2, 1), verdict(3, 0))
    )

    assert first == again != mended


def test_a_publication_says_how_fresh_it_is_and_how_long_it_took() -> None:
    """Seconds since the end of the interval, and since the landing."""
    seen = of_publication(PUBLICATION, landing=LANDING, end=END)

    assert [(Sli.FRESHNESS, 300), (Sli.LATENCY, 120)] == [(one.sli, one.value) for one in seen]
    assert {one.at for one in seen} == {PUBLICATION.at}


def test_where_nothing_landed_there_is_no_latency() -> None:
    """A batch that is made of tables; its run was started by others, so that its interval isn't known."""
    began = Beginning(batch=BATCH, origin="postgres://db", tables=("a.b",), run_id="r")

    (seen,) = of_publication(PUBLICATION, landing=began, end=None)

    assert (Sli.FRESHNESS, None, None) == (seen.sli, seen.value, seen.end)
