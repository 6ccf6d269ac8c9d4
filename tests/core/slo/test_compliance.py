from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.slo.amendment import amendments
from airflow_dataops.core.slo.compliance import MOMENT, Reached, compliance, over_month
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.ledger import Entry, Mark
from airflow_dataops.core.slo.month import Month
from airflow_dataops.core.slo.objective import Budgeting, Objective
from airflow_dataops.core.slo.reckoning import standing
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.standing import Kept

if TYPE_CHECKING:
    from airflow_dataops.core.slo.compliance import Compliance

OCTOBER = Month(2026, 10)
BERLIN = ZoneInfo("Europe/Berlin")
LATER = datetime(2026, 11, 20, tzinfo=UTC)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.95"), threshold=Fraction(3600))
ORDERS = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily", timezone="Europe/Berlin"),
    objectives=(FRESH,),
    since=datetime(2026, 9, 1, tzinfo=UTC),
)


def entry(at: datetime, good: int = 1, total: int = 1, mark: Mark = Mark.SEEN) -> Entry:
    """What an expected event came to."""
    at = at.astimezone(UTC)
    return Entry(partition=at.isoformat(), at=at, good=Fraction(good), total=Fraction(total), mark=mark)


def daily(*bad: int) -> list[Entry]:
    """An event at eight each day from 30 September to 1 November, of which those of some days are bad."""
    first = datetime(2026, 9, 30, 8, tzinfo=BERLIN)
    return [entry(first + timedelta(days=at), int(at not in bad)) for at in range(33)]


def october(
    entries: list[Entry], *, now: datetime = LATER, objective: Objective = FRESH, coming: int = 0
) -> Compliance:
    """How an objective was kept in October."""
    at = min(now, OCTOBER.bounds(BERLIN)[1].astimezone(UTC) - MOMENT)
    monthly = over_month(objective, OCTOBER, "Europe/Berlin")
    stood = standing(monthly, ORDERS, [each for each in entries if each.at <= at], now=at, coming=coming)
    kept = Kept(standing=stood, digest="", entries=tuple(entries), cursor=at, changes_at=None)
    return compliance(objective, ORDERS, kept, month=OCTOBER, now=now)


def test_only_what_was_due_in_the_month_counts() -> None:
    """By the clocks of the product's zone, also where they are changed."""
    made = october(daily(0, 32, 5))

    assert (30, 31, Fraction(31, 20)) == (made.good, made.total, made.allowed)
    assert Reached.KEPT is made.verdict
    assert [5] == [day.date.day for day in made.days if day.bad]
    assert (Fraction(30, 31), 1 - Fraction(20, 31)) == (made.reached, made.remaining)


def test_the_first_and_the_last_moment_belong_to_it() -> None:
    """Midnight is that of the next month."""
    begin, end = OCTOBER.bounds(BERLIN)
    tick = timedelta(microseconds=1)
    made = october(
        [entry(at) for at in (begin.astimezone(UTC) - tick, begin, end.astimezone(UTC) - tick, end)]
    )

    assert 2 == made.total
    assert (1, 1) == (made.days[0].total, made.days[-1].total)


def test_a_month_that_is_not_over_counts_what_is_to_come() -> None:
    """Where that is known; the days that are ahead say so."""
    now = datetime(2026, 10, 11, 12, tzinfo=BERLIN)
    made = october(daily(5)[:12], now=now, coming=20)

    assert (11, 31, Fraction(31, 20)) == (made.total, made.expected, made.allowed)
    assert not made.over
    assert [11, 12] == [day.date.day for day in made.days if not day.over][:2]


def test_nothing_is_never_good() -> None:
    """A month of which nothing is known is neither kept nor missed."""
    made = october([])

    assert (Reached.UNKNOWN, None, None) == (made.verdict, made.reached, made.remaining)


def test_a_share_of_each_day_counts_the_same() -> None:
    """As the method says, and the days show what counted."""
    shares = replace(FRESH, sli=Sli.COMPLETENESS, method=Budgeting.RATIO_TIMESLICES)
    day = datetime(2026, 10, 3, 8, tzinfo=BERLIN)
    made = october([entry(day, 1, 4), entry(day + timedelta(days=1), 1000, 1000)], objective=shares)

    assert (Fraction(5, 4), 2) == (made.good, made.total)
    assert Fraction(1, 4) == made.days[2].good


def test_repairs_are_told_apart() -> None:
    """They burn nothing, and are named."""
    entries = daily(5)
    entries[7] = replace(entries[7], mark=Mark.REPAIRED)
    made = october(entries)

    assert [entries[7]] == [each.entry for each in made.repaired]
    assert [entries[5]] == [each.entry for of in made.incidents for each in of.burnt]


@given(st.sets(st.integers(0, 32)))
def test_days_add_up_to_the_month(bad) -> None:
    """And incidents to what was bad."""
    made = october(daily(*bad))

    assert made.good == sum(day.good for day in made.days)
    assert made.bad == sum(of.bad for of in made.incidents) == len(bad & set(range(1, 32)))


def declared(at: int, **more: object) -> Declaration:
    """What the product declares from a day of October on."""
    objective = replace(FRESH, **{key: value for key, value in more.items() if key != "expectation"})
    made = replace(ORDERS, objectives=(objective,), since=datetime(2026, 10, at, 9, 12, tzinfo=UTC))
    return replace(made, expectation=more.get("expectation", ORDERS.expectation))


def test_what_changed_is_named() -> None:
    """The newest definition judges all of a window, so people must know that it was another one."""
    weekly = replace(ORDERS.expectation, schedule="@weekly")
    history = [
        ORDERS,
        declared(4, description="in other words"),
        declared(14, description="in other words", target=Fraction("0.9"), threshold=None, by=time(8)),
        declared(
            20,
            description="in other words",
            target=Fraction("0.9"),
            threshold=None,
            by=time(8),
            expectation=weekly,
        ),
    ]
    begin, end = OCTOBER.bounds(BERLIN)
    found = amendments(history, "fresh", since=begin, until=end)

    assert [
        "target was 0.95 until 2026-10-14 09:12 UTC, and is 0.9 since",
        "threshold was 3600 until 2026-10-14 09:12 UTC, and is nothing since",
        "by was nothing until 2026-10-14 09:12 UTC, and is 08:00:00 since",
        "schedule was @daily until 2026-10-20 09:12 UTC, and is @weekly since",
    ] == [str(change) for change in found]
    assert () == amendments(history, "fresh", since=end, until=end + timedelta(days=1))


def test_an_objective_that_is_new_is_named() -> None:
    """It judges days on which nobody had promised anything."""
    begin, end = OCTOBER.bounds(BERLIN)
    history = [replace(ORDERS, objectives=()), declared(14)]
    (found,) = amendments(history, "fresh", since=begin, until=end)

    assert str(found).startswith("it was first declared at 2026-10-14 09:12 UTC")
