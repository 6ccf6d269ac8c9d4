"""How a team fared: counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.alerts.incident import Incident, Phase
from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.alerts.track_record import Spread, track_record
from airflow_dataops.core.alerts.why_over import LEFT, REPAIRED
from airflow_dataops.core.slo.objective import Urgency

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def incident(
    found: float = 1, over: float | None = None, product: str = "orders", team: str = "shop", **what
):
    """An incident that began at noon; found and over so many hours later."""
    resolved = None if over is None else NOON + over * HOUR
    its = {
        "urgency": Urgency.TICKET,
        "phase": Phase.OPEN if over is None else Phase.RESOLVED,
        "why_over": "" if over is None else REPAIRED,
    }
    return Incident(
        where=Where(team, product, "2026-03-02"),
        began=NOON,
        detected=NOON + found * HOUR,
        resolved=resolved,
        signals=(),
        **its | what,
    )


def record(*incidents: Incident, team: str = "shop"):
    """Of the day after noon."""
    return track_record(incidents, team=team, since=NOON, until=NOON + 24 * HOUR)


def test_times_are_of_what_was_repaired():
    """What left the window, is open, or another team's, or was found at another time, is no repair."""
    found = record(
        incident(1, 2),
        incident(2, 4, urgency=Urgency.PAGE),
        incident(3, 12),
        incident(1, 20, why_over=LEFT),
        incident(1),
        incident(1, 2, team="web"),
        incident(25, 26),
    )
    assert (
        Spread(count=3, mean=6 * HOUR, median=4 * HOUR, p90=12 * HOUR, longest=12 * HOUR) == found.to_repair
    )
    assert Spread(count=5, mean=1.6 * HOUR, median=HOUR, p90=3 * HOUR, longest=3 * HOUR) == found.to_detect
    assert (5, 1, 4, 1, 1) == (found.incidents, found.pages, found.tickets, found.open, found.unrepaired)


def test_noise_is_a_share_of_what_people_were_told_of():
    """What another incident explains was told to nobody."""
    told, marked = incident(1, 2), incident(1, 2, not_actionable="ann: a holiday")
    upstream = incident(1, 2, explained_by="shop/raw/2026-03-02")
    assert Fraction(1, 3) == record(told, told, marked, upstream).noise
    assert 1 == record(told, upstream).explained
    assert None is record(upstream).noise


def test_nothing_is_no_mean():
    """And no share."""
    found = record()
    assert (None, None, None, 0, ()) == (
        found.to_detect,
        found.to_repair,
        found.noise,
        found.incidents,
        found.products,
    )


def test_products_are_named_with_their_teams_where_there_are_several():
    """The most first."""
    ones = (incident(product="a"), incident(product="b"), incident(product="b"), incident(team="web"))
    assert (("b", 2), ("a", 1)) == record(*ones).products
    assert (("shop/b", 2), ("shop/a", 1), ("web/orders", 1)) == record(*ones, team="").products


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_the_median_and_the_mean_lie_within(hours):
    """And whoever comes first makes no difference."""
    ones = [incident(0, over) for over in hours]
    found = record(*ones).to_repair
    assert found == record(*reversed(ones)).to_repair
    assert min(hours) * HOUR <= found.median <= found.longest == max(hours) * HOUR
    assert min(hours) * HOUR <= found.mean <= found.longest
    assert 10 * sum(hour * HOUR <= found.p90 for hour in hours) >= 9 * len(hours)
    assert 10 * sum(hour * HOUR < found.p90 for hour in hours) < 9 * len(hours)
    assert replace(found, count=2 * found.count) == record(*ones * 2).to_repair
