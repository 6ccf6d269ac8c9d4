from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Dialect, DropFile, Format
from airflow_dataops.errors import BadDataError, BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.postgres import Table, Warehouse
from airflow_dataops.zones.postgres import PostgresZones
from airflow_dataops.zones.table import TableSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.landing import Landing

NUMBERS = itertools.count(1)
DAY = "2026-03-03"
AT = datetime(2026, 3, 4, 5, tzinfo=UTC)
RUN = Run(run_id="scheduled__2026-03-03T00:00:00+00:00", dag_id="orders")
TABLE = Dialect(format=Format.TABLE)


@pytest.fixture(scope="session")
def database(postgresql: str) -> str:
    """The database of this session's tests, as psycopg is told of it."""
    return postgresql.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def warehouse(database: str) -> Warehouse:
    """A team's connection to it."""
    return Warehouse("shop_db", lambda: psycopg.connect(database))


@pytest.fixture
def schema(ask: Callable[..., Any]) -> Iterator[str]:
    """A schema of its own for one test; what the test landed goes with it."""
    name = f"shop {next(NUMBERS)}"
    ask(SQL("CREATE SCHEMA {}").format(Identifier(name)))
    ask(SQL("DROP SCHEMA IF EXISTS dataops CASCADE"))
    yield name
    ask(SQL("DROP SCHEMA {} CASCADE").format(Identifier(name)))
    ask(SQL("DROP SCHEMA IF EXISTS dataops CASCADE"))


@pytest.fixture
def ask(warehouse: Warehouse) -> Callable[..., list[tuple[Any, ...]]]:
    """Speak to the database from outside; each statement is committed at once."""

    def run(statement: Any, *values: object) -> list[tuple[Any, ...]]:
        with warehouse.connect() as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def clerk(ask: Callable[..., Any], schema: str) -> Iterator[str]:
    """The name of a user without rights, who may see what is in the test's schema."""
    name = f"dataops_clerk_{uuid4().hex}"
    ask(SQL("CREATE ROLE {}").format(Identifier(name)))
    ask(SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema), Identifier(name)))
    yield name
    ask(SQL("DROP OWNED BY {} CASCADE").format(Identifier(name)))
    ask(SQL("DROP ROLE {}").format(Identifier(name)))


@pytest.fixture
def batch() -> Batch:
    """A batch that nobody else lands."""
    return Batch(team="shop", product=f"orders{next(NUMBERS)}", dataset="orders", partition=DAY)


@pytest.fixture
def orders(schema: str, ask: Callable[..., Any]) -> Table:
    """A table with rows of two days."""
    table = Table(schema, "orders")
    ask(SQL("CREATE TABLE {} (day text, n bigint, price numeric(10,2), note varchar(20))").format(table.sql))
    ask(
        SQL("INSERT INTO {} VALUES {}").format(
            table.sql,
            SQL("('2026-03-03', 1, 1.50, 'a'), ('2026-03-03', 2, NULL, ''), ('2026-03-04', 3, 0, NULL)"),
        )
    )
    return table


def keep(
    warehouse: Warehouse, batch: Batch, table: object, column: str = "day", run: Run = RUN
) -> tuple[Landing, bool]:
    """Find the rows of a batch and land them."""
    source = TableSource(warehouse, str(table), partition_column=column)
    drop = source.find(batch)
    assert drop is not None
    return PostgresZones(warehouse).keep(drop, read=source.read, batch=batch, run=run, dialect=TABLE, at=AT)


def test_a_partition_is_kept_as_it_is(
    warehouse: Warehouse, batch: Batch, orders: Table, ask: Callable[..., Any]
) -> None:
    """The raw copy has every column with its type, a number for each row, and no row of another partition."""
    landing, before = keep(warehouse, batch, orders)
    raw = warehouse.table_at(landing.uri)
    assert raw is not None
    assert (2, False, (), TABLE) == (landing.rows, before, landing.files, landing.dialect)
    assert landing.origin.endswith(f".orders?day={DAY}")
    assert [(1, DAY, 1, 1.5, "a"), (2, DAY, 2, None, "")] == ask(
        SQL("SELECT * FROM {} ORDER BY dataops_line").format(raw.sql)
    )
    assert [("character varying(20)",)] == ask(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attname = 'note'",
        raw.sql.as_string(),
    )
    assert [(batch.key, landing.sha256, raw.name)] == ask(
        "SELECT batch, sha256, name FROM dataops.manifest WHERE batch = %s", batch.key
    )
    assert landing.bytes > 0


def test_the_same_rows_are_kept_once_in_any_order(
    warehouse: Warehouse, batch: Batch, orders: Table, ask: Callable[..., Any]
) -> None:
    """A replay finds the raw copy of the first run; the order in which rows lie doesn't count."""
    first, _ = keep(warehouse, batch, orders)
    ask(SQL("UPDATE {} SET n = n WHERE n = 1").format(orders.sql))  # it lies behind the other now
    again, before = keep(warehouse, batch, orders, run=Run(run_id="manual", dag_id="orders"))
    assert (first, True) == (again, before)
    assert len(_raw_copies(ask)) == 1


def test_other_rows_are_another_landing(
    warehouse: Warehouse, batch: Batch, orders: Table, ask: Callable[..., Any]
) -> None:
    """A correction is kept beside what it corrects; a row that is there twice makes a difference."""
    first, _ = keep(warehouse, batch, orders)
    ask(SQL("INSERT INTO {0} SELECT * FROM {0} WHERE n = 1").format(orders.sql))
    second, before = keep(warehouse, batch, orders)
    assert (3, False) == (second.rows, before)
    assert len({first.sha256, second.sha256}) == len({first.uri, second.uri}) == 2


def test_a_raw_copy_is_not_written_to(
    warehouse: Warehouse, batch: Batch, orders: Table, ask: Callable[..., Any], clerk: str
) -> None:
    """Not even its owner may change it by the way; a user who may not make the schema is told what to do."""
    user, theirs = Identifier(clerk), _as(warehouse, clerk)
    ask(SQL("GRANT SELECT ON {} TO {}").format(orders.sql, user))
    with pytest.raises(SettingsError, match="CREATE SCHEMA dataops AUTHORIZATION"):
        keep(theirs, batch, orders)
    ask(SQL("CREATE SCHEMA dataops AUTHORIZATION {}").format(user))
    landing, _ = keep(theirs, batch, orders)
    raw = warehouse.table_at(landing.uri)
    assert raw is not None
    for change in (
        "DELETE FROM {0}",
        "TRUNCATE {0}",
        "UPDATE {0} SET n = 0",
        "INSERT INTO {0} SELECT * FROM {0}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), theirs.connect() as connection:
            connection.execute(SQL(change).format(raw.sql))


def _raw_copies(ask: Callable[..., Any]) -> list[str]:
    """Return the names of all raw copies, half ones included."""
    return [name for (name,) in ask("SELECT tablename FROM pg_tables WHERE tablename LIKE 'raw\\_%'")]


def _as(warehouse: Warehouse, role: str) -> Warehouse:
    def connect() -> psycopg.Connection:
        connection = warehouse.connect()
        connection.execute(SQL("SET ROLE {}").format(Identifier(role)))
        connection.commit()
        return connection

    return Warehouse(warehouse.conn_id, connect)


@pytest.mark.parametrize(
    "harm", ["DROP TABLE {}", "DELETE FROM {} WHERE n = 1", "UPDATE {} SET n = 9 WHERE n = 1"]
)
def test_a_damaged_raw_copy_is_said(
    harm: str, warehouse: Warehouse, batch: Batch, orders: Table, ask: Callable[..., Any]
) -> None:
    """A replay proves that the copy is what the manifest says."""
    landing, _ = keep(warehouse, batch, orders)
    raw = warehouse.table_at(landing.uri)
    assert raw is not None
    ask(SQL(harm).format(raw.sql))
    with pytest.raises(BrokenWorldError, match="the raw copy is"):
        keep(warehouse, batch, orders)


def test_no_rows_of_a_partition_are_no_drop(warehouse: Warehouse, batch: Batch, orders: Table) -> None:
    """An empty partition, and an empty table, have not arrived."""
    other = Batch(team="shop", product=batch.product, dataset="orders", partition="2026-03-09")
    source = TableSource(warehouse, str(orders), partition_column="day")
    assert source.find(other) is None
    assert source.expected(other).endswith("orders?day=2026-03-09")


def test_a_delivery_may_be_the_whole_table(warehouse: Warehouse, batch: Batch, orders: Table) -> None:
    """Without a partition column every row is of the batch."""
    assert keep(warehouse, batch, orders, column="")[0].rows == 3


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "2026-03-03"),
        ("varchar(10)", "2026-03-03"),
        ("char(12)", "2026-03-03"),
        ("text", "2026-03-03"),
    ],
)
def test_a_partition_column_may_be_text_or_date(
    kind: str, value: str, warehouse: Warehouse, batch: Batch, schema: str, ask: Callable[..., Any]
) -> None:
    """The label is compared as the column's type writes it."""
    table = Table(schema, "typed")
    ask(SQL("CREATE TABLE {} AS SELECT {}::{} AS day").format(table.sql, Literal(value), SQL(kind)))
    assert keep(warehouse, batch, table)[0].rows == 1


FAULTS: dict[str, tuple[str, str, str, str]] = {
    "no table": ("CREATE TABLE {} (day text)", "missing", "day", "there is no table"),
    "an index": ("CREATE TABLE {} (day text PRIMARY KEY)", "odd_pkey", "day", "is an index"),
    "no column": ("CREATE TABLE {} (other text)", "odd", "day", "has no column `day`"),
    "a number": ("CREATE TABLE {} (day bigint)", "odd", "day", "of the type bigint"),
    "an instant": ("CREATE TABLE {} (day timestamptz)", "odd", "day", "of the type timestamp with time zone"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_source_that_cant_work_is_said_in_one_line(
    fault: str, warehouse: Warehouse, batch: Batch, schema: str, ask: Callable[..., Any]
) -> None:
    """What is wrong with the table or with its partition column is the deployment's to mend."""
    made, name, column, said = FAULTS[fault]
    ask(SQL(made).format(Identifier(schema, "odd")))
    with pytest.raises(SettingsError, match=said):
        TableSource(warehouse, f"{schema}.{name}", partition_column=column).find(batch)


def test_a_label_that_is_no_day_cant_be_a_date(
    warehouse: Warehouse, schema: str, ask: Callable[..., Any]
) -> None:
    """A month, or a day that the calendar lacks, is refused before PostgreSQL guesses."""
    ask(SQL("CREATE TABLE {} (day date)").format(Identifier(schema, "typed")))
    source = TableSource(warehouse, f"{schema}.typed", partition_column="day")
    for label in ("2026-03", "2026-02-30", "today", "20260303", "2026-03-03'; --"):
        with pytest.raises(SettingsError, match="is none"):
            source.find(Batch(team="shop", product="orders", dataset="orders", partition=label))


ODD = ("a'b", "'; DROP TABLE orders; --", "100%", "a b?c=d&e/f.g", "%s", "{}", "ü😀", "\\'")


@pytest.mark.parametrize("label", ODD)
def test_odd_names_and_labels_are_names_and_labels(
    label: str, warehouse: Warehouse, schema: str, ask: Callable[..., Any]
) -> None:
    """Whatever a table, a column and a label are called, their rows are found and kept."""
    table, batch = Table(schema, f'o "{label}"'), Batch(team="t", product="p", dataset="d", partition=label)
    if "." in label:
        table = Table(schema, "plain?")
    column = f"c {label}"
    ask(SQL("CREATE TABLE {} AS SELECT {} AS {}").format(table.sql, Literal(label), Identifier(column)))
    landing, _ = keep(warehouse, batch, table, column=column)
    assert landing.rows == 1
    assert keep(warehouse, batch, table, column=column) == (landing, True)


def test_a_reserved_column_is_refused(
    warehouse: Warehouse, batch: Batch, schema: str, ask: Callable[..., Any]
) -> None:
    """A table that numbers its rows under our name can't be told from a raw copy."""
    ask(SQL("CREATE TABLE {} AS SELECT 1 AS dataops_line").format(Identifier(schema, "odd")))
    with pytest.raises(BadDataError, match="reserved"):
        keep(warehouse, batch, f"{schema}.odd", column="")


def test_rows_are_never_read_as_a_file(warehouse: Warehouse) -> None:
    """Nothing reads a table through the worker."""
    with pytest.raises(NotEvaluatedError):
        TableSource(warehouse, "a.b", partition_column="").read(DropFile("u", "n"))


def test_two_lands_at_once_keep_one_copy(
    warehouse: Warehouse, batch: Batch, orders: Table, ask: Callable[..., Any]
) -> None:
    """The lock of the batch lets the second find what the first kept, from the first landing on."""
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: keep(warehouse, batch, orders), range(6)))
    assert [False] + [True] * 5 == sorted(before for _, before in found)
    assert len({landing.uri for landing, _ in found}) == 1
    assert [(1,)] == ask("SELECT count(*) FROM dataops.manifest WHERE batch = %s", batch.key)


def test_what_a_run_staged_is_removed(
    warehouse: Warehouse, batch: Batch, schema: str, ask: Callable[..., Any]
) -> None:
    """The tables of the run go; those of another run, the quarantine and the raw copy stay."""
    assert schema
    zones, other = PostgresZones(warehouse), Run(run_id="another", dag_id="orders")
    mine = [zones.staging(batch, RUN, name) for name in ("verify", "audit_rejected")]
    others = zones.staging(batch, other, "verify")
    for uri in (*mine, others):
        table = warehouse.table_at(uri)
        assert table is not None
        assert len(table.name) <= 63
        ask(SQL("CREATE TABLE {} (n int)").format(table.sql))
    zones.clear(batch, RUN)
    zones.clear(batch, RUN)
    left = ask(
        "SELECT 'postgres://shop_db/dataops.' || tablename FROM pg_tables WHERE tablename LIKE 'staged%'"
    )
    assert [(others,)] == left


LANDING = """
import psycopg, sys
from datetime import UTC, datetime
from airflow_dataops.core.batch import Batch, Run
from airflow_dataops.core.landing import Dialect, Format
from airflow_dataops.warehouse.postgres import Warehouse
from airflow_dataops.zones.postgres import PostgresZones
from airflow_dataops.zones.table import TableSource
database, table, product = sys.argv[1:]
warehouse = Warehouse("shop_db", lambda: psycopg.connect(database))
batch = Batch(team="shop", product=product, dataset="orders", partition="2026-03-03")
source = TableSource(warehouse, table, partition_column="")
drop = source.find(batch)
print("found", flush=True)
PostgresZones(warehouse).keep(drop, read=source.read, batch=batch, run=Run(run_id="r", dag_id="d"),
    dialect=Dialect(format=Format.TABLE), at=datetime.now(UTC))
"""


def test_a_killed_landing_leaves_nothing(
    warehouse: Warehouse, batch: Batch, schema: str, database: str, ask: Callable[..., Any]
) -> None:
    """SIGKILL while rows are copied: no table, no line in the manifest; the next landing keeps them whole."""
    PostgresZones(warehouse).staging(batch, RUN, "verify")
    view = Table(schema, "slow")
    rows = (
        "SELECT n, CASE WHEN n > 1 THEN pg_sleep(0.05)::text END AS waited FROM generate_series(1, 40) AS n"
    )
    ask(SQL("CREATE VIEW {} AS ").format(view.sql) + SQL(rows))
    command = [sys.executable, "-c", LANDING, database, str(view), batch.product]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"found\n"
        running = (
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE%slow%' AND state = 'active'"
        )
        while ask(running) != [(1,)]:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    assert [(0,)] == ask("SELECT count(*) FROM dataops.manifest WHERE batch = %s", batch.key)
    landing, before = keep(warehouse, batch, view, column="")
    assert (40, False) == (landing.rows, before)
    assert len(_raw_copies(ask)) == 1


def test_a_lost_connection_is_a_broken_world(batch: Batch, orders: Table) -> None:
    """A server that can't be reached, or ends the session, may be tried again; no word of it is repeated."""
    nowhere = Warehouse("shop_db", lambda: psycopg.connect("host=127.0.0.1 port=1 user=u password=geheim"))
    source = TableSource(nowhere, str(orders), partition_column="day")
    with pytest.raises(BrokenWorldError) as lost:
        source.find(batch)
    assert "geheim" not in str(lost.value)
    assert "\n" not in str(lost.value)
