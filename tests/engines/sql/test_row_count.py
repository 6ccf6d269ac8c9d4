"""A control table and a team's SELECT, asked how many rows a batch should have, in real databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.row_count import DatabaseCounter, of_query, of_table
from airflow_dataops.errors import DataOpsError, NotEvaluatedError, SettingsError

if TYPE_CHECKING:
    from airflow_dataops.testing.engine import Seat

LOADS = pl.DataFrame(
    {
        "day": ["2026-03-03", "2026-03-03", "2026-03-04", "2026-03-05", "it's \\ 3rd"],
        "rows": [30, 12, 7, None, 5],
        "name": ["a", "b", "c", "d", "e"],
    },
    schema={"day": pl.String, "rows": pl.Int64, "name": pl.String},
)


def batch(partition: str) -> Batch:
    """Return a batch of a partition."""
    return Batch(team="shop", product="orders", dataset="orders", partition=partition)


@pytest.fixture(params=["postgres", "sqlite", "mariadb"])
def seat(request: pytest.FixtureRequest) -> Seat:
    """Each database."""
    return request.getfixturevalue(f"{request.param}_seat")


@pytest.fixture
def asked(seat: Seat):
    """Ask the database, which has a control table, as somebody says."""
    address = seat.put("loads", LOADS).uri
    engine = seat.engine
    database = engine._database if isinstance(engine, HookedEngine) else engine._warehouse
    table = address.removeprefix(database.root)

    def ask(partition: str, *, sql: str = "", count_column: str = "rows", named: str = table) -> int:
        if sql:
            written = ".".join(
                f'"{part}"' if not isinstance(engine, HookedEngine) else part for part in named.split(".")
            )
            how = of_query(sql.replace("LOADS", written), place="expected.sql")
        else:
            how = of_table(named, partition_column="day", count_column=count_column)
        return DatabaseCounter(database, how).count(batch(partition))

    return ask


def test_a_control_table_adds_up_what_it_says_of_a_partition(asked) -> None:
    """Whatever stands in its label."""
    assert (42, 7, 5) == (asked("2026-03-03"), asked("2026-03-04"), asked("it's \\ 3rd"))


@pytest.mark.parametrize("partition", ["2026-03-06", "2026-03-05"])
def test_a_control_table_that_says_nothing_of_a_partition_is_named(asked, partition) -> None:
    """No row of it, or one without a number."""
    with pytest.raises(NotEvaluatedError, match="the answer is not one number"):
        asked(partition)


def test_a_select_of_ones_own_is_asked_for_the_partition(asked) -> None:
    """In the words of its database; the label is never read as SQL."""
    sql = "-- of the source\nSELECT count(*) FROM LOADS WHERE day = {{ partition }};\n"

    assert (2, 1, 0) == tuple(asked(day, sql=sql) for day in ("2026-03-03", "it's \\ 3rd", "' OR '1'='1"))


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            "SELECT name FROM LOADS WHERE day = {{ partition }} AND name = 'a'",
            "the answer is no number of rows",
        ),
        ("SELECT rows, rows FROM LOADS", "the answer is not one number"),
        ("SELECT count(*) FROM LOADS; SELECT 1", "expected.sql: it is not one SELECT"),
        ("DELETE FROM LOADS", "expected.sql: it is not one SELECT"),
        ("", "expected.sql: it is not one SELECT"),
        ("SELECT FROM WHERE (", "expected.sql: the SELECT can't be parsed"),
        ("SELECT {{ nothing }}", "expected.sql:1: 'nothing' is undefined"),
        ("SELECT {{ partition", "expected.sql:1: "),
        ("SELECT count(*) FROM nowhere", "counting what is expected of orders/2026-03-03"),
    ],
)
def test_a_select_that_comes_to_nothing_is_named_in_one_line(asked, sql, why) -> None:
    """No value of a row is in it."""
    with pytest.raises(DataOpsError) as error:
        asked("2026-03-03", sql=sql or " ")

    assert why in str(error.value)
    assert "\n" not in str(error.value)


def test_a_column_that_is_not_there_is_no_number(asked) -> None:
    """SQLite would take a quoted name that it doesn't know for a text, and the sum of texts for 0."""
    with pytest.raises(DataOpsError):
        asked("2026-03-03", count_column="nothing")


def test_a_table_is_named_as_a_table() -> None:
    """And not as SQL."""
    with pytest.raises(SettingsError, match="is no table"):
        of_table("a.b.c", partition_column="day", count_column="rows")
