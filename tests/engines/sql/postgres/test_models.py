"""Models in a real PostgreSQL: what they may read, what they write, and what a killed one leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from airflow_dataops.engines.sql.postgres.models import PostgresModels
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.postgres import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.rows.relation import Modelled

SECONDS = 240

SLOW = """
import sys, psycopg
from airflow_dataops.engines.sql.postgres.models import PostgresModels
from airflow_dataops.warehouse.postgres import Warehouse
models = PostgresModels(Warehouse("db", lambda: psycopg.connect(sys.argv[1])))
text = "SELECT count(*) AS n FROM generate_series(1, 100000000000) AS n"
models.make(text, refs={}, partition="p", place="m.sql", into=f"postgres://db/{sys.argv[2]}", note="slow")
"""


@pytest.fixture
def database(postgresql) -> Iterator[psycopg.Connection]:
    """A connection of somebody else's, who commits each statement."""
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture
def schema(database) -> str:
    """A schema of this test's own."""
    name = f"m{uuid4().hex[:12]}"
    database.execute(f"CREATE SCHEMA {name}")
    return name


@pytest.fixture
def models(database) -> PostgresModels:
    """The database, as what makes models."""
    return PostgresModels(Warehouse("db", lambda: psycopg.connect(database.info.dsn)))


@pytest.fixture
def make(models, schema) -> Callable[..., Modelled]:
    """Make a model into the table `made` of the schema."""

    def run(text: str, *, into: str = "made", **refs: str) -> Modelled:
        return models.make(
            text.replace("{s}", schema),
            refs={name: f"postgres://db/{schema}.{table}" for name, table in refs.items()},
            partition="2026-03-01",
            place="m.sql",
            into=f"postgres://db/{schema}.{into}",
            note=f"the model of {schema}",
        )

    return run


def rows(database: psycopg.Connection, table: str) -> list[tuple[Any, ...]]:
    """Return the rows of a table."""
    return database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - a test's own name


def test_a_model_reads_tables_and_models(make, database, schema) -> None:
    """Names keep their upper and lower case, a label is compared with days, and columns tell their origin."""
    database.execute(f'CREATE TABLE {schema}."Raw Sales" (day date, "Id" int, amount numeric)')
    for day, number, amount in (("2026-03-01", 1, 5), ("2026-03-02", 2, 7)):
        insert = f'INSERT INTO {schema}."Raw Sales" VALUES (%s, %s, %s)'  # noqa: S608 - a test's own name
        database.execute(insert, [day, number, amount])
    database.execute(f"CREATE TABLE {schema}.staged AS SELECT 1 AS id, 3 AS factor")

    made = make(
        'SELECT s."Id" AS id, s.amount * f.factor AS total, {{ partition }} AS "Day" '
        "FROM {{ source('{s}', 'Raw Sales') }} AS s JOIN {{ ref('Factors') }} AS f ON f.id = s.\"Id\" "
        "WHERE s.day = {{ partition }}",
        Factors="staged",
    )

    assert [(1, 15, "2026-03-01")] == rows(database, f"{schema}.made")
    assert (1, (f"{schema}.Raw Sales",)) == (made.rows, made.tables)
    source = f"{schema}.Raw Sales"
    assert {"id": ((source, "Id"),), "total": ((source, "amount"), ("Factors", "factor"))} == {
        column: tuple(sorted(drawn, key=lambda one: one[0] == "Factors"))
        for column, drawn in made.lineage.items()
    }


FROM = "FROM {{ ref('stg') }} AS stg"

BROKEN = {
    "another table": (
        f"SELECT stg.id {FROM},\nraw.orders",
        "m.sql:2:5: a table function or a table of another database is read. Read models as",
    ),
    "a catalog": (f"SELECT stg.id {FROM},\npg_class", "m.sql:2:1: there is no table 'pg_class'"),
    "a function that draws lots": (f"SELECT random() AS id {FROM}", "m.sql: the SQL calls 'random'"),
    "a function that waits": (
        f"SELECT CAST(pg_sleep(1) AS text) AS id {FROM}",
        "m.sql: the SQL calls 'pg_sleep'",
    ),
    "a table by its name": (
        f"SELECT query_to_xml('SELECT 1', true, true, '') AS id {FROM}",
        "m.sql: the SQL calls 'query_to_xml'",
    ),
    "a column that isn't there": (f"SELECT\nstg.nothing\n{FROM}", "m.sql:2:5: Unknown column: nothing"),
    "a value that can't be reckoned": (
        f"SELECT 1 / (stg.id - stg.id) AS id {FROM}",
        "m.sql: the SQL failed over these rows (DivisionByZero)",
    ),
    "two columns of a name": (f"SELECT id, id {FROM}", "m.sql: two columns of the result have one name"),
    "two statements": (f"SELECT id {FROM}; DROP TABLE x", "m.sql: there are 2 statements"),
    "no SELECT": ("DROP TABLE raw.orders", "m.sql: the statement is DROP"),
    "a value without quotes": (
        f"SELECT {{{{ 'id' }}}} {FROM}",
        "m.sql:1: a value would reach the SQL unquoted",
    ),
    "a name that is computed": (
        "{% set other = ref %}SELECT * FROM {{ other('more') }} AS o",
        "m.sql:1: the model `more` is not made before this one",
    ),
    "what is no template": ("SELECT {{ ref('stg' }}", "m.sql:1: unexpected '}', expected ')'"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_sql_that_is_wrong_is_one_line_with_its_place(make, database, schema, what) -> None:
    """What is there stays, and no value of a row is told."""
    text, line = BROKEN[what]
    database.execute(f"CREATE TABLE {schema}.staged AS SELECT 4711 AS id")
    database.execute(f"CREATE TABLE {schema}.made AS SELECT 'old' AS word")

    with pytest.raises(NotEvaluatedError) as caught:
        make(text, stg="staged")

    assert str(caught.value).startswith(line)
    assert "4711" not in str(caught.value)
    assert [("old",)] == rows(database, f"{schema}.made")


def test_what_is_in_the_way_is_replaced_and_what_is_written_says_whose_it_is(make, database, schema) -> None:
    """It is known how many rows there are, so that what builds on it is planned well."""
    database.execute(f"CREATE TABLE {schema}.made AS SELECT 'other' AS word")

    make("SELECT n AS id FROM generate_series(1, 1000) AS n")

    (found,) = database.execute(
        "SELECT reltuples, obj_description(oid) FROM pg_class WHERE oid = %s::regclass", [f"{schema}.made"]
    ).fetchall()
    assert (1000, f"the model of {schema}") == found


def test_tables_that_are_not_there_are_named(models, make, database, schema) -> None:
    """Before anything runs, and when a model reads one; a view is as good as a table."""
    database.execute(f"CREATE VIEW {schema}.seen AS SELECT 1 AS id")
    database.execute(f"CREATE SEQUENCE {schema}.counted")

    absent = models.absent([f"{schema}.seen", f"{schema}.counted", f"{schema}.none"])

    assert {f"{schema}.counted": "a sequence", f"{schema}.none": "nothing"} == absent
    with pytest.raises(SettingsError, match=f"m.sql: there is no table `{schema}.none`"):
        make("SELECT 1 AS id FROM {{ source('{s}', 'none') }} AS s")
    with pytest.raises(BrokenWorldError, match="the rows of the model `stg` are gone"):
        make("SELECT 1 AS id FROM {{ ref('stg') }} AS s", stg="none")


def test_a_model_of_another_database_is_refused(models, schema) -> None:
    """Rows don't travel from one to the other."""
    with pytest.raises(SettingsError, match="Give every model, and the target, one connection"):
        models.make(
            "SELECT 1 FROM {{ ref('a') }}",
            refs={"a": "postgres://elsewhere/a.b"},
            partition="p",
            place="m.sql",
            into=f"postgres://db/{schema}.made",
            note="",
        )


def test_a_model_that_is_killed_leaves_what_was_there_and_a_retry_replaces_it(make, database, schema) -> None:
    """The database ends the statement of a worker that is gone; until then a retry waits."""
    database.execute(f"CREATE TABLE {schema}.made AS SELECT 'old' AS word")
    active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s"
    slow = subprocess.Popen([sys.executable, "-c", SLOW, database.info.dsn, f"{schema}.made"])
    deadline = time.monotonic() + SECONDS
    while (0,) == database.execute(active, [f'CREATE TABLE "{schema}"%']).fetchone():
        assert slow.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)

    slow.send_signal(signal.SIGKILL)
    slow.wait()

    assert [("old",)] == rows(database, f"{schema}.made")
    make("SELECT 'new' AS word")
    assert [("new",)] == rows(database, f"{schema}.made")
