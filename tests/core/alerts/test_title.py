"""What an incident is called, and what is told of what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from airflow_dataops.core.alerts.incident import Incident, Phase
from airflow_dataops.core.alerts.readers import readers
from airflow_dataops.core.alerts.runbook import Runbook, runbook_of
from airflow_dataops.core.alerts.signal import Broken, Kind, Signal, Where
from airflow_dataops.core.alerts.title import is_missing, title, was, wrong
from airflow_dataops.core.alerts.wrong import LONGEST, MOST, broken_of, lines_of
from airflow_dataops.core.landing import DUPLICATE, MISSING
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Urgency
from tests.core.alerts.test_causes import FRESH

AT = datetime(2026, 3, 4, 6, tzinfo=UTC)
WHERE = Where("shop", "orders", "2026-03-03")


def of(*signals: Signal, where: Where = WHERE) -> Incident:
    """An incident."""
    return Incident(where=where, began=AT, detected=AT, signals=signals, urgency=Urgency.PAGE)


def signal(kind: Kind, **more: object) -> Signal:
    """Something that is wrong."""
    return replace(Signal(where=WHERE, kind=kind, since=AT), **more)


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([Kind.LATE], "is late"),
        ([Kind.FAILED], "has failed"),
        ([Kind.BAD, Kind.LATE], "is late and bad"),
        ([Kind.FAILED, Kind.INCOMPLETE, Kind.BAD, Kind.LATE], "is late, bad and incomplete and has failed"),
        ([Kind.FAILED, Kind.LATE, Kind.LOST], "is late, has failed and has lost rows"),
        ([Kind.BURNING], "burns its budget too fast"),
        ([Kind.BURNING, Kind.LATE], "is late"),
        ([], ""),
    ],
)
def test_what_is_wrong_in_a_few_words(kinds, said) -> None:
    """In one order, whatever order it was found in."""
    assert said == wrong(kinds)
    assert said == wrong([*reversed(kinds), *kinds])


def test_every_kind_has_words() -> None:
    """A new one is not forgotten."""
    for kind in Kind:
        assert wrong([kind])
        assert lines_of(of(signal(kind)))


def test_a_title_is_one_line() -> None:
    """Of a partition, of a product, and of what is over."""
    assert "orders 2026-03-03 is late" == title(of(signal(Kind.LATE)))
    assert "orders burns its budget too fast" == title(
        of(signal(Kind.BURNING), where=Where("shop", "orders"))
    )
    over = replace(of(signal(Kind.LATE)), phase=Phase.RESOLVED)
    assert "orders 2026-03-03: nothing is wrong any more" == title(over)
    assert "orders 2026-03-03: repaired" == title(replace(over, why_over="repaired"))


def test_a_drop_that_is_not_there_is_missing_and_not_bad() -> None:
    """In the title and in its line; what is there and bad besides, is bad."""
    gone = signal(Kind.BAD, text="no drop is there", rules=(Broken(rule=MISSING),))
    failed = signal(Kind.FAILED, text="run r failed")

    assert "orders 2026-03-03 is missing and has failed" == title(of(failed, gone))
    assert ("missing: no drop is there", "failed: run r failed") == lines_of(of(failed, gone))
    assert "was late and missing" == was([Kind.BAD, Kind.LATE], missing=True)
    for rules in ((), (Broken(rule=DUPLICATE),), (Broken(rule=MISSING), Broken(rule="other"))):
        assert "orders 2026-03-03 is bad" == title(of(gone, replace(gone, rules=rules)))
    assert not is_missing([failed])


def test_what_explains_the_others_is_told_first() -> None:
    """A bad file explains that it is late."""
    late = signal(Kind.LATE, slo="fresh", text="no delivery")
    bad = signal(Kind.BAD, text="4 of 9 rows break the contract")

    assert ("bad: 4 of 9 rows break the contract", "late (fresh): no delivery") == lines_of(of(late, bad))
    assert ("late: since 2026-03-04 06:00 UTC",) == lines_of(of(signal(Kind.LATE)))


def test_a_budget_that_burns_is_told_by_itself_alone() -> None:
    """Else the budgets say so, and it was the cause of nothing."""
    burning = signal(Kind.BURNING, slo="fresh", text="4 times too fast")

    assert ("burning (fresh): 4 times too fast",) == lines_of(of(burning))
    assert ("late (fresh): no delivery",) == lines_of(
        of(burning, signal(Kind.LATE, slo="fresh", text="no delivery"))
    )


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([Kind.LATE, Kind.BAD, Kind.FAILED], "was late and bad and failed"),
        ([Kind.BURNING], "burned its budget too fast"),
        ([Kind.LOST, Kind.BURNING], "lost rows"),
    ],
)
def test_what_is_over_is_told_as_what_was(kinds, said) -> None:
    """In reports."""
    assert said == was(kinds)


def test_lines_are_few_and_short() -> None:
    """Whatever a signal says."""
    many = [signal(Kind.LATE, slo=f"slo_{at}", text="x" * 10_000) for at in range(50)]
    lines = lines_of(of(*many))

    assert MOST == len(lines)
    assert "… and 41 more" == lines[-1]
    assert max(map(len, lines)) == LONGEST


def test_a_rule_is_told_once() -> None:
    """With the worst of its counts."""
    one = signal(Kind.BAD, rules=(Broken(rule="a", failing=1, checked=9), Broken(rule="b")))
    other = signal(Kind.BAD, slo="x", rules=(Broken(rule="a", failing=3, checked=9),))

    assert (Broken(rule="a", failing=3, checked=9), Broken(rule="b")) == broken_of(of(one, other))


DECLARED = Declaration(
    team="shop",
    product="orders",
    dataset="orders",
    expectation=Expectation(),
    objectives=(replace(FRESH, runbook="https://wiki/fresh"), replace(FRESH, name="other", runbook="u")),
    runbooks=(
        Runbook(at="product.md", text="p"),
        Runbook(of="a", at="a.md", text="a"),
        Runbook(of="other", at="other.md", text="o"),
    ),
    since=AT,
)


@pytest.mark.parametrize(
    ("signals", "at"),
    [
        ([signal(Kind.BAD, slo="fresh", rules=(Broken(rule="b"), Broken(rule="a")))], "a.md"),
        ([signal(Kind.LATE, slo="fresh")], "https://wiki/fresh"),
        ([signal(Kind.LATE, slo="other")], "other.md"),
        ([signal(Kind.LATE, slo="unheard of")], "product.md"),
        ([signal(Kind.FAILED), signal(Kind.LATE, slo="other")], "other.md"),
        ([], "product.md"),
    ],
)
def test_the_runbook_of_what_is_wrong_counts(signals, at) -> None:
    """A rule's before an objective's before the product's."""
    assert at == runbook_of(of(*signals), DECLARED).at


def test_a_product_without_any_runbook_has_none() -> None:
    """Then a message has none either."""
    assert runbook_of(of(signal(Kind.LATE)), replace(DECLARED, objectives=(), runbooks=())) is None


def test_readers_are_found_through_others_once() -> None:
    """The nearest first, and also where they read in a circle."""
    a, b, c, d = (("t", name) for name in "abcd")
    upstreams = {b: (a,), c: (a, b), d: (c,), a: (d,)}

    assert (b, c, d) == readers(a, upstreams)
    assert () == readers(("t", "z"), upstreams)
