"""`@task.contract`: frames that a function returns, held against a contract."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pytest
from airflow.sdk import task

from airflow_dataops.bridge.settings import settings
from airflow_dataops.cli.reconcile import show as reconcile_show
from airflow_dataops.cli.report import show as report_show
from airflow_dataops.errors import SettingsError
from airflow_dataops.operators.contract_decorator import contract_task

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: paid
version: 1.0.0
status: active
schema:
  - name: payments
    properties:
      - {name: id, logicalType: integer, required: true, unique: true}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
      - {name: at, logicalType: timestamp}
    quality:
      - {id: several, metric: rowCount, mustBeGreaterThan: 1}
"""
AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
ROWS = {"id": [1, 2, 3], "amount": [9.5, -7654321.0, 2.0], "at": [AT, AT, None], "note": ["a", "b", "c"]}


class OfAnotherLibrary:
    """A frame that has nothing but the way through Arrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows over."""
        return self._frame.__arrow_c_stream__(requested_schema)


FRAMES: dict[str, Callable[[], object]] = {
    "polars": lambda: pl.DataFrame(ROWS),
    "lazy": lambda: pl.LazyFrame(ROWS),
    "pandas": lambda: pd.DataFrame(ROWS),
    "of another library": lambda: OfAnotherLibrary(pl.DataFrame(ROWS)),
}


@pytest.fixture
def contract(deployment) -> str:
    """The file of the contract."""
    file = deployment / "paid.odcs.yaml"
    file.write_text(CONTRACT)
    return str(file)


@pytest.fixture
def returning(in_dag, contract):
    """Run a function that returns a frame, and return how it ended."""

    def run(make, **given):
        given = {"contract": contract, "retries": 0} | given

        def wire():
            @contract_task(**given)
            def verify():
                return make()

            verify()

        return in_dag(wire)

    return run


@pytest.mark.parametrize("library", FRAMES)
def test_good_rows_go_on_and_bad_ones_don_t(returning, library) -> None:
    """As a place, with the contract's columns and types; the bad ones are in quarantine with their rules."""
    ended = returning(FRAMES[library])

    assert ("success", []) == (ended.state(), ended.lines)
    told = ended.returned()
    assert (3, 2, 1) == (told["rows"], told["good"], told["bad"])
    assert [(1, 9.5, AT), (3, 2.0, None)] == pl.read_parquet(told["uri"]).rows()
    assert [(2, ["amount.minimum"])] == pl.read_parquet(told["quarantine"]).select(
        "dataops_line", "dataops_rules"
    ).rows()
    (verdict,) = ended.verdicts
    assert ("paid", "payments", "2026-03-01", "check", True) == (
        verdict.batch.product,
        verdict.batch.dataset,
        verdict.batch.partition,
        verdict.stage,
        verdict.passes,
    )
    assert {"amount.minimum": "failed", "schema.extra": "warning"} == ended.statuses("failed", "warning")


def test_a_frame_is_judged_in_place(returning) -> None:
    """Nothing landed, so nothing leaks; the report says that it is kept, and how many rows left it."""
    ended = returning(FRAMES["polars"])
    at, out = settings(), io.StringIO()

    with pytest.raises(SettingsError, match="nothing of the product `paid` lands: it is judged in place"):
        reconcile_show(
            ("paid",), team="", output_format="text", settings=at, database=lambda _: None, stream=out
        )
    report_show("paid", team="", output_format="json", settings=at, stream=out)
    row = json.loads(out.getvalue())["partitions"][0]
    assert ("kept", 1, ended.returned()["quarantine"]) == (
        row["status"],
        row["quarantined"],
        row["quarantine"],
    )


REFUSED = {
    "a bad row": (
        FRAMES["polars"],
        {"on_bad": "fail"},
        "amount.minimum: expected rows that break it = 0, observed 1",
    ),
    "a rule of the whole": (lambda: pl.DataFrame(ROWS).head(1), {}, "several: expected rows > 1, observed 1"),
    "a column that is missing": (
        lambda: pl.DataFrame(ROWS).drop("at"),
        {},
        "schema.missing: expected every column",
    ),
    "no frame": (lambda: 3, {}, "a int is no frame that can be judged"),
    "no frame at all": (lambda: None, {}, "a NoneType is no frame that can be judged"),
    "a name of ours": (
        lambda: pl.DataFrame({"dataops_line": [1]}),
        {},
        "the frame has the columns dataops_line",
    ),
    "two columns of one name": (
        lambda: pd.DataFrame([[1, 2]], columns=["id", "id"]),
        {},
        "the frame has two columns `id`",
    ),
    "a lazy frame that fails": (
        lambda: pl.LazyFrame({"id": ["7654321x"]}).cast(pl.Int64),
        {},
        "a LazyFrame that raises InvalidOperationError",
    ),
    "a word that is none": (FRAMES["polars"], {"on_bad": "drop"}, "`on_bad` can't be `drop`"),
    "a contract that isn't there": (FRAMES["polars"], {"contract": "/none.odcs.yaml"}, "/none.odcs.yaml"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_frame_that_can_t_go_on_is_one_line(returning, case) -> None:
    """It says what, and quotes no value."""
    make, given, told = REFUSED[case]

    ended = returning(make, **given)

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert told in ended.lines[0]
    assert "7654321" not in ended.lines[0]


def test_what_was_not_judged_does_not_go_on(returning) -> None:
    """Where a column is missing no row is judged, so there is no file of good ones."""
    ended = returning(lambda: pl.DataFrame(ROWS).drop("at"), fail_on="never")

    assert ("success", "") == (ended.state(), ended.returned()["uri"])
    assert [False] == [verdict.passes for verdict in ended.verdicts]


def test_an_error_of_the_function_is_its_own(returning) -> None:
    """It is tried again as any other is, and nothing is recorded."""

    def fails():
        raise ValueError("of my own")

    ended = returning(fails)

    assert ("failed", ["of my own"], ()) == (ended.state(), ended.lines, ended.verdicts)


def test_the_decorator_is_found_by_its_name() -> None:
    """As `@task.contract`."""
    assert callable(task.contract)
