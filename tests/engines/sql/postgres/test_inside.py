from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import psycopg
import pytest
from psycopg.sql import SQL, Literal

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.core.contract.options import Options
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.core.rows.relation import Landed, LandedPart
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.warehouse.postgres import Table, Warehouse
from tests.core.checks.test_inside import CASES, column, dataset_of, each, items, member

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.sql.postgres.conftest import Judged


@pytest.mark.parametrize("name", CASES)
def test_json_is_judged_alike_in_both_databases(
    name: str, both: Callable[..., tuple[Judged, Judged]]
) -> None:
    """A text breaks in PostgreSQL what it breaks in DuckDB, and the good ones are passed on as they came."""
    found, keep, broken = CASES[name]
    rows = pl.DataFrame({"c": [*keep, *broken, None]})

    duck, postgres = both(rows, dataset_of(found))

    assert list(broken.values()) == list(postgres.rules.values())
    assert duck.rules == postgres.rules
    assert duck.numbers == postgres.numbers
    assert [*((text,) for text in keep), (None,)] == postgres.good == duck.good


@pytest.mark.parametrize("kind", ["json", "jsonb", "text", "varchar(40)"])
def test_columns_of_json_are_read_whatever_their_type(kind: str, put: Callable[..., Judged]) -> None:
    """JSON is JSON in a column of each type that may hold it."""
    found = column("object", member("n", "number", required=True))
    select = SQL(
        "SELECT * FROM (VALUES (1, {}::{kind}), (2, {}::{kind}), (3, NULL)) AS t(dataops_line, c)"
    ).format(Literal('{"n": 1.50}'), Literal('{"n": "1"}'), kind=SQL(kind))

    judged = put(select, dataset_of(found))

    assert {2: ["c.n.type"]} == judged.rules
    assert [('{"n": 1.50}',), (None,)] == judged.good


def test_arrays_are_read_as_json(put: Callable[..., Judged]) -> None:
    """An array of the database is an array, and goes on as JSON."""
    numbers = replace(column("array", each(Each.ITEM, "integer", required=True), unique_items=True), name="n")
    texts = replace(column("array", each(Each.ITEM, "string")), name="x")
    dataset = Dataset(name="d", columns=(numbers, texts))
    select = """
        SELECT 1 AS dataops_line, ARRAY[1, 2] AS n, ARRAY['a', 'b"', NULL] AS x
        UNION ALL SELECT 2, ARRAY[1, 1], NULL UNION ALL SELECT 3, ARRAY[NULL]::int[], '{}'
    """

    judged = put(select, dataset)

    assert {2: ["n.uniqueItems"], 3: ["n[].required"]} == judged.rules
    assert [("[1,2]", '["a","b\\"",null]')] == judged.good
    assert "[1,1]" == judged.bad[0][3]


def test_json_stands_beside_other_rules(put: Callable[..., Judged]) -> None:
    """Rules of rows, of groups and of JSON are listed together."""
    key = Column(name="id", type=ColumnType(LogicalType.INTEGER), unique=True)
    dataset = Dataset(name="d", columns=(key, replace(column("array", max_items=0), name="a")))
    select = (
        "SELECT * FROM (VALUES (1, '1', '[1]'), (2, '01', '[]'), (3, 'x', '[]')) AS t(dataops_line, id, a)"
    )

    judged = put(select, dataset)

    assert {1: ["id.unique", "a.maxItems"], 2: ["id.unique"], 3: ["id.type"]} == judged.rules
    assert (1, 3) == (judged.scan.measured["a.maxItems"].failing, judged.scan.measured["a.maxItems"].checked)


def test_patterns_that_postgres_reads_otherwise_are_not_evaluated(put: Callable[..., Judged]) -> None:
    """A pattern inside JSON that can't be written for PostgreSQL says so, as one of a flat column does."""
    found = column(
        "object",
        member("a", "string", options=Options(pattern=r"\bx")),
        member("b", "string", options=Options(pattern="^[a-z%{}]{1,3}%$")),
    )
    select = """
        SELECT * FROM (VALUES (1, '{"a":"y","b":"a{}%"}'), (2, '{"b":"a"}')) AS t(dataops_line, c)
    """

    judged = put(select, dataset_of(found))

    assert {"c.b.pattern": 1} == judged.failing
    problem = "the pattern uses `\\b`, which PostgreSQL reads otherwise than RE2"
    assert problem == judged.scan.measured["c.a.pattern"].problem


@pytest.mark.parametrize(("encoding", "broken"), [("UTF8", {3}), ("LATIN1", {2, 3})])
def test_texts_that_the_connection_cannot_send_break_patterns(
    database: str, schema: str, encoding: str, broken: set[int]
) -> None:
    """A character of JSON that the connection's encoding hasn't stops no scan: no pattern is found there."""
    warehouse = Warehouse("latin", lambda: psycopg.connect(database, client_encoding=encoding))
    table = Table(schema, "source")
    with warehouse.connect() as connection:
        connection.execute(
            SQL("CREATE TABLE {} AS SELECT * FROM (VALUES {}) AS t(dataops_line, c)").format(
                table.sql, SQL('(1, \'["ü"]\'), (2, \'["\\u65e5", "a"]\'), (3, \'[""]\')')
            )
        )
    address = warehouse.address(table)
    landed = Landed(address, (LandedPart(address, "shop.orders"),), Dialect(format=Format.TABLE))
    dataset = dataset_of(items("string", pattern="."))

    scan = PostgresEngine(warehouse).scan(landed, plan(dataset, derive(dataset)), split=None)

    assert len(broken) == scan.measured["c[].pattern"].failing
