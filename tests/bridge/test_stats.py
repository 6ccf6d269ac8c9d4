"""What Airflow's stats are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from airflow.sdk.observability import stats as airflow_stats

from airflow_dataops.bridge import stats
from airflow_dataops.core.batch import Batch
from airflow_dataops.core.metrics import METRICS, Kind
from airflow_dataops.core.slo.objective import BurnAlert, Urgency
from airflow_dataops.core.slo.policy import Action
from airflow_dataops.core.slo.sli import Sli, SliEvent
from airflow_dataops.core.slo.standing import Burn, Standing, State
from airflow_dataops.errors import SettingsError

NOW = datetime(2026, 3, 4, 6, tzinfo=UTC)
TAGS = {"team": "shop", "product": "orders", "slo": "fresh"}


@pytest.fixture
def sent(monkeypatch) -> list[tuple[object, ...]]:
    """What was sent: how, name, number, tags."""
    heard: list[tuple[object, ...]] = []
    for how in ("incr", "gauge", "timing"):

        def hear(name, number, *, tags, how=how):
            heard.append((how, name, number, tags))

        monkeypatch.setattr(airflow_stats, how, hear)
    return heard


def standing(state: State = State.BURNING, *, allowed: int = 4) -> Standing:
    """Return how an objective stands, of whose budget a quarter is spent."""
    alert = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(86400), short=Fraction(7200))
    burn = Burn(alert=alert, long=Fraction(5, 2), short=None, firing=False)
    silent = Burn(alert=alert, long=None, short=None, firing=False)
    return Standing(
        **TAGS,
        at=NOW,
        since=NOW,
        until=NOW,
        good=Fraction(39),
        total=Fraction(40),
        expected=Fraction(40),
        allowed=Fraction(allowed),
        burns=(burn, silent),
        state=state,
    )


def test_a_standing_is_its_state_what_is_left_and_how_fast_it_burns(sent) -> None:
    """Of a window in which nothing was expected nothing is sent, and nothing of a budget that isn't there."""
    stats.of_standings([standing(), standing(State.UNKNOWN, allowed=0)])

    burn = ("gauge", "dataops.slo.burn", 2.5, TAGS | {"urgency": "page", "window": "1d"})
    assert [
        ("gauge", "dataops.slo.state", 1, TAGS),
        ("gauge", "dataops.slo.remaining", 0.75, TAGS),
        burn,
        ("gauge", "dataops.slo.state", 3, TAGS),
        burn,
        ("gauge", "dataops.slo.objectives", 2, None),
    ] == sent


def test_ids_stand_in_the_names_where_that_is_asked_for(sent, monkeypatch) -> None:
    """Plain statsd drops tags."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__METRICS_NAMES", "embedded")

    stats.of_standings([standing()])
    stats.of_landing(product="orders", rows=3, size=9)

    assert [
        ("gauge", "dataops.slo.state.shop.orders.fresh", 1, None),
        ("gauge", "dataops.slo.remaining.shop.orders.fresh", 0.75, None),
        ("gauge", "dataops.slo.burn.shop.orders.fresh.page.1d", 2.5, None),
        ("gauge", "dataops.slo.objectives", 1, None),
        ("incr", "dataops.land.rows.orders", 3, None),
        ("incr", "dataops.land.bytes.orders", 9, None),
    ] == sent


def test_events_are_counted_as_they_come_due(sent) -> None:
    """Whole ones as whole numbers; a counter takes nothing back."""
    stats.of_events(**TAGS, good=Fraction(5, 2), total=Fraction(3))
    stats.of_events(**TAGS, good=Fraction(-1), total=Fraction(0))

    assert [("incr", "dataops.slo.good", 2.5, TAGS), ("incr", "dataops.slo.events", 3, TAGS)] == sent
    assert isinstance(sent[1][2], int)


def test_policies_are_counted_by_action(sent) -> None:
    """An action that isn't in force is a 0, and no gap."""
    stats.of_policies([], Action)

    assert [("gauge", "dataops.slo.policies", 0, {"action": action.value}) for action in Action] == sent


def test_an_evaluation_is_timed_in_milliseconds(sent) -> None:
    """As Airflow's timers are."""
    stats.of_evaluation(timedelta(seconds=1.5))

    assert [("timing", "dataops.slo.evaluate", 1500, None)] == sent


def test_a_batch_has_each_of_its_indicators(sent) -> None:
    """In its unit; what has no value is left out."""
    batch = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")
    events = tuple(
        SliEvent(batch=batch, sli=sli, good=None, total=None, value=value, at=NOW)
        for sli, value in (
            (Sli.FRESHNESS, Fraction(90)),
            (Sli.CORRECTNESS, Fraction(1, 2)),
            (Sli.LATENCY, None),
        )
    )

    stats.of_service_levels(events)

    assert {"dataops.announce.freshness": 90, "dataops.announce.correctness": 0.5} == {
        name: number for _, name, number, _ in sent
    }
    assert {Kind.GAUGE} == {METRICS[str(name)].kind for _, name, _, _ in sent}


def test_another_word_for_names_is_one_line(sent, monkeypatch) -> None:
    """It names the option."""
    monkeypatch.setenv("AIRFLOW__DATAOPS__METRICS_NAMES", "both")

    with pytest.raises(SettingsError, match=r"\[dataops\] metrics_names .* Write tags or embedded"):
        stats.of_landing(product="orders", rows=3, size=9)
    assert [] == sent


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(3600, "1h"), (259200, "3d"), (5400, "90m"), (45, "45s"), (604800, "1w"), (0, "0s")],
)
def test_windows_are_named_as_people_do(seconds, expected) -> None:
    """By the largest unit that goes into them."""
    assert expected == stats.short(Fraction(seconds))
