from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from airflow_dataops.cli import main as program
from airflow_dataops.cli.demo.levels.cases import CASES
from airflow_dataops.cli.demo.levels.products import (
    BAD_ROWS,
    FILE_OF,
    MONITOR,
    Days,
    blocked_place,
    drop,
    write_products,
)
from airflow_dataops.documents.declared import declared
from airflow_dataops.documents.pipeline.definition import read_definition

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 4, 0, 0, 42, tzinfo=UTC)
"""Soon after midnight, so that days end on another day."""

DAYS = Days.until(NOW)


@pytest.fixture
def dags(tmp_path) -> Path:
    """A folder with the products."""
    write_products(tmp_path, DAYS)
    return tmp_path


def test_days_end_in_the_minute_before_and_are_due_soon() -> None:
    """A label is of the day on which an interval begins; nobody waits for longer than a minute."""
    assert datetime(2026, 3, 3, 23, 59, tzinfo=UTC) == DAYS.end
    assert datetime(2026, 3, 4, 0, 1, tzinfo=UTC) == DAYS.due
    assert NOW < DAYS.due <= NOW + timedelta(minutes=1)
    assert ("2026-03-02", "2026-03-01") == (DAYS.partition(), DAYS.partition(1))


def test_products_are_right(dags, capsys) -> None:
    """`lint` has nothing to say of them, warnings included."""
    assert 0 == program.main(["lint", str(dags)])
    assert "all well" in capsys.readouterr().out


def test_products_promise_what_is_reckoned(dags) -> None:
    """Objectives as the cases have them, with the targets that their sums are made of."""
    for case in CASES:
        definition = read_definition(str(dags / case.product / f"{case.product}.dag.yaml"))
        declaration, warnings = declared(definition, since=NOW)

        assert () == warnings
        assert [promise.slo for promise in case.promises] == [one.name for one in declaration.objectives]
        for promise, objective in zip(case.promises, declaration.objectives, strict=True):
            share = 1 - objective.target
            assert f"({share} x {promise.last.expected})" in promise.last.sum
    assert (dags / MONITOR / "dag.py").is_file()


def test_a_bad_file_has_six_bad_rows_of_forty(dags) -> None:
    """One of them breaks two rules, and is one."""
    drop(dags, "bad", DAYS.partition(), bad=BAD_ROWS)
    file = blocked_place(dags, "bad", DAYS.partition())
    rows = list(csv.DictReader(file.read_text().splitlines()))

    def broken(row: dict[str, str]) -> bool:
        amount = row["amount"]
        return not row["id"] or amount.startswith("-") or not amount[0].isdigit()

    assert (FILE_OF, 6) == (len(rows), sum(map(broken, rows)))
    assert FILE_OF - 2 == len({row["id"] for row in rows if row["id"]}) + 1
    assert ["bad-2026-03-02.csv"] == [one.name for one in file.parent.iterdir()]
