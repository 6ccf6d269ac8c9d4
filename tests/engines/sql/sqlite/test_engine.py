"""SQLite as the engine over the tables that it holds."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import (
    Check,
    Custom,
    Matches,
    NotLonger,
    NotNull,
    OneOf,
    Query,
    RowCount,
    RowQuery,
    Unique,
)
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType, Scope, Severity
from airflow_dataops.core.rows.failing_row import FailingRow
from airflow_dataops.core.rows.others import Other, Others, Published
from airflow_dataops.core.rows.relation import InPlace, Split, Staged
from airflow_dataops.engines.sql.hooked.engine import HookedEngine
from airflow_dataops.engines.sql.hooked.session import Session
from airflow_dataops.engines.sql.sqlite.system import SQLITE
from airflow_dataops.errors import BadDataError, BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.database import Database, TableName, table_name

INTEGER, STRING = ColumnType(LogicalType.INTEGER), ColumnType(LogicalType.STRING)
ORDERS = Dataset(
    name="orders",
    columns=(
        Column(name="id", type=INTEGER, required=True, key_position=1),
        Column(name="note", type=STRING),
    ),
)
ROWS = [(1, "a"), (2, "b"), (2, None), (None, "geheim4711"), ("geheim4711", "a")]
SECRET = "geheim4711"  # noqa: S105 - planted on purpose
SQL = Query("SELECT count(*) FROM {object} WHERE id > 0")


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """The statements of a scan."""
    texts: list[str] = []
    ask = Session.ask

    def noted(self, query):
        texts.append(self.system.written(query))
        return ask(self, query)

    monkeypatch.setattr(Session, "ask", noted)
    return texts


def test_a_scan_is_one_select(judge, said) -> None:
    """One more for all rules that are SELECTs of totals; nothing numbers rows or is made."""
    judge(ROWS, ORDERS, checks=[*derive(ORDERS), Check(id="rows", promise=RowCount())], parted=False)

    assert 1 == len(said)
    assert said[0].startswith("WITH ")
    assert not any(word in said[0] for word in ("ROW_NUMBER", "CREATE", "INSERT", "TEMP"))

    checks = [*derive(ORDERS), Check(id="some", promise=SQL), Check(id="more", promise=SQL)]
    judge(ROWS, ORDERS, checks=checks, parted=False)

    assert 3 == len(said)


def test_what_no_rule_asks_for_is_not_read(judge, said) -> None:
    """Neither its text nor its value."""
    judge(ROWS, ORDERS, checks=[Check(id="there", promise=NotNull("id"))])

    assert "DATAOPS" not in said[0]
    assert "CAST" not in said[0]


def test_nothing_is_written(tmp_path) -> None:
    """A file that may only be read is enough, and it stays as it is."""
    file = tmp_path / "orders.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE orders (id, note)")
        connection.executemany("INSERT INTO orders VALUES (?, ?)", ROWS)
    before = file.read_bytes()
    opened = Database("o", "sqlite", lambda: sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True))

    found = HookedEngine(opened, SQLITE).scan(
        InPlace("sqlite://o/orders"), plan(ORDERS, derive(ORDERS)), split=None
    )

    assert (5, {"id.required": 1, "id.type": 1, "orders.primaryKey": 2}) == (
        found.rows,
        {rule: its.failing for rule, its in found.measured.items()},
    )
    assert before == file.read_bytes()
    assert ["orders.db"] == [path.name for path in tmp_path.iterdir()]


def test_a_scan_sees_one_state(shop, table, monkeypatch) -> None:
    """What others write while it lasts is in none of its statements."""
    made = table(["id", "note"], ROWS)
    ask, count = Session.ask, itertools.count()

    def noted(self, query):
        if next(count) == 1:
            with closing(shop.connect()) as other, other:
                other.execute(f'INSERT INTO "{made}" VALUES (77, NULL)')  # noqa: S608 - the name is our own
        return ask(self, query)

    with closing(shop.connect()) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    monkeypatch.setattr(Session, "ask", noted)
    checks = [
        Check(id="rows", promise=RowCount()),
        Check(id="some", promise=Query("SELECT count(*) FROM {object}")),
    ]

    found = HookedEngine(shop, SQLITE).scan(InPlace(shop.address(made)), plan(ORDERS, checks), split=None)

    assert 2 <= next(count)
    assert {5} == {its.number for its in found.measured.values()}


WHERE = {
    "": 5,
    "id = 2": 2,
    "ID = 2 AND note IS NULL -- and so on": 1,
    "note = 'a' OR note LIKE 'GEHEIM%'": 3,
    "date('now') > '2020-01-01' AND \"note\" = 'b'": 1,
    "id > 1000 AND typeof(id) = 'integer'": 0,
    "CAST('12x' AS INTEGER) = 12 AND length(note) = 1": 3,
    "ifnull(note, 'x') NOT IN ('a', 'b') OR note GLOB 'geheim*'": 2,
}


@pytest.mark.parametrize("where", WHERE)
def test_a_condition_leaves_some_rows(judge, where) -> None:
    """It is SQLite's own SQL."""
    assert WHERE[where] == judge(ROWS, ORDERS, where=where).rows


WRONG_CONDITIONS = {
    "id = ": "it is no condition of SQL",
    "id = 1; DROP TABLE orders": "it is no condition of SQL",
    "id = 1) OR (1 = 1": "it is no condition of SQL",
    "nope = 1": "the table has no column 'nope'",
    "id IN (SELECT 1)": "it looks at more than the row",
    "count(*) > 1": "it looks at more than the row",
    "id = ?": "it looks at more than the row",
    "id = :id": "it looks at more than the row",
    "row_number() OVER () = 1": "it looks at more than the row",
    "CAST(note AS DATE) = 2026": "a part of it would be passed on to SQLite in other words",
    "frobnicate(id) = 1": "it failed in SQLite (OperationalError)",
}


@pytest.mark.parametrize("where", WRONG_CONDITIONS)
def test_what_is_no_condition_of_the_row_is_refused(judge, where) -> None:
    """Before any row is read; SQLite would take a wrong name in quotes for a text."""
    with pytest.raises(NotEvaluatedError) as refused:
        judge(ROWS, ORDERS, where=where)

    assert WRONG_CONDITIONS[where] == refused.value.what


MIXED = [
    ("integer", INTEGER, [(1, 0), ("1", 0), (" 1", 1), (1.0, 0), (1.5, 1), (b"1", 1), ("x", 1), (None, 0)]),
    (
        "date",
        ColumnType(LogicalType.DATE),
        [("2026-03-01", 0), (20260301, 1), (2461100.5, 1), (b"2026-03-01", 1)],
    ),
    ("boolean", ColumnType(LogicalType.BOOLEAN), [(0, 0), (1, 0), (2, 1), ("TRUE", 0), ("yes", 1), (1.0, 0)]),
    (
        "decimal",
        ColumnType(LogicalType.NUMBER, 5, 2),
        [(1, 0), (999.99, 0), (1000, 1), (0.125, 1), ("0.120", 0)],
    ),
    (
        "wide",
        ColumnType(LogicalType.NUMBER, 38, 2),
        [(1, 0), (0.1, 0), (0.125, 1), (2**63 - 1, 0), (1e300, 1)],
    ),
    ("number", ColumnType(LogicalType.NUMBER), [(float("inf"), 1), (2**53 + 1, 1), (2**53, 0), ("1e400", 1)]),
]


@pytest.mark.parametrize(("kind", "values"), [case[1:] for case in MIXED], ids=[case[0] for case in MIXED])
@pytest.mark.parametrize("declared", ["", "BLOB"])
def test_each_value_is_read_by_its_own_type(judge, kind, values, declared) -> None:
    """Whatever the column is declared as."""
    dataset = Dataset(name="rows", columns=(Column(name="x", type=kind),))
    for value, broken in values:
        found = judge([(value,)], dataset, kinds=[declared]).measured["x.type"]

        assert broken == found.failing, value


def test_bytes_have_no_text(judge) -> None:
    """What is asked of such a column, in SQL or not, is not known; the others are."""
    checks = [
        Check(id="long", promise=NotLonger("note", 5)),
        Check(id="unique", promise=Unique(("note", "id"))),
        Check(id="named", promise=RowQuery("SELECT count(*) FROM {object} WHERE note = 'a'")),
        Check(id="asked", promise=Query("SELECT count(*) FROM {object} WHERE NOTE = 'a'")),
        Check(id="there", promise=NotNull("id")),
    ]

    found = judge([(1, "a"), (2, b"a"), (3, b"\xff")], ORDERS, checks=checks).measured

    told = "there is a BLOB in 2 rows of `note`, which has no text"
    assert {"long": told, "unique": told, "named": told, "asked": told, "there": ""} == {
        rule: its.problem for rule, its in found.items()
    }
    assert "" == judge([(1, "a")], ORDERS, checks=checks).measured["long"].problem


def test_texts_are_compared_as_bytes(judge) -> None:
    """Whatever the collation of their column is."""
    dataset = replace(ORDERS, columns=(ORDERS.columns[0], replace(ORDERS.columns[1], unique=True)))
    rows = [(1, "a"), (2, "A"), (3, "a "), (4, "a\0"), (5, "á"), (6, "a\u0301")]
    listed = Check(id="listed", promise=OneOf("note", ("a", "á")))
    long = Check(id="long", promise=NotLonger("note", 1))

    found = judge(rows, dataset, checks=[*derive(dataset), listed, long], kinds=["", "TEXT COLLATE NOCASE"])

    assert {"note.unique": 0, "listed": 4, "long": 3} == {
        rule: found.measured[rule].failing for rule in ("note.unique", "listed", "long")
    }


def test_failing_rows_are_named_by_their_keys(shop, sqlite, table) -> None:
    """With all rules that each broke, in the order of the plan; the first ones by their keys, null last."""
    made = shop.address(table(["id", "note"], ROWS))

    found = sqlite.scan(InPlace(made), plan(ORDERS, derive(ORDERS)), split=None, keys=9).failing

    assert (
        FailingRow(("2",), ("orders.primaryKey",)),
        FailingRow(("2",), ("orders.primaryKey",)),
        FailingRow((SECRET,), ("id.type",)),
        FailingRow((None,), ("id.required",)),
    ) == found
    assert found[:3] == sqlite.scan(InPlace(made), plan(ORDERS, derive(ORDERS)), split=None, keys=3).failing
    assert () == sqlite.scan(InPlace(made), plan(ORDERS, derive(ORDERS)), split=None).failing


def test_an_empty_table_has_counts_of_nought(judge) -> None:
    """And no column is called blank."""
    found = judge([], ORDERS, checks=[*derive(ORDERS), Check(id="rows", promise=RowCount())])

    assert (0, 0, 0, ()) == (found.rows, found.good, found.bad, found.blank)
    assert {0} == {its.number for its in found.measured.values()}


NOT_HERE = {
    "pandera": (
        Check(id="x", promise=Custom("pandera", "schemas:Orders")),
        "the rules of pandera can't run where rows stay in SQLite",
    ),
    "a pattern that is none": (
        Check(id="x", promise=Matches("note", "[")),
        "the pattern is not one that RE2 reads",
    ),
    "a listed value of another type": (
        Check(id="x", promise=OneOf("id", ("1", "one"))),
        "the rule lists 'one', which is no integer",
    ),
    "a column that isn't there": (
        Check(id="x", promise=Unique(("id", "nope"))),
        "the rule speaks of a column that the contract doesn't have",
    ),
    "another dataset in a rule that names rows": (
        Check(id="x", promise=RowQuery("SELECT count(*) FROM {object} JOIN o ON true", ("o",))),
        "a rule that names rows looks at the row alone, not at o",
    ),
    "a dataset that lies nowhere": (
        Check(id="x", promise=Query("SELECT count(*) FROM o", ("o",))),
        "nothing says where `o` lies",
    ),
}


@pytest.mark.parametrize("name", NOT_HERE)
def test_what_can_t_be_judged_here_is_named(judge, name) -> None:
    """And hurts no other."""
    check, told = NOT_HERE[name]

    found = judge(ROWS, ORDERS, checks=[check, Check(id="there", promise=NotNull("id"))]).measured

    assert told in found["x"].problem
    assert (None, 1) == (found["x"].number, found["there"].number)


def test_the_rest_of_a_table_is_not_looked_at(shop, sqlite, table) -> None:
    """It is named; other tables are looked up in this database alone, where they are."""
    made = shop.address(table(["id", "note"], ROWS))
    whole = plan(ORDERS, [Check(id="x", promise=Unique(("id",)), scope=Scope.TABLE)])
    rest = Others(rest=Other(Published(made), ORDERS.columns))
    asked = plan(ORDERS, [Check(id="x", promise=Query("SELECT count(*) FROM o", ("o",)))])

    def problem(wanted, others):
        return sqlite.scan(InPlace(made), wanted, split=None, others=others).measured["x"].problem

    assert "the rest of the table can't be looked at where rows stay in SQLite" in problem(whole, rest)
    for uri, told in {
        "/lake/o": "what the rule looks at lies in /lake/o",
        "sqlite://other_db/o": "what the rule looks at lies in sqlite://other_db/o",
        "sqlite://shop_db/none": "nothing is published yet of `o`",
    }.items():
        others = Others(datasets={"o": Other(Published(uri), ORDERS.columns)})
        assert told in problem(asked, others)


def test_the_columns_are_those_of_the_table(shop, sqlite) -> None:
    """Generated ones, too, and those of a view; names and types as they were declared."""
    with closing(shop.connect()) as connection, connection:
        connection.execute('CREATE TABLE "or""ders" (id INTEGER, "A b" VARCHAR(3), twice AS (id * 2), bare)')
        connection.execute('CREATE VIEW seen AS SELECT id, "A b" AS note FROM "or""ders"')

    assert {"id": "INTEGER", "A b": "VARCHAR(3)", "twice": "", "bare": ""} == sqlite.types(
        InPlace('sqlite://shop_db/or"ders')
    )
    assert ("id", "note") == sqlite.header(InPlace("sqlite://shop_db/main.seen"))
    assert 0 == sqlite.scan(InPlace("sqlite://shop_db/seen"), plan(ORDERS, derive(ORDERS)), split=None).rows


@pytest.mark.parametrize("name", ["incoming", "judged", "marked", "good", "k0"])
def test_a_table_may_be_called_as_a_step_of_a_scan_is(shop, sqlite, name) -> None:
    """Its own rows are judged."""
    with closing(shop.connect()) as connection, connection:
        connection.execute(f'CREATE TABLE "{name}" (id INTEGER, note TEXT)')
        connection.execute(f"INSERT INTO \"{name}\" VALUES (1, 'a'), (1, 'b'), (NULL, 'c')")  # noqa: S608

    found = sqlite.scan(
        InPlace(f"sqlite://shop_db/{name}", "note <> 'd'"), plan(ORDERS, derive(ORDERS)), split=None
    )

    assert (3, 0) == (found.rows, found.good)


REFUSED = {
    "no such table": (InPlace("sqlite://shop_db/nothing"), BadDataError, "there is no table `nothing`"),
    "no such schema": (InPlace("sqlite://shop_db/other.things"), BadDataError, "there is no table"),
    "another database": (InPlace("sqlite://other_db/orders"), SettingsError, "the rows lie elsewhere"),
    "files": (Staged("/rows.parquet"), SettingsError, "the rows lie elsewhere"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_rows_that_lie_elsewhere_are_refused(sqlite, name) -> None:
    """As settings, not as data; a table that isn't there is one of the data."""
    relation, error, told = REFUSED[name]

    with pytest.raises(error, match=told):
        sqlite.scan(relation, plan(ORDERS, derive(ORDERS)), split=None)


def test_what_can_t_part_or_transform_says_so(shop, sqlite, table) -> None:
    """The settings say otherwise."""
    made = shop.address(table(["id", "note"], ROWS))
    other = HookedEngine(shop, replace(SQLITE, title="Other", parting=None))
    with pytest.raises(SettingsError, match="rows can't be parted where they stay in Other"):
        other.scan(InPlace(made), plan(ORDERS, derive(ORDERS)), split=Split(made, made, digest=False))
    with pytest.raises(SettingsError, match="rows in SQLite are looked at and not transformed"):
        sqlite.transform(Staged(made), "SELECT 1", name="s", partition="", place="transform.sql", into=made)


def test_a_missing_column_is_the_data_s_fault(shop, sqlite, table) -> None:
    """As in every engine."""
    made = shop.address(table(["id"], [(1,)]))
    with pytest.raises(BadDataError, match="the columns 'note' are missing"):
        sqlite.scan(InPlace(made), plan(ORDERS, derive(ORDERS)), split=None)


def test_no_word_of_sqlite_s_own_leaves_it(tmp_path) -> None:
    """A file that is none can't be read by another try; one that is locked can."""
    file = tmp_path / "shop.db"
    file.write_text(SECRET * 1000)
    engine = HookedEngine(Database("shop_db", "sqlite", lambda: sqlite3.connect(file, timeout=0)), SQLITE)
    with pytest.raises(SettingsError) as failed:
        engine.header(InPlace("sqlite://shop_db/orders"))
    assert "connection `shop_db`: reading the columns failed in SQLite (DatabaseError)" in str(failed.value)

    file.unlink()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE orders (id, note)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BrokenWorldError, match="failed in SQLite"):
            engine.header(InPlace("sqlite://shop_db/orders"))


def test_many_rules_are_judged_at_once(judge) -> None:
    """As many as SQLite has room for; more are refused by what there is too much of."""
    dataset = Dataset(name="rows", columns=(Column(name="x", type=INTEGER),))
    many = [
        Check(id=f"r{at}", promise=OneOf("x", ("1", str(at))), severity=Severity.ERROR) for at in range(1800)
    ]
    found = judge([(5,), (1,), (1799,)], dataset, checks=many)
    assert (3, 2) == (found.rows, found.bad)
    assert (2, 1) == (found.measured["r0"].failing, found.measured["r1799"].failing)
    too_many = [replace(many[0], id=f"r{at}") for at in range(2000)]

    with pytest.raises(NotEvaluatedError, match="SQLite takes 2000"):
        judge([(5,)], dataset, checks=too_many)


def test_an_old_sqlite_is_refused(sqlite, monkeypatch) -> None:
    """It would compute the same many times, or not know the words."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(SettingsError, match=r"Run tasks with a Python that has 3\.35 or later"):
        sqlite.header(InPlace("sqlite://shop_db/orders"))


def test_names_of_tables() -> None:
    """With a schema or without."""
    assert [TableName("a"), TableName("a", "b")] == [table_name("a"), table_name("b.a")]
    for wrong in ("", ".", "a.", ".a", "a.b.c", "a\0"):
        with pytest.raises(SettingsError):
            table_name(wrong)


WRONG = {
    "no database": (lambda file: file.write_bytes(b"id,note\n1,a\n" * 99), "no database of SQLite"),
    "no UTF-8": (
        lambda file: _made(file, "INSERT INTO orders VALUES (cast(x'ff31' AS text), 'a')"),
        "A text in the table is no UTF-8",
    ),
}
"""What is wrong with a file of SQLite -> how it comes to be, and what is said."""


def _made(file, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE orders (id, note)")
        connection.execute(statement)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_no_other_try_heals_says_what_to_do(wrong: str, tmp_path) -> None:
    """SQLite's own words may quote values; its codes tell enough."""
    make, said = WRONG[wrong]
    file = tmp_path / "shop.db"
    make(file)
    database = Database("shop_db", "sqlite", lambda: sqlite3.connect(file))

    with pytest.raises(SettingsError, match=said):
        HookedEngine(database, SQLITE).scan(
            InPlace(database.address(TableName("orders"))), plan(ORDERS, derive(ORDERS)), split=None
        )
