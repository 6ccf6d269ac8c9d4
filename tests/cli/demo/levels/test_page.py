from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from airflow_dataops.cli.demo.levels.cases import CASES
from airflow_dataops.cli.demo.levels.page import case_page, score, summary
from airflow_dataops.cli.demo.levels.verdict import findings
from airflow_dataops.core.slo.standing import Standing, State

if TYPE_CHECKING:
    from airflow_dataops.cli.demo.levels.verdict import Finding

NOW = datetime(2026, 3, 4, tzinfo=UTC)
PAUSED = CASES[0]
STANDING = Standing(
    team="t",
    product="paused",
    slo="in-time",
    at=NOW,
    since=NOW,
    until=NOW,
    good=Fraction(0),
    total=Fraction(3),
    expected=Fraction(28),
    allowed=Fraction("2.8"),
    state=State.EXHAUSTED,
)
KEY = ("paused", "in-time")


def found(standing: Standing | None) -> tuple[Finding, ...]:
    """What was found of the paused product."""
    stood = {} if standing is None else {KEY: standing}
    return findings(CASES[:1], first=stood, last=stood)


def printed(*parts: object, width: int = 80) -> str:
    """What is printed."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    for part in parts:
        console.print(part)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_page_says_what_happened_and_both_sums(width) -> None:
    """Nothing is cut off, and the numbers stand below each other."""
    text = printed(case_page(PAUSED, shown=(), findings=found(STANDING)), width=width)

    assert "paused: a paused DAG" in text
    assert "by hand     1 - 3 / (1/10 x 28) = -1/14: 3 of 3 bad, 28" in text
    assert "found       ✓ -1/14: 3 of 3 bad, 28 expected" in text
    assert max(map(len, text.splitlines())) <= width


def test_a_page_says_what_differs() -> None:
    """Another number, and no number."""
    other = replace(STANDING, good=Fraction(1))

    assert "✗ 2/7: 2 of 3 bad, 28 expected" in printed(case_page(PAUSED, shown=(), findings=found(other)))
    assert "found       nothing" in printed(case_page(PAUSED, shown=(), findings=found(None)))


def test_a_page_has_both_looks_where_they_differ() -> None:
    """What was burnt first, and what was given back."""
    late = CASES[1]
    text = printed(case_page(late, shown=(), findings=findings(CASES[1:2], first={}, last={})), width=120)

    assert 1 == text.count("by hand, at first")
    assert 3 == text.count("1 - ")


def test_the_summary_has_a_line_for_each_objective() -> None:
    """With the numbers as fractions."""
    text = printed(summary(findings(CASES, first={KEY: STANDING}, last={KEY: STANDING})))
    lines = [line.split() for line in text.splitlines()]

    assert ["paused", "in-time", "1", "-", "3", "/", "(1/10", "x", "28)", "-1/14", "-1/14", "-1/14"] in lines
    assert 2 + sum(len(case.promises) for case in CASES) == len(lines)


def test_the_score_counts_what_holds() -> None:
    """A mark for all, and another for less."""
    assert "✓ 1 of 1 budgets" in score(found(STANDING)).plain
    assert "✗ 0 of 1 budgets" in score(found(None)).plain
