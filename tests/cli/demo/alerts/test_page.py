from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from airflow_dataops.cli.demo.alerts.clean_days import Quiet
from airflow_dataops.cli.demo.alerts.drills import DRILLS
from airflow_dataops.cli.demo.alerts.heard import Heard
from airflow_dataops.cli.demo.alerts.page import quiet_line, said, score, stories, summary
from airflow_dataops.cli.demo.alerts.verdict import Finding
from airflow_dataops.core.alerts.notification import Event

QUIET = Quiet(days=60, evaluations=241, told=0, incidents=0, missed=1)


def right(drill) -> Finding:
    """What is found of a drill that holds."""
    heard = ()
    if drill.urgency is not None:
        heard = (
            Heard(look=3, event=Event.TRIGGER, urgency=drill.urgency),
            Heard(look=4, event=Event.RESOLVE, urgency=drill.urgency),
        )
    return Finding(
        drill=drill,
        told_at=frozenset({2, 3}),
        over_at=frozenset({4}),
        ours=heard,
        theirs=heard,
        incidents=1,
        explained=drill.explains,
    )


FOUND = tuple(right(drill) for drill in DRILLS)


def printed(part: object, width: int = 120) -> str:
    """What is printed."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(part)
    return console.file.getvalue()


def test_the_table_has_what_was_expected_and_what_was_heard() -> None:
    """A line for each drill, and one for those that wait for it."""
    lines = printed(summary(FOUND)).splitlines()

    assert any("✓ 1 DAG paused" in line and "page at 2 or 3, over 4" in line for line in lines)
    assert 5 == sum("at 3, over 4" in line.replace("2 or 3, over 4", "") for line in lines)
    assert any("sales, stock, margin wait for it" in line and "explained: 3" in line for line in lines)
    assert any("✓ · file bad, in maintenance" in line and 3 == line.count("nothing") for line in lines)


def test_words_are_told_in_their_order() -> None:
    """Updates as well."""
    first, last = FOUND[0].ours
    more = replace(first, event=Event.UPDATE)

    assert "page at 3, more at 3, over 4" == said([first, more, last])
    assert "nothing" == said([])


def test_each_product_has_its_story() -> None:
    """In one line."""
    text = stories(FOUND).plain

    assert 1 + len(DRILLS) == len(text.splitlines())
    assert all(drill.story in text for drill in DRILLS)


@pytest.mark.parametrize(
    ("found", "quiet", "line"),
    [
        (FOUND, QUIET, "✓ 5 of 5 drills: one page or ticket each, 0 false alarms over 60 clean days"),
        ((replace(FOUND[0], ours=()), *FOUND[1:]), QUIET, "✗ 4 of 5 drills"),
        ((*FOUND[:-1], replace(FOUND[-1], ours=FOUND[0].ours)), QUIET, "✗ 5 of 5 drills"),
        (FOUND, replace(QUIET, told=2), "✗ 5 of 5 drills: one page or ticket each, 2 false alarms"),
        (FOUND, replace(QUIET, missed=0), "✗ 5 of 5 drills"),
    ],
)
def test_the_score_has_a_mark_for_all_of_it(found, quiet, line) -> None:
    """One for the drills, the maintenance and the clean days together."""
    assert score(found, quiet).plain.startswith(line)


def test_clean_days_say_what_is_simulated() -> None:
    """And whether the day after them was told."""
    assert "by a simulated clock: 241 evaluations, 0 incidents, 0 told" in quiet_line(QUIET).plain
    assert quiet_line(QUIET).plain.endswith("is told once")
    assert quiet_line(replace(QUIET, missed=0)).plain.endswith("times")
