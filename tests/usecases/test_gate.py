from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.physical import physical
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.errors import BadDataError
from airflow_dataops.usecases.batches.gate import gate
from tests.usecases.test_moment import landed

TEXT = ColumnType(LogicalType.STRING)
DATASET = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=TEXT, key_position=1),
        Column(name="day", type=TEXT, physical=physical("varchar(10)"), required=True),
        Column(name="note", type=TEXT),
        Column(name="remark", type=TEXT),
    ),
)
HEADLESS = Dialect(header=False)
LINES = Dialect(format=Format.JSON_LINES)


class Files:
    """An engine whose files have a header, or none that can be read."""

    def __init__(self, header: tuple[str, ...] | BadDataError, types: dict[str, str]) -> None:
        self._header = header
        self._types = types

    def header(self, _relation) -> tuple[str, ...]:
        """Return it."""
        if isinstance(self._header, BadDataError):
            raise self._header
        return self._header

    def types(self, _relation) -> dict[str, str]:
        """Return the types that they declare."""
        return self._types


@pytest.fixture
def gated(batch, run, contract, store, clock, zones, tmp_path):
    """Put files through the gate; the status of each rule, and the observation of those that are broken."""
    (tmp_path / "orders-2026-03-03.csv").write_text("id\n1\n")
    landing = landed(batch, run, store, clock, zones, tmp_path)

    def put(
        header: tuple[str, ...] | BadDataError, dialect: Dialect, types: dict[str, str] | None = None
    ) -> dict[str, str]:
        found = gate(
            contract,
            dataset=DATASET,
            landing=replace(landing, dialect=dialect),
            run=run,
            engine=Files(header, types or {}),
            store=store,
            clock=clock,
        )
        assert bool(found.blocks) == any(verdict.status is Status.FAILED for verdict in found.outcomes)
        return {
            verdict.rule: "" if verdict.status is Status.PASSED else verdict.observed
            for verdict in found.outcomes
        }

    return put


def test_gate_passes_files_that_are_declared_to_have_no_header(gated) -> None:
    """That there is no header is an outcome of its own, and no failure."""
    assert {"schema.header": ""} == gated((), HEADLESS)


@pytest.mark.parametrize("dialect", [HEADLESS, LINES, Dialect(), Dialect(format=Format.PARQUET)])
def test_gate_says_which_file_can_not_be_read(gated, dialect) -> None:
    """A file that is binary or damaged is named with what is wrong, whatever its format."""
    damage = BadDataError("it is damaged", where="b.zip!a.csv", hint="Have it sent again.")

    assert {"schema.header": "it is damaged (b.zip!a.csv)"} == gated(damage, dialect)


def test_gate_lets_json_lines_leave_out_what_is_not_required(gated) -> None:
    """No record of the first ones need have a column that isn't required; in a header it must be."""
    assert not any(gated(("id", "day"), LINES).values())
    assert "note, remark" == gated(("id", "day"), Dialect())["schema.missing"]


@pytest.mark.parametrize(("header", "missing"), [(("id", "note"), "day"), (("day", "remark"), "id")])
def test_gate_wants_the_required_columns_of_json_lines(gated, header, missing) -> None:
    """A column that is required, or is part of the key, has to be among the keys of the first records."""
    assert missing == gated(header, LINES)["schema.missing"]


def test_gate_warns_of_types_that_are_not_the_contracts(gated) -> None:
    """What typed files declare is compared, and never stops a batch: its values are what counts."""
    names = tuple(column.name for column in DATASET.columns)
    parquet = Dialect(format=Format.PARQUET)
    assert "schema.types" not in gated(names, Dialect())
    assert "" == gated(names, parquet, dict.fromkeys(names, "VARCHAR"))["schema.types"]
    wrong = {"id": "BIGINT", "day": "DATE", "note": "STRUCT(a INTEGER)", "more": "BLOB"}
    found = gated(names, parquet, wrong)
    assert "day: DATE for varchar(10)" == found["schema.types"]


def test_gate_refuses_json_lines_without_a_line(gated) -> None:
    """A drop of empty files has no header in any format."""
    assert "empty" in gated((), LINES)["schema.missing"]
