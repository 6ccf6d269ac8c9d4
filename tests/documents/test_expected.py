from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from airflow_dataops.core.slo.expectation import Exclusion
from airflow_dataops.core.slo.expected import Expected
from airflow_dataops.core.slo.policy import Action, Policy
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import DocumentError

LEAST = """\
template: batch@1
source: {folder: drops, path: "{partition}.csv"}
"""
CHRISTMAS = Exclusion(first=date(2026, 12, 25), last=date(2026, 12, 26))


def test_nothing_said_is_nothing_more(product_of):
    """What is expected is what the schedule says, and no policy acts."""
    found = product_of(LEAST)
    assert (Expected(), ()) == (found.expected, found.policies)


def test_what_is_expected(pipeline):
    """Each key of `expected`, and a file of holidays beside."""
    file = pipeline(
        LEAST
        + 'expected: {schedule: "0 6 * * 1-5", timezone: Europe/Paris, grain: hour, '
        + "exclude: [2026-12-25/2026-12-26], holidays: days.txt}\n"
    )
    (file.parent / "days.txt").write_text(
        "# of the shop\n\n2027-01-01\tNew year's day\n  2027-05-01/2027-05-03\t# long weekend\n2027-07-14\n"
    )
    assert read_definition(file).product.expected == Expected(
        schedule="0 6 * * 1-5",
        timezone="Europe/Paris",
        grain="hour",
        exclusions=(
            CHRISTMAS,
            Exclusion(first=date(2027, 1, 1), last=date(2027, 1, 1), why="New year's day"),
            Exclusion(first=date(2027, 5, 1), last=date(2027, 5, 3), why="long weekend"),
            Exclusion(first=date(2027, 7, 14), last=date(2027, 7, 14)),
        ),
    )


WRONG = {
    "no cron": ("{schedule: daily}", ["must be a cron expression or a preset"]),
    "nearly a zone": ("{timezone: Europe/Pari}", ["Did you mean `Europe/Paris`?"]),
    "nearly a grain": ("{grain: days}", ["Did you mean `day`?"]),
    "a day that isn't": ("{exclude: [2026-02-30]}", ['a range of days, it is the text "2026-02-30"']),
    "a range that ends before": ("{exclude: [2026-03-02/2026-03-01]}", ["Such as 2026-12-25, or"]),
    "no such file": ("{holidays: days.txt}", ["there is no file `days.txt` beside this one"]),
    "unknown, and more": (
        "{shedule: x, exclude: 2026-12-25}",
        ["Did you mean `schedule`?", "`exclude` must be a list"],
    ),
}


@pytest.mark.parametrize(("value", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_it(errors_of, value, expected):
    """Each is a line with its place."""
    found = errors_of(f"{LEAST}expected: {value}\n")
    assert len(expected) == len(found)
    for words, error in zip(expected, found, strict=True):
        assert words in error
        assert error.startswith("3:")


def test_what_is_wrong_with_holidays(pipeline):
    """Each line that names no day, with its place in the file."""
    file = pipeline(f"{LEAST}expected: {{holidays: days.txt}}\n")
    (file.parent / "days.txt").write_text("2026-12-25\nChristmas 2026\n  2026-13-01\n")
    with pytest.raises(DocumentError) as told:
        read_definition(file)
    hint = "Such as 2026-12-25, or 2026-12-24/2026-12-26."
    assert [
        f"days.txt:2:1: `Christmas` is no day and no range of days. {hint}",
        f"days.txt:3:3: `2026-13-01` is no day and no range of days. {hint}",
    ] == [str(problem).replace(f"{file.parent}/", "") for problem in told.value.problems]


def test_holidays_of_nothing_are_a_warning(pipeline):
    """A file that names no day was meant to name one."""
    file = pipeline(f"{LEAST}expected: {{holidays: days.txt}}\n")
    (file.parent / "days.txt").write_text("# none yet\n")
    assert ["days.txt:1:1: the file names no day"] == [
        str(problem).replace(f"{file.parent}/", "") for problem in read_definition(file).warnings
    ]


def test_policies(product_of):
    """A share of a budget is a number or a percentage, exactly."""
    found = product_of(
        LEAST
        + "policy:\n"
        + "  - {do: block_publish, below: 20%}\n"
        + "  - {do: pause, below: 0.05, slo: fresh}\n"
        + "  - {do: shrink_pool, below: 12.5%, pool: etl, slots: 0}\n"
        + "  - {do: require_approval, below: 1}\n"
    )
    assert found.policies == (
        Policy(action=Action.BLOCK_PUBLISH, below=Fraction(1, 5)),
        Policy(action=Action.PAUSE, below=Fraction(1, 20), slo="fresh"),
        Policy(action=Action.SHRINK_POOL, below=Fraction(1, 8), pool="etl"),
        Policy(action=Action.REQUIRE_APPROVAL, below=Fraction(1)),
    )
    assert [
        "block_publish below 20 %",
        "pause below 5 % of fresh",
        "shrink_pool etl to 0 below 12.5 %",
        "require_approval below 100 %",
    ] == list(map(str, found.policies))


WRONG_POLICIES = {
    "nearly an action": ("{do: block, below: 20%}", ["`do` must be `block_publish`, `require_approval`"]),
    "no share": ("{do: pause}", ["`below` is missing"]),
    "none of it": ("{do: pause, below: 0%}", ['must be above 0 and at most 100 %, it is the text "0%"']),
    "more than all": ("{do: pause, below: 20}", ["must be above 0 and at most 100 %, it is the number 20"]),
    "no number": ("{do: pause, below: little}", ['must be a number, it is the text "little"']),
    "too large": ("{do: pause, below: 1e400}", ["has more digits than can be computed with: 1e400"]),
    "no pool": (
        "{do: shrink_pool, below: 20%}",
        ["`shrink_pool` needs `pool`", "`shrink_pool` needs `slots`"],
    ),
    "another's pool": (
        "{do: pause, below: 20%, pool: etl, slots: 1}",
        ["`pool` has a meaning with `do: shrink_pool` alone", "`slots` has a meaning with"],
    ),
    "fewer than none": (
        "{do: shrink_pool, below: 20%, pool: a, slots: -1}",
        ["a whole number of at least 0"],
    ),
}


@pytest.mark.parametrize(("value", "expected"), WRONG_POLICIES.values(), ids=WRONG_POLICIES)
def test_what_is_wrong_with_policies(errors_of, value, expected):
    """Each is a line with its place."""
    found = errors_of(f"{LEAST}policy: [{value}]\n")
    assert len(expected) == len(found), found
    for words, error in zip(expected, found, strict=True):
        assert words in error
