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
