"""A team's own table, judged where it is."""

from __future__ import annotations

import psycopg
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Matches
from airflow_dataops.core.checks.verdict import Operator, Threshold
from airflow_dataops.core.contract.model import (
    Column,
    ColumnType,
    Dataset,
    LogicalType,
    Measure,
    QualityRule,
)
from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.errors import BadDataError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.postgres import Table, Warehouse

ORDERS = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True, key_position=1),
        Column(name="Amount", type=ColumnType(LogicalType.NUMBER), required=True),
    ),
    rules=(
        QualityRule(
            id="few",
            measure=Measure.SQL,
            query="SELECT count(*) FROM {object} WHERE id > 1",
            threshold=Threshold(Operator.MUST_BE_LESS_THAN, (9,)),
        ),
    ),
)
PLAN = plan(ORDERS, derive(ORDERS))
SECRET = "geheim4711"  # noqa: S105 - planted on purpose


@pytest.fixture
def table(schema, ask) -> Table:
    """A table of two days, with columns that the contract doesn't name, and rows that break it."""
    made = Table(schema, "or%ders")
    ask(
        'CREATE TABLE {t} (id text, "Amount" numeric, day date, note text, dataops_partition text, "D" int)',
        t=made,
    )
    ask(
        "INSERT INTO {t} VALUES ('1', 1, '2026-03-01', 'note', 'x', 1), ('1', 2, '2026-03-01', '', '', NULL),"
        " ('1', 1, '2026-03-02', '', '', NULL), ('2', NULL, '2026-03-02', '', '', NULL),"
        " ('geheim4711', 1, '2026-03-02', '', '', NULL)",
        t=made,
    )
    return made


@pytest.fixture
def judge(warehouse, table):
    """Judge rows of the table, and return how many there are, and of each rule how many broke it."""

    def run(where: str = ""):
        relation = InPlace(warehouse.address(table), where)
        found = PostgresEngine(warehouse).scan(relation, PLAN, split=None)
        return found, {rule: its.failing for rule, its in found.measured.items() if its.failing}

    return run


WHERE = {
    "": (5, {"id.type": 1, "orders.primaryKey": 3, "Amount.required": 1}),
    "day = '2026-03-01'": (2, {"orders.primaryKey": 2}),
    "day > '2026-03-01' -- and so on": (3, {"id.type": 1, "Amount.required": 1}),
    "day = '2026-03-02' OR \"Amount\" = 2": (4, {"id.type": 1, "Amount.required": 1, "orders.primaryKey": 2}),
    "day = date '2026-03-01' + 1 AND \"D\" IS NULL": (3, {"id.type": 1, "Amount.required": 1}),
    "day < '2020-01-01'": (0, {}),
    "note = '100%' OR note LIKE '%s'": (0, {}),
}


@pytest.mark.parametrize("where", WHERE)
def test_the_rows_that_a_condition_leaves_are_judged(judge, where) -> None:
    """Those and no others; what the contract doesn't name has no say, whatever it is called."""
    rows, failing = WHERE[where]

    found, broken = judge(where)

    assert (rows, failing) == (found.rows, broken)
    assert (rows, "", ()) == (found.good + found.bad, found.content, found.extra)


def test_a_query_sees_the_good_rows_alone(judge) -> None:
    """As it does where they are written."""
    found, _ = judge("id <> '1'")

    assert (2, 0, 0) == (found.rows, found.good, found.measured["few"].number)


def test_the_text_of_an_address_is_what_people_see(warehouse, schema, ask) -> None:
    """A cast would add the mask of a single host, which no client shows."""
    made = Table(schema, "hosts")
    ask("CREATE TABLE {t} (ip inet)", t=made)
    ask("INSERT INTO {t} VALUES ('10.0.0.1'), ('10.0.0.0/8'), ('::1'), (NULL)", t=made)
    hosts = Dataset(name="hosts", columns=(Column(name="ip", type=ColumnType(LogicalType.STRING)),))
    alone = Check(id="alone", promise=Matches("ip", "^[0-9.:]+$"))

    found = PostgresEngine(warehouse).scan(InPlace(warehouse.address(made)), plan(hosts, [alone]), split=None)

    assert found.measured["alone"].failing == 1  # the network


def test_nothing_is_written(judge, table, ask) -> None:
    """The table stays as it is, and no table comes to be."""
    before = ask("SELECT xmin::text, * FROM {t} ORDER BY ctid", t=table)
    tables = ask("SELECT schemaname, tablename FROM pg_tables ORDER BY 1, 2")

    judge("day = '2026-03-01'")

    assert before == ask("SELECT xmin::text, * FROM {t} ORDER BY ctid", t=table)
    assert tables == ask("SELECT schemaname, tablename FROM pg_tables ORDER BY 1, 2")


REFUSED = {
    "day =": "it is no condition of SQL",
    "day = '2026-03-01'; DROP TABLE x": "it is no condition of SQL",
    "1 = 1) UNION (SELECT * FROM pg_user": "it is no condition of SQL",
    "days = '2026-03-01'": r"PostgreSQL refuses it \(UndefinedColumn\)",
    f"day = '{SECRET}'": "PostgreSQL refuses it",
    "id IN (SELECT usename FROM pg_user)": "the SQL reads another table",
    "pg_sleep(9) IS NULL": "the SQL calls 'pg_sleep'",
    "amount": r"PostgreSQL refuses it \(UndefinedColumn\)",
    "day": r"PostgreSQL refuses it \(DatatypeMismatch\)",
}


@pytest.mark.parametrize("where", REFUSED)
def test_a_condition_that_is_none_is_refused(judge, table, ask, where) -> None:
    """What is no condition, or more than one, is told in one line that quotes nothing of it."""
    with pytest.raises(NotEvaluatedError, match=REFUSED[where]) as caught:
        judge(where)

    assert "the condition of the rows" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert [(5,)] == ask("SELECT count(*) FROM {t}", t=table)


def test_a_condition_that_fails_over_the_rows_quotes_none(judge) -> None:
    """PostgreSQL's own message would."""
    with pytest.raises(NotEvaluatedError) as caught:
        judge("id::int > 0")

    assert SECRET not in str(caught.value)


def test_a_view_is_judged_as_a_table_is(warehouse, table, ask) -> None:
    """Whatever has rows."""
    view = Table(table.schema, "view")
    ask("CREATE VIEW {v} AS SELECT * FROM {t}", v=view, t=table)

    found = PostgresEngine(warehouse).scan(InPlace(warehouse.address(view)), PLAN, split=None)

    assert 5 == found.rows


def test_the_header_has_the_names_that_are_not_ours(warehouse, table) -> None:
    """A table that we published has a column of ours, which no contract names."""
    found = PostgresEngine(warehouse).header(InPlace(warehouse.address(table)))

    assert ("id", "Amount", "day", "note", "D") == found


@pytest.mark.parametrize("name", ["nothing", "counter"])
def test_a_table_that_is_none_is_said(warehouse, schema, ask, name) -> None:
    """The contract is of rows that are there."""
    ask("CREATE SEQUENCE {s}", s=Table(schema, "counter"))
    relation = InPlace(warehouse.address(Table(schema, name)))

    for look in (
        lambda: PostgresEngine(warehouse).header(relation),
        lambda: PostgresEngine(warehouse).scan(relation, PLAN, split=None),
    ):
        with pytest.raises(BadDataError, match=name) as caught:
            look()
        assert "connection `shop_db`" in str(caught.value)


def test_a_column_that_is_missing_is_said(warehouse, table, ask) -> None:
    """By its name."""
    ask("ALTER TABLE {t} DROP id", t=table)

    with pytest.raises(BadDataError, match="the columns 'id' are missing"):
        PostgresEngine(warehouse).scan(InPlace(warehouse.address(table)), PLAN, split=None)


def test_duckdb_judges_no_table(engine) -> None:
    """It says that the table has a place of its own."""
    for look in (
        lambda: engine.header(InPlace("postgres://shop_db/mart.orders")),
        lambda: engine.scan(InPlace("postgres://shop_db/mart.orders"), PLAN, split=None),
    ):
        with pytest.raises(SettingsError, match="a table in a database"):
            look()


class Pooled(psycopg.Connection):
    """A connection that a pool keeps open."""

    def close(self) -> None:
        """Leave it open."""

    def shut(self) -> None:
        """End its session."""
        super().close()


def test_nothing_of_a_scan_outlasts_it_in_its_session(database, warehouse, table, ask) -> None:
    """Behind a pool of connections the session goes on: it may scan again, and the table may be dropped."""
    pooled = Pooled.connect(database)
    pool = Warehouse("shop_db", lambda: pooled)
    try:
        for _ in range(2):
            PostgresEngine(pool).scan(InPlace(warehouse.address(table)), PLAN, split=None)
        ask("DROP TABLE {t}", t=table)
    finally:
        pooled.shut()


def test_a_database_that_takes_no_writing_is_named(database: str, table: Table) -> None:
    """A replica takes no temporary table: no other try would heal that."""
    options = "-c default_transaction_read_only=on"
    reading = Warehouse("shop_db", lambda: psycopg.connect(database, options=options))

    with pytest.raises(SettingsError, match="lead the connection to the primary"):
        PostgresEngine(reading).scan(InPlace(reading.address(table)), PLAN, split=None)
