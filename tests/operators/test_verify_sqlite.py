"""Tables in SQLite, held against a contract where they are, in a DAG of its own."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from airflow_dataops.operators.verify_contract import VerifyContractOperator

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: day, logicalType: date}
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: amount, logicalType: number, physicalType: "numeric(9,2)", logicalTypeOptions: {minimum: 0}}
      - name: owner
        logicalType: string
        relationships: [{to: owners.name}]
    quality:
      - {id: several, metric: rowCount, mustBeGreaterThan: 1, severity: warning, dimension: completeness}
      - {id: cheap, type: sql, query: "SELECT COUNT(*) FROM {object} WHERE amount > 99.5", mustBe: 0}
  - name: owners
    properties:
      - {name: name, logicalType: string, required: true}
"""
ROWS = [
    ("2026-03-01", "1", 1, "Ada"),
    ("2026-03-01", 2, 0.5, None),
    ("2026-03-02", 4, -7654321, "Ada"),
    ("2026-03-02", 4, 100, "ada"),
]


@pytest.fixture
def contract(deployment) -> str:
    """The file of the contract."""
    file = deployment / "things.odcs.yaml"
    file.write_text(CONTRACT)
    return str(file)


@pytest.fixture
def shop(deployment, monkeypatch):
    """A SQLite database with a connection to it: one day keeps the contract, the other doesn't."""
    file = deployment / "shop.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "CREATE TABLE things (day DATE, id, amount DECIMAL(9,2), owner TEXT COLLATE NOCASE)"
        )
        connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?)", ROWS)
        connection.execute("CREATE TABLE owners (name TEXT)")
        connection.execute("INSERT INTO owners VALUES ('Ada')")
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", f"sqlite://{file}")
    return file


@pytest.fixture
def verify(in_dag, contract):
    """Run one task over a table, and return how it ended."""

    def run(**given):
        named = {"contract": contract, "dataset": "things", "conn_id": "shop_db", "table": "things"}
        given = named | {"retries": 0} | given
        return in_dag(lambda: VerifyContractOperator(task_id="verify", **given))

    return run


@pytest.mark.parametrize(
    "owners", ["sqlite://shop_db/owners", {"conn_id": "shop_db", "table": "owners"}], ids=["address", "parts"]
)
def test_a_partition_that_keeps_its_contract(verify, shop, owners) -> None:
    """The condition is a template; the file stays as it is, byte for byte."""
    before = shop.read_bytes()

    ended = verify(partition_clause="day = '{{ data_interval_start | ds }}'", lookups={"owners": owners})

    assert ("success", []) == (ended.state(), ended.lines)
    assert (2, 2, 0, True) == (
        ended.verdicts[0].rows,
        ended.verdicts[0].good,
        ended.verdicts[0].bad,
        ended.verdicts[0].passes,
    )
    assert {"passed"} == set(ended.statuses("passed", "failed", "skipped", "error").values())
    assert before == shop.read_bytes()


@pytest.mark.usefixtures("shop")
def test_a_table_that_breaks_its_contract(verify) -> None:
    """The message names the connection and no value."""
    ended = verify(lookups={"owners": "sqlite://shop_db/main.owners"})

    assert "failed" == ended.state()
    assert "Bad data: sqlite://shop_db/things (things/2026-03-01" in ended.lines[0]
    assert {
        "things.primaryKey": "failed",
        "amount.minimum": "failed",
        "owner.relationships": "failed",
    } == ended.statuses("failed", "warning", "error")
    assert "7654321" not in ended.lines[0]


def test_rows_are_copied_where_tables_are_named(verify, shop) -> None:
    """In the database, good and bad ones apart; the task fails all the same."""
    owners = {"conn_id": "shop_db", "table": "owners"}

    ended = verify(quarantine="bad {partition}", good="good", lookups={"owners": owners})

    assert "failed" == ended.state()
    assert "sqlite://shop_db/bad 2026-03-01" == ended.verdicts[0].quarantine
    with closing(sqlite3.connect(shop)) as connection:
        good = connection.execute("SELECT * FROM good ORDER BY id").fetchall()
        bad = connection.execute('SELECT dataops_rules, amount FROM "bad 2026-03-01" ORDER BY 2').fetchall()
    assert [("2026-03-01", 1, 1, "Ada"), ("2026-03-01", 2, 0.5, None)] == good
    assert [
        ('["amount.minimum","things.primaryKey"]', "-7654321"),
        ('["things.primaryKey","owner.relationships"]', "100"),
    ] == bad


WRONG = {
    "a table of the team's": ({"quarantine": "owners"}, "", "`owners` is there already, and carries no note"),
    "no such table": ({"table": "nothings"}, "Bad data: ", "there is no table `nothings`"),
    "no table at all": ({"table": "a.b.c"}, "", "`a.b.c` is no table"),
    "no condition": ({"partition_clause": "day = "}, "Could not evaluate: ", "it is no condition of SQL"),
    "no such column": (
        {"partition_clause": "\"dey\" = '2026-03-01'"},
        "Could not evaluate: ",
        "the table has no column 'dey'",
    ),
    "another table": (
        {"partition_clause": "id IN (SELECT 1 FROM owners)"},
        "Could not evaluate: ",
        "it looks at more than the row",
    ),
    "another kind of connection": (
        {"conn_id": "web"},
        "",
        "of the type `http`, whose tables can't be judged. Use one of the type mysql, postgres, sqlite; ",
    ),
}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_one_line(verify, monkeypatch, name) -> None:
    """What, where, what to do."""
    monkeypatch.setenv("AIRFLOW_CONN_WEB", "http://example.com")
    given, begins, told = WRONG[name]

    ended = verify(**given)

    assert "failed" == ended.state()
    assert 1 == len(ended.lines)
    assert ended.lines[0].startswith(begins)
    assert told in ended.lines[0]


@pytest.mark.parametrize("extra", ["", "?mode=ro", "?timeout=1"])
def test_a_file_that_isn_t_there_is_not_made(verify, deployment, monkeypatch, extra) -> None:
    """SQLite would make an empty database of it; the message has its path."""
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_DB", f"sqlite://{deployment}/none.db{extra}")

    ended = verify(retries=1)

    assert ("failed", 1) == (ended.state(), len(ended.lines))
    assert ended.lines[0].startswith(
        f"connection `shop_db`: there is no file `{deployment}/none.db`. Check the "
    )
    assert not (deployment / "none.db").exists()


def test_a_database_that_is_locked_is_a_broken_world(verify, shop) -> None:
    """Another try may find it free."""
    with closing(sqlite3.connect(shop, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        ended = verify()

    assert "failed" == ended.state()
    assert ended.lines[0].startswith("Broken world: ")
    assert "failed in SQLite (OperationalError)" in ended.lines[0]


@pytest.mark.usefixtures("shop")
def test_rows_that_broke_a_rule_are_named(verify, deployment) -> None:
    """By their keys; another of the same keys doesn't hide that there are two."""
    keys = deployment / "keys.jsonl"

    verify(lookups={"owners": "sqlite://shop_db/owners"}, keys=str(keys))

    named = [json.loads(line) for line in keys.read_text().splitlines()]
    assert [{"id": "4"}] * 2 == [row["key"] for row in named]
    assert [["amount.minimum", "things.primaryKey"], ["owner.relationships", "things.primaryKey"]] == sorted(
        sorted(row["rules"]) for row in named
    )
    assert "7654321" not in keys.read_text()
