from __future__ import annotations

import psycopg
import pytest

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.warehouse.catalog import Found, look_up
from airflow_dataops.warehouse.column_type import postgres_type
from airflow_dataops.warehouse.postgres import Table

TYPES = [
    *(ColumnType(logical) for logical in LogicalType),
    ColumnType(LogicalType.NUMBER, 10),
    ColumnType(LogicalType.NUMBER, 38, 9),
]


@pytest.fixture
def connection(postgresql):
    """A transaction in the tests' database that comes to nothing."""
    with psycopg.connect(postgresql.replace("postgresql+psycopg", "postgresql")) as opened:
        yield opened
        opened.rollback()


def test_types_are_spelled_as_the_catalog_spells_them(connection) -> None:
    """A type of the contract must be found again under the name that it was created by."""
    columns = ", ".join(f"c{position} {postgres_type(kind)}" for position, kind in enumerate(TYPES))
    connection.execute("CREATE SCHEMA look")
    connection.execute(f"CREATE TABLE look.up ({columns})")

    found = look_up(connection, Table("look", "up"), Table("look", "nowhere"))

    expected = {f"c{position}": postgres_type(kind) for position, kind in enumerate(TYPES)}
    assert {Table("look", "up"): Found("a table", expected)} == found


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE VIEW look.up AS SELECT 1 AS x", Found("a view", {"x": "integer"})),
        ("CREATE MATERIALIZED VIEW look.up AS SELECT 1 AS x", Found("a materialized view", {"x": "integer"})),
        (
            "CREATE TABLE look.up (x int) PARTITION BY LIST(x)",
            Found("a partitioned table", {"x": "integer"}),
        ),
        (
            "CREATE TABLE look.up (x int, y int); ALTER TABLE look.up DROP y",
            Found("a table", {"x": "integer"}),
        ),
        ("CREATE TABLE look.up ()", Found("a table", {})),
        ("CREATE TYPE look.up AS (x int)", Found("a type", {"x": "integer"})),
    ],
)
def test_what_is_there_is_told(connection, statement, expected) -> None:
    """Kind and columns of whatever has the name."""
    connection.execute("CREATE SCHEMA look")
    connection.execute(statement)

    assert {Table("look", "up"): expected} == look_up(connection, Table("look", "up"))
