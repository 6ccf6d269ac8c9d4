"""What a partner gets, as it is kept in `golden`; set DATAOPS_GOLDEN=1 to write it anew, and look at it."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.quarantine_report import BadLine, Fault, QuarantineReport, Reply
from airflow_dataops.render.quarantine_report import COLUMNS, csv_text, json_text, markdown

GOLDEN = Path(__file__).with_name("golden")
FORMATS = {"md": markdown, "csv": csv_text, "json": json_text}

FILES = ("eu.csv", "us|east.csv")
WELL = QuarantineReport(
    partner="north",
    batch=Batch(team="shop", product="prices_north", dataset="prices", partition="2026-03-01"),
    contract="prices@1.0.0",
    reply=Reply.ACCEPTED,
    reasons=(),
    files=("north-2026-03-01.csv",),
    due_at=datetime(2026, 3, 2, 6, tzinfo=UTC),
    arrived_at=datetime(2026, 3, 2, 5, 58, 12, tzinfo=UTC),
    rows=1200,
    bad=0,
    unparsable=0,
    faults=(),
)
TYPE = Fault(
    stage=Stage.VERIFY,
    rule="price.type",
    column="price",
    warns=False,
    expected="rows that break it = 0",
    observed="1000",
    rows=1000,
    percent=Fraction(1000 * 100, 1200),
    lines=(BadLine("eu.csv", 2), BadLine("eu.csv", 17), BadLine("us|east.csv", 3)),
)
LOST = replace(
    TYPE, rule="unparsable", column="", expected="every line is a record", observed="1", rows=1, lines=()
)
EXTRA = replace(
    LOST,
    stage=Stage.GATE,
    rule="schema.extra",
    warns=True,
    expected="no other columns",
    observed="remark, price_list",
    rows=0,
    percent=None,
)
REPORTS = {
    "all_well": WELL,
    "accepted": replace(
        WELL,
        files=FILES,
        arrived_at=datetime(2026, 3, 4, 7, 30, tzinfo=UTC),
        bad=1001,
        unparsable=1,
        faults=(TYPE, replace(LOST, percent=Fraction(100, 1200)), EXTRA),
    ),
    "refused": replace(
        WELL,
        reply=Reply.REFUSED,
        reasons=("1000 of 1200 rows (83.33%) break the contract, 20.00% are allowed: price.type: *all*",),
        bad=1000,
        faults=(replace(TYPE, lines=TYPE.lines[:2]),),
    ),
    "duplicate": replace(WELL, reply=Reply.DUPLICATE, rows=None, bad=None, unparsable=None, contract=""),
    "not_there": replace(
        WELL,
        reply=Reply.MISSING,
        files=(),
        arrived_at=None,
        rows=None,
        bad=None,
        unparsable=None,
        contract="",
    ),
    "not_judged": replace(WELL, reply=Reply.NOT_JUDGED, rows=None, bad=None, unparsable=None, due_at=None),
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_report_is_the_golden_one(name, suffix) -> None:
    """A partner's programs and people read it: it changes on purpose alone."""
    golden, text = GOLDEN / f"{name}.{suffix}", FORMATS[suffix](REPORTS[name])
    if os.environ.get("DATAOPS_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)

    assert golden.read_text() == text


def test_golden_reports_are_all_of_these() -> None:
    """None is left of a report that there is no more."""
    assert {f"{name}.{suffix}" for name in REPORTS for suffix in FORMATS} == {
        file.name for file in GOLDEN.iterdir()
    }


def test_csv_holds_no_formula_and_json_is_one_object() -> None:
    """A partner chooses the names of its files, and opens what comes back in a spreadsheet."""
    report = replace(REPORTS["accepted"], partner="=HYPERLINK(1)")

    header, *rows = csv.reader(csv_text(report).splitlines())

    assert list(COLUMNS) == header
    assert {"'=HYPERLINK(1)"} == {row[0] for row in rows}
    assert "=HYPERLINK(1)" == json.loads(json_text(report))["partner"]
