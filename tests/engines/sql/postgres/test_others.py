from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.spec import (
    AtLeast,
    Check,
    NotNull,
    OneOf,
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.checks.verdict import Operator, Threshold, Unit
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Scope, Severity
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.contract.written import Written
from tests.engines.sql.postgres.test_engine import agree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.postgres.conftest import Judged

ID = Column(name="id", type=ColumnType(LogicalType.INTEGER))
KIND = Column(name="kind", type=ColumnType(LogicalType.STRING))
ORDERS = Dataset(name="orders", columns=(ID, KIND))
NAME = Column(name="name", type=ColumnType(LogicalType.STRING))
KINDS = pl.DataFrame({"name": ["a", "b", None, "b"], "id": [1, 2, 3, 4]})
OF_A = "SELECT COUNT(*) FROM {object} WHERE kind = 'a'"
BROKEN_FILTER = "SELECT COUNT(*) FROM {object} WHERE nothing = 1"


def orders(*rows: tuple[int | None, str | None]) -> pl.DataFrame:
    """A batch."""
    return pl.DataFrame(list(rows), schema={"id": pl.Int64, "kind": pl.String}, orient="row")


def looks(
    check: Check, both: Callable[..., tuple[Judged, Judged]], batch: pl.DataFrame, **there: Any
) -> Judged:
    """Put one rule through both databases, which agree."""
    return agree(both(batch, ORDERS, checks=[check], **there))


def test_a_foreign_key_is_broken_by_what_points_to_nothing(both) -> None:
    """A value that no row of the other table has breaks it; a null passes, and repeats there don't matter."""
    key = Check(id="key", promise=References(("kind",), "kinds", ("name",)))
    batch = orders((1, "a"), (2, "c"), (3, None), (4, "b"), (5, "c "))

    found = looks(key, both, batch, besides={"kinds": (KINDS, (NAME, ID))})

    assert not found.scan.measured["key"].problem
    assert {2: ["key"], 5: ["key"]} == found.rules
    assert (2, 5) == (found.scan.measured["key"].failing, found.scan.measured["key"].checked)


def test_a_foreign_key_of_several_columns_is_looked_up_as_a_whole(both) -> None:
    """Each value may be there: the pair must be in one row."""
    key = Check(id="key", promise=References(("kind", "id"), "kinds", ("name", "id")))
    batch = orders((1, "a"), (2, "a"), (2, "b"), (4, "b"), (3, None))

    assert [2] == list(looks(key, both, batch, besides={"kinds": (KINDS, (NAME, ID))}).rules)


def test_a_foreign_key_compares_values_in_the_type_of_the_column(both) -> None:
    """Where the other table has another type, its values are read in ours; what has none points nowhere."""
    key = Check(id="key", promise=References(("id",), "kinds", ("name",)))
    texts = pl.DataFrame({"name": ["1", "02", "x", None], "id": [1, 2, 3, 4]})

    found = looks(key, both, orders((1, "a"), (2, "a"), (3, "a")), besides={"kinds": (texts, (NAME, ID))})

    assert [3] == list(found.rules)


def test_a_foreign_key_finds_times_of_day_that_are_published_as_texts(both) -> None:
    """What a file writes in its own format is published in ISO 8601, as a text where no type is for it."""
    at = Column(name="at", type=ColumnType(LogicalType.TIME, written=Written("HHmm")))
    start = Column(name="start", type=ColumnType(LogicalType.TIME))
    key = Check(id="key", promise=References(("at",), "shifts", ("start",)))
    shifts = pl.DataFrame({"start": ["06:30:00", "14:00:00"]})
    batch = pl.DataFrame({"at": ["0630", "0700", None]})

    found = both(
        batch, Dataset(name="d", columns=(at,)), checks=[key], besides={"shifts": (shifts, (start,))}
    )

    assert {2: ["key"]} == agree(found).rules


def test_json_is_judged_beside_what_is_looked_up(both) -> None:
    """Rules of JSON stand before those that look rows up, and neither hurts the other."""
    tags = Column(name="tags", type=ColumnType(LogicalType.ARRAY), options=Options(min_items=1))
    dataset = Dataset(name="d", columns=(KIND, tags))
    key = Check(id="key", promise=References(("kind",), "kinds", ("name",)))
    batch = pl.DataFrame({"kind": ["a", "c", "b"], "tags": ["[1]", "[]", "[]"]})

    found = both(batch, dataset, checks=[*derive(dataset), key], besides={"kinds": (KINDS, (NAME, ID))})

    assert {2: ["tags.minItems", "key"], 3: ["tags.minItems"]} == agree(found).rules


@pytest.mark.parametrize("besides", [{}, {"kinds": (KINDS.drop("name"), (ID,))}], ids=["table", "column"])
def test_a_foreign_key_without_its_table_is_not_evaluated(both, besides) -> None:
    """What can't be looked up is neither kept nor broken, and hurts no other rule of rows."""
    checks = [
        Check(id="key", promise=References(("kind",), "kinds", ("name",))),
        Check(id="low", promise=AtLeast("id", Decimal(2))),
    ]

    found = agree(both(orders((1, "a"), (2, "a")), ORDERS, checks=checks, besides=besides))

    assert ({"low": 1}, "rows could not be judged: key") == (found.failing, found.scan.unjudged)
    assert found.scan.measured["key"].problem
    assert found.scan.measured["key"].number is None


def test_a_key_of_the_whole_table_is_broken_by_what_is_published(both) -> None:
    """Rows that share their key with each other, or with a row of another partition, break it."""
    key = Check(id="key", promise=Unique(("id",)), scope=Scope.TABLE)
    batch = orders((1, "a"), (2, "a"), (2, "b"), (3, "a"), (None, "a"))

    found = looks(key, both, batch, rest=orders((3, "z"), (9, "z"), (None, "z")))

    assert {2: ["key"], 3: ["key"], 4: ["key"]} == found.rules


def test_a_key_of_the_whole_table_without_a_rest_looks_at_the_batch(both) -> None:
    """The first batch of a table has nothing to be compared with but itself."""
    key = Check(id="key", promise=Unique(("id", "kind")), scope=Scope.TABLE)

    assert {2: ["key"], 3: ["key"]} == looks(key, both, orders((1, "a"), (2, "a"), (2, "a"), (2, "b"))).rules


def test_a_filter_leaves_some_rows_to_a_rule(both) -> None:
    """A rule says nothing of the other rows, also not in its percentage."""
    half = Threshold(Operator.MUST_BE_LESS_THAN, (Decimal(50),), Unit.PERCENT)
    checks = [
        Check(id="low", promise=AtLeast("id", Decimal(5)), filter=OF_A),
        Check(id="few", promise=OneOf("id", ("1",)), filter=OF_A, threshold=half),
        Check(id="null", promise=NotNull("id"), filter=OF_A, severity=Severity.WARNING),
        Check(id="other", promise=NotNull("id"), filter="SELECT COUNT(*) FROM {object} WHERE kind <> 'a'"),
    ]
    batch = orders((1, "a"), (7, "a"), (2, "b"), (None, "a"), (None, "b"), (None, None))

    found = agree(both(batch, ORDERS, checks=checks))

    assert {1: ["low"], 5: ["other"]} == found.rules
    numbers = {name: (one.failing, one.checked) for name, one in found.scan.measured.items()}
    assert {"low": (1, 3), "few": (1, 3), "null": (1, 3), "other": (1, 2)} == numbers


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32])
def test_a_text_is_looked_up_among_doubles_in_no_database(dtype, both) -> None:
    """DuckDB writes `1.0` where PostgreSQL writes `1`."""
    key = Check(id="key", promise=References(("kind",), "kinds", ("name",)))
    there = pl.DataFrame({"name": [1.0, 2.5]}, schema={"name": dtype})

    for one in both(orders((1, "1"), (2, "2.5")), ORDERS, checks=[key], besides={"kinds": (there, (NAME,))}):
        assert "doubles in `name`" in one.scan.measured["key"].problem


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32, pl.String])
def test_a_double_is_looked_up_alike(dtype, both) -> None:
    """Among doubles of 64 and of 32 bits, and among texts."""
    near = Column(name="x", type=ColumnType(LogicalType.NUMBER))
    far = Column(name="y", type=ColumnType(LogicalType.NUMBER))
    key = Check(id="key", promise=References(("x",), "others", ("y",)))
    rows = pl.DataFrame({"x": [0.5, 0.1, 1e15, 2.0, None, -0.0]})
    values = [0.5, 0.1, 1e15, 0.0]
    there = pl.DataFrame({"y": [*map(str, values)] if dtype == pl.String else values}, schema={"y": dtype})

    found = agree(
        both(rows, Dataset(name="d", columns=(near,)), checks=[key], besides={"others": (there, (far,))})
    )

    assert ({2, 3, 4} if dtype == pl.Float32 else {4}) >= set(found.rules) >= {4}


def test_a_filter_leaves_some_rows_to_a_key_and_to_a_count(both) -> None:
    """Uniqueness among the rows that are left, in the batch or the table; rows that are left are counted."""
    checks = [
        Check(id="key", promise=Unique(("id",)), filter=OF_A),
        Check(id="table", promise=Unique(("id",)), filter=OF_A, scope=Scope.TABLE, severity=Severity.WARNING),
        Check(id="count", promise=RowCount(), filter=OF_A),
        Check(id="all", promise=RowCount(), filter=OF_A, scope=Scope.TABLE),
    ]
    batch = orders((1, "a"), (1, "b"), (2, "a"), (2, "a"), (3, "b"), (3, "b"), (4, "a"))

    found = agree(both(batch, ORDERS, checks=checks, rest=orders((4, "a"), (1, "b"), (5, "a"))))

    assert {3: ["table", "key"], 4: ["table", "key"]} == {
        at: sorted(ids, reverse=True) for at, ids in found.rules.items()
    }
    assert (3, 4) == (found.scan.measured["table"].failing, found.scan.measured["table"].checked)
    assert (2, 4) == (found.scan.measured["count"].number, found.scan.measured["all"].number)


def test_a_filter_that_fails_keeps_its_rules_from_being_evaluated(both) -> None:
    """They are neither kept nor broken, and hurt no other of rows."""
    checks = [
        Check(id="low", promise=AtLeast("id", Decimal(5)), filter=BROKEN_FILTER),
        Check(id="key", promise=Unique(("id",)), filter=BROKEN_FILTER),
        Check(id="count", promise=RowCount(), filter=BROKEN_FILTER),
        Check(id="fine", promise=NotNull("id")),
    ]
    rows = orders((1, "a"), (1, "a"), (None, "b"))

    found, alone = (agree(both(rows, ORDERS, checks=some)) for some in (checks, checks[2:]))

    assert {"fine": 1} == found.failing == alone.failing
    assert "rows could not be judged: low, key" == found.scan.measured["count"].problem
    problems = {name: one.problem for name, one in {**found.scan.measured, **alone.scan.measured}.items()}
    assert {"low", "key", "count"} == {name for name, problem in problems.items() if "filter" in problem}


def test_sql_rules_read_other_datasets_and_the_whole_table(both) -> None:
    """By their names, in any case, with or without an alias; a name of WITH is none of them."""
    reads = ("kinds",)
    checks = [
        Check(
            id="join",
            promise=Query("SELECT COUNT(*) FROM {object} o JOIN Kinds k ON k.name = o.kind", reads),
        ),
        Check(
            id="plain",
            promise=Query(
                "SELECT COUNT(*) FROM {object} "
                "WHERE kind NOT IN (SELECT kinds.name FROM kinds WHERE kinds.name IS NOT NULL)",
                reads,
            ),
        ),
        Check(
            id="rows",
            promise=RowQuery(
                "SELECT COUNT(*) FROM {object} o WHERE NOT EXISTS (SELECT 1 FROM kinds WHERE name = o.kind)",
                reads,
            ),
        ),
        Check(id="whole", promise=Query("SELECT COUNT(DISTINCT id) FROM {object}"), scope=Scope.TABLE),
        Check(id="count", promise=RowCount(), scope=Scope.TABLE),
    ]
    batch = orders((1, "a"), (2, "b"), (3, "c"))

    found = agree(
        both(
            batch,
            ORDERS,
            checks=checks,
            rest=orders((1, "z"), (7, "z")),
            besides={"kinds": (KINDS, (NAME, ID))},
        )
    )

    assert {3: ["rows"]} == found.rules
    numbers = {name: one.number for name, one in found.scan.measured.items()}
    assert {"join": 3, "plain": 0, "rows": 1, "whole": 3, "count": 4} == numbers


VALUES = st.integers(0, 3) | st.none()
ROWS = st.lists(st.tuples(VALUES, st.sampled_from(["a", "b", None])), max_size=8)


@given(batch=ROWS, rest=ROWS, scope=st.sampled_from(Scope), filtered=st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_keys_agree_with_python(both, batch, rest, scope, filtered) -> None:
    """Whichever rows there are: those that share their key with another one that the rule speaks of."""
    key = Check(id="key", promise=Unique(("id",)), scope=scope, filter=OF_A if filtered else "")

    def spoken(rows: list[tuple[int | None, str | None]]) -> list[int]:
        return [value for value, kind in rows if value is not None and (kind == "a" or not filtered)]

    against = spoken(batch) + (spoken(rest) if scope is Scope.TABLE else [])
    bad = [
        line
        for line, (value, kind) in enumerate(batch, 1)
        if value is not None and (kind == "a" or not filtered) and against.count(value) > 1
    ]

    assert bad == list(looks(key, both, orders(*batch), rest=orders(*rest)).rules)


def test_a_key_that_can_not_be_looked_up_hurts_no_other(both) -> None:
    """Those after it are looked up as if it weren't there."""
    checks = [
        Check(id="no column", promise=References(("kind",), "shops", ("name",))),
        Check(id="key", promise=References(("kind",), "kinds", ("name",))),
        Check(id="table", promise=Unique(("id",)), scope=Scope.TABLE),
    ]
    besides = {"shops": (KINDS.drop("name"), (ID,)), "kinds": (KINDS, (NAME, ID))}

    found = agree(
        both(orders((1, "a"), (2, "x")), ORDERS, checks=checks, besides=besides, rest=orders((1, "z")))
    )

    assert {"table": 1, "key": 1} == found.failing


def test_a_backslash_escapes_nothing_in_a_pattern_of_like(both) -> None:
    """It is a sign as any other, in both databases."""
    rule = Check(id="like", promise=RowQuery("SELECT COUNT(*) FROM {object} WHERE kind LIKE '%\\%'"))

    assert [2] == list(looks(rule, both, orders((1, "a%"), (2, "a\\b"), (3, "a"))).rules)


def test_what_means_something_else_in_one_database_is_not_evaluated_there(both) -> None:
    """SIMILAR TO is a pattern of another kind in PostgreSQL."""
    rule = Check(id="similar", promise=Query("SELECT COUNT(*) FROM {object} WHERE kind SIMILAR TO 'a.*'"))

    duck, postgres = both(orders((1, "ab")), ORDERS, checks=[rule])

    assert (1, None) == (duck.scan.measured["similar"].number, postgres.scan.measured["similar"].number)
