from __future__ import annotations

import pytest

from airflow_dataops.core.contract.service_level import (
    INDICATORS,
    Element,
    Indicator,
    Kind,
    ServiceLevel,
    Source,
    indicator,
)

STANDARD = {
    "availability": "av",
    "throughput": "th",
    "errorRate": "er",
    "generalAvailability": "ga",
    "endOfSupport": "es",
    "endOfLife": "el",
    "retention": "re",
    "frequency": "fy",
    "latency": "ly",
    "timeToDetect": "td",
    "timeToNotify": "tn",
    "timeToRepair": "tr",
}
"""Name -> synonym, as the page "Service-Level Agreement" of ODCS v3.1.0 lists them."""


@pytest.mark.parametrize(("name", "synonym"), STANDARD.items())
def test_indicator_knows_names_and_synonyms_of_the_standard(name, synonym):
    """Names and synonyms of the standard are found in any case."""
    spelled = (name, name.upper(), name.lower(), synonym, synonym.upper())
    assert {name} == {indicator(each) for each in spelled}


@pytest.mark.parametrize("name", ["", "freshnes", "av ", "complete"])
def test_indicator_guesses_nothing(name):
    """What is no name and no synonym is no indicator."""
    assert indicator(name) is None


def test_indicators_are_the_standards_and_those_in_use():
    """Every indicator is defined; three stand beside the standard's list."""
    assert {*STANDARD, "freshness", "timeOfAvailability", "completeness"} == set(INDICATORS) == set(Indicator)
    assert STANDARD == {name: each.synonym for name, each in INDICATORS.items() if each.synonym}


def test_a_service_level_knows_what_it_is():
    """A service level has the kind and the source of its indicator; one that nobody knows has none."""
    freshness = ServiceLevel(id="a", name="freshness", indicator=Indicator.FRESHNESS)
    assert (Kind.DURATION, Source.PUBLICATIONS) == (freshness.definition.kind, freshness.definition.source)
    assert ServiceLevel(id="b", name="glitter").definition is None


@pytest.mark.parametrize(
    ("element", "text"), [(Element("orders"), "orders"), (Element("orders", "a.b"), "orders.a.b")]
)
def test_an_element_is_written_as_in_the_standard(element, text):
    """An element is its dataset and its column with a dot between them."""
    assert text == str(element)
