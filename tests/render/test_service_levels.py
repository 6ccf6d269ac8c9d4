"""Lists and pages, as kept in `slo`; set DATAOPS_GOLDEN=1 to write them anew, and look at them."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.burnt import burnt
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.enforcement import Demand
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.level import levels
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Gap, Late, Objective, Urgency
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.policy import Action, PolicyAction
from airflow_dataops.core.slo.reckoning import standing
from airflow_dataops.core.slo.shown import Shown
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Burn, Kept
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.render.levels.promise import promise, window
from airflow_dataops.render.levels.slo_list import bar, slo_rows, slo_table
from airflow_dataops.render.levels.slo_show import slo_document, slo_page

if TYPE_CHECKING:
    from airflow_dataops.core.slo.enforcement import Key
    from airflow_dataops.core.slo.level import Level

GOLDEN = Path(__file__).with_name("slo")
NOW = datetime(2026, 10, 28, 9, tzinfo=UTC)

PAGE = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(241_920), short=Fraction(20_160))
TICKET = replace(PAGE, urgency=Urgency.TICKET, factor=Fraction(2), long=Fraction(483_840))
FRESH = Objective(
    name="fresh",
    sli=Sli.FRESHNESS,
    target=Fraction("0.9"),
    threshold=Fraction(7200),
    alerts=(PAGE, TICKET),
    runbook="https://wiki.example/orders/late",
    description="Yesterday's orders are there when the working day begins.",
    place="orders/orders.odcs.yaml:40:5",
)
CORRECT = Objective(
    name="correct", sli=Sli.CORRECTNESS, target=Fraction("0.995"), alerts=(PAGE,), gap=Gap.EXCLUDED
)
NEW = Objective(name="first_time_right", sli=Sli.FIRST_ATTEMPT, target=Fraction("0.99"))
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily"),
    objectives=(FRESH, CORRECT, NEW),
    owner="orders@example.com",
    since=NOW - timedelta(days=60),
)


def entry(day: int, good: str, total: str = "1", mark: Mark = Mark.SEEN) -> Entry:
    """One day of October: due at two."""
    at = datetime(2026, 10, day, 2, tzinfo=UTC)
    label = f"2026-10-{day - 1:02}" if day > 1 else "2026-09-30"
    return Entry(partition=label, at=at, good=Fraction(good), total=Fraction(total), mark=mark)


DELIVERED = [entry(day, "1") for day in range(1, 29)]
DELIVERED[6] = entry(7, "0")
DELIVERED[20] = entry(21, "1", mark=Mark.REPAIRED)
DELIVERED[26:] = [entry(27, "0", mark=Mark.MISSING), entry(28, "0", mark=Mark.MISSING)]
ROWS = [entry(day, "40000", "40000") for day in range(1, 29)]
ROWS[24] = entry(25, "39200", "40000")


def kept(objective: Objective, entries: list[Entry], *notes: str) -> Kept:
    """How an objective stands by its entries."""
    stood = standing(objective, ORDERS, entries, now=NOW, notes=notes)
    return Kept(standing=stood, digest="", entries=tuple(entries), cursor=NOW, changes_at=None)


SKEW = "2026-10-14 was published before its interval ended: clocks differ"
KEPT = {
    ("shop", "orders", "fresh"): kept(FRESH, DELIVERED, SKEW),
    ("shop", "orders", "correct"): kept(CORRECT, ROWS),
}


def seen(partition: str, **more: object) -> Observation:
    """What was seen of a partition."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition=partition)
    made = Observation(
        batch=batch, sli=Sli.FRESHNESS, subject="1", end=None, good=None, total=None, value=None, at=NOW
    )
    return replace(made, **more)


def listed() -> tuple[Level, ...]:
    """Every objective, of which one was never evaluated."""
    older = replace(ORDERS, objectives=(), since=ORDERS.since - timedelta(days=9))
    return levels((older, ORDERS), KEPT, now=NOW)


def asked(**more: object) -> dict[Key, Demand]:
    """What a policy says of publishing."""
    made = Demand(action=Action.BLOCK_PUBLISH, subject="orders", asked=True, slo="fresh", why="")
    return {(Action.BLOCK_PUBLISH, "orders"): replace(made, **more)}


def shown() -> tuple[Shown, ...]:
    """All that is to be said of each of them."""
    fresh, correct, new = listed()
    late = seen("2026-10-06", at=datetime(2026, 10, 7, 5, tzinfo=UTC))
    again = seen("2026-10-20", at=datetime(2026, 10, 21, 11, 30, tzinfo=UTC))
    bad = seen("2026-10-24", sli=Sli.CORRECTNESS, good=39_200, total=40_000)
    action = PolicyAction(
        team="shop",
        product="orders",
        action=Action.BLOCK_PUBLISH,
        subject="orders",
        slo="fresh",
        since=NOW - timedelta(hours=3),
        why="-7.1 % of the budget of `fresh` was left, less than 20 %",
    )
    return (
        Shown(
            level=fresh,
            burnt=burnt(DELIVERED, FRESH, observations=[late, again]),
            actions=(action,),
            demands=asked(why=action.why),
        ),
        Shown(level=correct, burnt=burnt(ROWS, CORRECT, observations=[bad])),
        Shown(level=new),
    )


def printed(what: object, *, width: int) -> str:
    """What a terminal of some width shows, without colours."""
    page = Console(file=io.StringIO(), width=width, highlight=False)
    page.print(what)
    return "".join(f"{line.rstrip()}\n" for line in page.file.getvalue().splitlines())


def golden(name: str, made: str) -> str:
    """What was kept under a name."""
    file = GOLDEN / name
    if os.environ.get("DATAOPS_GOLDEN") == "1":
        file.write_text(made)
    return file.read_text()


@pytest.mark.parametrize("width", [80, 120])
def test_a_list_is_as_it_was_looked_at(width) -> None:
    """In less room it says less, and cuts nothing."""
    made = printed(slo_table(listed(), page=Console(width=width)), width=width)

    assert golden(f"slo_list_{width}.txt", made) == made
    assert "…" not in made


@pytest.mark.parametrize("at", range(3))
def test_a_percentage_of_a_page_stays_beside_its_number(at) -> None:
    """At any width that people have."""
    for width in range(60, 120):
        lines = printed(slo_page(shown()[at]), width=width).splitlines()
        assert not [line for line in lines if line.strip().startswith("%")], width


@pytest.mark.parametrize("width", [80, 90, 100, 120, 140])
def test_a_list_cuts_nothing_but_names(width) -> None:
    """Long names go on in the next line; numbers, states and times are whole."""
    fresh = listed()[0]
    standing = replace(fresh.kept.standing, good=Fraction(1), total=Fraction(100))
    rows = [
        replace(
            fresh,
            declaration=replace(ORDERS, team=team, product="refunds_and_returns_of_all_countries"),
            kept=replace(fresh.kept, standing=standing),
        )
        for team in ("shop", "warehouse")
    ]
    made = printed(slo_table(rows, page=Console(width=width)), width=width)

    assert "…" not in made
    assert 2 == made.count(" -3,436 % ")
    assert 2 == made.count("✗ exhausted, page")
    assert ("evaluated" in made) is (2 == made.count("2026-10-28 09:00"))


@pytest.mark.parametrize("at", range(3))
def test_a_page_is_as_it_was_looked_at(at) -> None:
    """What is promised, how it stands, what burnt it, what to do."""
    made = printed(slo_page(shown()[at]), width=100)

    assert golden(f"slo_show_{at}.txt", made) == made


@pytest.mark.parametrize(
    ("demands", "words"),
    [
        (asked(why="3 % of the budget of `correct` was left, less than 20 %"),
         "less than 20 %; when last evaluated: 3 % of the budget of `correct` was left, less than 20 %"),
        (asked(asked=False), "less than 20 %; it is lifted by the next evaluation"),
        ({}, "less than 20 %; it is lifted by the next evaluation"),
    ],
)  # fmt: skip
def test_what_keeps_a_policy_in_force_is_said(demands, words) -> None:
    """It may be another budget than the one for which it came into force, and the action keeps that."""
    made = printed(slo_page(replace(shown()[0], demands=demands)), width=300)

    assert words in made


def test_a_page_that_may_be_chance_says_so() -> None:
    """Else burn rates above its factor would look like an alert that is broken."""
    level = listed()[0]
    guarded = replace(PAGE, significance=Fraction("0.05"))
    burns = (Burn(alert=guarded, long=Fraction(6), short=Fraction(75), firing=False),)
    standing = replace(level.kept.standing, burns=burns)

    made = printed(
        slo_page(Shown(level=replace(level, kept=replace(level.kept, standing=standing)))), width=100
    )

    assert "6x    75x  quiet: may be chance" in made


def test_programs_are_told_the_same() -> None:
    """Shares as numbers, and exactly."""
    document = {"list": slo_rows(listed()), "show": [slo_document(each) for each in shown()]}
    made = json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    assert golden("slo.json", made) == made


def test_names_are_no_markup() -> None:
    """Rich takes brackets for styles where it may."""
    odd = replace(FRESH, name="[red]x[/red]", description="[bold]", place="[/]")
    level = replace(listed()[0], objective=odd, declaration=replace(ORDERS, product="[link]"))

    assert "[link] / [red]x[/red]" in printed(slo_page(Shown(level=level)), width=100)
    assert "[red]x[/red]" in printed(slo_table([level], page=Console(width=200)), width=200)


MONTH = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "Europe/Berlin")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (
            FRESH,
            (
                "90 % of the expected deliveries can be read within 2 hours of the end of their interval, "
                "over any 28 days."
            ),
        ),
        (
            replace(FRESH, threshold=None, by=time(8), window=MONTH),
            (
                "90 % of the expected deliveries can be read by 08:00 (Asia/Tokyo), "
                "over each month (Europe/Berlin)."
            ),
        ),
        (
            replace(FRESH, slice=Fraction(900), threshold=Fraction(5400), method=Budgeting.TIMESLICES),
            (
                "90 % of the slices of 15 minutes end with data that is at most 90 minutes old, "
                "over any 28 days."
            ),
        ),
        (
            replace(CORRECT, method=Budgeting.RATIO_TIMESLICES),
            (
                "99.5 % of the rows keep every rule of the contract, "
                "each of the deliveries counting the same, over any 28 days."
            ),
        ),
        (
            replace(CORRECT, method=Budgeting.TIMESLICES, slice=Fraction(3600), slice_target=Fraction("0.9")),
            (
                "In 99.5 % of the slices of 1 hour, 90 % of the rows keep every rule of the contract, "
                "over any 28 days."
            ),
        ),
        (
            replace(CORRECT, sli=Sli.LATENCY, threshold=Fraction(60), late=Late.REPAIRED),
            "99.5 % of the batches can be read within 1 minute of landing, over any 28 days.",
        ),
    ],
)
def test_a_promise_is_a_sentence(objective, words) -> None:
    """That a reader of the data understands."""
    assert words == promise(objective, timezone="Asia/Tokyo")


def test_a_window_of_several_units_says_how_many() -> None:
    """Of one, its name does."""
    two = replace(MONTH, length=Duration(Fraction(2), TimeUnit.WEEK))

    assert "each 2 weeks (Europe/Berlin)" == window(two)


@pytest.mark.parametrize(
    ("share", "drawn"), [("0", "░░░░"), ("1/100", "█░░░"), ("0.99", "███░"), ("1", "████"), ("-3", "░░░░")]
)
def test_a_bar_never_says_all_of_what_is_not(share, drawn) -> None:
    """Nor nothing of what is something."""
    assert drawn == bar(Fraction(share), cells=4)
