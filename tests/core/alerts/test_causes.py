"""What may have caused an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from airflow_dataops.core.alerts.causes import MOST, causes, changes
from airflow_dataops.core.alerts.incident import Incident
from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective, Urgency
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli

BEGAN = datetime(2026, 3, 4, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRESH = Objective(name="fresh", sli=Sli.FRESHNESS, target=Fraction("0.9"), threshold=Fraction(3600))
FIRST = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(schedule="@daily"),
    objectives=(FRESH,),
    contract="orders@1.2.0",
    code=(("orders.odcs.yaml", "a"), ("the pipeline file", "b"), ("transform.sql", "c")),
    since=BEGAN - 300 * DAY,
)
LATER = BEGAN - 15 * HOUR


def incident(product: str, *kinds: Kind, number: int = 7) -> Incident:
    """An incident of 3 March."""
    where = Where("shop", product, "2026-03-03")
    signals = tuple(Signal(where=where, kind=kind, since=BEGAN) for kind in kinds)
    return Incident(
        number=number,
        where=where,
        began=BEGAN,
        detected=BEGAN + HOUR,
        signals=signals,
        urgency=Urgency.TICKET,
    )


def run(final: Outcome, tries: int) -> RunOutcome:
    """A run of 3 March."""
    return RunOutcome(
        team="shop",
        dag_id="orders",
        run_id="scheduled__1",
        partition="2026-03-03",
        ended=BEGAN - HOUR,
        first=Outcome.FAILED,
        final=final,
        tries=tries,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contract": "orders@1.3.0"}, "the contract is orders@1.3.0, and was orders@1.2.0"),
        ({"contract": ""}, "the contract is none, and was orders@1.2.0"),
        ({"code": (("orders.odcs.yaml", "a"), ("the pipeline file", "b"))}, "transform.sql changed"),
        ({"code": (*FIRST.code[:2], ("transform.sql", "d"))}, "transform.sql changed"),
        (
            {"code": (*FIRST.code, *((f"{at}.sql", "x") for at in range(9)))},
            "0.sql, 1.sql, 2.sql, 3.sql, 4.sql and 4 more changed",
        ),
        (
            {"contract": "orders@1.3.0", "code": (("orders.odcs.yaml", "z"), *FIRST.code[1:])},
            "the contract is orders@1.3.0, and was orders@1.2.0",
        ),
        ({"expectation": Expectation(schedule="@hourly")}, "its schedule is `@hourly`, and was `@daily`"),
        (
            {"expectation": Expectation(schedule="@daily", timezone="Europe/Berlin")},
            "what is expected of it was declared otherwise before",
        ),
        (
            {"objectives": (replace(FRESH, target=Fraction("0.99")),)},
            "what it promises was declared otherwise before",
        ),
    ],
)
def test_what_changed_is_named(change, said) -> None:
    """With what it was before."""
    second = replace(FIRST, since=LATER, **change)

    assert (f"since 2026-03-03 15:00 UTC {said}",) == causes(
        incident("orders", Kind.BAD), history=(FIRST, second)
    )


@pytest.mark.parametrize("change", [{"owner": "ann"}, {"objectives": (replace(FRESH, place="a.yaml:1:1"),)}])
def test_what_can_break_nothing_is_no_cause(change) -> None:
    """Another owner, a line that moved."""
    assert not causes(incident("orders", Kind.BAD), history=(FIRST, replace(FIRST, since=LATER, **change)))


def test_a_change_of_long_ago_or_of_afterwards_is_no_cause() -> None:
    """A week before it, and when it was found, are the ends."""
    changed = [replace(FIRST, contract=f"orders@{at}", since=BEGAN + at * HOUR) for at in (-169, -168, 1, 2)]
    found = changes((FIRST, *changed), since=BEGAN - 7 * DAY, until=BEGAN + HOUR)

    assert [BEGAN + HOUR, BEGAN - 168 * HOUR] == [change.at for change in found]


def test_the_likeliest_comes_first() -> None:
    """Upstream; what changed after the last good delivery; runs; what changed before it."""
    old = replace(FIRST, contract="orders@1.2.1", since=BEGAN - 3 * DAY)
    new = replace(old, contract="orders@1.3.0", since=LATER)

    assert (
        "upstream raw 2026-03-03 is late since 2026-03-04 06:00 UTC (incident 3)",
        (
            "since 2026-03-03 15:00 UTC the contract is orders@1.3.0, and was orders@1.2.1,"
            " after the last good delivery"
        ),
        "run scheduled__1 ended failed at 2026-03-04 05:00 UTC after 3 tries",
        "since 2026-03-01 06:00 UTC the contract is orders@1.2.1, and was orders@1.2.0",
    ) == causes(
        incident("orders", Kind.LATE),
        upstream=[incident("raw", Kind.LATE, number=3)],
        history=(FIRST, old, new),
        delivered=BEGAN - DAY,
        runs=[run(Outcome.FAILED, 3)],
    )


@pytest.mark.parametrize(
    ("final", "tries", "said"),
    [
        (Outcome.SUCCESS, 1, ()),
        (Outcome.SUCCESS, 2, ("run scheduled__1 needed 2 tries",)),
        (Outcome.FAILED, 1, ("run scheduled__1 ended failed at 2026-03-04 05:00 UTC",)),
    ],
)
def test_a_run_says_what_it_went_through(final, tries, said) -> None:
    """One that went well at once says nothing."""
    assert said == causes(incident("orders", Kind.LATE), runs=[run(final, tries)])


@pytest.mark.parametrize("kind", [Kind.BAD, Kind.FAILED])
def test_that_the_run_failed_is_no_cause_of_what_says_so_itself(kind) -> None:
    """Rows that were refused let it fail."""
    assert () == causes(incident("orders", kind, Kind.LATE), runs=[run(Outcome.FAILED, 1)])


def test_no_more_are_named_than_a_person_reads() -> None:
    """However many there are."""
    upstream = [incident(f"raw_{at}", Kind.LATE) for at in range(100)]

    assert MOST == len(causes(incident("orders", Kind.LATE), upstream=upstream))
