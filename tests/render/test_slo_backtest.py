"""A back-test, as kept in `slo`; set DATAOPS_GOLDEN=1 to write it anew, and look at it."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from airflow_dataops.core.slo.backtest import Trouble, backtest
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.objective import BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.render.levels.slo_backtest import backtest_page, backtest_row, backtest_svg

if TYPE_CHECKING:
    from airflow_dataops.core.slo.backtest import Backtest

GOLDEN = Path(__file__).with_name("slo")
START = datetime(2026, 7, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = BurnAlert(
    urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(4 * 86_400), short=Fraction(86_400 * 3, 2)
)
TICKET = replace(PAGE, urgency=Urgency.TICKET, factor=Fraction(2))
FRESH = Objective(
    name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(7200), alerts=(PAGE, TICKET)
)
BAD = {40: Mark.SEEN, 60: Mark.MISSING, 61: Mark.MISSING, 62: Mark.SEEN}
BLOCKED = Trouble(
    partition="2026-09-19", at=START + 81 * DAY, what="stopped at verify: 1 of 40,000 rows is bad"
)


def replayed() -> tuple[Backtest, ...]:
    """What two objectives would have said of ninety days: one of daily deliveries, one of nothing."""
    declaration = Declaration(
        team="shop",
        product="orders",
        dataset="orders",
        expectation=Expectation(schedule="@daily"),
        objectives=(FRESH,),
        since=START,
    )
    entries = [
        Entry(
            partition=f"{START + (at - 1) * DAY:%F}",
            at=START + at * DAY,
            good=Fraction(at not in BAD),
            total=Fraction(1),
            mark=BAD.get(at, Mark.SEEN),
        )
        for at in range(90)
    ]
    over = {"since": START, "until": START + 90 * DAY}
    note = "the definition is that of orders/orders.odcs.yaml: nothing of it is in force"
    none = replace(FRESH, name="complete", sli=Sli.COMPLETENESS, threshold=None)
    return (
        backtest(FRESH, declaration, entries, troubles=(BLOCKED,), notes=(note,), **over),
        backtest(none, declaration, [], **over),
    )


def golden(name: str, made: str) -> str:
    """What was kept under a name."""
    file = GOLDEN / name
    if os.environ.get("DATAOPS_GOLDEN") == "1":
        file.write_text(made)
    return file.read_text()


@pytest.mark.parametrize("width", [80, 120])
def test_a_page_is_as_it_was_looked_at(width) -> None:
    """Who would have been told, what burnt, and of what nobody would have known."""
    page = Console(file=io.StringIO(), width=width, highlight=False)
    page.print(backtest_page(replayed()))
    made = "".join(f"{line.rstrip()}\n" for line in page.file.getvalue().splitlines())

    assert golden(f"slo_backtest_{width}.txt", made) == made


def test_a_picture_and_a_document_say_the_same() -> None:
    """As they were looked at."""
    first = replayed()[0]
    text = json.dumps(backtest_row(first), indent=2) + "\n"

    assert golden("slo_backtest.svg", backtest_svg(first)) == backtest_svg(first)
    assert golden("slo_backtest.json", text) == text
