"""Every table of the page about burn rates is what the functions say; so is what the explanation reckons."""

from __future__ import annotations

import contextlib
import io
import re
from fractions import Fraction
from pathlib import Path

import pytest

from airflow_dataops.core.contract.quantity import Duration, Ratio, TimeUnit, decimal
from airflow_dataops.core.slo.budget import Count, least_events
from airflow_dataops.core.slo.burnrate import burn, consumed, detected_after, exhausted_after
from airflow_dataops.core.slo.objective import Budgeting, Objective
from airflow_dataops.core.slo.significance import least_significant
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.usual_alerts import LEVEL, fixed_alerts, many, usual_alerts
from airflow_dataops.core.slo.window import Rolling
from airflow_dataops.render.metrics.promql import duration

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "burn-rates.md").read_text("utf-8")
EXPLANATION = (DOCS / "explanation" / "error-budgets.md").read_text("utf-8")

DAY = Fraction(86_400)


def objective(days: int, target: str = "0.99") -> Objective:
    """An objective with a window of so many days."""
    window = Rolling(Duration(Fraction(days), TimeUnit.DAY))
    return Objective(name="o", sli=Sli.FRESHNESS, target=Fraction(target), window=window)


def row(*cells: object) -> str:
    """A row of a table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def windows() -> list[str]:
    """The alerts of many events, of few, and of Sloth, for some lengths of the window."""
    found = []
    for days in (7, 28, 30, 90):
        kept = objective(days)
        period = days * DAY
        spacings = {"many": period / 20_000, "few": period / 500}
        kinds = {name: usual_alerts(kept, spacing) for name, spacing in spacings.items()}
        if days in {28, 30}:
            kinds["Sloth's"] = fixed_alerts(kept)
        for kind, alerts in kinds.items():
            found += [
                row(
                    f"{days} days",
                    kind,
                    alert.urgency.value,
                    decimal(alert.factor),
                    duration(alert.long),
                    duration(alert.short),
                    Ratio(consumed(alert.factor, long=alert.long, period=period)),
                )
                for alert in alerts
            ]
    return found


@pytest.mark.parametrize("line", windows())
def test_windows_are_those_that_are_derived(line) -> None:
    """Factor, windows, and what of the budget is gone when it fires."""
    assert line in PAGE


@pytest.mark.parametrize("target", ["0.999", "0.99", "0.98", "0.95", "0.9", "0.85", "0.8", "0.7"])
def test_so_many_in_a_row_page(target) -> None:
    """At four times the pace, below a chance of five in a hundred."""
    chance = 4 * (1 - Fraction(target))
    events = least_significant(chance, LEVEL)

    daily = next((a for a in usual_alerts(objective(28, target), DAY) if a.urgency == "page"), None)

    window = "no page" if daily is None else duration(daily.long)
    assert row(Ratio(Fraction(target)), Ratio(min(chance, Fraction(1))), events or "none", window) in PAGE


def test_budgets_are_gone_as_fast_as_it_says() -> None:
    """Of 30 days."""
    for rate in ("1", "2", "4", "6", "14.4"):
        days = exhausted_after(Fraction(rate), period=Fraction(30))
        assert row(rate, f"{decimal(days)} days" if days != 1 else "1 day") in PAGE


def test_many_are_more_than_fifteen_in_the_shortest_window() -> None:
    """The page says how far apart events are at most."""
    for days, text in ((7, "56s"), (28, "3m44s"), (30, "4m"), (90, "12m")):
        edge = days * DAY / 10_800
        assert not many(days * DAY, edge)
        assert many(days * DAY, edge - 1)
        assert row(f"{days} days", text) in PAGE
        assert text == duration(edge)


def test_the_explanation_counts_as_the_functions_do() -> None:
    """The least events of a target, and the three methods over five slices."""
    for target in ("0.9", "0.95", "0.99", "0.995", "0.999"):
        least = least_events(Fraction(target))
        assert row(Ratio(Fraction(target)), least, f"{least} days") in EXPLANATION
    seen = {
        Budgeting.OCCURRENCES: Count(good=Fraction(120), total=Fraction(132)),
        Budgeting.TIMESLICES: Count(good=Fraction(3), total=Fraction(5)),
        Budgeting.RATIO_TIMESLICES: Count(good=Fraction("3.4"), total=Fraction(5)),
    }
    for method, counted in seen.items():
        rate = burn(counted.bad, counted.total, Fraction("0.95"))
        (line,) = (line for line in EXPLANATION.splitlines() if line.startswith(f"| {method}:"))
        assert f"{decimal(counted.good)} / {decimal(counted.total)}" in line
        assert line.endswith((f"| {float(rate):.1f} |", f"| {decimal(rate)} |"))


def test_the_daily_product_stands_as_the_explanation_prints() -> None:
    """Its code says what stands below it."""
    code = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", EXPLANATION, re.DOTALL)
    assert code
    said = io.StringIO()

    with contextlib.redirect_stdout(said):
        exec(code[1], {})  # noqa: S102 - it is ours

    assert said.getvalue() == code[2]


@pytest.mark.parametrize("target", ["0.999", "0.99", "0.95"])
def test_an_outage_is_noticed_as_soon_as_it_says(target) -> None:
    """By the first of the four alerts of many events, and by the page of a few, of 30 days."""
    many_page, few_page = (
        next(each for each in usual_alerts(objective(30, target), spacing) if each.urgency == "page")
        for spacing in (Fraction(60), 30 * DAY / 500)
    )
    kept = Fraction(target)
    found = [
        detected_after(Fraction(1), target=kept, factor=each.factor, long=each.long)
        for each in (many_page, few_page)
    ]

    assert row(Ratio(kept), *(duration(after) for after in found)) in PAGE
