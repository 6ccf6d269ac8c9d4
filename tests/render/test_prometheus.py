from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.metrics import tagged
from airflow_dataops.core.slo.budget import count
from airflow_dataops.core.slo.burnrate import burns, within
from airflow_dataops.core.slo.ledger import Entry
from airflow_dataops.core.slo.objective import Budgeting, BurnAlert, Objective, Urgency
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.usual_alerts import usual_alerts
from airflow_dataops.core.slo.window import Calendar, Rolling
from airflow_dataops.core.slo.windows import last
from airflow_dataops.render.metrics.prometheus import Metered, alerts_for, rule_file
from airflow_dataops.render.metrics.promql import duration, number, quoted

if TYPE_CHECKING:
    from airflow_dataops.core.slo.standing import Burn

START = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the time of promtool's tests begins."""

DAY = Fraction(86_400)
GOLDEN = Path(__file__).with_name("prometheus.yml")


def days(number: int) -> Rolling:
    """A window of so many days."""
    return Rolling(Duration(Fraction(number), TimeUnit.DAY))


DAILY = Objective(
    name="fresh",
    sli=Sli.FRESHNESS,
    target=Fraction("0.95"),
    runbook="https://example.com/fresh",
    description="Orders of a day are there by six in the morning",
)
MINUTES = replace(
    DAILY, name="live", target=Fraction("0.99"), method=Budgeting.TIMESLICES, slice=Fraction(60)
)


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own reader of rules, of Debian's package `prometheus`: `make promtool` brings it."""
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    found = shutil.which("promtool", path=places)
    if found is None:
        reason = "there is no promtool: say make promtool, or install Prometheus"
        if os.environ.get("DATAOPS_REQUIRE_PROMTOOL") == "1":
            pytest.fail(f"{reason}; DATAOPS_REQUIRE_PROMTOOL=1 asks for it")
        pytest.skip(reason)
    return found


def told(promtool: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What promtool says."""
    return subprocess.run([promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def checked(
    promtool: str,
    folder: Path,
    metered: Metered,
    *,
    steps: list[tuple[int, int]],
    length: int,
    every: str,
    tests: list[dict[str, object]],
    without: str = "nothing",
) -> None:
    """Let promtool evaluate an objective's rules over steps of some seconds, and look at what comes of it."""
    series = [each for each in counters(steps, metered.objective.name) if without not in each["series"]]
    test = {"interval": f"{length}s", "input_series": series, "promql_expr_test": tests}
    written = {"rule_files": ["rules.yml"], "evaluation_interval": every, "tests": [test]}
    (folder / "rules.yml").write_text(rule_file([metered]), "utf-8")
    (folder / "test.yml").write_text(json.dumps(written), "utf-8")
    result = told(promtool, folder, "test", "rules", "test.yml")
    assert result.returncode == 0, result.stdout + result.stderr


def counters(steps: list[tuple[int, int]], name: str) -> list[dict[str, str]]:
    """The two counters after each step, which says how many events there were, and how many good ones."""
    labels = f'{{team="shop", product="orders", slo="{name}"}}'
    grown = ([0, *itertools.accumulate(step[each] for step in steps)] for each in (0, 1))
    names = ("dataops_slo_events_total", "dataops_slo_good_total")
    return [
        {"series": f"{each}{labels}", "values": " ".join(map(str, values))}
        for each, values in zip(names, grown, strict=True)
    ]


def ledger(steps: list[tuple[int, int]], length: int) -> list[Entry]:
    """The same as entries; a step has some seconds."""
    return [
        Entry(
            partition=str(number),
            at=START + timedelta(seconds=length * number),
            good=Fraction(good),
            total=Fraction(total),
        )
        for number, (total, good) in enumerate(steps, start=1)
        if total
    ]


def expected(
    entries: list[Entry], metered: Metered, alerts: tuple[BurnAlert, ...], at: datetime
) -> tuple[Burn, ...]:
    """How fast the budget burns by our own reckoning."""
    period, target = metered.objective.window.length.seconds, metered.objective.target
    inside = within(entries, last(at, period))
    budget = count(inside).total * (1 - target)
    return burns(alerts, inside, target=target, budget=budget, over=period, now=at)


def near(series: str, ours: Fraction, at: datetime) -> dict[str, object]:
    """A test that a recorded series is what we reckon, within 1e-9."""
    return {
        "expr": f"sum(abs({series} - {float(ours)!r}) < bool 1e-9)",
        "eval_time": duration(Fraction((at - START) // timedelta(seconds=1))),
        "exp_samples": [{"labels": "{}", "value": 1}],
    }


def firing(urgency: Urgency, fires: bool, at: datetime) -> dict[str, object]:
    """A test that an alert fires, or doesn't."""
    alert = f'ALERTS{{alertname="DataOpsErrorBudgetBurn", severity="{urgency}", alertstate="firing"}}'
    return {
        "expr": f"count({alert}) or vector(0)",
        "eval_time": duration(Fraction((at - START) // timedelta(seconds=1))),
        "exp_samples": [{"labels": "{}", "value": int(fires)}],
    }


def flaky(steps: int, *, seed: int, outages: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Five events a step, of which some fail now and then, and all through some outages."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    return [
        (
            5,
            0
            if any(start <= step < end for start, end in outages)
            else chance.choices((5, 4, 2), (990, 9, 1))[0],
        )
        for step in range(steps)
    ]


@pytest.mark.parametrize(
    ("length", "step", "until"),
    [
        # Sloth's windows for 30 and 28 days, and the workbook's scaled to a week. Promtool reads no more than
        # ten thousand samples at once, so a step is as long as the shortest window, and has several events.
        (30, 300, [30, 31]),
        (28, 300, [14, 28]),
        (7, 70, [7, 14]),
    ],
)
def test_many_events_burn_in_prometheus_as_they_do_here(length, step, until, promtool, tmp_path) -> None:
    """Each burn rate, what is left, and which alerts fire; of series that are younger than the window too."""
    kept = replace(MINUTES, window=days(length), slice=Fraction(step, 5))
    metered = Metered(team="shop", product="orders", objective=kept)
    alerts, ends = alerts_for(metered), [end * 86_400 // step for end in until]
    hour, middle = 3_600 // step, sum(ends) // 2
    steps = flaky(ends[-1], seed=length, outages=((ends[0] - hour, ends[0]), (middle, middle + 3 * hour)))
    entries, tests = ledger(steps, step), []
    for end in ends:
        at = START + timedelta(seconds=end * step)
        found = expected(entries, metered, alerts, at)
        for each in found:
            tests += [
                near(f"dataops:slo_burn:ratio_{duration(each.alert.long)}", each.long, at),
                near(f"dataops:slo_burn:ratio_{duration(each.alert.short)}", each.short, at),
            ]
        seen = count(within(entries, last(at, length * DAY)))
        tests.append(
            near("dataops:slo_budget:remaining", 1 - seen.bad / (seen.total * (1 - kept.target)), at)
        )
        tests += [
            firing(urgency, any(each.firing for each in found if each.alert.urgency is urgency), at)
            for urgency in Urgency
        ]

    assert {test["exp_samples"][0]["value"] for test in tests if "ALERTS" in test["expr"]} == {0, 1}
    checked(
        promtool,
        tmp_path,
        metered,
        steps=steps,
        length=step,
        every="1d",
        tests=tests,
    )


def test_few_events_burn_in_prometheus_as_they_do_here(promtool, tmp_path) -> None:
    """A product of each day over eight weeks, looked at ten times a day: what burns, and what fires."""
    metered = Metered(team="shop", product="orders", objective=DAILY, spacing=DAY)
    missed = {20, 29, 30, 31, 40, 44, 45, 47}
    steps = [(0, 0) if each % 30 else (1, int(each // 30 not in missed)) for each in range(1, 30 * 56 + 1)]
    length = 86_400 // 30
    entries, alerts, tests = ledger(steps, length), usual_alerts(DAILY, DAY), []
    # Here the last event stands in for a short window; there it is long enough to hold it.
    longer = tuple(replace(alert, short=DAY) for alert in alerts)
    for step in range(19 * 30, 30 * 56 + 1, 3):
        at = START + timedelta(seconds=step * length)
        for each in expected(entries, metered, longer, at):
            tests += [
                near(f"dataops:slo_burn:weighted_{duration(each.alert.long)}", each.long, at),
                near("dataops:slo_burn:weighted_1d", each.short, at),
            ]
        for each in expected(entries, metered, alerts, at):
            tests.append(firing(each.alert.urgency, each.firing, at))

    assert {0, 1} == {test["exp_samples"][0]["value"] for test in tests if '"page"' in test["expr"]}
    checked(promtool, tmp_path, metered, steps=steps, length=length, every=f"{3 * length}s", tests=tests)


def test_events_are_bad_where_no_good_one_was_ever_counted(promtool, tmp_path) -> None:
    """A counter has no series before its first event."""
    metered = Metered(team="shop", product="orders", objective=DAILY, spacing=DAY)
    at = START + timedelta(days=32)
    tests = [near("dataops:slo_budget:remaining", Fraction(-19), at), firing(Urgency.PAGE, fires=True, at=at)]

    checked(
        promtool,
        tmp_path,
        metered,
        steps=[(0, 0)] * 30 + [(1, 0)] * 2,
        length=86_400,
        every="1d",
        tests=tests,
        without="good",
    )


def several() -> list[Metered]:
    """One objective of each kind that is rendered in its own way."""
    calendar = Calendar(Duration(Fraction(1), TimeUnit.MONTH), datetime(2026, 1, 1), "Europe/Berlin")  # noqa: DTZ001
    own = BurnAlert(urgency=Urgency.TICKET, factor=Fraction(2), long=2 * DAY, short=Fraction(0))
    rows = replace(DAILY, name="right", sli=Sli.CORRECTNESS, target=Fraction("0.995"), runbook="runbook.md")
    objectives = (
        (DAILY, DAY),
        (replace(MINUTES, window=days(30)), None),
        (replace(MINUTES, name="week", window=days(7), slice=Fraction(20)), None),
        (rows, DAY),
        (replace(DAILY, name="month", window=calendar, alerts=(own,), description=""), DAY),
        (replace(DAILY, name="half", target=Fraction("0.5")), None),
        (replace(DAILY, name="none", target=Fraction(0)), DAY),
    )
    return [
        Metered(team="shop", product="orders", objective=objective, spacing=spacing)
        for objective, spacing in objectives
    ]


def test_the_rules_are_those_that_were_looked_at() -> None:
    """Change the file when they are meant to change."""
    assert GOLDEN.read_text("utf-8") == rule_file(several())


@pytest.mark.parametrize(
    "metered",
    [
        several(),
        [],
        [
            Metered(
                team='te"a{{m}}: \n#',
                product="pro\\duct\u2028\x7f😀",
                objective=replace(DAILY, name="{{ .Value }}", description="{{ . }} \ufffe\x00 'é'\n- x: |"),
            )
        ],
    ],
    ids=["several", "none", "hostile"],
)
def test_prometheus_reads_the_rules(metered, promtool, tmp_path) -> None:
    """Whatever names there are: no text becomes a key, a matcher, or a template."""
    (tmp_path / "rules.yml").write_text(rule_file(metered), "utf-8")

    found = told(promtool, tmp_path, "check", "rules", "rules.yml")

    assert found.returncode == 0, found.stdout + found.stderr
    read = yaml.safe_load(rule_file(metered))
    assert len(metered) == len(read["groups"])
    for group, each in zip(read["groups"], metered, strict=True):
        assert group["name"] == f"dataops/{each.team}/{each.product}/{each.objective.name}"
        record = group["rules"][0]["labels"]
        ids = (each.team, each.product, each.objective.name)
        assert tuple(map(tagged, ids)) == tuple(record.values())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (60, "1m"),
        (280, "4m40s"),
        (86_400, "1d"),
        ("120960.5", "1d9h36m500ms"),
        (Fraction(1, 3), "333ms"),
        (0, "1ms"),
    ],
)
def test_durations_are_written_as_prometheus_reads_them(seconds, text) -> None:
    """From days to milliseconds; a window has one at least."""
    assert text == duration(Fraction(seconds))


def test_numbers_are_the_nearest_floats() -> None:
    """Whole ones without a point."""
    assert ("4", "14.4", "0.05") == (
        number(Fraction(4)),
        number(Fraction("14.4")),
        number(1 - Fraction("0.95")),
    )
    assert quoted('a"\x00\x85') == '"a\\"\\u0000\\u0085"'
