from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.streak import Streak, streaks, summary
from airflow_dataops.core.checks.verdict import Outcome, Status
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification

STATUS = {
    "f": Status.FAILED,
    "w": Status.WARNING,
    "e": Status.ERROR,
    "s": Status.SKIPPED,
    "p": Status.PASSED,
}
"""A letter for each status; a dot is a rule that isn't in the verdict."""


def run(at: int, *rules: str, stage: Stage = Stage.VERIFY, dataset: str = "orders") -> Verification:
    """A verification of a day, with the status of the rules `r0`, `r1`, …, a letter each."""
    return Verification(
        batch=Batch(team="shop", product="shop", dataset=dataset, partition=str(at)),
        stage=stage,
        run_id="r",
        contract="c@1",
        at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=at),
        rows=1,
        good=1,
        bad=0,
        unparsable=0,
        outcomes=tuple(
            Outcome(
                rule=f"r{number}",
                status=STATUS[letter],
                severity=Severity.ERROR,
                dimension="",
                column="",
                expected="",
                observed="",
                failing=0,
                checked=1,
                quarantines=False,
            )
            for number, letter in enumerate(rules)
            if letter != "."
        ),
    )


def told(history: str, *, whole: bool = True) -> list[str]:
    """What is said of one rule in each of many runs; a dash where nothing is."""
    runs = [run(at, letter) for at, letter in enumerate(history)]
    found = streaks(runs, whole=whole)
    return [str(found[each.batch, each.stage].get("r0", "-")) for each in runs]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("", []),
        ("p", ["-"]),
        ("f", ["new"]),
        ("pf", ["-", "new"]),
        ("ffp", ["new", "failing for 2 runs", "mended after 2 runs"]),
        ("fpf", ["new", "mended after 1 run", "new"]),
        ("fwe", ["new", "failing for 2 runs", "failing for 3 runs"]),
        ("fsf", ["new", "-", "failing for 2 runs"]),
        ("fsp", ["new", "-", "mended after 1 run"]),
        ("sp", ["-", "-"]),
        ("f.f", ["new", "mended after 1 run", "new"]),
        ("fpp", ["new", "mended after 1 run", "-"]),
    ],
)
def test_a_streak_is_as_long_as_the_rule_is_not_kept(history, expected):
    """Failed, warning and error go on; passed and absent end it; skipped says nothing."""
    assert expected == told(history)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("f", ["failing for at least 1 run"]),
        ("ff", ["failing for at least 1 run", "failing for at least 2 runs"]),
        ("fp", ["failing for at least 1 run", "mended after at least 1 run"]),
        ("pf", ["-", "new"]),
        ("fpf", ["failing for at least 1 run", "mended after at least 1 run", "new"]),
    ],
)
def test_what_came_before_the_known_is_not_guessed(history, expected):
    """A streak that reaches back to the first run that was looked at may be longer."""
    assert expected == told(history, whole=False)


def test_series_are_apart():
    """Another stage or dataset is another series; other partitions of a dataset are the same one."""
    runs = [
        run(0, "f"),
        run(1, "f", stage=Stage.AUDIT),
        run(2, "f", dataset="returns"),
        run(3, "f"),
    ]
    found = streaks(runs)
    assert [1, 1, 1, 2] == [found[each.batch, each.stage]["r0"].runs for each in runs]


def test_a_partition_that_ran_again_counts_where_it_ran_last():
    """The order is that of time, not of partitions: a day that is run again is the newest run."""
    runs = [run(at, "f") for at in (1, 2)]
    again = run(3, "p")
    again = Verification(
        **{name: getattr(again, name) for name in again.__slots__} | {"batch": run(0).batch},
    )
    found = streaks([*runs, again])
    assert "mended after 2 runs" == str(found[run(0).batch, Stage.VERIFY]["r0"])


def test_rules_don_t_touch_each_other():
    """Each rule has a streak of its own."""
    found = streaks([run(0, "f", "p"), run(1, "f", "f"), run(2, "p", "f")])
    assert {"r0": Streak(2, mended=True), "r1": Streak(2)} == found[run(2).batch, Stage.VERIFY]


@given(st.text(alphabet="fwesp.", max_size=12))
def test_a_streak_counts_back_to_the_last_time_it_was_kept(history):
    """The number is that of runs not kept, counted back over skipped ones to one that was kept."""
    for at, said in enumerate(told(history)):
        letter, back = history[at], history[: at + 1].replace("s", "")
        length = len(back) - len(back.rstrip("fwe"))
        if letter in "fwe":
            assert said == ("new" if length == 1 else f"failing for {length} runs")
        elif letter == "s":
            assert said == "-"
        else:
            before = back[:-1]
            length = len(before) - len(before.rstrip("fwe"))
            assert said == (f"mended after {length} run{'' if length == 1 else 's'}" if length else "-")


def test_summary_names_the_longest_first():
    """Rules of one age are named together, what is mended at the end."""
    found = {"b": Streak(1), "a": Streak(3), "c": Streak(1), "d": Streak(9, mended=True)}
    assert "failing for 3 runs: a; new: b, c; mended after 9 runs: d" == summary(found)
    assert "" == summary({})
