from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from io import StringIO

import pytest
from rich.console import Console

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.report import BrokenRule, PartitionReport, Standing
from airflow_dataops.render.report import MARKS, report_rows, report_table, status

ROW = PartitionReport(
    batch=Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03"),
    standing=Standing.PUBLISHED,
    stage=None,
    landed=1501,
    published=1470,
    version=3,
    quarantined=31,
    unparsable=4,
    broken=(
        BrokenRule(stage=Stage.VERIFY, rule="amount.type", status=Status.FAILED, failing=27),
        BrokenRule(stage=Stage.VERIFY, rule="enough", status=Status.FAILED, failing=0),
        BrokenRule(stage=Stage.GATE, rule="schema.extra", status=Status.WARNING, failing=0),
    ),
    freshness=Fraction(11520),
    duplicate_of=None,
    quarantine="/quarantine/x.parquet",
)
OPEN = replace(
    ROW,
    batch=replace(ROW.batch, partition="2026-03-04"),
    standing=Standing.OPEN,
    published=None,
    version=None,
    quarantined=None,
    unparsable=None,
    broken=(),
    freshness=None,
    quarantine="",
)


def printed(*rows: PartitionReport, width: int = 120) -> list[str]:
    """The table as it goes into a pipe, without the blanks at the ends of lines."""
    stream = StringIO()
    Console(file=stream, width=width).print(report_table(rows, width=width))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_report_table_has_a_line_for_each_partition_and_one_for_all() -> None:
    """Plain text without colour codes, a dash for what is not known, and the sums."""
    head, _, first, second, _, total = printed(ROW, OPEN)

    assert "partition status landed published quarantined freshness rules rows by rule" == " ".join(
        head.split()
    )
    assert "2026-03-03 ✓ published 1,501 1,470 31 3 h 12 min 2 amount.type 27, enough" == " ".join(
        first.split()
    )
    assert "2026-03-04 … nothing yet 1,501 – – – –" == " ".join(second.split())  # noqa: RUF001 - dashes
    assert "total 1 of 2 published 3,002 1,470 31" == " ".join(total.split())


def test_report_table_fits_into_eighty_characters() -> None:
    """Without room for them the rules are left out; no line is wrapped or cut."""
    failed = replace(ROW, standing=Standing.FAILED, stage=Stage.VERIFY, freshness=Fraction(86399))
    lines = printed(ROW, failed, width=80)

    assert 6 == len(lines)
    assert max(map(len, lines)) <= 80
    assert not any("…" in line or "rules" in line or "amount.type" in line for line in lines)
    assert lines[3].endswith("23 h 59 min")


def test_report_table_names_teams_and_datasets_where_there_are_several() -> None:
    """One team and one dataset are not repeated on each line."""
    other = replace(ROW, batch=replace(ROW.batch, team="mill", dataset="returns"))

    assert "team dataset partition" == " ".join(printed(ROW, other)[0].split()[:3])
    assert "partition" == printed(ROW)[0].split()[0]


@pytest.mark.parametrize(
    ("standing", "stage", "expected"),
    [
        (Standing.PUBLISHED, None, "published"),
        (Standing.FAILED, Stage.GATE, "failed at gate"),
        (Standing.NOT_EVALUATED, Stage.VERIFY, "no verdict at verify"),
        (Standing.DUPLICATE, None, "duplicate"),
        (Standing.OPEN, Stage.VERIFY, "verify passed"),
        (Standing.OPEN, None, "nothing yet"),
    ],
)
def test_status_says_in_words_what_the_mark_says(standing, stage, expected) -> None:
    """Without colours and without the mark nothing is lost."""
    assert expected == status(replace(ROW, standing=standing, stage=stage))


def test_every_standing_has_a_mark_of_its_own() -> None:
    """A new standing must not fail the table, nor look like another one."""
    assert set(Standing) == set(MARKS)
    assert len(MARKS) == len({mark for mark, _ in MARKS.values()})


def test_a_duplicate_names_the_other_partition() -> None:
    """Whose bytes came again is the reason."""
    row = replace(OPEN, standing=Standing.DUPLICATE, duplicate_of="2026-03-01")

    assert "same bytes as 2026-03-01" in printed(row)[2]


def test_report_rows_are_plain_json() -> None:
    """Programs get every number and every rule, and null for what is not known."""
    first, second = json.loads(json.dumps(report_rows([ROW, OPEN])))

    assert ("published", None, 1470, 11520.0) == (
        first["status"],
        first["stage"],
        first["published"],
        first["freshness_seconds"],
    )
    rule = {"stage": "verify", "rule": "amount.type", "status": "failed", "failing": 27, "observed": ""}
    assert rule == first["rules"][0]
    assert 3 == len(first["rules"])
    assert (None, None, []) == (second["published"], second["quarantine"], second["rules"])
