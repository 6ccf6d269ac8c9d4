"""What is the PostgreSQL target's own: its parts, its rights, its database."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.naming import COMMIT_CONTRACT, COMMIT_RUN
from airflow_dataops.core.publication import Commit
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.errors import (
    BadDataError,
    BrokenWorldError,
    DataOpsError,
    NotEvaluatedError,
    SettingsError,
)
from airflow_dataops.targets.fit import MOST_COLUMNS
from airflow_dataops.targets.postgres import PostgresTarget
from airflow_dataops.warehouse.postgres import Warehouse

CONTRACT = {
    "order id": "bigint",
    "amount": "numeric(38,9)",
    "weight": "double precision",
    "paid": "boolean",
    "day": "date",
    "at": "timestamp with time zone",
    '"; drop table': "text",
    "dataops_partition": "text",
}

COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


@pytest.fixture
def table(postgres):
    """What these tests are about."""
    return postgres


def row(number: int, text: str | None = None) -> tuple[object, ...]:
    """Return a row that is known by its number."""
    return (number, None, None, None, None, None, text)


def publish(table, batch, rows, dataset, content=""):
    """Publish with the labels that a run gives; each file of rows is a content of its own."""
    labels = {COMMIT_RUN: "r", COMMIT_CONTRACT: "orders@1"}
    return table.target.publish(batch, rows, dataset=dataset, content=content or rows.uri, labels=labels)


def test_types_are_the_contracts(table, day, dataset, stage, sql, schema) -> None:
    """The view has the contract's columns in its order, each in its exact type, and the partition's label."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    assert CONTRACT == dict(sql(COLUMNS, f'"{schema}".orders'))
    assert CONTRACT | {"dataops_version": "bigint"} == dict(sql(COLUMNS, f'"{schema}".orders_versions'))


def test_objects_say_what_they_are(table, day, dataset, stage, sql, schema) -> None:
    """Whoever finds a table must be told whose it is, and that it isn't to be changed."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    for suffix in ("", "_versions", "_commits", "_pointer"):
        ((comment,),) = sql("SELECT obj_description(%s::regclass)", f'"{schema}".orders{suffix}')
        assert comment.startswith("shop/orders/orders: ")
        assert comment.endswith("kept by airflow-dataops, not to be changed by hand.")


def test_a_commit_is_a_row(table, day, dataset, stage, sql) -> None:
    """History can be read with a SELECT: what, by which run, under which contract, restored from what."""
    batch = day("2026-03-03")
    publish(table, batch, stage(row(1), row(2)), dataset, content="a")
    publish(table, batch, stage(row(3)), dataset, content="b")
    table.target.restore(batch, 1, labels={COMMIT_RUN: "undo", "dataops.why": "wrong"})

    key = "shop/orders/orders/2026-03-03"
    assert [
        (1, "2026-03-03", key, "a", "r", "orders@1", {}, None, 2),
        (2, "2026-03-03", key, "b", "r", "orders@1", {}, None, 1),
        (3, "2026-03-03", key, "a", "undo", "", {"dataops.why": "wrong"}, 1, 2),
    ] == [found[:-1] for found in sql("SELECT * FROM {orders_commits} ORDER BY version")]
    assert [("2026-03-03", 3, 1)] == sql("SELECT * FROM {orders_pointer}")
    assert [(3,)] == sql("SELECT count(*) FROM {orders_versions}")


def test_a_restore_of_a_restore_shows_the_rows_themselves(table, day, dataset, stage, sql) -> None:
    """However often a version is restored, its rows are there once."""
    batch = day("2026-03-03")
    for number in (1, 2):
        publish(table, batch, stage(row(number)), dataset)
    table.target.restore(batch, 1, labels={})
    table.target.restore(batch, 3, labels={})

    assert [(3, 1), (4, 1)] == sql("SELECT version, restored_from FROM {orders_commits} WHERE version > 2")
    assert [("2026-03-03", 4, 1)] == sql("SELECT * FROM {orders_pointer}")


def test_the_same_content_commits_nothing(table, day, dataset, stage) -> None:
    """Who comes second with the same content finds the first's commit."""
    batch, rows = day("2026-03-03"), stage(row(1))

    assert publish(table, batch, rows, dataset) == publish(table, batch, rows, dataset)
    assert 1 == len(table.commits())


def test_a_dropped_view_is_made_again(table, day, dataset, stage, sql) -> None:
    """The view holds nothing, so it is made again, and the same content needs no new version."""
    batch, rows = day("2026-03-03"), stage(row(1))
    first = publish(table, batch, rows, dataset)
    sql("DROP VIEW {orders}")

    assert None is table.target.head(batch)
    assert {} == table.target.counts()
    assert first == publish(table, batch, rows, dataset)
    assert [row(1)] == table.read("2026-03-03")
    sql("DROP VIEW {orders}")
    assert 2 == table.target.restore(batch, 1, labels={}).version
    assert [row(1)] == table.read("2026-03-03")


def test_everything_dropped_begins_anew(table, day, dataset, stage, sql) -> None:
    """Where nothing is left there is nothing that could be wrong."""
    batch, rows = day("2026-03-03"), stage(row(1))
    publish(table, batch, rows, dataset)
    sql("DROP TABLE {orders_versions}, {orders_commits}, {orders_pointer} CASCADE")

    assert None is table.target.head(batch)
    assert 1 == publish(table, batch, rows, dataset).version
    assert [row(1)] == table.read("2026-03-03")


CHANGES = {
    "versions dropped": ("DROP TABLE {orders_versions} CASCADE", ["orders_versions is gone"]),
    "commits dropped": ("DROP TABLE {orders_commits} CASCADE", ["orders_commits is gone"]),
    "pointer dropped": ("DROP TABLE {orders_pointer} CASCADE", ["orders_pointer is gone"]),
    "two dropped": (
        "DROP TABLE {orders_pointer}, {orders_versions} CASCADE",
        ["orders_pointer is gone", "orders_versions is gone"],
    ),
    "versions without label": (
        "ALTER TABLE {orders_versions} DROP COLUMN dataops_partition CASCADE",
        ["orders_versions lacks 'dataops_partition' (text)"],
    ),
    "versions with a column more": (
        "ALTER TABLE {orders_versions} ADD COLUMN vat date",
        ["orders lacks 'vat' (date)"],
    ),
    "versions with a column renamed": (
        "ALTER TABLE {orders_versions} RENAME COLUMN dataops_version TO v",
        ["orders_versions lacks 'dataops_version' (bigint)"],
    ),
    "commits retyped and longer": (
        "ALTER TABLE {orders_commits} ALTER rows TYPE integer, ADD COLUMN who text",
        ["has 'rows' as integer instead of bigint", "has 'who' (text), which is not promised"],
    ),
    "pointer shorter": (
        "ALTER TABLE {orders_pointer} DROP COLUMN shown CASCADE",
        ["orders_pointer lacks 'shown' (bigint)"],
    ),
    "pointer a view": (
        "ALTER TABLE {orders_pointer} RENAME TO p; CREATE VIEW {orders_pointer} AS SELECT 1",
        ["orders_pointer is a view"],
    ),
    "view with other columns": (
        "DROP VIEW {orders}; CREATE VIEW {orders} AS SELECT 1 AS x",
        ["orders has 'x' (integer), which is not promised", "orders lacks 'order id' (bigint)"],
    ),
    "view a table": ("DROP VIEW {orders}; CREATE TABLE {orders} (x int)", ["orders is a table"]),
    "view materialized": (
        "DROP VIEW {orders}; CREATE MATERIALIZED VIEW {orders} AS SELECT 1 AS x",
        ["orders is a materialized view"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_parts_are_refused(table, day, dataset, stage, sql, change) -> None:
    """What somebody dropped or changed is named, part by part, and is never taken for published."""
    batch, rows = day("2026-03-03"), stage(row(1))
    publish(table, batch, rows, dataset)
    statement, expected = CHANGES[change]
    sql(statement)

    for attempt in (
        lambda: table.target.head(batch),
        lambda: publish(table, batch, rows, dataset),
        lambda: publish(table, batch, stage(row(2)), dataset),
        lambda: table.target.restore(batch, 1, labels={}),
        table.target.counts,
    ):
        with pytest.raises(SettingsError, match="somebody changed parts of the published table") as caught:
            attempt()
        for difference in expected:
            assert difference in caught.value.what
        assert "Put them back as they were" in caught.value.hint


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ('ALTER TABLE {orders_versions} DROP COLUMN "day" CASCADE', r"the table lacks 'day' \(date\)"),
        (
            "DROP VIEW {orders}; ALTER TABLE {orders_versions} ALTER weight TYPE real, ADD vat date",
            r"has 'vat' \(date\), which is not promised, has 'weight' as real instead of double precision",
        ),
    ],
)
def test_changed_columns_without_a_view_are_refused(
    table, day, dataset, stage, sql, schema, *, statement, message
) -> None:
    """A view that fell with a column is not made again over other columns than the contract's."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)
    sql(statement)

    with pytest.raises(BadDataError, match=message):
        publish(table, day("2026-03-03"), stage(row(2)), dataset)
    assert [(None,)] == sql("SELECT to_regclass(%s)", f'"{schema}".orders')


def test_a_view_that_hides_rows_is_refused(table, day, dataset, stage, sql, schema) -> None:
    """What readers would see is counted before it is theirs."""
    batch = day("2026-03-03")
    publish(table, batch, stage(row(1)), dataset)
    ((definition,),) = sql("SELECT pg_get_viewdef(%s::regclass)", f'"{schema}".orders')
    sql("CREATE OR REPLACE VIEW {orders} AS " + definition.rstrip(";") + ' WHERE "order id" < 2')

    with pytest.raises(
        SettingsError, match="would see 1 rows of version 2 of orders/2026-03-03, which has 2"
    ):
        publish(table, batch, stage(row(1), row(2)), dataset)
    assert 1 == len(table.commits())


def test_rows_that_somebody_took_away_are_published_anew(table, day, dataset, stage, sql) -> None:
    """A commit whose rows are not all there is no head, so a re-run brings them back."""
    batch, rows = day("2026-03-03"), stage(row(1), row(2))
    publish(table, batch, rows, dataset)
    sql('DELETE FROM {orders_versions} WHERE "order id" = 1')

    assert None is table.target.head(batch)
    with pytest.raises(
        SettingsError, match="would see 1 rows of version 1 of orders/2026-03-03, which has 2"
    ):
        table.target.restore(batch, 1, labels={})
    assert 3 == publish(table, batch, rows, dataset).version
    assert [row(1), row(2)] == table.read("2026-03-03")


@pytest.mark.parametrize("kind", ["TABLE {orders} (x int)", "VIEW {orders} AS SELECT 1", "SEQUENCE {orders}"])
def test_what_is_no_table_of_ours_is_left_alone(table, day, dataset, stage, sql, schema, kind) -> None:
    """A table of somebody else is refused, and not touched."""
    sql("CREATE SCHEMA {schema}")
    sql(f"CREATE {kind}")

    for attempt in (
        lambda: table.target.head(day("x")),
        lambda: publish(table, day("x"), stage(), dataset),
        table.target.counts,
    ):
        with pytest.raises(SettingsError, match=f"there is a {kind.split()[0].lower()} where the published"):
            attempt()
    assert [(None,)] == sql("SELECT to_regclass(%s)", f'"{schema}".orders_versions')


def odd(*names: str) -> Dataset:
    """Return a dataset of texts."""
    kind = ColumnType(LogicalType.STRING)
    return Dataset(name="odd", columns=tuple(Column(name=name, type=kind) for name in names))


def test_any_name_of_a_column_works(table, day, stage_of, sql, schema) -> None:
    """Names reach statements quoted, whatever is in them."""
    names = [
        'a"b',
        "%s",
        "{}",
        "select",
        "a.b",
        " ",
        "ü日",
        "'",
        "$1",
        "version",
        "x" * 63,
        "\\",
        "--",
        "oid",
    ]
    publish(table, day("%s"), stage_of({name: name for name in names}), odd(*names))

    assert [(*names, "%s")] == sql("SELECT * FROM {orders}")
    sql("CREATE TABLE {staged} AS SELECT * FROM {orders}")
    sql("ALTER TABLE {staged} DROP COLUMN dataops_partition")
    publish(table, day("$1"), Staged(f"postgres://shop_db/{schema}.staged"), odd(*names))
    assert {"%s": 1, "$1": 1} == table.target.counts()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "x" * 64, "b\0"], "is longer than 63 bytes, the name 'b\\x00' holds the character NUL"),
        (["ü" * 32], "is longer than 63 bytes"),
        (["ctid"], "'ctid' is the name of a column that each table has already"),
        ([f"c{n}" for n in range(MOST_COLUMNS + 1)], "1599 columns are more than 1598"),
    ],
)
def test_names_that_dont_fit_are_refused(table, day, stage, schema, sql, *, names, message) -> None:
    """What PostgreSQL would cut, or not take, is told in one line, before anything is made."""
    with pytest.raises(SettingsError) as caught:
        publish(table, day("p"), stage(), odd(*names))

    assert message in str(caught.value)
    assert [] == sql("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema)


def test_as_many_columns_as_fit_are_published(table, day, stage_of, sql) -> None:
    """The most columns that a table can have beside ours."""
    values = {f"c{n}": "" for n in range(MOST_COLUMNS)}
    publish(table, day("p"), stage_of(values), odd(*values))

    assert MOST_COLUMNS + 1 == len(sql("SELECT * FROM {orders}")[0])


def test_rows_that_fit_into_no_page_are_told(table, day, stage_of) -> None:
    """PostgreSQL keeps a row of numbers in one page: what is wider is said, with what to do."""
    values = dict.fromkeys((f"c{n}" for n in range(1200)), 1)
    columns = tuple(Column(name=name, type=ColumnType(LogicalType.INTEGER)) for name in values)

    with pytest.raises(NotEvaluatedError, match=r"54\d+\)\. PostgreSQL has no room for so many columns"):
        publish(table, day("p"), stage_of(values), Dataset(name="wide", columns=columns))


def test_nul_in_a_text_is_refused(table, day, dataset, stage) -> None:
    """PostgreSQL stores any character but one."""
    publish(table, day("2026-03-03"), stage(row(1)), dataset)

    with pytest.raises(BadDataError, match="a text holds the character NUL, which PostgreSQL can't store"):
        publish(table, day("2026-03-03"), stage(row(2, "tok\0en")), dataset)
    with pytest.raises(SettingsError, match="label holds the character NUL"):
        publish(table, day("a\0b"), stage(row(2)), dataset)
    assert [row(1)] == table.read("2026-03-03")


@pytest.mark.parametrize("name", ["orders", "a b.%s {}", 'x"y.or"ders', "Mart.Orders", "m." + "ü" * 27])
def test_a_table_may_have_any_name(warehouse, day, dataset, stage, name) -> None:
    """A name is taken as it is written; one without a schema is in `public`."""
    target = PostgresTarget(warehouse, name)
    commit = target.publish(day("p"), stage(row(1)), dataset=dataset, content="c", labels={})

    assert commit == target.head(day("p"))
    assert {"p": 1} == target.counts()
    assert f"postgres://shop_db/{name if '.' in name else 'public.' + name}" == target.uri


@pytest.mark.parametrize(
    "name", ["", ".", "a.", ".a", "a.b.c", "a\0", "m." + "x" * 55, "ü" * 32 + ".a", "pg_x.a"]
)
def test_what_is_no_name_is_refused(warehouse, name) -> None:
    """A name must be one, and leave room for those of the other parts."""
    with pytest.raises(SettingsError):
        PostgresTarget(warehouse, name)


def test_rows_in_the_same_database_dont_travel(table, day, dataset, stage, sql, schema) -> None:
    """Staged rows that lie in the target's database are copied there."""
    publish(table, day("2026-03-02"), stage(row(7, "a,b\n"), row(8)), dataset)
    sql("CREATE TABLE {staged} AS SELECT * FROM {orders}")
    sql("ALTER TABLE {staged} DROP COLUMN dataops_partition")
    staged = Staged(f"postgres://shop_db/{schema}.staged")

    assert Commit(version=2, content="c") == publish(table, day("2026-03-03"), staged, dataset, content="c")
    assert [row(7, "a,b\n"), row(8)] == table.read("2026-03-03")
    sql("ALTER TABLE {staged} ALTER weight TYPE real")
    with pytest.raises(BadDataError, match="has 'weight' as real instead of double precision"):
        publish(table, day("2026-03-03"), staged, dataset, content="d")
    sql("DROP TABLE {staged}")
    with pytest.raises(BrokenWorldError, match="the staged rows are gone"):
        publish(table, day("2026-03-03"), staged, dataset, content="d")
    with pytest.raises(SettingsError, match="lie in another database than the target"):
        publish(table, day("2026-03-03"), Staged("postgres://other_db/a.b"), dataset, content="d")


@pytest.fixture
def role(sql, schema, database):
    """A role without any rights, and a warehouse that it opens."""
    name = f"clerk_{schema.rpartition(' ')[2]}_{threading.get_native_id()}"
    sql(f"CREATE ROLE {name} LOGIN PASSWORD 'tok-secret'")
    place = make_conninfo(database, user=name, password="tok-secret")
    yield name, Warehouse("shop_db", lambda: psycopg.connect(place))
    sql(f"DROP OWNED BY {name}")
    sql(f"DROP ROLE {name}")


def test_a_role_without_rights_is_told(table, role, day, dataset, stage, sql, schema) -> None:
    """Missing rights are a setting: one line, without a word of the database's."""
    name, warehouse = role
    clerk = PostgresTarget(warehouse, f"{schema}.orders")

    def attempt() -> Commit:
        return clerk.publish(day("p"), stage(row(1)), dataset=dataset, content="c", labels={})

    with pytest.raises(SettingsError, match="InsufficientPrivilege, 42501"):
        attempt()
    sql("CREATE SCHEMA {schema}")
    with pytest.raises(SettingsError, match="InsufficientPrivilege, 42501"):
        attempt()
    sql(f"GRANT USAGE, CREATE ON SCHEMA {{schema}} TO {name}")
    assert 1 == attempt().version
    assert [row(1)] == table.read("p")


def test_readers_need_the_view_alone(table, role, day, dataset, stage, sql, schema) -> None:
    """Who may read the view needs no right on the tables below it."""
    name, warehouse = role
    publish(table, day("p"), stage(row(1)), dataset)
    sql(f"GRANT USAGE ON SCHEMA {{schema}} TO {name}")
    sql(f"GRANT SELECT ON {{orders}} TO {name}")

    with pytest.raises(SettingsError, match="42501"):
        PostgresTarget(warehouse, f"{schema}.orders").head(day("p"))
    with warehouse.connect() as connection:
        query = SQL("SELECT count(*) FROM {}").format(Identifier(schema, "orders"))
        assert [(1,)] == connection.execute(query).fetchall()


@pytest.mark.parametrize(
    "wrong", [{"dbname": "tok-nowhere"}, {"user": "tok-nobody"}, {"host": "127.0.0.1", "port": "1"}]
)
def test_a_connection_that_fails_names_nothing(database, day, wrong) -> None:
    """Nothing of a connection is in an error but its name."""
    place = make_conninfo(database, password="tok-pw", **wrong)
    warehouse = Warehouse("shop_db", lambda: psycopg.connect(place))

    with pytest.raises(DataOpsError) as caught:
        PostgresTarget(warehouse, "a.b").head(day("p"))
    assert "connection `shop_db`: reading a.b failed in PostgreSQL" in str(caught.value)
    assert "tok" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_database_of_another_encoding_is_refused(database, day, dataset, stage) -> None:
    """A database that can't hold every text is refused before anything is made."""
    name = "latin_" + database.rpartition("/")[2]
    place = make_conninfo(database, dbname=name)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            target = PostgresTarget(Warehouse("old_db", lambda: psycopg.connect(place)), "a.b")
            with pytest.raises(SettingsError, match="the database's encoding is LATIN1"):
                target.publish(day("p"), stage(row(1)), dataset=dataset, content="c", labels={})
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_connection_killed_while_rows_travel_breaks_nothing(
    table, database, day, dataset, many, sql, schema
) -> None:
    """Readers keep the old version, no thread is left, and the next try works."""
    warehouse = Warehouse("shop_db", lambda: psycopg.connect(database, application_name="to be killed"))
    victim = PostgresTarget(warehouse, f"{schema}.orders")
    publish(table, day("p"), many(10), dataset)
    rows, threads = many(3_000_000), threading.active_count()
    told = []

    def attempt() -> None:
        try:
            victim.publish(day("p"), rows, dataset=dataset, content="c", labels={})
        except DataOpsError as error:
            told.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    killed = []
    while not killed and thread.is_alive():
        killed = sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'to be killed' AND query LIKE 'COPY%'"
        )
        time.sleep(0.01)
    thread.join()

    assert [(True,)] == killed
    assert [BrokenWorldError] == [type(error) for error in told]
    assert threads == threading.active_count()
    assert {"p": 10} == table.target.counts()
    assert 1 == len(table.commits())
    assert 2 <= publish(table, day("p"), many(20), dataset).version
    assert {"p": 20} == table.target.counts()


def test_a_connection_with_settings_of_its_own_works(table, database, day, dataset, stage, schema) -> None:
    """Isolation, autocommit, dates and search path of a connection change nothing."""
    options = "-c default_transaction_isolation=serializable -c datestyle=german -c search_path=nowhere"
    warehouse = Warehouse("shop_db", lambda: psycopg.connect(database, options=options, autocommit=True))
    target = PostgresTarget(warehouse, f"{schema}.orders")
    rows = stage((1, None, 0.1, True, "2026-02-01", "2026-02-01 10:00:00+00", "x"))
    target.publish(day("p"), rows, dataset=dataset, content="c", labels={})

    assert ["2026-02-01", "2026-02-01 10:00:00+00:00"] == [str(value) for value in table.read("p")[0][4:6]]
    broken = replace(dataset, columns=dataset.columns[:3])
    with pytest.raises(BadDataError):
        target.publish(day("q"), rows, dataset=broken, content="c", labels={})
    assert {"p": 1} == target.counts()
