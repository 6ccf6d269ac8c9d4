from __future__ import annotations

from decimal import Decimal

import pytest

from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.spec import Check, NotNull
from airflow_dataops.core.checks.unjudged import unjudged
from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.core.contract.model import Severity

LOST, KEPT = Measured(number=None, problem="why"), Measured.of_rows(1, checked=2)
SOME = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(5),))
AWAY = [Check(id=name, promise=NotNull("a")) for name in "abcde"]


@pytest.mark.parametrize(
    ("checks", "found", "expected"),
    [
        (AWAY, [KEPT] * 5, ""),
        (AWAY, [KEPT, LOST, KEPT, KEPT, KEPT], "rows could not be judged: b"),
        (AWAY, [LOST] * 5, "rows could not be judged: a, b, c and 2 more"),
        ([Check(id="w", promise=NotNull("a"), severity=Severity.WARNING)], [LOST], ""),
        ([Check(id="t", promise=NotNull("a"), threshold=SOME)], [LOST], ""),
    ],
    ids=["all judged", "one lost", "many lost", "it warns", "it tolerates some"],
)
def test_unjudged_names_the_rules_without_which_no_row_is_known_to_be_good(checks, found, expected) -> None:
    """Those that send rows away; the others leave the good rows as they are."""
    measured = {check.id: one for check, one in zip(checks, found, strict=True)}

    assert expected == unjudged(checks, measured)
