from __future__ import annotations

from datetime import UTC, datetime, time
from fractions import Fraction

import pytest

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.objective import Budgeting, Gap, Late, Source
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import USUAL, Calendar, Rolling
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.odcs.objectives import without_target
from airflow_dataops.errors import DocumentError

CONTRACT = """\
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
ALL = "100 % leaves no budget: the first bad event would break it for good"


def level(*customs: str, **keys: str) -> str:
    """Return a contract with one level, in line 10, whose custom properties stand from line 11 on."""
    of = {"property": "freshness", "value": "2", "unit": "h"} | keys
    first = ", ".join(f"{key}: {value}" for key, value in of.items() if value)
    said = "".join(f"      - {{{custom}}}\n" for custom in customs)
    if not customs:
        return f"{CONTRACT}  - {{{first}}}\n"
    lines = "\n    ".join(f"{key}: {value}" for key, value in of.items() if value)
    return f"{CONTRACT}  - {lines}\n    customProperties:\n{said}"


def told(text, folder):
    """Return the objectives, the errors and the warnings of a contract, without the file's name."""
    file = folder / "orders.odcs.yaml"
    file.write_text(text)
    try:
        contract, warnings = read_contract(file)
    except DocumentError as error:
        return (), [str(problem).replace(f"{file}:", "") for problem in error.problems], []
    return contract.objectives, [], [str(problem).replace(f"{file}:", "") for problem in warnings]


def of(text, folder):
    """Return the only objective of a contract that is right."""
    objectives, errors, warnings = told(text, folder)
    assert ([], []) == (errors, warnings)
    (objective,) = objectives
    return objective


def custom(name, value):
    """Return a custom property."""
    return f"property: {name}, value: {value}"


def test_a_level_with_a_target_is_an_objective(tmp_path):
    """It is called as the level, and all that isn't said is as usual."""
    found = of(level(custom("targetPercent", "99.5"), id="fresh"), tmp_path)
    assert ("fresh", Sli.FRESHNESS, Fraction(199, 200)) == (found.name, found.sli, found.target)
    assert (Fraction(7200), None, USUAL) == (found.threshold, found.by, found.window)
    assert (Budgeting.OCCURRENCES, None, None) == (found.method, found.slice, found.slice_target)
    assert (Gap.BAD, Late.BAD, (), Source.ODCS) == (found.gap, found.late, found.alerts, found.source)
    assert found.place.endswith(":10:5")


def test_everything_can_be_said(tmp_path):
    """Each key of an objective comes to what it means."""
    said = {
        "target": "0.95",
        "window": "1M",
        "calendar": "{startTime: 2026-01-01 06:00:00, timeZone: Europe/Paris}",
        "method": "Timeslices",
        "slice": "5m",
        "gap": "excluded",
        "late": "repaired",
        "runbook": "https://shop.example/late",
    }
    found = of(level(*(f"{custom(*one)}, vendor: airflow_dataops" for one in said.items())), tmp_path)
    month = Duration(Fraction(1), TimeUnit.MONTH)
    begins = datetime(2026, 1, 1, 6)  # noqa: DTZ001 - its zone is beside it
    assert Calendar(month, begins, "Europe/Paris") == found.window
    assert (Budgeting.TIMESLICES, Fraction(300), Fraction(1)) == (
        found.method,
        found.slice,
        found.slice_target,
    )
    assert (Gap.EXCLUDED, Late.REPAIRED) == (found.gap, found.late)
    assert found.runbook == "https://shop.example/late"


SLIS = {
    "availability": (
        {"property": "availability", "value": "99.9", "unit": "percent"},
        (),
        (Sli.SUCCESS, Fraction(999, 1000), Budgeting.OCCURRENCES, None, Gap.BAD),
    ),
    "first attempt": (
        {"property": "av", "value": "0.9", "unit": "ratio"},
        (custom("sli", "first_attempt"),),
        (Sli.FIRST_ATTEMPT, Fraction(9, 10), Budgeting.OCCURRENCES, None, Gap.BAD),
    ),
    "error rate": (
        {"property": "errorRate", "value": "0.5", "unit": "percent"},
        (),
        (Sli.CORRECTNESS, Fraction(199, 200), Budgeting.OCCURRENCES, None, Gap.EXCLUDED),
    ),
    "error rate of partitions": (
        {"property": "er", "value": "0.5", "unit": "percent"},
        (custom("target", "0.9"),),
        (Sli.CORRECTNESS, Fraction(9, 10), Budgeting.TIMESLICES, Fraction(199, 200), Gap.EXCLUDED),
    ),
    "completeness": (
        {"property": "completeness", "value": "99", "unit": "percent"},
        (),
        (Sli.COMPLETENESS, Fraction(99, 100), Budgeting.RATIO_TIMESLICES, None, Gap.BAD),
    ),
    "completeness of rows": (
        {"property": "completeness", "value": "99", "unit": "percent"},
        (custom("method", "Occurrences"),),
        (Sli.COMPLETENESS, Fraction(99, 100), Budgeting.OCCURRENCES, None, Gap.BAD),
    ),
    "completeness of partitions": (
        {"property": "completeness", "value": "100", "unit": "percent"},
        (custom("targetPercent", "95"),),
        (Sli.COMPLETENESS, Fraction(95, 100), Budgeting.TIMESLICES, Fraction(1), Gap.BAD),
    ),
    "latency": (
        {"property": "ly", "value": "15", "unit": "min"},
        (custom("target", "0.5"),),
        (Sli.LATENCY, Fraction(1, 2), Budgeting.OCCURRENCES, None, Gap.EXCLUDED),
    ),
}


@pytest.mark.parametrize(("keys", "customs", "expected"), SLIS.values(), ids=SLIS)
def test_what_an_indicator_comes_to(tmp_path, keys, customs, expected):
    """A share is the target itself; beside a target it says which partitions are good."""
    found = of(level(*customs, **keys), tmp_path)
    assert expected == (found.sli, found.target, found.method, found.slice_target, found.gap)


def test_time_of_availability_is_freshness_by_the_clock(tmp_path):
    """It is good that is there by then, in the offset that the contract names."""
    text = level(custom("target", "0.9"), property="timeOfAvailability", value='"07:00Z"', unit="")
    found = of(text, tmp_path)
    assert (Sli.FRESHNESS, None, time(7, tzinfo=UTC)) == (found.sli, found.threshold, found.by)


def test_before_v32_targets_stand_in_the_contract(tmp_path):
    """A level of v3.1 has no custom properties: they stand in those of the contract, by its id."""
    levels = "  - {id: fresh, property: freshness, value: 1, unit: d}\n"
    text = (
        CONTRACT.replace("v3.2.0", "v3.1.0\nstatus: active")
        + levels
        + (
            "customProperties:\n  - property: serviceLevelObjectives\n    value:\n"
            "      fresh: {targetPercent: 97.5, window: 90d}\n"
        )
    )
    found = of(text, tmp_path)
    assert (Fraction(39, 40), Rolling(Duration(Fraction(90), TimeUnit.DAY))) == (found.target, found.window)


def test_the_runbook_is_that_of_the_contract(tmp_path):
    """Where a level names none."""
    text = level(custom("target", "0.9")) + (
        "authoritativeDefinitions: [{type: runbook, url: https://shop.example/orders}]\n"
    )
    assert of(text, tmp_path).runbook == "https://shop.example/orders"


def test_a_dataset_is_named_where_there_are_several(tmp_path):
    """The element of the level says of which one it speaks."""
    text = level(custom("target", "0.9"), element="lines").replace(
        "slaProperties:", "  - {name: lines, properties: [{name: sku, required: true}]}\nslaProperties:"
    )
    objectives, errors, _ = told(text, tmp_path)
    assert ([], ["lines"]) == (errors, [one.dataset for one in objectives])


WRONG = {
    "all": (
        [custom("target", "1")],
        {},
        [f"14:35: `target` must be below 1: {ALL}. Promise what can be kept, such as 99.5 %."],
    ),
    "both": (
        [custom("target", "0.9"), custom("targetPercent", "90")],
        {},
        ["15:42: `target` and `targetPercent` exclude each other. Keep one of them."],
    ),
    "a sign": (
        [custom("targetPercent", "99%")],
        {},
        [
            (
                '14:42: `targetPercent` must be a number, it is the text "99%".'
                " Write `targetPercent: 99.5`, without the sign."
            )
        ],
    ),
    "a day in capitals, and more": (
        [custom("target", "0.9"), custom("window", "28D"), custom("gap", "good"), custom("late", "never")],
        {},
        [
            (
                '15:35: `window` must be a whole number and a unit, it is the text "28D".'
                " Such as 5m, 2h, 1d, 4w, 1M: `m` is a minute, `M` a month."
            ),
            '16:32: `gap` must be `bad` or `excluded`, it is the text "good"',
            '17:33: `late` must be `bad` or `repaired`, it is the text "never"',
        ],
    ),
    "no target": (
        [custom("window", "28d")],
        {},
        ["14:7: `freshness` has no `target`: the rest says nothing. Such as `targetPercent: 95`."],
    ),
    "twice": (
        [custom("target", "0.9"), custom("target", "0.8")],
        {},
        ["15:20: `target` stands here for the second time. Keep one of them."],
    ),
    "a key that is none of ours, by its vendor": (
        [f"{custom('taget', '0.9')}, vendor: airflow_dataops"],
        {},
        [
            "14:7: `freshness` has no `target`: the rest says nothing. Such as `targetPercent: 95`.",
            "14:20: the key `taget` is not known here. Did you mean `target`?",
        ],
    ),
    "slices without a length": (
        [custom("target", "0.9"), custom("method", "Timeslices")],
        {},
        ["15:35: Timeslices of freshness needs a `slice`: how often it is looked at. Such as 5m."],
    ),
    "a slice of an event": (
        [custom("target", "0.9"), custom("slice", "5m")],
        {},
        ["15:34: `slice` has no meaning with Occurrences"],
    ),
    "a slice longer than the window": (
        [
            custom("target", "0.9"),
            custom("method", "Timeslices"),
            custom("slice", "2d"),
            custom("window", "1d"),
        ],
        {},
        ["16:34: `slice` is longer than the window"],
    ),
    "a calendar without a window": (
        [custom("target", "0.9"), custom("calendar", "{startTime: 2026-01-01, timeZone: UTC}")],
        {},
        ["15:37: `calendar` has no `window`: how long its periods are. Such as `window: 1M`."],
    ),
    "a calendar without a zone": (
        [custom("target", "0.9"), custom("window", "1M"), custom("calendar", "{startTime: 2026-01-01}")],
        {},
        ["16:37: `timeZone` is missing"],
    ),
    "a calendar with an offset": (
        [
            custom("target", "0.9"),
            custom("window", "1M"),
            custom("calendar", "{startTime: 2026-01-01T00:00:00+01:00, timeZone: Mars}"),
        ],
        {},
        [
            (
                "16:49: `startTime` must be a date and time without an offset, it is the text"
                ' "2026-01-01T00:00:00+01:00". Such as 2026-01-01 00:00:00; its zone is `timeZone`.'
            ),
            (
                '16:86: `timeZone` must be a time zone, it is the text "Mars".'
                " Such as Europe/Paris; see the IANA database."
            ),
        ],
    ),
    "a target beside a target": (
        [custom("target", "0.9")],
        {"property": "availability", "value": "99", "unit": "percent"},
        ["14:35: the value of `availability` is its target already"],
    ),
    "another indicator": (
        [custom("target", "0.9"), custom("sli", "first_attempt")],
        {},
        ["15:32: `sli` has no meaning with `freshness`. It stands with availability."],
    ),
    "what is judged by nothing": (
        [custom("target", "0.9")],
        {"property": "retention"},
        [
            (
                "14:7: no objective can be made of `retention`. There are: freshness, timeOfAvailability,"
                " latency, availability, errorRate, completeness."
            )
        ],
    ),
    "a range": (
        [custom("target", "0.9")],
        {"property": "latency", "valueExt": "3"},
        ["10:5: `latency` is a range: no target can be held against it. Write one value."],
    ),
    "what any partition keeps": (
        [custom("target", "0.9")],
        {"property": "errorRate", "value": "100", "unit": "percent"},
        ["10:5: `errorRate` promises nothing: every partition would be good"],
    ),
}


@pytest.mark.parametrize(("customs", "keys", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_once(tmp_path, customs, keys, expected):
    """Each thing that is wrong is a line with its place."""
    text = level(*customs, **keys)
    if "unit" not in keys and "valueExt" not in keys:
        assert text.splitlines()[12] == "    customProperties:"
    objectives, errors, _ = told(text, tmp_path)
    assert () == objectives
    assert errors == expected


def test_what_is_nearly_ours_is_a_warning(tmp_path):
    """A custom property without a vendor may be anybody's."""
    text = level(custom("target", "0.9"), custom("taget", "0.9"), custom("colour", "red"))
    objectives, errors, warnings = told(text, tmp_path)
    assert ([], 1) == (errors, len(objectives))
    assert ["15:20: `taget` is carried, and says nothing of a target. Did you mean `target`?"] == warnings


def test_another_vendors_target_is_none_of_ours(tmp_path):
    """Its words may mean something else."""
    assert ((), [], []) == told(level(f"{custom('target', '12')}, vendor: other"), tmp_path)


APART = {
    "unknown level": (
        "{fresch: {target: 0.9}}",
        ["14:13: there is no service level `fresch`. Did you mean `freshness`?"],
    ),
    "no mapping": (
        "[freshness]",
        [
            (
                "14:12: `serviceLevelObjectives` must be a mapping of levels, it is a list."
                " Such as {freshness: {targetPercent: 95}}."
            )
        ],
    ),
    "a bare target": (
        "{freshness: 0.9}",
        ["14:24: `freshness` must be a mapping of keys. Such as {target: 0.95}."],
    ),
    "both": (
        "{freshness: {target: 0.9, targetPercent: 90}}",
        ["14:53: `target` and `targetPercent` exclude each other. Keep one of them."],
    ),
    "empty": ("{freshness: {target: }}", ["14:25: `target` is empty. Write a value, or leave the key out."]),
}


@pytest.mark.parametrize(("value", "expected"), APART.values(), ids=APART)
def test_what_is_wrong_beside_the_levels(tmp_path, value, expected):
    """The same of targets that stand in the contract."""
    text = (
        level() + f"customProperties:\n  - property: serviceLevelObjectives\n    id: x\n    value: {value}\n"
    )
    _, errors, _ = told(text, tmp_path)
    assert expected == errors


def test_a_target_is_said_once(tmp_path):
    """A level that says it itself needs no word of the contract."""
    text = level(custom("target", "0.9")) + (
        "customProperties:\n  - property: serviceLevelObjectives\n    value: {freshness: {target: 0.8}}\n"
    )
    _, errors, _ = told(text, tmp_path)
    assert ["17:24: what `freshness` promises is said in line 14 already. Keep one of them."] == errors


def test_levels_that_make_no_objective_can_be_listed(tmp_path):
    """Those of which one could be made, and those that leave no budget."""
    file = tmp_path / "orders.odcs.yaml"
    file.write_text(
        level()
        + "  - {property: availability, value: 100, unit: percent}\n"
        + "  - {property: errorRate, value: 1, unit: percent}\n"
        + "  - {property: retention, value: 3, unit: y}\n"
    )
    contract, _ = read_contract(file)
    assert [
        "10:5: `freshness` makes no objective: it has no target. Such as `targetPercent: 95`.",
        f"11:5: `availability` makes no objective: {ALL}. Promise what can be kept.",
    ] == [str(problem).replace(f"{file}:", "") for problem in without_target(contract)]


def test_latency_from_a_column_is_counted_from_the_landing(tmp_path):
    """The time in a column is looked at by nothing."""
    text = level(custom("target", "0.9"), property="latency", element="orders.id")
    objectives, errors, warnings = told(text, tmp_path)
    assert ([], 1) == (errors, len(objectives))
    assert [
        (
            "10:5: `latency` is counted from the landing, not from `orders.id`."
            " Leave `element` out, or name the dataset alone."
        )
    ] == warnings
