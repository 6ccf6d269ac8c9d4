from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from airflow_dataops.cli.demo.board import board, told
from airflow_dataops.cli.demo.watch import DayRun

STAGES = ("land", "gate", "verify")


def day(state: str, *states: str) -> DayRun:
    """The run of 3 March."""
    return DayRun(
        partition="2026-03-03", run_id="r", state=state, tasks=dict(zip(STAGES, states, strict=bool(states)))
    )


def drawn(renderable) -> str:
    """What is seen of it."""
    stream = StringIO()
    Console(file=stream, width=100).print(renderable)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("run", "marks", "words"),
    [
        (day("success", "success", "success", "success"), "● ● ●", "✓ 2026-03-03 published"),
        (day("failed", "success", "failed", "upstream_failed"), "● ✗ ·", "✗ 2026-03-03 failed at gate"),
        (day("success", "skipped", "skipped", "skipped"), "↷ · ·", "↷ 2026-03-03 skipped at land"),
        (day("running", "success", "running", "waiting"), "● ◉ ○", "◉ 2026-03-03 gate"),
        (day("running", "deferred", "waiting", "waiting"), "◔ ○ ○", "◉ 2026-03-03 land waits for its file"),
        (
            day("running", "up_for_retry", "waiting", "waiting"),
            "↻ ○ ○",
            "◉ 2026-03-03 land is tried again soon",
        ),
        (day("running", "queued", "waiting", "waiting"), "○ ○ ○", "◉ 2026-03-03 land"),
    ],
)
def test_board_shows_each_task_and_says_it_in_words(run, marks, words) -> None:
    """A mark for each task, nothing to come behind the one that stopped the day, and the same in words."""
    line = drawn(board(["2026-03-03"], days={"2026-03-03": run}, notes={}, seconds=1)).splitlines()[1]

    assert marks in line
    assert words.split() == line.replace(marks, "").split()


def test_board_counts_days_and_shows_those_to_come() -> None:
    """The bar is over all days; one that has not begun has its line, too."""
    picture = drawn(
        board(
            ["2026-03-03", "2026-03-04"],
            days={"2026-03-03": day("success", "success", "success", "success")},
            notes={"2026-03-03": "it was held back"},
            seconds=72,
        )
    ).splitlines()

    assert "1 of 2 days" in picture[0]
    assert "1 min 12 s" in picture[0]
    assert picture[1].rstrip().endswith("published  it was held back")
    assert "· 2026-03-04" == picture[2].strip()


def test_board_takes_a_run_that_is_queued() -> None:
    """Before its first task there is nothing to show but that."""
    line = drawn(board(["2026-03-03"], days={"2026-03-03": day("queued")}, notes={}, seconds=0)).splitlines()[
        1
    ]

    assert ["◉", "2026-03-03", "queued"] == line.split()


def test_told_is_a_line_for_a_log() -> None:
    """Without a terminal each day is told once, when it has ended."""
    assert "✗ 2026-03-03  failed at gate" == told(day("failed", "success", "failed", "upstream_failed")).plain
