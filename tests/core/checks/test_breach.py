from __future__ import annotations

import pytest

from airflow_dataops.core.checks.breach import Breach
from airflow_dataops.core.checks.metric import Finding


@pytest.mark.parametrize(
    ("rows", "failing", "names_rows"), [((4, 7), 2, True), ((), 0, True), (None, 0, False)]
)
def test_finding_of_a_breach_counts_its_rows_and_keeps_none(rows, failing, names_rows) -> None:
    """What is told of a breach is how many rows broke it, and whether there are any to name."""
    breach = Breach(rule="a.greater_than(0)", column="a", rows=rows, warns=True)

    expected = Finding(
        rule="a.greater_than(0)", column="a", failing=failing, names_rows=names_rows, warns=True
    )
    assert expected == breach.finding


@pytest.mark.parametrize(
    ("names_rows", "warns", "away"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_finding_sends_away_the_rows_that_it_names_and_means(names_rows, warns, away) -> None:
    """Only a finding that names rows, and is more than a warning, makes bad rows of them."""
    finding = Finding(rule="r", column="", failing=1, names_rows=names_rows, warns=warns)

    assert away is finding.sends_rows_away
