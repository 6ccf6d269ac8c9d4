"""Whatever is the matter with one of them, people are told."""

from __future__ import annotations

import pytest

from airflow_dataops.core.alerts.rules import LOG
from airflow_dataops.errors import SettingsError
from tests.usecases.alerts.test_drills import begun, told


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
    for hour in (6.9, 6.1, 7, 6.2):
        worlds.go(worlds.at(day, hour))
    assert [("trigger", "page"), ("resolve", "page")] == told(worlds)
