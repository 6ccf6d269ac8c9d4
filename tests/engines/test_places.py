"""What the tables say of each engine is what the engine says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.checks.spec import (
    AtLeast,
    Check,
    Counts,
    Custom,
    Inside,
    Matches,
    NotLonger,
    NotNull,
    OneOf,
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType, Scope, Severity
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.testing.case import OTHER, THERE, Case
from airflow_dataops.testing.places import PLACES, RULES
from airflow_dataops.testing.promises import counting

if TYPE_CHECKING:
    from airflow_dataops.core.checks.spec import Promise
    from airflow_dataops.testing.engine import Seat

TEXT, ARRAY = ColumnType(LogicalType.STRING), ColumnType(LogicalType.ARRAY)
COLUMNS = (Column(name="t", type=TEXT), Column(name="j", type=ARRAY))
ROWS = pl.DataFrame({"row": [1, 2], "t": ["a", "b"], "j": ["[]", '["a"]']})
OTHERS_MAX = "t = (SELECT max(o.t) FROM {object} AS o)"

TRIED: dict[str, Check] = {
    "pattern": Check(id="r", promise=Matches("t", "^[a-z]$")),
    "word": Check(id="r", promise=Matches("t", r"\bx")),
    "flag": Check(id="r", promise=Matches("t", "(?i)x")),
    "repeats": Check(id="r", promise=Matches("t", "^x{300}$")),
    "unique": Check(id="r", promise=Unique(("t",))),
    "filtered": Check(id="r", promise=Unique(("t",)), filter=counting("t <> 'a'")),
    "whole": Check(id="r", promise=Unique(("t",)), scope=Scope.TABLE),
    "reference": Check(id="r", promise=References(("t",), OTHER, (THERE,))),
    "json": Check(id="r", promise=Inside("j", (), ARRAY, Counts("j", 1))),
    "json pattern": Check(id="r", promise=Inside("j", (Each.ITEM,), TEXT, Matches("j", "b"))),
    "count": Check(id="r", promise=RowCount()),
    "sql": Check(id="r", promise=Query("SELECT count(*) FROM {object} WHERE t = 'a'")),
    "sql rows": Check(id="r", promise=RowQuery(counting("t = 'a'"))),
    "sql other rows": Check(id="r", promise=RowQuery(counting(OTHERS_MAX))),
    "sql other table": Check(id="r", promise=Query("SELECT count(*) FROM other", (OTHER,))),
    "sql own": Check(id="r", promise=Query("SELECT sum(levenshtein(t, 'ab')) FROM {object}")),
    "pandera": Check(id="r", promise=Custom("pandera", "tests.engines.rules:SCHEMA")),
}
"""Name of a kind of rules -> one of them."""


def test_each_kind_of_rules_is_tried() -> None:
    """A kind that nobody tries could be anything."""
    assert RULES.keys() == TRIED.keys()
    assert all(place.refuses.keys() <= RULES.keys() for place in PLACES.values())


def told(seat: Seat, name: str) -> str:
    """Return what an engine says of a rule that it doesn't evaluate."""
    case = Case(
        columns=COLUMNS,
        rows=ROWS,
        checks=(TRIED[name],),
        other=pl.DataFrame({THERE: ["a"]}),
        rest=ROWS[:1] if name == "whole" else None,
    )
    return seat.judge(case).measured["r"].problem


@pytest.mark.parametrize("name", [name for name in RULES if name != "pandera"])
def test_an_engine_refuses_what_its_table_says_and_nothing_else(
    name: str, place: str, any_seat: Seat
) -> None:
    """A rule comes to a number, or to the words that the docs have."""
    problem = told(any_seat, name)

    assert (name in PLACES[place].refuses) == bool(problem), problem
    assert PLACES[place].refuses.get(name, "") in problem


@pytest.mark.parametrize("place", [n for n, at in PLACES.items() if "pandera" in at.refuses], indirect=True)
def test_rules_of_pandera_are_refused_where_rows_stay(place: str, any_seat: Seat) -> None:
    """They need the rows in Python; DuckDB's own tests show them to it."""
    assert PLACES[place].refuses["pandera"] in told(any_seat, "pandera")


BYTES = pl.DataFrame({"row": [1, 2], "t": [b"ab", b"\xde\xad"]})


@pytest.mark.parametrize("promise", [Matches("t", "^a"), NotLonger("t", 2), OneOf("t", ("ab",))])
def test_the_text_of_bytes_is_asked_for_nowhere(promise: Promise, any_seat: Seat) -> None:
    """Each database writes it its own way: the same bytes would break a rule here, and keep it there."""
    case = Case(columns=COLUMNS[:1], rows=BYTES, checks=(Check(id="r", promise=promise),))

    found = any_seat.judge(case).measured["r"]

    assert (None, True) == (found.number, any(word in found.problem for word in ("bytes", "BLOB")))


ABOUT_GOOD_ROWS = (
    Check(id="n", promise=RowCount()),
    Check(id="some", promise=RowCount(), filter=counting("t = 'a'")),
    Check(id="q", promise=Query("SELECT count(*) FROM {object}")),
    Check(id="max", promise=Query("SELECT max(length(t)) FROM {object}")),
)
ON_TEXT = Check(id="low", promise=AtLeast("t", Decimal(0)))
"""What no engine evaluates."""


def test_where_rows_could_not_be_judged_nothing_is_known_of_the_good_ones(any_seat: Seat) -> None:
    """Each rule about them says whose fault it is; rules of single rows are judged all the same."""
    short = Check(id="short", promise=Matches("t", "^a$"))
    case = Case(columns=COLUMNS, rows=ROWS, checks=(ON_TEXT, short, *ABOUT_GOOD_ROWS))

    found = any_seat.judge(case)

    why = "rows could not be judged: low"
    assert {check.id: why for check in ABOUT_GOOD_ROWS} == {
        rule: one.problem for rule, one in found.measured.items() if rule in {"n", "some", "q", "max"}
    }
    assert (why, 2, 0, 0, 1) == (
        found.unjudged,
        found.rows,
        found.good,
        found.bad,
        found.measured["short"].failing,
    )


def test_a_rule_that_sends_no_row_away_leaves_the_good_ones_known(any_seat: Seat) -> None:
    """It only warns: without it the good rows are the same."""
    warns = replace(ON_TEXT, severity=Severity.WARNING)

    found = any_seat.judge(Case(columns=COLUMNS, rows=ROWS, checks=(warns, *ABOUT_GOOD_ROWS)))

    assert (True, "") == (bool(found.measured["low"].problem), found.unjudged)
    assert {"n": 2, "some": 1, "q": 2, "max": 1} == {
        check.id: found.measured[check.id].number for check in ABOUT_GOOD_ROWS
    }


def test_an_average_of_no_rows_is_no_number_anywhere(any_seat: Seat) -> None:
    """It is no pass, and no engine takes it for 0; what is said of single rows is kept."""
    average = Check(id="average", promise=Query("SELECT AVG(n) FROM {object}"))
    columns = (Column(name="n", type=ColumnType(LogicalType.NUMBER)),)
    rows = pl.DataFrame(schema={"row": pl.Int64, "n": pl.Float64})

    scan = any_seat.judge(
        Case(columns=columns, rows=rows, checks=(average, Check(id="n", promise=NotNull("n"))))
    )

    assert [(None, ""), (0, "")] == [
        (scan.measured[one].number, scan.measured[one].problem) for one in ("average", "n")
    ]
