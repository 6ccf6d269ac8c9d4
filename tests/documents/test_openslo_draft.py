"""Objectives that are written as OpenSLO are read back as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Objective, Source, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.openslo.draft import openslo_text
from airflow_dataops.documents.openslo.objectives import read_openslo
from airflow_dataops.documents.yaml.writer import single_text

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true}
slaProperties:
"""
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True)
NUMBERS = st.decimals(0, 10**6, places=4, allow_nan=False).map(lambda number: f"{number:f}")
SHARES = st.integers(0, 10**12 - 1).map(lambda number: f"0.{number:012}")
SPANS = st.builds("{}{}".format, st.integers(1, 9), st.sampled_from("hdwMQY"))
WORDS = st.text(max_size=60).filter(lambda text: text.strip() and "\x00" not in text)


def custom(name: str, value: str) -> str:
    """Return a custom property of a level."""
    return f"      - {{property: {name}, value: {value}, vendor: airflow_dataops}}\n"


@st.composite
def levels(draw):
    """A level of a contract that makes an objective."""
    kind = draw(st.sampled_from(["freshness", "latency", "errorRate", "completeness", "availability", "toa"]))
    said = {"window": draw(SPANS)}
    if draw(st.booleans()):
        zone = draw(st.sampled_from(["UTC", "Europe/Paris", "America/New_York"]))
        said["calendar"] = f"{{startTime: {draw(st.dates())}, timeZone: {zone}}}"
    for key, values in (("gap", ["bad", "excluded"]), ("late", ["bad", "repaired"])):
        if draw(st.booleans()):
            said[key] = draw(st.sampled_from(values))
    if kind == "toa":
        keys = f"property: timeOfAvailability, value: '{draw(st.times().map(time.isoformat))[:8]}+01:00'"
    elif kind in {"freshness", "latency"}:
        keys = (
            f"property: {kind}, value: {draw(NUMBERS)}, unit: {draw(st.sampled_from(['ms', 's', 'h', 'd']))}"
        )
    else:
        share = draw(SHARES.filter(lambda text: Fraction(text) > 0))
        keys = f"property: {kind}, value: {share}, unit: ratio"
    if kind in {"freshness", "latency", "toa"} or (kind != "availability" and draw(st.booleans())):
        said["target"] = draw(SHARES)
    if kind == "freshness" and draw(st.booleans()):
        said |= {"method": draw(st.sampled_from(["Timeslices", "RatioTimeslices"])), "slice": "5m"}
    if kind == "availability" and draw(st.booleans()):
        said["sli"] = "first_attempt"
    return keys.split(", "), single_text(draw(WORDS)), said


@st.composite
def contracts(draw):
    """A contract with a few such levels."""
    made = draw(st.lists(levels(), min_size=1, max_size=4))
    names = draw(st.lists(NAMES, min_size=len(made), max_size=len(made), unique=True))
    return HEAD + "".join(
        "\n    ".join([f"  - id: '{name}'", f"description: {words}", *keys, "customProperties:\n"])
        + "".join(custom(*one) for one in said.items())
        for name, (keys, words, said) in zip(names, made, strict=True)
    )


def read_back(text: str, folder: Path) -> list[Objective]:
    """Return the objectives of a file of OpenSLO."""
    file = folder / "orders.openslo.yaml"
    file.write_text(text)
    promised, warnings = read_openslo([file])
    assert () == warnings
    assert {("orders", False)} == {(one.subject, one.watched) for one in promised}
    return [one.objective for one in promised]


@settings(max_examples=150, deadline=None)
@given(contracts())
def test_objectives_of_a_contract_come_back(tmp_path_factory, text):
    """Whatever a contract promises, its OpenSLO file promises the same."""
    folder = tmp_path_factory.mktemp("orders")
    (folder / "orders.odcs.yaml").write_text(text)
    contract, _ = read_contract(folder / "orders.odcs.yaml")
    made = openslo_text(contract.objectives, product="orders", grain=Grain.HOUR)
    assert () == made.left_out
    assert [replace(one, source=Source.OPENSLO, place="") for one in contract.objectives] == [
        replace(one, place="") for one in read_back(made.text, folder)
    ]


FRESH = Objective(name="fresh_2h", sli=Sli.FRESHNESS, target=Fraction(19, 20), threshold=Fraction(7200))
ALERT = BurnAlert(urgency=Urgency.PAGE, factor=Fraction(4), long=Fraction(86400), short=Fraction(7200))


def test_names_that_openslo_has_not_are_annotations(tmp_path):
    """A name of capitals or with `_` stays what policies call it."""
    text = openslo_text([FRESH, replace(FRESH, name="fresh-2h")], product="orders").text
    assert ["fresh_2h", "fresh-2h"] == [one.name for one in read_back(text, tmp_path)]
    assert "name: fresh-2h\n" in text
    assert "name: fresh-2h-2\n" in text


def test_a_slice_is_as_long_as_a_partition():
    """Of what is counted by deliveries."""
    complete = Objective(
        name="complete", sli=Sli.COMPLETENESS, target=Fraction(99, 100), method=Budgeting.RATIO_TIMESLICES
    )
    made = openslo_text([complete], product="orders", grain=Grain.MONTH)
    assert "timeSliceWindow: '1M'" in made.text


LEFT_OUT = {
    "digits": (
        replace(FRESH, target=1 - Fraction(1, 10**80)),
        "`fresh_2h`: a number of it has more than 60 digits",
    ),
    "a third": (
        replace(FRESH, target=Fraction(1, 3)),
        "`fresh_2h`: a number of it has more than 60 digits",
    ),
    "alerts": (replace(FRESH, alerts=(ALERT,)), "`fresh_2h`: its alerts"),
    "words": (
        replace(FRESH, description="x" * 1051),
        "`fresh_2h`: its description is cut to 1050 characters",
    ),
}


@pytest.mark.parametrize(("objective", "told"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_openslo_can_not_say_is_listed(objective, told):
    """Nothing is left out in silence."""
    assert (told,) == openslo_text([objective], product="orders").left_out


def test_a_time_keeps_its_offset(tmp_path):
    """As the contract has it."""
    by = time(7, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    made = openslo_text([replace(FRESH, threshold=None, by=by)], product="orders")
    (found,) = read_back(made.text, tmp_path)
    assert by.isoformat() == found.by.isoformat()
