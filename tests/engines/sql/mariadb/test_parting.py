"""Rows of a table in MariaDB, parted into tables beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import mysql.connector
import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import AtLeast, Check
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import InPlace, Split
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.hooked.halves import Writer
from airflow_dataops.engines.sql.mariadb import parting
from airflow_dataops.engines.sql.mariadb.system import mariadb as system
from airflow_dataops.errors import BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.database import Database
from tests.engines.sql.mariadb.conftest import HOST, PORT, USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from airflow_dataops.core.checks.metric import Scan

THINGS = Dataset(
    name="things",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True, key_position=1),
        Column(name="select", type=ColumnType(LogicalType.STRING)),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER, 38, 2)),
        Column(name="number", type=ColumnType(LogicalType.NUMBER)),
        Column(name="flag", type=ColumnType(LogicalType.BOOLEAN)),
        Column(name="day", type=ColumnType(LogicalType.DATE)),
        Column(name="at", type=ColumnType(LogicalType.TIMESTAMP)),
    ),
)
MADE = (
    "CREATE TABLE things (id varchar(20), `select` varchar(20) COLLATE utf8mb4_general_ci, amount"
    " varchar(50), number double, flag varchar(9), day varchar(20), at varchar(40), extra int,"
    " DATAOPS_rules int)"
)
WIDE = "123456789012345678901234567890123456.78"
AT = "2026-03-01T10:00:00.5+02:00"
ROWS: list[tuple[Any, ...]] = [
    ("1", "a ", WIDE, 1e300, "true", "2026-03-01", AT, 7, 7),
    ("2", None, None, None, None, None, None, None, None),
    ("3", "c", "0.001", 1, "yes", "2026-02-30", "soon", 8, None),
    ("4", "d", None, None, None, None, None, None, None),
    ("4", "e", None, None, None, None, None, None, None),
]
GOOD = [
    (1, "a ", Decimal(WIDE), 1e300, 1, date(2026, 3, 1), datetime(2026, 3, 1, 8, 0, 0, 500000)),  # noqa: DTZ001
    (2, None, None, None, None, None, None),
]
RULES = '["amount.type", "flag.type", "day.type", "at.type"]'.replace(" ", "")
BAD = [
    (None, RULES, "3", "c", "0.001", "1", "yes", "2026-02-30", "soon", "8", None),
    (None, '["things.primaryKey"]', "4", "d", *[None] * 7),
    (None, '["things.primaryKey"]', "4", "e", *[None] * 7),
]


@pytest.fixture
def things(mariadb: Any, ask: Any) -> Iterator[str]:
    """A database with a table, as the connection's own; its name."""
    name, before = f"dataops_{uuid4().hex}", mariadb.database
    ask(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    ask(f"USE {name}")
    ask(MADE)
    for row in ROWS:
        ask("INSERT INTO things VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", *row)
    yield name
    ask(f"USE {before}")
    ask(f"DROP DATABASE {name}")


@pytest.fixture
def part(things: str) -> Callable[..., Scan]:
    """Part the rows of the table."""

    def run(
        good: str = "good",
        bad: str = "bad",
        *,
        of: str = "things",
        checks: Iterable[Check] = (),
        **login: Any,
    ) -> Scan:
        login = {"host": HOST, "port": PORT, "user": USER, "password": "", "database": things} | login
        database = Database("shop_mysql", "mysql", lambda: mysql.connector.connect(**login))
        root = database.root
        split = Split(f"{root}{good}" if good else "", f"{root}{bad}", digest=False)
        wanted = plan(THINGS, checks or derive(THINGS))
        return HookedEngine(database, system()).scan(InPlace(f"{root}{of}"), wanted, split=split)

    return run


@pytest.fixture
def tables(ask: Any, things: str) -> Callable[[], list[str]]:
    """Return the tables that there are."""
    return lambda: [name for (name,) in ask(f"SHOW TABLES FROM {things}")]


def test_rows_that_could_not_be_judged_are_in_no_half(part, tables) -> None:
    """No table is made for them."""
    lost = Check(id="lost", promise=AtLeast("select", Decimal(0)))

    found = part(checks=(lost, *derive(THINGS)))

    assert ("rows could not be judged: lost", 0, 0) == (found.unjudged, found.good, found.bad)
    assert ["things"] == tables()


def test_each_row_is_in_one_half(part, ask, tables) -> None:
    """The good ones in the contract's types, the bad ones as texts, with their rules and every column."""
    found = part()

    assert (5, 2, 3) == (found.rows, found.good, found.bad)
    assert GOOD == ask("SELECT * FROM good ORDER BY id")
    kinds = {name: kind for name, kind, *_ in ask("SHOW COLUMNS FROM good")}
    assert {
        "id": "bigint(20)",
        "select": "longtext",
        "amount": "decimal(38,2)",
        "number": "double",
        "flag": "tinyint(1)",
        "day": "date",
        "at": "datetime(6)",
    } == kinds
    assert BAD == ask("SELECT * FROM bad ORDER BY id, `select`")
    assert ["bad", "good", "things"] == tables()


def test_the_next_run_replaces_what_was_there(part, ask, tables) -> None:
    """All at once; nothing stays of what was there."""
    part()
    ask("DELETE FROM things WHERE id IN ('1', '3')")

    part()

    assert [(2,)] == ask("SELECT id FROM good")
    assert [("4",), ("4",)] == ask("SELECT id FROM bad")
    assert ["bad", "good", "things"] == tables()


def test_the_good_rows_keep_the_contract(part, ask) -> None:
    """In another run, with the same values."""
    part()

    again = part(good="again", bad="none", of="good")

    assert (2, 0) == (again.good, again.bad)
    assert GOOD == ask("SELECT * FROM again ORDER BY id")


NAMES = ["a`b", "select", "or'der", 'a "b; --', "*/ x /*", "back\\slash", "ü"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_one(part, ask, things, tables, name) -> None:
    """It is quoted, and found again by the next run; with its database or without."""
    part(good="", bad=name)
    part(good="", bad=f"{things}.{name}")

    quoted = name.replace("`", "``")
    assert [(3,)] == ask(f"SELECT count(*) FROM `{quoted}`")  # noqa: S608 - one of NAMES
    assert sorted([name, "things"]) == sorted(tables())


THEIRS = {
    "a table": "CREATE TABLE bad (dataops_rules text)",
    "a view": "CREATE VIEW bad AS SELECT 1 AS dataops_rules",
    "the good rows": "CREATE TABLE bad (id int) COMMENT = 'airflow-dataops: the good rows of things'",
    "of another table": "CREATE TABLE bad (id int) COMMENT = 'airflow-dataops: the bad rows of others'",
}


@pytest.mark.parametrize("name", THEIRS)
def test_what_is_not_ours_stays(part, ask, tables, name) -> None:
    """Whatever columns it has; nothing else is written either."""
    ask(THEIRS[name])
    before = ask("SHOW CREATE TABLE bad")

    with pytest.raises(SettingsError, match="`bad` is there already, and carries no note"):
        part()

    assert before == ask("SHOW CREATE TABLE bad")
    assert ["bad", "things"] == tables()


def test_what_comes_to_be_meanwhile_stays(part, ask, tables, monkeypatch) -> None:
    """Somebody else makes a table of that name while the rows are written."""
    count = Writer._check_count

    def others(self, table, counted, *, place):
        count(self, table, counted, place=place)
        if place == "bad":
            ask("CREATE TABLE bad (id int)")

    monkeypatch.setattr(Writer, "_check_count", others)
    with pytest.raises(SettingsError, match="carries no note"):
        part()

    assert ["bad", "things"] == tables()


@pytest.mark.parametrize(("good", "bad"), [("good", "good"), ("things", "bad"), ("good", "Things")])
def test_a_table_stands_for_one_thing(part, tables, good, bad) -> None:
    """The rows that are judged are not written over."""
    with pytest.raises(SettingsError, match="is named twice"):
        part(good=good, bad=bad)

    assert ["things"] == tables()


def test_other_numbers_than_were_counted_leave_nothing(part, ask, tables, monkeypatch) -> None:
    """What was there stays."""
    part()
    check = Writer._check_count
    more = {2: 9, 3: 3}
    monkeypatch.setattr(
        Writer,
        "_check_count",
        lambda self, table, counted, *, place: check(self, table, more[counted], place=place),
    )

    with pytest.raises(NotEvaluatedError, match="9 rows were counted, but 2 were written"):
        part()

    assert ["bad", "good", "things"] == tables()
    assert BAD == ask("SELECT * FROM bad ORDER BY id, `select`")


@pytest.fixture
def reader(ask: Any, things: str) -> Iterator[str]:
    """A user who may read the table and nothing else."""
    name = f"r{uuid4().hex[:20]}"
    ask(f"CREATE USER {name}@'%' IDENTIFIED BY ''")
    ask(f"GRANT SELECT ON {things}.* TO {name}@'%'")
    yield name
    ask(f"DROP USER {name}@'%'")


def test_rights_are_asked_for_where_rows_are_parted(part, ask, things, tables, reader) -> None:
    """Who may read may judge; who may not write is told so, and nothing is left."""
    login = {"host": HOST, "port": PORT, "user": reader, "password": "", "database": things}
    database = Database("shop_mysql", "mysql", lambda: mysql.connector.connect(**login))
    engine, things_there = HookedEngine(database, system()), InPlace("mysql://shop_mysql/things")

    assert 5 == engine.scan(things_there, plan(THINGS, derive(THINGS)), split=None).rows
    with pytest.raises(SettingsError, match="MariaDB refuses the tables of the parted rows"):
        part(user=reader)
    ask(f"GRANT CREATE TEMPORARY TABLES, CREATE, INSERT ON {things}.* TO {reader}@'%'")
    with pytest.raises(SettingsError, match="MariaDB refuses the tables of the parted rows"):
        part(user=reader)
    assert ["things"] == tables()
    ask(f"GRANT DROP, ALTER ON {things}.* TO {reader}@'%'")
    assert 5 == part(user=reader).rows


def test_a_database_that_is_none_and_a_long_name(part) -> None:
    """The settings are wrong, not the data."""
    for name in ("nowhere_at_all.bad", "b" * 65):
        with pytest.raises(SettingsError, match="MariaDB refuses the tables of the parted rows"):
            part(good="", bad=name)


def test_others_write_meanwhile(part, ask, things, monkeypatch) -> None:
    """No row is locked; both halves are of the state that was judged."""
    keep = Writer.keep

    def kept(self, *given, **more):
        rows = keep(self, *given, **more)
        login = {"host": HOST, "port": PORT, "user": USER, "password": "", "database": things}
        with closing(mysql.connector.connect(**login, autocommit=True)) as other, other.cursor() as cursor:
            cursor.execute("SET innodb_lock_wait_timeout = 1")
            cursor.execute("UPDATE things SET id = 'x'")
            cursor.execute("INSERT INTO things (id) VALUES ('5')")
        return rows

    monkeypatch.setattr(Writer, "keep", kept)
    found = part()

    assert (5, 2, 3) == (found.rows, found.good, found.bad)
    assert GOOD == ask("SELECT * FROM good ORDER BY id")
    assert BAD == ask("SELECT * FROM bad ORDER BY id, `select`")


def test_another_run_with_the_same_tables_is_waited_for(part, monkeypatch, tables) -> None:
    """And given up, when it takes too long: another try may heal it."""
    monkeypatch.setattr(parting, "PATIENCE", 1)
    check, failed = Writer._check_count, []

    def slow(self, table, counted, *, place):
        check(self, table, counted, place=place)
        if place == "bad" and threading.current_thread() is not threading.main_thread():
            time.sleep(4)

    monkeypatch.setattr(Writer, "_check_count", slow)
    other = threading.Thread(target=part)
    other.start()
    time.sleep(2)
    try:
        part(good="")
    except BrokenWorldError as error:
        failed.append(str(error))
    other.join()

    assert ["bad: another run writes the same tables."] == [line.split(" Let ")[0] for line in failed]
    assert ["bad", "good", "things"] == tables()


KILLED = """
    import os, signal, sys
    import mysql.connector
    from airflow_dataops.core.checks.derive import derive
    from airflow_dataops.core.checks.plan import plan
    from airflow_dataops.core.rows.relation import InPlace, Split
    from airflow_dataops.engines.sql.hooked.engine import HookedEngine
    from airflow_dataops.engines.sql.mariadb import parting
    from airflow_dataops.engines.sql.mariadb.system import mariadb
    from airflow_dataops.warehouse.database import Database
    from tests.engines.sql.mariadb.conftest import HOST, PORT, USER
    from tests.engines.sql.mariadb.test_parting import THINGS

    swap = parting._swap
    def killed(*given):
        if sys.argv[2] == "after":
            swap(*given)
        os.kill(os.getpid(), signal.SIGKILL)
    parting._swap = killed
    login = {"host": HOST, "port": PORT, "user": USER, "password": "", "database": sys.argv[1]}
    database = Database("shop_mysql", "mysql", lambda: mysql.connector.connect(**login))
    split = Split("mysql://shop_mysql/good", "mysql://shop_mysql/bad", digest=False)
    things = InPlace("mysql://shop_mysql/things")
    HookedEngine(database, mariadb()).scan(things, plan(THINGS, derive(THINGS)), split=split)
"""
LEFT = {"before": ([(1,), (2,)], "dataops_new_"), "after": ([(2,)], "dataops_old_")}
"""When a run is killed, before or after its swap -> the good rows then, and how what it left is called."""


@pytest.mark.parametrize("when", LEFT)
def test_what_a_killed_run_left_goes_with_the_next(part, ask, things, tables, when) -> None:
    """Readers see the tables of one run; what else there is, is removed."""
    part()
    ask("DELETE FROM things WHERE id = '1'")

    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), things, when],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )

    expected, begins = LEFT[when]
    assert -signal.SIGKILL == ended.returncode
    assert expected == ask("SELECT id FROM good ORDER BY id")
    assert 2 == sum(name.startswith(begins) for name in tables())
    assert 5 == len(tables())
    part()
    assert [(2,)] == ask("SELECT id FROM good")
    assert ["bad", "good", "things"] == tables()
