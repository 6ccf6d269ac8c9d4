from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest

from airflow_dataops.core.checks.spec import (
    AtLeast,
    Check,
    Custom,
    JsonPromise,
    Matches,
    NotNull,
    OfType,
    OneOf,
    Promise,
    Query,
    RowCount,
    Unique,
    Within,
)
from airflow_dataops.core.checks.verdict import Operator, Threshold, Unit
from airflow_dataops.core.checks.words import (
    AUDIT,
    COMPARED,
    FILTER,
    SCAN,
    STOP,
    TYPES,
    WARNING,
    WORDS,
    consequence,
    sentence,
)
from airflow_dataops.core.contract.format import TEXTS
from airflow_dataops.core.contract.model import ColumnType, LogicalType, Scope, Severity
from airflow_dataops.core.contract.written import Written

FEW = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(5),), Unit.PERCENT)
DAY = ColumnType(LogicalType.DATE, written=Written(format="dd.MM.yyyy"))
MANY = Threshold(Operator.MUST_BE_GREATER_THAN, (Decimal(1000),))


def instant(**written: object) -> ColumnType:
    """The type of timestamps that are written in some way."""
    return ColumnType(LogicalType.TIMESTAMP, written=Written(**written))


def test_every_promise_has_words() -> None:
    """No check can be derived that nobody could explain, and every operator can be said."""
    assert {*get_args(Promise), *get_args(JsonPromise)} == set(WORDS)
    assert set(LogicalType) == set(TYPES)
    assert set(Operator) == set(COMPARED)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (Check(id="a", promise=NotNull("a")), "`a` has a value"),
        (Check(id="a", promise=NotNull("a", ("N/A", "-"))), "`a` has a value, and `N/A` or `-` is none"),
        (
            Check(id="a", promise=NotNull("a"), threshold=FEW),
            "`a` has a value; less than 5 % of all rows may break it",
        ),
        (
            Check(id="a", promise=NotNull("a"), threshold=FEW, filter=f"{FILTER}b = 'x'"),
            "`a` has a value; only of rows where b = 'x'; less than 5 % of these rows may break it",
        ),
        (
            Check(id="a", promise=NotNull("a"), threshold=replace(FEW, unit=Unit.ROWS)),
            "`a` has a value; less than 5 rows may break it",
        ),
        (Check(id="a", promise=OfType("a", DAY)), "`a` is a date written as dd.MM.yyyy"),
        (Check(id="a", promise=OfType("a", instant(offset=True))), "`a` is a timestamp with an offset"),
        (
            Check(id="a", promise=OfType("a", instant(offset=False, zone="Europe/Berlin"))),
            "`a` is a timestamp without an offset, of Europe/Berlin",
        ),
        (
            Check(id="a", promise=OfType("a", instant(zone="Europe/Berlin"))),
            "`a` is a timestamp, of Europe/Berlin where it has no offset",
        ),
        (
            Check(id="a", promise=OfType("a", ColumnType(LogicalType.NUMBER, 12, 2))),
            "`a` is a number of at most 12 digits, 2 of them behind the point",
        ),
        (Check(id="a", promise=AtLeast("a", Decimal("0.50"))), "`a` is at least 0.50"),
        (Check(id="a", promise=Within("a", Decimal(0), Decimal(255))), "`a` is from 0 to 255"),
        (Check(id="a", promise=Matches("a", TEXTS["email"])), "`a` has the format email"),
        (Check(id="a", promise=Matches("a", "^x$")), "`a` matches ^x$"),
        (Check(id="a", promise=OneOf("a", ("x", "y"))), "`a` is one of `x`, `y`"),
        (Check(id="a", promise=Unique(("a", "b"))), "no two rows have the same `a` and `b`"),
        (
            Check(id="a", promise=RowCount(), threshold=MANY),
            "the number of rows that are passed on is more than 1,000",
        ),
        (
            Check(id="a", promise=RowCount(), threshold=MANY, scope=Scope.TABLE),
            "the number of rows of the whole table is more than 1,000",
        ),
        (
            Check(id="a", promise=Query("SELECT 1")),
            "the number that the query comes to, of the rows that are passed on, is 0",
        ),
        (
            Check(id="a", promise=Query("SELECT 1"), schedule="0 5 * * *"),
            (
                "the number that the query comes to, of the rows of the whole table, is 0; "
                "looked at by its schedule 0 5 * * *"
            ),
        ),
        (
            Check(id="a", promise=Custom("pandera", "/folder/rules.py:Model")),
            "the rows keep the rules of pandera rules.py:Model",
        ),
    ],
)
def test_a_check_is_a_sentence(check, expected) -> None:
    """What is promised is said as a person would say it, with the names and bounds of the contract."""
    assert expected == sentence(check)


def test_what_becomes_of_a_broken_check_is_said() -> None:
    """Rows leave the batch, or the batch stops, or nothing does, as the check itself decides."""
    rows, whole = NotNull("a"), RowCount()
    assert "rows that break it go to quarantine" == consequence(Check(id="a", promise=rows))
    assert STOP == consequence(Check(id="a", promise=rows, threshold=FEW))
    assert STOP == consequence(Check(id="a", promise=whole, threshold=MANY))
    assert WARNING == consequence(Check(id="a", promise=rows, severity=Severity.WARNING))
    assert AUDIT == consequence(Check(id="a", promise=Unique(("a",)), scope=Scope.TABLE))
    assert AUDIT == consequence(Check(id="a", promise=whole, threshold=MANY, scope=Scope.TABLE))
    for promise, scope in ((rows, Scope.BATCH), (whole, Scope.BATCH), (whole, Scope.TABLE)):
        assert SCAN == consequence(Check(id="a", promise=promise, schedule="@daily", scope=scope))
    scheduled = Check(id="a", promise=rows, schedule="@daily", severity=Severity.INFO)
    assert WARNING == consequence(scheduled)
    assert consequence(Check(id="a", promise=Custom("pandera", "a:B"))).endswith(STOP)
