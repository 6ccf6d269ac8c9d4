from __future__ import annotations

import json
from datetime import datetime, time
from fractions import Fraction

import pytest

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Gap, Late, Source, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.window import Calendar, Rolling
from airflow_dataops.documents.openslo.objectives import read_openslo
from airflow_dataops.errors import DocumentError

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: fresh}
spec:
  service: orders
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: Airflow, spec: {sli: freshness, threshold: 2h}}}
        total: {metricSource: {type: Airflow, spec: {expected: partitions}}}
  objectives: [{target: 0.95}]
"""
POLICY = """\
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  alertWhenBreaching: true
  conditions: [{conditionRef: burn}]
  notificationTargets: [{targetRef: oncall}]
"""
CONDITION = """\
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burn}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h}
"""
TARGET = """\
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: oncall}
spec: {target: slack}
"""


def told(folder, **files: str):
    """Return what is promised, the errors and the warnings of files, without their folder."""
    paths = []
    for name, text in files.items():
        paths.append(folder / f"{name}.openslo.yaml")
        paths[-1].write_text(text)
    try:
        promised, warnings = read_openslo(paths)
    except DocumentError as error:
        return (), [str(problem).replace(f"{folder}/", "") for problem in error.problems], []
    return promised, [], [str(problem).replace(f"{folder}/", "") for problem in warnings]


def changed(*pairs: tuple[str, str]) -> str:
    """Return the SLO with some of its text replaced."""
    text = SLO
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def of(folder, text):
    """Return the only objective of a file that is right."""
    promised, errors, warnings = told(folder, a=text)
    assert ([], []) == (errors, warnings)
    (one,) = promised
    return one.objective


def test_an_slo_is_an_objective(tmp_path):
    """It is called as its document; the service is the product, or the DAG."""
    promised, errors, warnings = told(tmp_path, a=SLO)
    assert ([], []) == (errors, warnings)
    (one,) = promised
    assert ("orders", None) == (one.subject, one.watched)
    found = one.objective
    assert ("fresh", Sli.FRESHNESS, Fraction(19, 20)) == (found.name, found.sli, found.target)
    assert Rolling(Duration(Fraction(28), TimeUnit.DAY)) == found.window
    assert (Budgeting.OCCURRENCES, None, None) == (found.method, found.slice, found.slice_target)
    assert (Fraction(7200), None, Gap.BAD, Late.BAD) == (found.threshold, found.by, found.gap, found.late)
    assert (Source.OPENSLO, ()) == (found.source, found.alerts)
    assert found.place.endswith("a.openslo.yaml:13:16")


SUBJECTS = {
    "product": ("product: sales", "sales", False),
    "asset": ("asset: sales", "sales", False),
    "asset by partition": ("asset: sales/partitions", "sales", False),
    "dag": ("dag: nightly_load", "nightly_load", True),
}


@pytest.mark.parametrize(("key", "subject", "watched"), SUBJECTS.values(), ids=SUBJECTS)
def test_a_source_says_of_what_it_is(tmp_path, key, subject, watched):
    """A product, by its name or by its asset, or a DAG that is none."""
    text = changed(("{sli: freshness", f"{{{key}, sli: freshness"), ("{expected", f"{{{key}, expected"))
    promised, errors, _ = told(tmp_path, a=text)
    assert ([], [(subject, watched)]) == (errors, [(one.subject, one.watched) for one in promised])


CALENDAR = "{duration: 1M, calendar: {startTime: 2026-01-01 06:00:00, timeZone: Europe/Paris}}"
BEGINS = datetime(2026, 1, 1, 6)  # noqa: DTZ001 - its zone is beside it
FORMS = {
    "percent": ([("target: 0.95", "targetPercent: 99.9")], {"target": Fraction(999, 1000)}),
    "calendar": (
        [("{duration: 28d, isRolling: true}", CALENDAR)],
        {"window": Calendar(Duration(Fraction(1), TimeUnit.MONTH), BEGINS, "Europe/Paris")},
    ),
    "by the clock": ([("threshold: 2h", 'by: "07:00"')], {"threshold": None, "by": time(7)}),
    "repaired": ([("threshold: 2h", "threshold: 2h, late: repaired")], {"late": Late.REPAIRED}),
    "excluded": ([("threshold: 2h", "threshold: 2h, gap: excluded")], {"gap": Gap.EXCLUDED}),
    "dataset": ([("threshold: 2h", "threshold: 2h, dataset: lines")], {"dataset": "lines"}),
    "bad of total": ([("good:", "bad:")], {"sli": Sli.FRESHNESS, "target": Fraction(19, 20)}),
    "correctness": (
        [("freshness, threshold: 2h", "correctness"), ("partitions", "rows")],
        {"sli": Sli.CORRECTNESS, "gap": Gap.EXCLUDED, "threshold": None},
    ),
    "first attempt": ([("freshness, threshold: 2h", "first_attempt")], {"sli": Sli.FIRST_ATTEMPT}),
    "slices of time": (
        [
            ("Occurrences", "Timeslices"),
            ("target: 0.95", "target: 0.95, timeSliceTarget: 1, timeSliceWindow: 5m"),
        ],
        {"method": Budgeting.TIMESLICES, "slice": Fraction(300), "slice_target": Fraction(1)},
    ),
    "slices in minutes": (
        [("Occurrences", "RatioTimeslices"), ("target: 0.95", "target: 0.95, timeSliceWindow: 5")],
        {"method": Budgeting.RATIO_TIMESLICES, "slice": Fraction(300)},
    ),
    "slices that are deliveries": (
        [
            ("Occurrences", "Timeslices"),
            ("target: 0.95", "target: 0.95, timeSliceTarget: 0.99, timeSliceWindow: 1d"),
            ("freshness, threshold: 2h", "completeness, slice: expected"),
            ("partitions", "rows"),
        ],
        {"method": Budgeting.TIMESLICES, "slice": None, "slice_target": Fraction(99, 100)},
    ),
    "annotations": (
        [
            (
                "{name: fresh}",
                (
                    "{name: fresh, annotations: {airflow-dataops/name: fresh_2h,"
                    " airflow-dataops/runbook: late.md, a: b}}"
                ),
            )
        ],
        {"name": "fresh_2h", "runbook": "late.md"},
    ),
    "description": ([("service:", "description: In time.\n  service:")], {"description": "In time."}),
}


@pytest.mark.parametrize(("pairs", "expected"), FORMS.values(), ids=FORMS)
def test_what_can_be_said(tmp_path, pairs, expected):
    """Each form comes to what it means."""
    found = of(tmp_path, changed(*pairs))
    assert expected == {name: getattr(found, name) for name in expected}


def test_a_threshold_metric_has_its_value_in_the_objective(tmp_path):
    """In seconds."""
    text = SLO[: SLO.index("      ratioMetric")] + (
        "      thresholdMetric: {metricSource: {type: Airflow, spec: {sli: latency}}}\n"
        "  objectives: [{target: 0.5, op: lte, value: 900}]\n"
    )
    found = of(tmp_path, text)
    assert (Sli.LATENCY, Fraction(900), Gap.EXCLUDED) == (found.sli, found.threshold, found.gap)


def test_several_objectives_of_an_slo(tmp_path):
    """They are called as it is, the second one with a 2."""
    promised, errors, _ = told(tmp_path, a=changed(("[{target: 0.95}]", "[{target: 0.95}, {target: 0.99}]")))
    assert ([], ["fresh", "fresh.2"]) == (errors, [one.objective.name for one in promised])


def test_references_lead_through_the_files_of_a_folder(tmp_path):
    """An indicator, a data source, a policy, its condition and its target may stand elsewhere."""
    referring = SLO[: SLO.index("  indicator:")] + (
        "  indicatorRef: lag\n  objectives: [{target: 0.95}]\n  alertPolicies: [{alertPolicyRef: fast}]\n"
    )
    indicator = (
        "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: lag}\nspec:\n  ratioMetric:\n"
        "    good: {metricSource: {metricSourceRef: here, spec: {sli: freshness, threshold: 2h}}}\n"
        "    total: {metricSource: {metricSourceRef: here, spec: {expected: partitions}}}\n"
        "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: here}\nspec: {type: Airflow}\n"
        "---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: orders}\nspec: {description: Orders}\n"
    )
    promised, errors, warnings = told(tmp_path, a=referring, b=indicator, c=POLICY[4:] + CONDITION + TARGET)
    assert ([], []) == (errors, warnings)
    (one,) = promised
    assert one.objective.alerts == (
        BurnAlert(
            urgency=Urgency.PAGE,
            factor=Fraction(72, 5),
            long=Fraction(3600),
            short=Fraction(300),
            inclusive=True,
        ),
    )


def test_policies_and_conditions_may_stand_inside(tmp_path):
    """Of each other, and of the SLO."""
    text = SLO + (
        "  alertPolicies:\n"
        "    - kind: AlertPolicy\n"
        "      metadata: {name: slow}\n"
        "      spec:\n"
        "        conditions:\n"
        "          - kind: AlertCondition\n"
        "            metadata: {name: slow}\n"
        "            spec:\n"
        "              severity: ticket\n"
        "              condition: {op: gt, threshold: 2, lookbackWindow: 2d, alertAfter: 0m}\n"
        "        notificationTargets:\n"
        "          - {kind: AlertNotificationTarget, metadata: {name: us}, spec: {target: slack}}\n"
    )
    (alert,) = of(tmp_path, text).alerts
    assert (Urgency.TICKET, Fraction(2), Fraction(2 * 86400)) == (alert.urgency, alert.factor, alert.long)
    assert not alert.inclusive


def test_examples_of_the_standard_are_read(shared, tmp_path):
    """Each of them, though nothing here evaluates what they measure."""
    examples = sorted((shared / "vectors" / "openslo" / "spec_examples").rglob("*.yaml"))
    assert len(examples) == 4
    for example in examples:
        promised, errors, warnings = told(tmp_path, a=example.read_text())
        assert ((), []) == (promised, errors), example
        assert any("is measured by `Any`: nothing evaluates it here" in line for line in warnings)


def test_a_ratio_is_good_or_what_is_not_bad(shared):
    """Both say the same (OpenSLO, `ratioMetric`), so that either may be written."""
    for case in json.loads((shared / "vectors" / "slo" / "openslo.json").read_text())["ratio_cases"]:
        good = case.get("good", case["total"] - case.get("bad", 0))
        assert Fraction(good, case["total"]) == Fraction(str(case["value"]))


def test_what_others_measure_is_carried(tmp_path):
    """It is said that nothing here evaluates it."""
    promised, errors, warnings = told(tmp_path, a=SLO.replace("Airflow", "Prometheus"))
    assert ((), []) == (promised, errors)
    assert ["a.openslo.yaml:1:1: `fresh` is measured by `Prometheus`: nothing evaluates it here"] == warnings


def test_composed_slos_are_carried(tmp_path):
    """One whose objectives have indicators of their own is evaluated by nothing yet."""
    indicator = SLO[SLO.index("    spec:\n      ratio") : SLO.index("  objectives")]
    inside = "".join(f"  {line}\n" for line in indicator.splitlines())
    text = SLO[: SLO.index("  indicator:")] + (
        f"  objectives:\n  - target: 0.9\n    compositeWeight: 2\n    indicator:\n{inside}"
    )
    promised, errors, warnings = told(tmp_path, a=text)
    assert ((), []) == (promised, errors)
    assert [
        (
            "a.openslo.yaml:1:1: `fresh` is composed of several indicators: nothing evaluates it yet."
            " Write an SLO for each of them."
        )
    ] == warnings


ALL = "100 % leaves no budget: the first bad event would break it for good"
WRONG = {
    "all": (
        [("0.95", "1.0")],
        [f"13:25: `target` must be below 1: {ALL}. Promise what can be kept, such as 99.5 %."],
    ),
    "both targets": (
        [("target: 0.95", "target: 0.95, targetPercent: 95")],
        ["13:31: `target` and `targetPercent` exclude each other. Keep one of them."],
    ),
    "no target": (
        [("target: 0.95", "displayName: x")],
        ["13:16: `target` is missing. Write it, or `targetPercent`."],
    ),
    "unknown keys, all at once": (
        [("service:", "sevice: x\n  service:"), ("isRolling", "isRoling"), ("{sli:", "{slo: x, sli:")],
        [
            "5:3: the key `sevice` is not known here. Did you mean `service`?",
            "8:32: the key `isRoling` is not known here. Did you mean `isRolling`?",
            "12:53: the key `slo` is not known here. Did you mean `sli`?",
        ],
    ),
    "no kind": (
        [("kind: SLO\n", "")],
        ["1:1: `kind` is missing. Such as `kind: SLO`, and `apiVersion: openslo/v1`."],
    ),
    "another kind": (
        [("kind: SLO", "kind: SLOs")],
        ['2:7: `kind` must be one of OpenSLO\'s, it is the text "SLOs". Did you mean `SLO`?'],
    ),
    "another version": (
        [("openslo/v1", "openslo/v2alpha")],
        [
            (
                '1:13: `apiVersion` must be `openslo/v1`, it is the text "openslo/v2alpha".'
                " Did you mean `openslo/v1`?"
            )
        ],
    ),
    "capitals": (
        [("{name: fresh}", "{name: Fresh_2h}")],
        [
            (
                "3:18: `name` must be made of at most 63 small letters, digits and `-`, the last not at its"
                ' ends, it is the text "Fresh_2h"'
            )
        ],
    ),
    "a method in another case": (
        [("Occurrences", "occurrences")],
        [
            (
                "6:20: `budgetingMethod` must be `Occurrences`, `Timeslices` or `RatioTimeslices`,"
                ' it is the text "occurrences". Did you mean `Occurrences`?'
            )
        ],
    ),
    "no window": (
        [("[{duration: 28d, isRolling: true}]", "[]")],
        ["7:3: an SLO has one `timeWindow`, this one has 0. Such as [{duration: 28d, isRolling: true}]."],
    ),
    "two windows": (
        [("true}]", "true}, {duration: 7d}]")],
        ["7:3: an SLO has one `timeWindow`, this one has 2. Such as [{duration: 28d, isRolling: true}]."],
    ),
    "a rolling calendar": (
        [("{duration: 28d, isRolling: true}", CALENDAR.replace("1M", "1M, isRolling: true"))],
        ["7:48: a rolling window has no `calendar`"],
    ),
    "neither rolling nor a calendar": (
        [("true", "false")],
        [
            (
                "7:32: a window that isn't rolling needs a `calendar`."
                " Such as {startTime: 2026-01-01 00:00:00, timeZone: Europe/Paris}."
            )
        ],
    ),
    "slices without a share": (
        [("Occurrences", "Timeslices")],
        [
            "13:16: `timeSliceTarget` is missing: Timeslices need it",
            "13:16: `timeSliceWindow` is missing: Timeslices need it",
        ],
    ),
    "slices of occurrences": (
        [("0.95", "0.95, timeSliceWindow: 5m")],
        [
            "13:31: `timeSliceWindow` has no meaning with Occurrences",
        ],
    ),
    "an operator of a ratio": (
        [("0.95", "0.95, op: lte, value: 5")],
        [
            "13:31: `op` has no meaning with a `ratioMetric`. Leave it out.",
            "13:40: `value` has no meaning with a `ratioMetric`. Leave it out.",
        ],
    ),
    "no threshold": (
        [(", threshold: 2h", "")],
        ["11:58: freshness needs a `threshold`: how late is good still. Such as 2h."],
    ),
    "a threshold of a share": (
        [("sli: freshness", "sli: success")],
        ["11:78: `threshold` has no meaning with success: it measures no time"],
    ),
    "two limits": (
        [("threshold: 2h", 'threshold: 2h, by: "07:00"')],
        ["11:88: `threshold` and `by` exclude each other"],
    ),
    "latency by the clock": (
        [("sli: freshness, threshold: 2h", 'sli: latency, by: "07:00"')],
        ["11:71: `by` has a meaning with freshness alone"],
    ),
    "another indicator": (
        [("sli: freshness", "sli: fresness")],
        [
            (
                "11:58: `sli` must be `freshness`, `completeness`, `correctness`, `success`, `first_attempt`"
                ' or `latency`, it is the text "fresness". Did you mean `freshness`?'
            )
        ],
    ),
    "rows of freshness": (
        [("partitions", "rows")],
        ["12:64: freshness is a share of partitions. Write `expected: partitions`."],
    ),
    "a total of something else": (
        [("{expected", "{product: sales, expected")],
        ["12:63: `total` is of something else than `good`. Write the same in both."],
    ),
    "a source in another case": (
        [("type: Airflow, spec: {sli", "type: airflow, spec: {sli")],
        ["11:37: `type` must be `Airflow`. Did you mean `Airflow`?"],
    ),
    "half of it elsewhere": (
        [("type: Airflow, spec: {expected", "type: Datadog, spec: {expected")],
        ["10:7: one part of the indicator is measured here, another one by `Datadog`"],
    ),
    "an annotation of ours that there isn't": (
        [("{name: fresh}", "{name: fresh, annotations: {airflow-dataops/nme: x}}")],
        ["3:39: there is no annotation `airflow-dataops/nme`. Did you mean `airflow-dataops/name`?"],
    ),
    "no such policy": (
        [("[{target: 0.95}]", "[{target: 0.95}]\n  alertPolicies: [{alertPolicyRef: fast}]")],
        [
            (
                "14:36: there is no AlertPolicy `fast` here."
                " Write it into a file of this folder, with `kind: AlertPolicy`."
            )
        ],
    ),
    "an empty document": ([(SLO, "---\n---\n")], ["1:1: the file is empty"]),
    "a list": ([(SLO, "- a\n")], ["1:1: a document must be a mapping of keys, it is a list"]),
    "a number that is none": (
        [("0.95", ".nan")],
        ['13:25: `target` must be a number, it is the text ".nan"'],
    ),
    "a number that is too large": (
        [("0.95", "1e400")],
        ["13:25: `target` has more digits than can be computed with: 1e400"],
    ),
    "below nothing": (
        [("0.95", "-0.1")],
        ["13:25: `target` must be at least 0 and below 1, it is the number -0.1"],
    ),
    "a percent sign": (
        [("0.95", "95%")],
        [
            (
                '13:25: `target` must be a number, it is the text "95%".'
                " Write `targetPercent: 99.5`, without the sign."
            )
        ],
    ),
    "names that command a terminal": (
        [
            (
                "metadata: {name: fresh",
                'metadata: {annotations: {airflow-dataops/name: "a\\e[31mb"}, name: fresh',
            ),
        ],
        [r"3:48: the name `a\x1b[31mb` holds control characters. Leave them out."],
    ),
    "a service that commands a terminal": (
        [("service: orders", 'service: "a\\e[31mb"')],
        [r'5:12: `service` must hold no control characters, it is the text "a\x1b[31mb"'],
    ),
    "a DAG that commands a terminal": (
        [("{sli: freshness", '{dag: "a\\e[31mb", sli: freshness')],
        [r'11:58: `dag` must hold no control characters, it is the text "a\x1b[31mb"'],
    ),
    "a long description": (
        [("service:", f"description: {'x' * 1051}\n  service:")],
        ["5:16: `description` has 1051 characters, 1050 are allowed"],
    ),
}


@pytest.mark.parametrize(("pairs", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_once(tmp_path, pairs, expected):
    """Each thing that is wrong is a line with its place."""
    promised, errors, _ = told(tmp_path, a=changed(*pairs))
    assert () == promised
    assert sorted(expected) == sorted(error.removeprefix("a.openslo.yaml:") for error in errors)


ALERTS = {
    "no such condition": (
        (TARGET,),
        (
            "there is no AlertCondition `burn` here."
            " Write it into a file of this folder, with `kind: AlertCondition`."
        ),
    ),
    "nearly such a target": (
        (CONDITION, TARGET.replace("oncall", "on-call")),
        "there is no AlertNotificationTarget `oncall` here. Did you mean `on-call`?",
    ),
    "an alert while all is well": (
        (CONDITION.replace("gte", "lte"), TARGET),
        "`op: lte` would alert for as long as the budget does not burn. Write `op: gte`.",
    ),
    "another severity": (
        (CONDITION.replace("page", "sev1"), TARGET),
        (
            "`severity` must be `page` or `ticket` to be evaluated here, it is `sev1`."
            " A page wakes somebody up, a ticket waits for the day."
        ),
    ),
    "no window": (
        (CONDITION.replace("1h", "0m"), TARGET),
        (
            '`lookbackWindow` must be above 0 and at most 10 years, it is the text "0m".'
            " Such as 5m, 2h, 1d, 4w, 1M: `m` is a minute, `M` a month."
        ),
    ),
    "no factor": (
        (CONDITION.replace("14.4", "0"), TARGET),
        "`threshold` must be above 0. Such as 5.",
    ),
}


@pytest.mark.parametrize(("documents", "expected"), ALERTS.values(), ids=ALERTS)
def test_what_is_wrong_with_alerts(tmp_path, documents, expected):
    """The same of policies and what they name."""
    text = SLO + "  alertPolicies: [{alertPolicyRef: fast}]\n" + POLICY + "".join(documents)
    _, errors, _ = told(tmp_path, a=text)
    assert [expected] == [error.split(": ", 1)[1] for error in errors]


def test_alerts_that_are_less_than_they_say(tmp_path):
    """One that waits, and one that never alerts, are warnings."""
    silent = POLICY.replace("true", "false").replace("name: fast", "name: never")
    waiting = CONDITION.replace("1h}", "1h, alertAfter: 5m}")
    text = SLO + "  alertPolicies: [{alertPolicyRef: fast}, {alertPolicyRef: never}]\n"
    promised, errors, warnings = told(tmp_path, a=text + POLICY + silent + waiting + TARGET)
    assert ([], 1) == (errors, len(promised[0].objective.alerts))
    assert [
        "28:23: this policy never alerts: `alertWhenBreaching` is false",
        "37:89: `alertAfter` is not waited for: an alert is over when its short window is. Leave it out.",
    ] == [line.removeprefix("a.openslo.yaml:") for line in warnings]


def test_a_document_is_there_once(tmp_path):
    """By its kind and name, in all files of the folder."""
    _, errors, _ = told(tmp_path, a=SLO, b=SLO)
    assert [
        "b.openslo.yaml:3:18: the SLO `fresh` is there already, at a.openslo.yaml:3:18. Rename one of them."
    ] == errors


def test_an_objective_is_there_once(tmp_path):
    """An annotation may not call it as another one."""
    again = changed(("{name: fresh}", "{name: other, annotations: {airflow-dataops/name: fresh}}"))
    _, errors, _ = told(tmp_path, a=SLO, b=again)
    assert [
        (
            "b.openslo.yaml:13:16: the objective `fresh` of `orders` is there already,"
            " at a.openslo.yaml:13:16. Rename one of them."
        )
    ] == errors


def test_a_file_that_is_no_yaml(tmp_path):
    """It is one line, and the other files are read."""
    _, errors, _ = told(tmp_path, a="a: [", b=changed(("0.95", "2")))
    assert 2 == len(errors)
    assert errors[0].startswith("a.openslo.yaml:")
    assert errors[1].startswith("b.openslo.yaml:13:25: `target` must be at least 0 and below 1")
