"""Whatever is the matter with one of them, people are told."""

from __future__ import annotations

import pytest

from airflow_dataops.core.alerts.rules import LOG
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.errors import SettingsError
from airflow_dataops.testing.clock import FrozenClock
from airflow_dataops.usecases.alerts.route_alerts import MOST, bare
from tests.usecases.alerts.test_drills import DAY, FIRST_DAY, begun, told


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AttributeError("of a row"), "AttributeError"),
        (AssertionError(), "AssertionError"),
        (RecursionError(), "RecursionError"),
        (MemoryError(), "MemoryError"),
        (SettingsError("it is none"), "it is none"),
    ],
)
def test_an_incident_that_cant_be_put_into_words_is_told_without(world, error, said) -> None:
    """By what is wrong alone; and so are all others."""

    def compose(*_):
        raise error

    day = begun(world)
    world.compose = compose
    found = world.go(world.at(day, 7))

    assert [("trigger", "page")] == told(world)
    assert LOG.name == world.told[0].receiver
    assert (f"incident 1 is told without its surroundings: {said}",) == found.warnings


def test_of_very_many_at_once_the_most_urgent_are_put_into_words(world) -> None:
    """All are told: but to find out what surrounds thousands would keep everybody waiting for minutes."""
    day, asked = begun(world), []

    def compose(incident, given):
        asked.append(incident)
        return bare(incident, given)

    world.compose = compose
    for number in range(MOST + 20):
        world.run(FIRST_DAY - (number + 1) * DAY, Outcome.FAILED, world.at(day, 6))
    found = world.go(world.at(day, 7))

    assert MOST + 21 == len({message.number for one in world.told for message in one.messages})
    assert MOST == len(asked)
    assert "page" == asked[0].urgency
    assert ("21 incidents are told without their surroundings: too many are told at once",) == found.warnings


@pytest.mark.parametrize("paused", [True, False])
def test_evaluators_whose_clocks_differ_tell_once(worlds, paused) -> None:
    """One is fifty minutes ahead: what it found isn't taken back by the other, and not found again."""
    day = begun(worlds)
    if not paused:
        worlds.refuse(day, worlds.at(day, 5.7))
    for hour in (5.3, 6.1, 5.4, 6.2, 5.5, 6.3, 5.9, 6.7, 6.05):
        worlds.go(worlds.at(day, hour))
    assert [("trigger", "page")] == told(worlds)
    assert 1 == len(worlds.alerts.incidents())
    worlds.deliver(day, worlds.at(day, 6.8))
    for hour in (6.9, 6.1, 7.1, 6.3):
        worlds.go(worlds.at(day, hour))
    assert [("trigger", "page"), ("resolve", "page")] == told(worlds)


def test_a_clock_that_was_a_year_ahead_once_silences_nobody_for_a_year(worlds) -> None:
    """It was the first that evaluated: by its record, alerting is set up in a year."""
    worlds.clock = FrozenClock(worlds.at(FIRST_DAY + 365 * DAY))
    worlds.evaluate()
    day = begun(worlds)
    for hour in (5, 7, 8):
        worlds.go(worlds.at(day, hour))

    assert [("trigger", "page")] == told(worlds)
