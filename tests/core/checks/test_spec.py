from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.core.checks.spec import Check, Custom, NotNull, Query, RowCount, RowQuery, Unique
from airflow_dataops.core.checks.verdict import NONE, Operator, Threshold
from airflow_dataops.core.contract.model import Severity

if TYPE_CHECKING:
    from airflow_dataops.core.checks.spec import Promise

SOME = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(5),))

CASES: list[tuple[Promise, Threshold, Severity, bool, bool]] = [
    (NotNull("a"), NONE, Severity.ERROR, True, True),
    (NotNull("a"), SOME, Severity.ERROR, True, False),
    (NotNull("a"), NONE, Severity.WARNING, True, False),
    (NotNull("a"), NONE, Severity.INFO, True, False),
    (Unique(("a",)), NONE, Severity.ERROR, True, True),
    (RowQuery("SELECT 0"), NONE, Severity.ERROR, True, True),
    (RowQuery("SELECT 0"), SOME, Severity.ERROR, True, False),
    (Custom("pandera", "m:Object"), NONE, Severity.ERROR, True, True),
    (Custom("pandera", "m:Object"), NONE, Severity.WARNING, True, False),
    (RowCount(), NONE, Severity.ERROR, False, False),
    (Query("SELECT 0"), NONE, Severity.ERROR, False, False),
]


@pytest.mark.parametrize(("promise", "threshold", "severity", "judges", "quarantines"), CASES)
def test_check_quarantines_rows_that_are_to_blame(
    promise: Promise, threshold: Threshold, severity: Severity, *, judges: bool, quarantines: bool
) -> None:
    """Rows leave the batch for a rule that names them, tolerates none, and is an error; for no other."""
    check = Check(id="x", promise=promise, threshold=threshold, severity=severity)

    assert (judges, quarantines) == (check.judges_rows, check.quarantines)


@pytest.mark.parametrize(
    ("promise", "column", "expected"),
    [
        (NotNull("a"), "a", "rows that break it < 5"),
        (Unique(("a", "b")), "a, b", "rows that break it < 5"),
        (RowCount(), "", "rows < 5"),
        (Query("SELECT 0"), "", "query < 5"),
        (RowQuery("SELECT 0"), "", "rows that break it < 5"),
        (Custom("pandera", "pkg.checks:Orders"), "", "pandera pkg.checks:Orders"),
        (Custom("pandera", "/srv/orders/checks.py:Orders"), "", "pandera checks.py:Orders"),
    ],
)
def test_check_says_what_it_expects(promise: Promise, column: str, expected: str) -> None:
    """A check names its column and what was promised, as a person would write it."""
    check = Check(id="x", promise=promise, threshold=SOME)

    assert (column, expected) == (check.column, check.expected)
