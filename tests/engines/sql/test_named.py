from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.checks.breach import Breach
from airflow_dataops.core.checks.metric import Measured
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import AtLeast, Check, Custom, Query, RowQuery
from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Severity
from airflow_dataops.core.rows.relation import Split, Staged
from airflow_dataops.engines.sql.duckdb.engine import DuckEngine
from airflow_dataops.errors import NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.conftest import Judged

CITIES = Dataset(
    name="cities",
    columns=(
        Column(name="zip", type=ColumnType(LogicalType.INTEGER)),
        Column(name="city", type=ColumnType(LogicalType.STRING)),
    ),
)
ROWS = b"zip,city,more\n1,Aa,x\n1,Aa,x\n1,Bb,x\n2,Cc,x\nx,Dd,x\n,,x\n"

SELECTIONS = {
    "of its own": ("SELECT COUNT(*) FROM {object} WHERE zip = 2", [5]),
    "where a text has no value": ("SELECT COUNT(*) FROM {object} WHERE zip IS NULL", [6, 7]),
    "null is not counted": ("SELECT COUNT(*) FROM {object} WHERE zip <> 2", [2, 3, 4]),
    "without a condition": ("SELECT COUNT(*) FROM {object}", [2, 3, 4, 5, 6, 7]),
    "by the other rows": (
        (
            "SELECT COUNT(*) FROM {object} h WHERE city <> "
            "(SELECT mode(city) FROM {object} g WHERE g.zip = h.zip)"
        ),
        [4],
    ),
    "by the other rows, without a name": (
        (
            "SELECT COUNT(*) AS n FROM {object} WHERE city <> "
            "(SELECT mode(g.city) FROM {object} g WHERE g.zip = {object}.zip)"
        ),
        [4],
    ),
    "by a step before": (
        (
            "WITH m AS (SELECT zip, count(*) AS n FROM {object} GROUP BY zip) "
            "SELECT COUNT(*) FROM {object} WHERE zip IN (SELECT zip FROM m WHERE n = 3)"
        ),
        [2, 3, 4],
    ),
    "all columns of the others": (
        "SELECT COUNT(*) FROM {object} WHERE (zip, city) IN (SELECT * FROM {object} WHERE zip = 2)",
        [5],
    ),
    "none": ("SELECT COUNT(*) FROM {object} WHERE false", []),
}


@pytest.mark.parametrize("case", SELECTIONS)
def test_scan_names_the_rows_that_a_query_counts(scan: Callable[..., Judged], case: str) -> None:
    """Just the rows that the query counts are bad ones, and it counts all records, also the bad ones."""
    sql, lines = SELECTIONS[case]

    judged = scan(ROWS, CITIES, checks=[Check(id="rule", promise=RowQuery(sql))])

    assert {line: ["rule"] for line in lines} == judged.rules
    assert Measured(number=len(lines), failing=len(lines), checked=6) == judged.scan.measured["rule"]


BROKEN = {
    "a column that isn't there": ("SELECT COUNT(*) FROM {object} WHERE nope = 1", "nope"),
    "SQL that isn't": ("SELECT COUNT(*) FROM {object} WHERE (", "doesn't parse"),
    "another form": ("SELECT COUNT(*) FROM (SELECT 1)", "form"),
    "a failure over the rows": (
        "SELECT COUNT(*) FROM {object} WHERE city::integer = 1",
        "the query failed in DuckDB (ConversionException)",
    ),
    "kinds that are mixed": ("SELECT COUNT(*) FROM {object} WHERE city > 5", "integer and text are mixed"),
    "a function that isn't there": (
        "SELECT COUNT(*) FROM {object} WHERE soundex(city) = 'A000'",
        "in DuckDB (CatalogException): nothing says that `soundex` means the same in every database",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_scan_says_why_a_query_could_not_be_evaluated(
    scan: Callable[..., Judged], case: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The rule is neither kept nor broken, no row is marked by it, and the others are judged."""
    sql, words = BROKEN[case]
    checks = [Check(id="broken", promise=RowQuery(sql)), Check(id="low", promise=AtLeast("zip", Decimal(2)))]

    judged = scan(ROWS, CITIES, checks=checks)

    measured = judged.scan.measured["broken"]
    assert (None, 0) == (measured.number, measured.failing)
    assert words in measured.problem
    assert "Aa" not in measured.problem
    assert [] == caplog.records
    assert ({"low": 3}, "rows could not be judged: broken") == (judged.failing, judged.scan.unjudged)


def test_scan_keeps_rows_that_a_rule_tolerates(scan: Callable[..., Judged]) -> None:
    """A rule that is a warning, or that tolerates some rows, counts them and sends none away."""
    some = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(5),))
    sql = "SELECT COUNT(*) FROM {object} WHERE zip = 1"
    checks = [
        Check(id="warns", promise=RowQuery(sql), severity=Severity.WARNING),
        Check(id="tolerates", promise=RowQuery(sql), threshold=some),
    ]

    judged = scan(ROWS, CITIES, checks=checks)

    assert ({}, {"warns": 3, "tolerates": 3}) == (judged.rules, judged.failing)


class Witness:
    """A tool that tells what the test wants, and remembers what it was shown."""

    def __init__(self, *breaches: Breach, error: Exception | None = None) -> None:
        self.breaches = breaches
        self.error = error
        self.seen: list[tuple[str, list[tuple[object, ...]], list[str]]] = []

    def broken(self, implementation, rows):
        """Answer as the test wants."""
        frame = pl.DataFrame(rows)
        self.seen.append((implementation, frame.rows(), frame.columns))
        if self.error is not None:
            raise self.error
        return self.breaches


@pytest.fixture
def scanned(tmp_path):
    """Scan the cities with a tool beside the engine."""

    def put(tool: Witness | None, *checks: Check):
        frame = pl.DataFrame({"zip": [3, 1, None, 2], "city": ["a", "b", "c", "d"]})
        frame.write_parquet(tmp_path / "rows")
        engine = DuckEngine(
            memory_limit="256MB",
            temp_directory=str(tmp_path / "spill"),
            tools={} if tool is None else {"witness": tool},
        )
        split = Split(good=f"{tmp_path}/good", bad=f"{tmp_path}/bad")
        found = engine.scan(Staged(f"{tmp_path}/rows"), plan(CITIES, checks), split=split)
        if found.unjudged:
            return found, None, None
        return found, pl.read_parquet(split.good), pl.read_parquet(split.bad)

    return put


CUSTOM = Check(id="ours", promise=Custom("witness", "m:Object"))


def test_scan_shows_a_tool_all_records_and_marks_what_it_names(scanned) -> None:
    """The tool sees every record typed; what it names is quarantined once, with the ids of what it broke."""
    tool = Witness(
        Breach(rule="zip.odd", column="zip", rows=(0, 1)),
        Breach(rule="city.plain", column="city", rows=(1,)),
        Breach(rule="city.fine", column="city", rows=(3,), warns=True),
        Breach(rule="adds up"),
        Breach(rule="hm", warns=True),
    )

    found, good, bad = scanned(tool, Check(id="low", promise=AtLeast("zip", Decimal(2))), CUSTOM)

    shown = [(3, "a"), (1, "b"), (None, "c"), (2, "d")]
    assert [("m:Object", shown, ["zip", "city"])] == tool.seen
    assert [["ours", "ours.zip.odd"], ["low", "ours", "ours.zip.odd", "ours.city.plain"]] == bad[
        "dataops_rules"
    ].to_list()
    assert ([(None, "c"), (2, "d")], 2, 2) == (good.rows(), found.good, found.bad)
    measured = found.measured["ours"]
    assert (3, 2, 4) == (measured.number, measured.failing, measured.checked)
    assert tuple(breach.finding for breach in tool.breaches) == measured.findings


def test_scan_marks_nothing_for_a_tool_that_is_content(scanned) -> None:
    """No breach: all rows are good, and the rule is kept."""
    found, good, bad = scanned(Witness(), CUSTOM)

    assert (4, 0) == (good.height, bad.height)
    assert Measured(number=0, checked=4) == found.measured["ours"]


def test_scan_sends_no_row_away_for_a_warning(scanned) -> None:
    """What a rule of severity warning names is counted and stays."""
    check = Check(id="ours", promise=CUSTOM.promise, severity=Severity.WARNING)

    found, good, _ = scanned(Witness(Breach(rule="zip.odd", rows=(0, 1))), check)

    assert (4, 2) == (good.height, found.measured["ours"].failing)


@pytest.mark.parametrize(
    ("tool", "problem"),
    [
        (Witness(error=NotEvaluatedError("there is no m", where="m.py")), "m.py: there is no m"),
        (None, "nothing here runs the rules of witness"),
    ],
)
def test_scan_without_an_answer_of_a_tool_is_a_named_outcome(scanned, tool, problem) -> None:
    """A tool that can't judge, or that isn't there, leaves a rule that was not evaluated."""
    found, good, _ = scanned(tool, CUSTOM, Check(id="q", promise=Query("SELECT count(*) FROM {object}")))

    assert (Measured(number=None, checked=4, problem=problem), None) == (found.measured["ours"], good)
    lost = Measured(number=None, checked=4, problem="rows could not be judged: ours")
    assert lost == found.measured["q"]


def test_scan_with_a_tool_that_is_not_installed_fails(scanned) -> None:
    """A deployment that lacks a library fails as what it is, and keeps nothing."""
    with pytest.raises(SettingsError, match="not installed"):
        scanned(Witness(error=SettingsError("pandera is not installed")), CUSTOM)
