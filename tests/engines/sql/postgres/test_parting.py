"""Rows of a team's own table in PostgreSQL, parted into tables beside it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Matches
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import InPlace, Split
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.errors import SettingsError
from airflow_dataops.warehouse.postgres import Table, Warehouse

THINGS = Dataset(
    name="things",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True, key_position=1),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER, 9, 2)),
    ),
)
KINDS = {"typed": ("bigint", "numeric"), "texts": ("text", "text")}
"""How the columns are declared; by which rows are judged where they lie, or kept."""


@pytest.fixture(params=KINDS)
def things(request, schema, ask) -> Table:
    """A table with a column that the contract doesn't name, and one that is called as ours."""
    made = Table(schema, "thi'ngs")
    key, number = KINDS[request.param]
    ask(f"CREATE TABLE {{t}} (id {key}, amount {number}, extra point, dataops_rules int)", t=made)
    ask("INSERT INTO {t} VALUES ('1', '1.10', '(1,2)'), ('2', NULL, NULL), ('2', 7, '(3,4)')", t=made)
    ask("INSERT INTO {t} VALUES ('3', '0.001', NULL, 4)", t=made)
    return made


@pytest.fixture
def part(warehouse, things):
    """Part the rows of the table."""

    def run(good: str = "good", bad: str = "bad", *, by: Warehouse = warehouse, checks=()):
        places = [by.address(Table(things.schema, name)) if name else "" for name in (good, bad)]
        relation = InPlace(by.address(things))
        split = Split(*places, digest=False)
        return PostgresEngine(by).scan(relation, plan(THINGS, checks or derive(THINGS)), split=split)

    return run


def test_rows_that_could_not_be_judged_are_in_no_half(part, ask, schema) -> None:
    """No table is made for them: PostgreSQL refuses the pattern, so nobody knows which rows are good."""
    lost = Check(id="lost", promise=Matches("amount", r"(?i)^\d"))

    found = part(checks=(lost, *derive(THINGS)))

    assert ("rows could not be judged: lost", 0, 0) == (found.unjudged, found.good, found.bad)
    assert [("thi'ngs",)] == ask("SELECT tablename::text FROM pg_tables WHERE schemaname = %s", schema)


def test_each_row_is_in_one_half(part, ask, schema) -> None:
    """The bad ones with every column of the table; both carry a note."""
    found = part()

    good, bad = Table(schema, "good"), Table(schema, "bad")
    assert (4, 1, 3) == (found.rows, found.good, found.bad)
    assert [(1, "1.10")] == ask("SELECT id, amount::text FROM {t}", t=good)
    assert [
        (["things.primaryKey"], "2", None, None, None),
        (["things.primaryKey"], "2", "7", "(3,4)", None),
        (["amount.type"], "3", "0.001", None, None),
    ] == ask("SELECT dataops_rules, id, amount, extra, dataops_raw FROM {t} ORDER BY id, amount DESC", t=bad)
    notes = ask(
        "SELECT obj_description(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = %s AND relname IN ('good', 'bad') ORDER BY relname",
        schema,
    )
    assert [
        (f"airflow-dataops: the bad rows of {schema}.thi'ngs",),
        (f"airflow-dataops: the good rows of {schema}.thi'ngs",),
    ] == notes


def test_the_next_run_replaces_what_was_there(part, ask, schema, things) -> None:
    """The good rows are left out where no table is named."""
    part(good="")
    ask("DELETE FROM {t} WHERE id::text = '2'", t=things)

    part(good="")

    assert [("3",)] == ask("SELECT id FROM {t}", t=Table(schema, "bad"))
    assert [("bad",), ("thi'ngs",)] == ask(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", schema
    )


THEIRS = {
    "a table": "CREATE TABLE {t} (dataops_rules text[])",
    "a view": "CREATE VIEW {t} AS SELECT 1 AS dataops_rules",
    "of another table": (
        "CREATE TABLE {t} (id int); COMMENT ON TABLE {t} IS 'airflow-dataops: the bad rows of x'"
    ),
}


@pytest.mark.parametrize("name", THEIRS)
def test_what_is_not_ours_stays(part, ask, schema, name) -> None:
    """Whatever columns it has; nothing else is written either."""
    ask(THEIRS[name], t=Table(schema, "bad"))

    with pytest.raises(SettingsError, match=r"bad` is there already, and carries no note"):
        part()

    assert [] == ask("SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'good'", schema)
    ask("SELECT * FROM {t}", t=Table(schema, "bad"))


@pytest.mark.parametrize(("good", "bad"), [("good", "good"), ("thi'ngs", "bad"), ("", "thi'ngs")])
def test_a_table_stands_for_one_thing(part, ask, things, good, bad) -> None:
    """The rows that are judged are not written over."""
    with pytest.raises(SettingsError, match="is named twice"):
        part(good=good, bad=bad)

    assert [(4,)] == ask("SELECT count(*) FROM {t}", t=things)


def test_rights_are_asked_for_where_rows_are_parted(part, ask, database, schema, things) -> None:
    """Who may read may judge; who may not write is told so."""
    user = f"reader of {schema}"

    def connect() -> psycopg.Connection:
        opened = psycopg.connect(database)
        opened.execute(SQL("SET ROLE {}").format(Identifier(user)))
        opened.commit()
        return opened

    reader = Warehouse("shop_db", connect)
    with psycopg.connect(database) as connection:
        for statement in (
            "CREATE ROLE {u}",
            "GRANT USAGE ON SCHEMA {s} TO {u}",
            "GRANT SELECT ON {t} TO {u}",
        ):
            names = {"u": Identifier(user), "s": Identifier(schema), "t": things.sql}
            connection.execute(SQL(statement).format(**names))
    try:
        relation = InPlace(reader.address(things))
        assert 4 == PostgresEngine(reader).scan(relation, plan(THINGS, derive(THINGS)), split=None).rows
        with pytest.raises(SettingsError, match="InsufficientPrivilege"):
            part(by=reader)
    finally:
        with psycopg.connect(database) as connection:
            for statement in ("DROP OWNED BY {u}", "DROP ROLE {u}"):
                connection.execute(SQL(statement).format(u=Identifier(user)))
    assert [] == ask("SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'good'", schema)
