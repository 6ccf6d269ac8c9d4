from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.slo.sli import correctness, freshness
from airflow_dataops.core.verification import Verification

BATCH = Batch(team="t", product="p", dataset="d", partition="2026-03-03")
END = datetime(2026, 3, 4, tzinfo=UTC)


def published(after: timedelta) -> Publication:
    """Return a publication some time after the end of the interval."""
    return Publication(
        batch=BATCH,
        version=0,
        content="c",
        rows=1,
        target="t",
        contract="c",
        manifest="m",
        run_id="r",
        at=END + after,
    )


def test_freshness_counts_seconds_from_the_end_of_the_interval() -> None:
    """To the microsecond, as a fraction."""
    event = freshness(published(timedelta(hours=1, microseconds=1)), END)

    assert Fraction(3600000001, 1000000) == event.value


@pytest.mark.parametrize(
    ("good", "rows", "value"), [(3, 3, Fraction(1)), (2, 3, Fraction(2, 3)), (0, 0, None)]
)
def test_correctness_is_good_rows_by_rows_checked(good, rows, value) -> None:
    """A row that broke three rules is one bad row; of no rows nothing is known."""
    verification = Verification(
        batch=BATCH,
        stage=Stage.VERIFY,
        run_id="r",
        contract="c",
        at=END,
        rows=rows,
        good=good,
        bad=rows - good,
        unparsable=0,
        outcomes=(),
    )

    event = correctness(verification)

    assert (good, rows, value) == (event.good, event.total, event.value)
