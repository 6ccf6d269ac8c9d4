from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.contract.quantity import Counted, Duration, Rate, Ratio, TimeUnit
from airflow_dataops.core.contract.service_level import INDICATORS, Element, Indicator, Kind
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.odcs.contract_keys import Level
from airflow_dataops.documents.odcs.quantity import TIME_UNITS, quantity
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.reader import Assembly
from airflow_dataops.errors import DocumentError

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    physicalName: fct_orders
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: ordered_at, logicalType: timestamp}
      - {name: a.b, logicalType: string}
"""
SECOND = """\
  - name: lines
    properties:
      - {name: sku, logicalType: string, required: true}
"""
EAST = timezone(timedelta(hours=2))
WEST = timezone(timedelta(hours=-8))


def level(*keys: str, **more: str) -> str:
    """Return the contract with a service level; its first key stands in line 14, column 5."""
    of = {"property": "freshness", "value": "24", "unit": "h"} | more
    lines = keys or tuple(f"{key}: {value}" for key, value in of.items() if value)
    return CONTRACT + "slaProperties:\n  - " + "\n    ".join(lines) + "\n"


def told(text, folder):
    """Return the service levels, the errors and the warnings of a contract, without the file's name."""
    file = folder / "orders.odcs.yaml"
    file.write_text(text)
    try:
        contract, warnings = read_contract(file)
    except DocumentError as error:
        return (), [str(problem).replace(f"{file}:", "") for problem in error.problems], []
    return contract.service_levels, [], [str(problem).replace(f"{file}:", "") for problem in warnings]


QUANTITIES = {
    "exact": ("availability", "99.9", "percent", Ratio(Fraction(999, 1000))),
    "in quotes": ("availability", '"99.9"', '"%"', Ratio(Fraction(999, 1000))),
    "ratio": ("er", "0.01", "ratio", Ratio(Fraction(1, 100))),
    "all": ("AVAILABILITY", "100", "Percent", Ratio(Fraction(1))),
    "years": ("retention", "3", "y", Duration(Fraction(3), TimeUnit.YEAR)),
    "yr": ("re", "3", "yr", Duration(Fraction(3), TimeUnit.YEAR)),
    "days": ("latency", "4", "days", Duration(Fraction(4), TimeUnit.DAY)),
    "D": ("ly", "4", "D", Duration(Fraction(4), TimeUnit.DAY)),
    "half": ("timeToRepair", "0.5", "h", Duration(Fraction(1, 2), TimeUnit.HOUR)),
    "exponent": ("timeToRepair", "1e3", "s", Duration(Fraction(1000), TimeUnit.SECOND)),
    "month": ("frequency", "1", "M", Duration(Fraction(1), TimeUnit.MONTH)),
    "minutes": ("frequency", "15", "min", Duration(Fraction(15), TimeUnit.MINUTE)),
    "nothing to wait for": ("latency", "0", "s", Duration(Fraction(0), TimeUnit.SECOND)),
    "rows": ("throughput", "5", "Rows/s", Rate(Fraction(5), Counted.ROWS, TimeUnit.SECOND)),
    "megabytes": ("th", "1.5", "MB/s", Rate(Fraction(1_500_000), Counted.BYTES, TimeUnit.SECOND)),
    "kibibytes": ("th", "2", "KiB per day", Rate(Fraction(2048), Counted.BYTES, TimeUnit.DAY)),
    "requests": ("th", "7", "requests per M", Rate(Fraction(7), Counted.REQUESTS, TimeUnit.MONTH)),
    "instant": ("ga", "2022-05-12T09:30:10-08:00", "", datetime(2022, 5, 12, 9, 30, 10, tzinfo=WEST)),
    "day": ("endOfLife", "2042-05-12", "", datetime(2042, 5, 12, tzinfo=UTC)),
    "Zulu": ("endOfSupport", '"2042-05-12 06:00Z"', "", datetime(2042, 5, 12, 6, tzinfo=UTC)),
    "time of day": ("timeOfAvailability", "09:00-08:00", "", time(9, tzinfo=WEST)),
    "time of day, with seconds": ("timeOfAvailability", '"06:30:15+02:00"', "", time(6, 30, 15, tzinfo=EAST)),
}


@pytest.mark.parametrize(("name", "value", "unit", "expected"), QUANTITIES.values(), ids=QUANTITIES)
def test_a_value_is_read_exactly(name, value, unit, expected, tmp_path):
    """A value and its unit are the quantity that they say, without a word."""
    (found,), errors, warnings = told(level(property=name, value=value, unit=unit), tmp_path)
    assert ([], [], expected) == (errors, warnings, found.value)
    assert value.strip('"') == found.text


def test_every_indicator_is_derived(tmp_path):
    """Of each indicator that the standard names comes a value of its kind, under its own name as id."""
    values = {
        Kind.DURATION: ("2", "h", Duration),
        Kind.RATIO: ("99", "percent", Ratio),
        Kind.RATE: ("9", "rows/s", Rate),
        Kind.INSTANT: ("2030-01-01", "", datetime),
        Kind.TIME_OF_DAY: ("06:00Z", "", time),
    }
    text = CONTRACT + "slaProperties:\n"
    for name, definition in INDICATORS.items():
        value, unit, _ = values[definition.kind]
        text += f"  - {{property: {name}, value: '{value}'" + (f", unit: {unit}}}\n" if unit else "}\n")
    found, errors, warnings = told(text, tmp_path)
    assert ([], []) == (errors, warnings)
    assert {name: values[its.kind][2] for name, its in INDICATORS.items()} == {
        each.id: type(each.value) for each in found
    }


WRONG = {
    "no number": (
        {"value": "24h", "unit": ""},
        [
            "14:15: `freshness` has no `unit`. Write one, such as: s, min, h, d, week, month, y.",
            (
                '15:12: `value` of `freshness` must be a number, it is the text "24h". '
                "Write the number alone, and what it counts as `unit`: such as `value: 24` and `unit: h`."
            ),
        ],
    ),
    "true": (
        {"value": "true"},
        [
            (
                "15:12: `value` of `freshness` must be a number, it is true. "
                "Write the number alone, and what it counts as `unit`: such as `value: 24` and `unit: h`."
            )
        ],
    ),
    "negative": ({"value": "-1"}, ["15:12: `value` of `freshness` is below 0"]),
    "negative, in quotes": ({"value": "'-1'"}, ["15:12: `value` of `freshness` is below 0"]),
    "unit of another kind": (
        {"unit": "percent"},
        [
            (
                "16:11: `freshness` is counted in time, and `percent` is no unit of it. "
                "There are: s, min, h, d, week, month, y."
            )
        ],
    ),
    "misspelt unit": (
        {"unit": "huors"},
        [
            "16:11: `freshness` is counted in time, and `huors` is no unit of it. Did you mean `hours`?",
        ],
    ),
    "share without unit": (
        {"property": "availability", "value": "99.9", "unit": ""},
        ["14:15: `availability` has no `unit`. Write one, such as: percent, ratio."],
    ),
    "share in hours": (
        {"property": "availability", "value": "99.9"},
        ["16:11: `availability` is a share, and `h` is no unit of it. Write `percent` or `ratio`."],
    ),
    "more than all": (
        {"property": "availability", "value": "100.01", "unit": "percent"},
        ["15:12: `value` of `availability` is above 100 percent"],
    ),
    "percent for a ratio": (
        {"property": "er", "value": "5", "unit": "ratio"},
        ["15:12: `value` of `er` is above 1"],
    ),
    "rate without time": (
        {"property": "throughput", "unit": "rows"},
        [
            (
                "16:11: `throughput` is a rate, and `rows` is no unit of it. "
                "Such as `rows/s`, `MB/s`, `requests/min`."
            )
        ],
    ),
    "bits": (
        {"property": "throughput", "unit": "Mb/s"},
        ["16:11: `throughput` is a rate, and `Mb/s` is no unit of it. Did you mean `MB`?"],
    ),
    "rate in no time": (
        {"property": "throughput", "unit": "rows/fortnight"},
        [
            (
                "16:11: `throughput` is counted in time, and `fortnight` is no unit of it. "
                "There are: s, min, h, d, week, month, y."
            )
        ],
    ),
    "instant with a unit": (
        {"property": "endOfLife", "value": "2030-01-01"},
        ["16:11: `endOfLife` has no unit. Leave `unit` out."],
    ),
    "no instant": (
        {"property": "endOfLife", "value": "2030-02-30", "unit": ""},
        [
            (
                '15:12: `value` of `endOfLife` must be an instant, it is the text "2030-02-30". '
                "Such as `2026-03-01T06:00:00Z`."
            )
        ],
    ),
    "a number for an instant": (
        {"property": "endOfLife", "value": "2030", "unit": ""},
        [
            (
                "15:12: `value` of `endOfLife` must be an instant, it is the number 2030. "
                "Such as `2026-03-01T06:00:00Z`."
            )
        ],
    ),
    "no time of day": (
        {"property": "timeOfAvailability", "value": "'25:00Z'", "unit": ""},
        [
            (
                '15:12: `value` of `timeOfAvailability` must be a time of the day, it is the text "25:00Z". '
                "Such as `06:00+01:00`."
            )
        ],
    ),
    "no time between updates": (
        {"property": "frequency", "value": "0"},
        ["15:12: `value` of `frequency` must be above 0"],
    ),
    "range upside down": (
        {"valueExt": "2"},
        ["17:15: `valueExt` of `freshness` is below `value`. A range goes from `value` to `valueExt`."],
    ),
    "end of a range that is none": (
        {"valueExt": "x"},
        [
            (
                '17:15: `valueExt` of `freshness` must be a number, it is the text "x". '
                "Write the number alone, and what it counts as `unit`: such as `value: 24` and `unit: h`."
            )
        ],
    ),
    "unknown column": (
        {"element": "orders.orderd_at"},
        ["17:14: the contract has no column `orders.orderd_at`. Did you mean `orders.ordered_at`?"],
    ),
    "unknown column of the only dataset": (
        {"element": "ordered"},
        ["17:14: the contract has no column `ordered`. Did you mean `ordered_at`?"],
    ),
    "nothing between commas": (
        {"element": "'id,,ordered_at'"},
        ["17:14: `element` names nothing between two commas"],
    ),
    "no cron": (
        {"schedule": "'99 * * * *'"},
        [
            (
                '17:15: `schedule` must be a cron expression or a preset, it is the text "99 * * * *". '
                'Such as "0 5 * * *" or "@daily".'
            )
        ],
    ),
    "no cron, named": (
        {"scheduler": "CRON", "schedule": "'0 30 * * *'"},
        [
            (
                '18:15: `schedule` must be a cron expression or a preset, it is the text "0 30 * * *". '
                'Such as "0 5 * * *" or "@daily".'
            )
        ],
    ),
}


@pytest.mark.parametrize(("keys", "errors"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_place(keys, errors, tmp_path):
    """A value, unit, element or schedule that can't be is an error, with line, column and what to do."""
    assert errors == told(level(**keys), tmp_path)[1]


WARNED = {
    "minutes or months": (
        {"unit": "m"},
        ["16:11: the unit `m` is read as minutes, which others may read as months. Write `min` or `month`."],
    ),
    "minutes or months in a rate": (
        {"property": "throughput", "unit": "rows/m"},
        ["16:11: the unit `m` is read as minutes, which others may read as months. Write `min` or `month`."],
    ),
    "unknown": (
        {"property": "glitter"},
        [
            (
                "14:15: `glitter` is none of the standard's indicators: nothing evaluates it. "
                "It is carried as it is."
            )
        ],
    ),
    "misspelt": (
        {"property": "freshnes"},
        [
            (
                "14:15: `freshnes` is none of the standard's indicators: nothing evaluates it. "
                "Did you mean `freshness`?"
            )
        ],
    ),
    "no value": (
        {"value": "null"},
        ["15:12: `freshness` has no value: it promises nothing. Write one."],
    ),
    "naive instant": (
        {"property": "endOfLife", "value": "2030-01-01T06:00", "unit": ""},
        [
            (
                "15:12: `value` of `endOfLife` has no offset from UTC: it is read as UTC. "
                "Write `Z` or an offset behind it."
            )
        ],
    ),
    "naive time of day": (
        {"property": "timeOfAvailability", "value": "06:00", "unit": ""},
        [
            (
                "15:12: `value` of `timeOfAvailability` has no offset from UTC: it is read as UTC. "
                "Write `Z` or an offset behind it."
            )
        ],
    ),
    "unknown dataset": (
        {"element": "order.ordered_at"},
        [
            (
                "17:14: the contract has no dataset `order`: nothing can be measured on `order.ordered_at`. "
                "Did you mean `orders.ordered_at`?"
            )
        ],
    ),
    "scheduler of nothing": (
        {"scheduler": "cron"},
        ["17:16: `scheduler` has no `schedule`: it says nothing. Write one."],
    ),
}


@pytest.mark.parametrize(("keys", "warnings"), WARNED.values(), ids=WARNED)
def test_what_is_doubtful_is_warned_of(keys, warnings, tmp_path):
    """What can be read in two ways, or promises nothing that is ever evaluated, is said and kept."""
    levels, errors, found = told(level(**keys), tmp_path)
    assert ([], warnings, 1) == (errors, found, len(levels))


def test_m_is_a_minute_and_a_capital_m_a_month(tmp_path):
    """The two letters are apart: a minute is never read as a month."""
    for unit, expected in (("m", TimeUnit.MINUTE), ("M", TimeUnit.MONTH)):
        (found,), *_ = told(level(unit=unit), tmp_path)
        assert Duration(Fraction(24), expected) == found.value


def test_a_range_goes_from_value_to_value_ext(tmp_path):
    """`valueExt` is the other end, in the same unit; from evening to morning is a range of times of day."""
    (found,), *_ = told(level(property="frequency", value="1", unit="d", valueExt="2"), tmp_path)
    assert (Duration(Fraction(1), TimeUnit.DAY), Duration(Fraction(2), TimeUnit.DAY)) == (
        found.value,
        found.upper,
    )
    night = level(property="timeOfAvailability", value="'22:00Z'", valueExt="'04:00Z'", unit="")
    (found,), errors, warnings = told(night, tmp_path)
    assert ([], [], time(22, tzinfo=UTC), time(4, tzinfo=UTC)) == (
        errors,
        warnings,
        found.value,
        found.upper,
    )


ELEMENTS = {
    "column": ("orders.ordered_at", [Element("orders", "ordered_at")]),
    "of the only dataset": ("ordered_at", [Element("orders", "ordered_at")]),
    "dataset": ("orders", [Element("orders")]),
    "physical name": ("fct_orders.id", [Element("orders", "id")]),
    "several": (
        "'orders.id, orders.ordered_at,id'",
        [Element("orders", "id"), Element("orders", "ordered_at")],
    ),
    "name with a dot": ("orders.a.b", [Element("orders", "a.b")]),
}


@pytest.mark.parametrize(("text", "expected"), ELEMENTS.values(), ids=ELEMENTS)
def test_elements_are_found_in_the_schema(text, expected, tmp_path):
    """An element is a dataset or a column of the contract, by either of its names, each once."""
    (found,), errors, warnings = told(level(element=text), tmp_path)
    assert ([], [], expected) == (errors, warnings, list(found.elements))


def test_elements_of_several_datasets_need_their_dataset(tmp_path):
    """Where there are two datasets, a column alone is of none of them."""
    two = level(element="'orders.id, lines.sku'").replace("slaProperties", SECOND + "slaProperties")
    (found,), errors, _ = told(two, tmp_path)
    assert ([], [Element("orders", "id"), Element("lines", "sku")]) == (errors, list(found.elements))
    _, errors, warnings = told(two.replace("orders.id, ", "id, "), tmp_path)
    assert [] == errors
    assert ["the contract has no dataset `id`: nothing can be measured on `id`"] == [
        warning.split(": ", 1)[1].split(". ")[0] for warning in warnings
    ]


def test_elements_reach_inside_of_columns(tmp_path):
    """A property of an object, or of the entries of an array, is found by the way to it."""
    nested = CONTRACT.replace(
        "{name: a.b, logicalType: string}",
        "{name: buyer, logicalType: object, properties: [{name: since, logicalType: date}]}\n"
        "      - {name: lines, logicalType: array, items: {logicalType: object, "
        "properties: [{name: at, physicalName: ts, logicalType: date}]}}",
    )
    text = level(element="'orders.buyer.since, lines.ts'").replace(CONTRACT, nested)
    (found,), errors, _ = told(text, tmp_path)
    assert ([], [Element("orders", "buyer.since"), Element("orders", "lines.at")]) == (
        errors,
        list(found.elements),
    )


def test_elements_are_not_missed_where_the_schema_is_broken(tmp_path):
    """A column that was left out for an error of its own isn't reported a second time by a service level."""
    broken = level(element="orders.ordered_at").replace("logicalType: timestamp", "logicalType: tmestamp")
    assert ["logicalType"] == [error.split("`")[1] for error in told(broken, tmp_path)[1]]


def test_the_default_element_is_that_of_levels_without_one(tmp_path):
    """v3.0's `slaDefaultElement` stands for an `element` that isn't there, and yields to one that is."""
    text = (
        level() + "  - {property: latency, value: 1, unit: h, element: id}\nslaDefaultElement: ordered_at\n"
    )
    found, errors, _ = told(text.replace("v3.1.0", "v3.0.2"), tmp_path)
    assert ([], ["orders.ordered_at", "orders.id"]) == (errors, [str(*each.elements) for each in found])
    _, errors, _ = told(text.replace("Element: ordered_at", "Element: orders.orderd_at"), tmp_path)
    assert [
        "18:20: the contract has no column `orders.orderd_at`. Did you mean `orders.ordered_at`?"
    ] == errors


def test_ids_are_unique(tmp_path):
    """A level without an id is called by its indicator, the next of the kind has a number behind."""
    one = "  - {property: ly, value: 1, unit: h}\n"
    named = "  - {id: latency, property: latency, value: 1, unit: h}\n"
    text = CONTRACT + "slaProperties:\n" + one + named + one
    found, errors, _ = told(text, tmp_path)
    assert ([], ["latency.2", "latency", "latency.3"]) == (errors, [each.id for each in found])
    assert ["15:10: the service level `latency` is there already, in line 14. Give it another id."] == told(
        CONTRACT + "slaProperties:\n" + named + named, tmp_path
    )[1]


def test_the_rest_is_carried(tmp_path):
    """Driver, description, and another scheduler's schedule come as they are written, with the place."""
    (found,), errors, warnings = told(
        level(driver="business", description="Why", scheduler="quartz", schedule="'0 0 12 * * ?'"), tmp_path
    )
    assert ([], []) == (errors, warnings)
    assert ("business", "Why", "quartz", "0 0 12 * * ?") == (
        found.driver,
        found.description,
        found.scheduler,
        found.schedule,
    )
    assert found.place.endswith("orders.odcs.yaml:14:5")


def read(value: str, kind: Kind, *, unit: str):
    """Return what a value is read as, and what is wrong with it."""
    findings = Findings()
    text = f"property: x\nvalue: {value}\nunit: {unit}\n"
    keys, _ = fit(Level, Assembly("f").of(text), findings=findings)
    return quantity(keys, "value", kind, findings), findings.errors


@given(number=st.decimals(0, 10**9, places=5), unit=st.sampled_from(sorted(TIME_UNITS)))
def test_no_digit_is_lost(number, unit):
    """Whatever a file says in whichever unit is the exact number of it, quoted or not."""
    expected = Duration(Fraction(number), TIME_UNITS[unit])
    for written in (f"{number:f}", f"'{number:f}'"):
        assert (expected, []) == read(written, Kind.DURATION, unit=unit)


@given(st.text(alphabet="0123456789.,:+-eTZ%hxM ", min_size=1, max_size=12), st.sampled_from(Kind))
def test_any_text_is_read_or_named(text, kind):
    """No text raises anything: it is a quantity, or one of the errors says what it should be."""
    unit = {Kind.RATIO: "percent", Kind.RATE: "rows/s"}.get(kind, "h")
    found, errors = read(f"'{text}'", kind, unit=unit)
    assert (found is None or kind in {Kind.INSTANT, Kind.TIME_OF_DAY}) == bool(errors)


def test_synonyms_are_known_by_their_indicator(tmp_path):
    """A synonym keeps the file's word, and leads to the standard's name."""
    (found,), *_ = told(level(property="GA", value="2022-05-12", unit=""), tmp_path)
    assert ("GA", Indicator.GENERAL_AVAILABILITY, "generalAvailability") == (
        found.name,
        found.indicator,
        found.id,
    )
