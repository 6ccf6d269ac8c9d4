"""Rows of a table in SQLite, parted into tables beside it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import AtLeast, Check
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.contract.written import Written
from airflow_dataops.core.rows.relation import InPlace, Split
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.sqlite.functions import digits
from airflow_dataops.engines.sql.sqlite.stored import as_decimal
from airflow_dataops.engines.sql.sqlite.system import SQLITE
from airflow_dataops.errors import BrokenWorldError, SettingsError
from airflow_dataops.warehouse.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from airflow_dataops.core.checks.metric import Scan

THINGS = Dataset(
    name="things",
    columns=(
        Column(name="id", type=ColumnType(LogicalType.INTEGER), required=True, key_position=1),
        Column(name="select", type=ColumnType(LogicalType.STRING)),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER, 9, 2)),
    ),
)
MADE = 'CREATE TABLE things (id, "select", amount, extra BLOB, Dataops_Rules)'
ROWS: list[tuple[Any, ...]] = [
    (1, "a", "1.10", b"x", None),
    ("2", None, 5, None, None),
    (3, "c", "0.001", "seen", "theirs"),
    (4, "d", None, None, None),
    (4, "e", 7.25, None, None),
    ("x", 'a"b', 1, None, None),
]
GOOD = [(1, "a", 1.1), (2, None, 5)]
BAD = [
    (None, '["amount.type"]', "3", "c", "0.001", "seen", None),
    (None, '["things.primaryKey"]', "4", "d", None, None, None),
    (None, '["things.primaryKey"]', "4", "e", "7.25", None, None),
    (None, '["id.type"]', "x", 'a"b', "1", None, None),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a table."""
    made = tmp_path / "shop.db"
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute(MADE)
        connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", ROWS)
    return made


@pytest.fixture
def ask(file: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Run a statement, as people would."""

    def run(statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(file)) as connection, connection:
            return connection.execute(statement).fetchall()

    return run


@pytest.fixture
def part(file: Path) -> Callable[..., Scan]:
    """Part the rows of the table."""

    def run(
        good: str = "good",
        bad: str = "bad",
        *,
        of: str = "things",
        where: str = "",
        dataset: Dataset = THINGS,
        checks: Iterable[Check] = (),
    ) -> Scan:
        database = Database("shop_db", "sqlite", lambda: sqlite3.connect(file, timeout=0.1))
        root = database.root
        split = Split(f"{root}{good}" if good else "", f"{root}{bad}", digest=False)
        relation = InPlace(f"{root}{of}", where)
        wanted = plan(dataset, checks or derive(dataset))
        return HookedEngine(database, SQLITE).scan(relation, wanted, split=split)

    return run


def test_rows_that_could_not_be_judged_are_in_no_half(part, ask) -> None:
    """What an earlier run wrote stays as it is: it is of rows that were judged."""
    part()
    lost = Check(id="lost", promise=AtLeast("select", Decimal(0)))

    found = part(bad="bad 2", checks=(lost, *derive(THINGS)))

    assert ("rows could not be judged: lost", 0, 0) == (found.unjudged, found.good, found.bad)
    assert GOOD == ask("SELECT * FROM good ORDER BY id")
    assert [("bad",), ("good",)] == ask("SELECT name FROM sqlite_schema WHERE name <> 'things' ORDER BY 1")


def test_each_row_is_in_one_half(part, ask) -> None:
    """The good ones in the contract's types, the bad ones as texts, with their rules and every column."""
    found = part()

    assert (6, 2, 4) == (found.rows, found.good, found.bad)
    assert GOOD == ask("SELECT * FROM good ORDER BY id")
    assert [("id", "INTEGER"), ("select", "TEXT"), ("amount", "NUMERIC(9,2)")] == ask(
        "SELECT name, type FROM pragma_table_info('good')"
    )
    assert BAD == ask('SELECT * FROM bad ORDER BY id, "select"')
    assert [
        *("dataops_line", "dataops_rules", "id", "select", "amount", "extra", "dataops_raw"),
    ] == [name for (name,) in ask("SELECT name FROM pragma_table_info('bad')")]
    assert ROWS == ask("SELECT * FROM things")


def test_the_next_run_replaces_what_was_there(part, ask) -> None:
    """With other columns, too; of the rows of a partition there are no others."""
    part()
    ask("DELETE FROM things WHERE id = 'x'")

    found = part(where="\"select\" <> 'a'", dataset=replace(THINGS, columns=THINGS.columns[:2]))

    assert (3, 1, 2) == (found.rows, found.good, found.bad)
    assert [(3, "c")] == ask("SELECT * FROM good")
    assert [("d",), ("e",)] == ask('SELECT "select" FROM bad ORDER BY 1')


def test_good_rows_are_left_out_where_no_table_is_named(part, ask) -> None:
    """Those that are good lie in the table already."""
    part(good="")

    assert [("bad",), ("things",)] == ask("SELECT name FROM sqlite_master ORDER BY 1")


NAMES = ['a"b', "select", "main.or'der", "a `b; --", "*/ x /*", "ü😀"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_one(part, ask, name) -> None:
    """It is quoted, and found again by the next run."""
    part(good="", bad=name)
    part(good="", bad=name)

    quoted = name.removeprefix("main.").replace('"', '""')
    assert [(4,)] == ask(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608 - one of NAMES
    assert [(2,)] == ask("SELECT count(*) FROM sqlite_master")


THEIRS = {
    "a table": "CREATE TABLE bad (dataops_rules TEXT)",
    "a view": "CREATE VIEW bad AS SELECT 1 AS dataops_rules",
    "the good rows": "CREATE TABLE bad (id /* airflow-dataops: the good rows of things */)",
    "of another table": "CREATE TABLE bad (id /* airflow-dataops: the bad rows of others */)",
}


@pytest.mark.parametrize("name", THEIRS)
def test_what_is_not_ours_stays(part, ask, name) -> None:
    """Whatever columns it has; nothing else is written either."""
    ask(THEIRS[name])
    before = ask("SELECT name, sql FROM sqlite_master ORDER BY 1")

    with pytest.raises(SettingsError, match="`BAD` is there already, and carries no note"):
        part(bad="BAD")

    assert before == ask("SELECT name, sql FROM sqlite_master ORDER BY 1")


TWICE = [("good", "good"), ("good", "GOOD"), ("things", "bad"), ("good", "Things")]


@pytest.mark.parametrize(("good", "bad"), TWICE)
def test_a_table_stands_for_one_thing(part, ask, good, bad) -> None:
    """The rows that are judged are not written over."""
    with pytest.raises(SettingsError, match="is named twice"):
        part(good=good, bad=bad)

    assert [("things",)] == ask("SELECT name FROM sqlite_master")


def test_the_judged_table_by_its_other_name(part, ask) -> None:
    """It carries no note."""
    with pytest.raises(SettingsError, match="carries no note"):
        part(bad="main.things")

    assert ROWS == ask("SELECT * FROM things")


def test_a_digest_and_another_database_are_refused(part, file) -> None:
    """Nobody asks for them."""
    with pytest.raises(SettingsError, match="has no database `nowhere`"):
        part(bad="nowhere.bad")
    database = Database("shop_db", "sqlite", lambda: sqlite3.connect(file))
    scan, relation = HookedEngine(database, SQLITE).scan, InPlace("sqlite://shop_db/things")
    with pytest.raises(SettingsError, match="have no digest"):
        scan(relation, plan(THINGS, derive(THINGS)), split=Split("sqlite://shop_db/a", "sqlite://shop_db/b"))
    with pytest.raises(SettingsError, match="the rows would go elsewhere"):
        scan(relation, plan(THINGS, derive(THINGS)), split=Split("", "/bad.parquet", digest=False))


def test_a_database_that_may_only_be_read(file) -> None:
    """It is judged; it is not written, which is said before a row is read."""
    uri = f"file:{file}?mode=ro"
    database = Database("shop_db", "sqlite", lambda: sqlite3.connect(uri, uri=True))
    scan, relation = HookedEngine(database, SQLITE).scan, InPlace("sqlite://shop_db/things")

    assert 6 == scan(relation, plan(THINGS, derive(THINGS)), split=None).rows
    with pytest.raises(SettingsError, match="SQLite refuses the tables of the parted rows"):
        scan(relation, plan(THINGS, derive(THINGS)), split=Split("", "sqlite://shop_db/bad", digest=False))


def test_somebody_who_writes_is_waited_for(part, file) -> None:
    """Another try may heal it."""
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BrokenWorldError):
            part()


KILLED = """
    import os, signal, sqlite3, sys
    from airflow_dataops.engines.sql.hooked.halves import Writer
    from airflow_dataops.core.checks.derive import derive
    from airflow_dataops.core.checks.plan import plan
    from airflow_dataops.core.rows.relation import InPlace, Split
    from airflow_dataops.engines.sql.hooked.engine import HookedEngine
    from airflow_dataops.engines.sql.sqlite.system import SQLITE
    from airflow_dataops.warehouse.database import Database
    from tests.engines.sql.sqlite.test_parting import THINGS

    count = Writer._check_count
    def killed(self, table, counted, *, place):
        count(self, table, counted, place=place)
        if place == "bad":
            os.kill(os.getpid(), signal.SIGKILL)
    Writer._check_count = killed
    database = Database("shop_db", "sqlite", lambda: sqlite3.connect(sys.argv[1]))
    split = Split("sqlite://shop_db/good", "sqlite://shop_db/bad", digest=False)
    things = InPlace("sqlite://shop_db/things")
    HookedEngine(database, SQLITE).scan(things, plan(THINGS, derive(THINGS)), split=split)
"""


def test_a_run_that_is_killed_leaves_what_was_there(part, ask, file) -> None:
    """Both halves had been written, and were not committed; the next run is as any other."""
    part()
    ask("DELETE FROM things WHERE id = 'x'")

    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )

    assert -signal.SIGKILL == ended.returncode
    assert GOOD == ask("SELECT * FROM good ORDER BY id")
    assert BAD == ask('SELECT * FROM bad ORDER BY id, "select"')
    part()
    assert [("3",), ("4",), ("4",)] == ask("SELECT id FROM bad ORDER BY 1")


KINDS: dict[str, tuple[ColumnType, list[Any], list[Any]]] = {
    "decimal": (
        ColumnType(LogicalType.NUMBER, 15, 3),
        ["999999999999.999", "-0.001"],
        [999999999999.999, -0.001],
    ),
    "whole": (ColumnType(LogicalType.NUMBER, 18, 0), ["999999999999999999"], [999999999999999999]),
    "wide": (
        ColumnType(LogicalType.NUMBER, 38, 2),
        ["-0.05", "123456789012345678901234567890123456.78", 3],
        ["-0.05", "123456789012345678901234567890123456.78", "3.00"],
    ),
    "fractions": (ColumnType(LogicalType.NUMBER, 16, 2), ["0.10"], ["0.10"]),
    "double": (ColumnType(LogicalType.NUMBER), ["1e300", 1, 0.1], [1e300, 1.0, 0.1]),
    "boolean": (ColumnType(LogicalType.BOOLEAN), ["true", 0], [1, 0]),
    "date": (ColumnType(LogicalType.DATE), ["2026-03-01"], ["2026-03-01"]),
    "date in its format": (
        ColumnType(LogicalType.DATE, written=Written(format="dd/MM/yyyy")),
        ["01/03/2026"],
        ["01/03/2026"],
    ),
    "instant": (
        ColumnType(LogicalType.TIMESTAMP),
        ["2026-03-01T10:00:00+02:00"],
        ["2026-03-01 08:00:00.000000Z"],
    ),
    "instant with an offset": (
        ColumnType(LogicalType.TIMESTAMP, written=Written(offset=True)),
        ["2026-03-01T10:00:00+02:00"],
        ["2026-03-01 08:00:00.000000Z"],
    ),
    "instant without one": (
        ColumnType(LogicalType.TIMESTAMP, written=Written(offset=False)),
        ["2026-03-01 10:00"],
        ["2026-03-01 10:00:00.000000"],
    ),
    "local time": (
        ColumnType(LogicalType.TIMESTAMP, written=Written(zone="Europe/Berlin")),
        ["2026-03-01 10:00:00"],
        ["2026-03-01 10:00:00"],
    ),
    "time": (ColumnType(LogicalType.TIME), ["10:00"], ["10:00:00.000000"]),
    "text": (ColumnType(LogicalType.STRING), ["1.10", 7, "a\0b"], ["1.10", "7", "a\0b"]),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_good_value_is_one_of_the_contract_again(part, ask, file, name) -> None:
    """So the good rows keep the same contract, and have the same values by it."""
    kind, values, expected = KINDS[name]
    dataset = Dataset(name="things", columns=(Column(name="v", type=kind),))
    ask("DROP TABLE things")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE things (v)")
        connection.executemany("INSERT INTO things VALUES (?)", [(value,) for value in values])

    found = part(dataset=dataset)

    assert len(values) == found.good
    assert expected == [value for (value,) in ask("SELECT v FROM good ORDER BY rowid")]
    again = part(good="again", bad="none", of="good", dataset=dataset)
    assert (len(values), 0) == (again.good, again.bad)
    assert ask("SELECT v FROM good ORDER BY rowid") == ask("SELECT v FROM again ORDER BY rowid")


@settings(max_examples=200)
@given(st.decimals(min_value=-(10**36) + 1, max_value=10**36 - 1, places=2))
def test_the_digits_of_a_decimal_are_its_own(number) -> None:
    """All 38 of them, with their sign."""
    held = as_decimal(number, ColumnType(LogicalType.NUMBER, 38, 2))

    assert held is not None
    assert f"{number:f}".removeprefix("-" if not number else "") == digits(held, 2)
