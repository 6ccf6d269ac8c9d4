"""What every engine must pass: on the same rows it comes to what DuckDB comes to.

Subclass `EngineSuite` in a test file and give it the fixture `seat`: see docs/reference/engines.md.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

import pytest
from hypothesis import given, settings

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Query
from airflow_dataops.core.contract.model import Column
from airflow_dataops.core.rows.others import Other, Others
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.testing.case import OTHER, THERE
from airflow_dataops.testing.frames import cases, twins
from airflow_dataops.testing.lack import Lack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from airflow_dataops.core.checks.metric import Measured, Scan
    from airflow_dataops.core.rows.others import Published
    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.testing.case import Case
    from airflow_dataops.usecases.ports.engine import Engine

T = TypeVar("T", bound="Callable[..., None]")

GOOD = Check(id="good rows", promise=Query("SELECT sum(row) FROM {object}"))
"""Which rows are good, as one number: ROW has a power of two for each."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """An engine, and a way to put rows where it finds them.

    Args:
        engine: The engine.
        put: Puts the rows of a frame where a name leads, instead of those that are there, and says where.
        beside: The same of another table, at which rules look besides; None where the engine looks at none.
        lacks: What can't be held there.
        refuses: Parts of what the engine says of rules that it doesn't evaluate, though DuckDB does.
    """

    engine: Engine
    put: Callable[[str, pl.DataFrame], Relation]
    beside: Callable[[str, pl.DataFrame], Staged | Published] | None = None
    lacks: frozenset[Lack] = frozenset()
    refuses: tuple[str, ...] = ()

    def judge(self, case: Case) -> Scan:
        """Put the rows of a case, and judge them."""
        relation = self.put("rows", case.rows)
        wanted = plan(case.dataset, (*case.checks, GOOD))
        return self.engine.scan(relation, wanted, split=None, others=self._others(case))

    def _others(self, case: Case) -> Others:
        if self.beside is None:
            return Others()
        there = (Column(name=THERE, type=case.columns[0].type),)
        return Others(
            rest=None if case.rest is None else Other(self.beside("rest", case.rest), case.dataset.columns),
            datasets={} if case.other is None else {OTHER: Other(self.beside(OTHER, case.other), there)},
        )


def duckdb(folder: Path) -> Seat:
    """Return DuckDB over Parquet files in a folder: what others are compared with."""

    def put(name: str, rows: pl.DataFrame) -> Staged:
        file = folder / f"{name}.parquet"
        rows.write_parquet(file)
        return Staged(str(file))

    engine = DuckEngine(memory_limit="512MB", temp_directory=str(folder / "spill"))
    return Seat(engine=engine, put=put, beside=put)


class EngineSuite:
    """The tests of an engine, which a test class inherits."""

    examples: ClassVar[int | None] = None
    """How many examples of each property; by default as many as the profile of Hypothesis says."""

    @pytest.fixture
    def reference(self) -> Iterator[Seat]:
        """Return what the engine is compared with."""
        with tempfile.TemporaryDirectory() as folder:
            yield duckdb(Path(folder))

    def test_promises_are_kept_by_the_same_rows(self, seat: Seat, reference: Seat) -> None:
        """Whatever a contract promises, the same rows keep it."""

        @self._settled
        @given(cases(_without(seat)))
        def hold(case: Case) -> None:
            _agree(seat, case, reference, case)

        hold()

    def test_a_text_is_worth_its_value(self, seat: Seat, reference: Seat) -> None:
        """A column of texts is judged as one of the values that they stand for."""

        @self._settled
        @given(twins(_without(seat)))
        def hold(both: tuple[Case, Case]) -> None:
            texts, typed = both
            _agree(seat, texts, reference, typed)

        hold()

    def _settled(self, test: T) -> T:
        return settings(max_examples=self.examples or settings().max_examples, deadline=None)(test)


def _without(seat: Seat) -> frozenset[Lack]:
    return seat.lacks if seat.beside else seat.lacks | {Lack.OTHERS}


FAILED = "failed in DuckDB"
"""What DuckDB says of SQL that it can't evaluate here, such as a literal that a decimal can't hold."""


def _agree(seat: Seat, case: Case, reference: Seat, same: Case) -> None:
    """Fail unless an engine comes to what another comes to; what one of them refuses is asked of neither."""
    found, expected = seat.judge(case), reference.judge(same)
    refused = {rule for rule, its in found.measured.items() if any(p in its.problem for p in seat.refuses)}
    refused |= {rule for rule, its in expected.measured.items() if FAILED in its.problem}
    if refused:
        case, same = case.without(refused), same.without(refused)
        found, expected = seat.judge(case), reference.judge(same)
    different = [*differences(expected, found)]
    if different:
        pytest.fail("\n".join((*different, repr(case))), pytrace=False)


def differences(expected: Scan, found: Scan) -> Iterator[str]:
    """Yield what two scans of the same rows differ in, each in one line."""
    if (expected.rows, expected.good, expected.bad) != (found.rows, found.good, found.bad):
        yield f"rows, good and bad ones: {found.rows}, {found.good}, {found.bad}"
        yield f"    instead of {expected.rows}, {expected.good}, {expected.bad}"
    if set(expected.blank) != set(found.blank):
        yield f"columns without a value: {found.blank} instead of {expected.blank}"
    for rule, wanted in expected.measured.items():
        its = found.measured.get(rule)
        if its is None or _numbers(its) != _numbers(wanted):
            yield f"{rule}: {its}\n    instead of {wanted}"


def _numbers(measured: Measured) -> Measured:
    """Return a measurement without the words: engines say in their own why there is no number."""
    return replace(measured, problem="none" if measured.problem else "")
