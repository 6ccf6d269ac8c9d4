from __future__ import annotations

import pytest

from airflow_dataops.core.checks.breach import Breach, blamed, measured
from airflow_dataops.core.checks.metric import Finding, Measured


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


BREACHES = (
    Breach(rule="a", rows=(7, 2)),
    Breach(rule="b", rows=(2, 3)),
    Breach(rule="warns", rows=(5,), warns=True),
    Breach(rule="whole"),
    Breach(rule="whole warns", warns=True),
)


def test_blamed_names_each_bad_row_once() -> None:
    """A row is bad once, however many rules it broke; a warning makes no bad row."""
    assert (2, 3, 7) == blamed(BREACHES)
    assert () == blamed(())


def test_measured_counts_bad_rows_and_rules_that_the_batch_broke() -> None:
    """Not one of them is lost in the number; without any, the rule is kept."""
    findings = tuple(breach.finding for breach in BREACHES)

    assert Measured(number=4, failing=3, checked=9, findings=findings) == measured(BREACHES, checked=9)
    assert Measured(number=0, checked=9) == measured((), checked=9)
