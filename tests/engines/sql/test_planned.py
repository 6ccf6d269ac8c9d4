"""The plan that people are shown is the plan that runs: it is held against what DuckDB is really asked."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlglot import exp, parse_one

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import (
    AtLeast,
    AtMost,
    Check,
    Custom,
    NotNull,
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.checks.step import StepKind
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Scope
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.others import Other, Others
from airflow_dataops.core.rows.relation import Landed, LandedPart, Staged
from airflow_dataops.engines.sql.alone import conditions
from airflow_dataops.engines.sql.duckdb import engine as duck
from airflow_dataops.engines.sql.planned import planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.checks.breach import Breach
    from airflow_dataops.core.checks.plan import ScanPlan

WHOLE = ColumnType(LogicalType.INTEGER)
PLAIN = Dataset(name="d", columns=tuple(Column(name=name, type=WHOLE) for name in "abc"))
TAGS = Column(
    name="tags", type=ColumnType(LogicalType.ARRAY), options=Options(max_items=1, unique_items=True)
)
TAGGED = Dataset(name="d", columns=(*PLAIN.columns, TAGS))
OF_A = "SELECT COUNT(*) FROM {object} WHERE a > 1"
OF_B = "SELECT COUNT(*) FROM {object} WHERE b > 1"

ROWS = [
    Check(id="full", promise=NotNull("b")),
    Check(id="low", promise=AtLeast("b", Decimal(0))),
    Check(id="high", promise=AtMost("a", Decimal(9))),
]
KEYS = [
    Check(id="key", promise=Unique(("a", "c"))),
    Check(id="same", promise=Unique(("a", "c"))),
    Check(id="other", promise=Unique(("b",))),
]
JOINED = [
    Check(id="after", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE a > b + 100")),
    Check(id="odd", promise=RowQuery("SELECT COUNT(*) FROM {object} o WHERE o.c % 7 = 6")),
]
MOST = Check(
    id="most", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE a > (SELECT 2 * max(a) FROM {object})")
)
ASKED = [
    Check(id="enough", promise=RowCount()),
    Check(id="rich", promise=Query("SELECT max(a) FROM {object}")),
    Check(id="poor", promise=Query("SELECT count(*) FROM {object} WHERE a < 0")),
    Check(id="mode", promise=Query("SELECT mode(a) FROM {object}")),
]
KNOWN = Check(id="known", promise=References(("a",), "kinds", ("n",)))
WIDE = Check(id="wide", promise=Unique(("b",)), scope=Scope.TABLE)
FILTERED = [
    Check(id="some", promise=NotNull("b"), filter=OF_A),
    Check(id="more", promise=AtLeast("c", Decimal(0)), filter=OF_A),
    Check(id="among", promise=Unique(("c",)), filter=OF_B),
]
OURS = [Check(id=name, promise=Custom("witness", f"m:{name}")) for name in ("ours", "yours")]
NESTED = [check for check in derive(TAGGED) if check.column == "tags"]

CASES: dict[str, tuple[Dataset, list[Check]]] = {
    "nothing": (PLAIN, []),
    "rows": (PLAIN, ROWS),
    "keys": (PLAIN, [*ROWS, *KEYS]),
    "SQL about single rows": (PLAIN, [*ROWS, *JOINED]),
    "all that joins one pass": (PLAIN, [*ROWS, *KEYS, *JOINED, *ASKED]),
    "SQL about the other rows": (PLAIN, [*ROWS, *KEYS, *JOINED, MOST]),
    "one aggregate": (PLAIN, ASKED[:2]),
    "all rows together": (PLAIN, ASKED),
    "another dataset": (PLAIN, [KNOWN, *ROWS]),
    "the whole table": (PLAIN, [WIDE, KNOWN, *KEYS]),
    "filters": (PLAIN, [*FILTERED, *ROWS, *ASKED]),
    "tools": (PLAIN, [*OURS, *ROWS]),
    "JSON": (TAGGED, [*NESTED, *ROWS]),
    "everything": (TAGGED, [*NESTED, *ROWS, *KEYS, *JOINED, MOST, *ASKED, KNOWN, WIDE, *FILTERED, *OURS]),
}

SPOKEN = {
    StepKind.GROUPS: r'CREATE TABLE "k\d+" ',
    StepKind.PASS: r'CREATE TABLE "broken" ',
    StepKind.KEEP: r'CREATE TABLE "kept" ',
    StepKind.NESTED: r"SELECT (?!COUNT).* FROM kept WHERE rowid BETWEEN ",
    StepKind.FILTERS: r'CREATE TABLE "y\d+" ',
    StepKind.LOOKUPS: r'CREATE TABLE "x\d+" .* AS near ',
    StepKind.SELECTIONS: r'CREATE TABLE "x\d+" (?!.* AS near )(?!.*dataops_shown)',
    StepKind.CUSTOMS: r"SELECT line AS dataops_row, .* FROM judged ORDER BY dataops_row",
    StepKind.TOGETHER: r"SELECT .* AS answers$",
    StepKind.ALONE: r"SELECT .* AS answer\(number\)$",
}
"""Kind of a step -> how the statement begins by which DuckDB is asked once for it."""


BESIDES = (
    r'CREATE TABLE "(unparsed|files|dataops_good)" |CREATE TABLE "[jx]\d+" .*dataops_shown|'
    r'INSERT INTO "kept" |INSERT INTO files '
)
"""How statements begin that ask no question: what came is kept, and what others have said of it."""


class Witness:
    """A tool that is content."""

    def broken(self, implementation: str, rows: object) -> tuple[Breach, ...]:  # noqa: ARG002 - as tools are asked
        """Name nothing."""
        return ()


class Listening:
    """A connection that remembers what it is asked."""

    def __init__(self, connection: Any, heard: list[str]) -> None:
        self._connection = connection
        self._heard = heard

    def __getattr__(self, name: str) -> Any:
        """Do as the connection does."""
        return getattr(self._connection, name)

    def execute(self, sql: str, *values: object) -> Any:
        """Remember a statement, and run it."""
        self._heard.append(sql)
        return self._connection.execute(sql, *values)

    def query(self, sql: str) -> Any:
        """Remember the statement by which rows are shown; others look at types alone, and are asked again."""
        if "ORDER BY dataops_row" in sql:
            self._heard.append(sql)
        return self._connection.query(sql)


@pytest.fixture
def heard(monkeypatch, tmp_path):
    """Return the statements that DuckDB is asked to judge some rows."""
    statements: list[str] = []
    session = duck.session

    @contextmanager
    def listening(**settings: Any) -> Iterator[Any]:
        statements.clear()  # of a first attempt nothing counts
        with session(**settings) as connection:
            yield Listening(connection, statements)

    monkeypatch.setattr(duck, "session", listening)

    def scan(wanted: ScanPlan, *, typed: bool) -> list[str]:
        frame = pl.DataFrame({"a": [1, 2, 2], "b": [1, None, -3], "c": [1, 2, 2]})
        if any(column.name == "tags" for column in wanted.columns):
            frame = frame.with_columns(tags=pl.Series(["[1]", "[2,2]", "[]"]))
        pl.DataFrame({"n": [1]}).write_parquet(tmp_path / "kinds")
        frame.write_parquet(tmp_path / "rest")
        kinds = Other(Staged(str(tmp_path / "kinds")), (Column(name="n", type=WHOLE),))
        rest = Other(Staged(str(tmp_path / "rest")), wanted.columns)
        others = Others(rest=rest, datasets={"kinds": kinds})
        rows = str(tmp_path / "rows")
        frame.write_parquet(rows) if typed else frame.write_csv(rows)
        form = Format.PARQUET if typed else Format.CSV
        relation = Landed(rows, (LandedPart(rows, "rows"),), Dialect(format=form))
        tools = {"witness": Witness()}
        engine = duck.DuckEngine(memory_limit="256MB", temp_directory=str(tmp_path / "spill"), tools=tools)
        found = engine.scan(relation, wanted, split=None, others=others)
        assert {} == {rule: one.problem for rule, one in found.measured.items() if one.problem}
        return statements

    return scan


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "text"])
@pytest.mark.parametrize("case", CASES)
def test_the_plan_is_what_duckdb_is_asked(heard, case, typed) -> None:
    """Each step asks as often as the plan says, and nothing else asks about the rows."""
    dataset, checks = CASES[case]
    wanted = plan(dataset, checks)
    found = planned(wanted, typed=typed)

    statements = heard(wanted, typed=typed)

    told = Counter({step.kind: step.asks for step in found.steps if step.asks})
    asked = Counter(
        kind for kind, form in SPOKEN.items() for sql in statements if re.match(form, sql, re.DOTALL)
    )
    assert told == asked
    asking = [sql for sql in statements if re.match(r"CREATE TABLE|INSERT|SELECT .* AS answer", sql)]
    others = [sql for sql in asking if not any(re.match(form, sql, re.DOTALL) for form in SPOKEN.values())]
    assert [] == [sql for sql in others if not re.match(BESIDES, sql, re.DOTALL)]


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "text"])
@pytest.mark.parametrize("case", CASES)
def test_the_pass_marks_the_checks_of_each_column_by_that_column(heard, case, typed) -> None:
    """As many marks as the plan says, each of which reads the column that it stands at."""
    dataset, checks = CASES[case]
    wanted = plan(dataset, checks)
    (step,) = (
        one for one in planned(wanted, typed=typed).steps if one.kind in {StepKind.PASS, StepKind.KEEP}
    )

    statements = heard(wanted, typed=typed)

    start = 'CREATE VIEW "judged"' if step.kind is StepKind.PASS else 'CREATE TABLE "kept"'
    (sql,) = (one for one in statements if one.startswith(start))
    marks = {
        alias.alias: {column.name for column in alias.this.find_all(exp.Column)}
        for alias in parse_one(sql, dialect="duckdb").find_all(exp.Alias)
        if re.fullmatch(r"[fx]\d+", alias.alias)
    }
    names = [column.name for column in dataset.columns]
    told = [check for part in step.parts for check in part.checks]
    assert len(told) == len(marks)
    for part in step.parts:
        for check in part.checks if part.columns else ():
            at = [one.id for one in wanted.rows].index(check)
            assert {names.index(name) for name in part.columns} == {int(name[1:]) for name in marks[f"f{at}"]}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize("case", CASES)
def test_rows_are_kept_where_the_engine_keeps_them(case, dialect) -> None:
    """And the plan says for the sake of what."""
    dataset, checks = CASES[case]
    wanted = plan(dataset, checks)

    found = planned(wanted, typed=True, dialect=dialect)

    nested = dataset is TAGGED
    assert found.kept == (nested or conditions(wanted, engine=dialect) is None)
    assert found.kept == bool(found.because)
    assert () == planned(wanted, typed=False, dialect=dialect).because


def test_what_means_something_else_in_a_database_joins_no_pass_there() -> None:
    """The plan of each database is its own."""
    wanted = plan(
        PLAIN, [Check(id="long", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE a ** 2 > 9"))]
    )

    kept = {name: planned(wanted, typed=True, dialect=name).because for name in ("duckdb", "postgres")}

    assert {name: () if conditions(wanted, engine=name) else ("long",) for name in kept} == kept
    assert 1 < len(set(kept.values()))


def test_what_makes_it_necessary_to_keep_rows_is_named_once() -> None:
    """Checks by their ids, and columns of JSON by their names."""
    dataset, checks = CASES["everything"]

    found = planned(plan(dataset, checks), typed=True)

    assert (
        "tags",
        *(check.id for check in NESTED),
        *("known", "wide", "among", "ours", "yours", "most", "some", "more"),
    ) == found.because
