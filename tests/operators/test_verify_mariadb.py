"""Tables in MariaDB, held against a contract where they are, in a DAG of its own, through Airflow's hook."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest

from airflow_dataops.operators.verify_contract import VerifyContractOperator

mysql = pytest.importorskip("mysql.connector")
pytest.importorskip("airflow.providers.mysql")

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: code, logicalType: string, unique: true, logicalTypeOptions: {pattern: "^[A-Z][0-9]+$"}}
      - {name: amount, logicalType: number, physicalType: "numeric(9,2)", logicalTypeOptions: {minimum: 0}}
      - {name: placed, logicalType: timestamp}
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
    ("2026-03-01", 1, "A1", 1, "2026-03-01 10:00:00", "Ada"),
    ("2026-03-01", 2, "B2", "0.5", None, None),
    ("2026-03-02", 4, "C3", -7654321, "2026-03-02 10:00:00.5", "Ada"),
    ("2026-03-02", 4, "c3", 100, "0000-00-00", "ada"),
]
SERVER = {"host": "127.0.0.1", "port": 3306, "user": "root", "password": ""}


@pytest.fixture
def contract(deployment) -> str:
    """The file of the contract."""
    file = deployment / "orders.odcs.yaml"
    file.write_text(CONTRACT)
    return str(file)


@pytest.fixture
def shop(monkeypatch):
    """A database in MariaDB with a connection to it: one day keeps the contract, the other doesn't."""
    name = f"dataops_{uuid4().hex}"
    try:
        connection = mysql.connect(**SERVER, autocommit=True)
    except mysql.Error as error:
        pytest.skip(f"no MariaDB at {SERVER['host']}:{SERVER['port']} ({type(error).__name__})")
    with closing(connection), closing(connection.cursor()) as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        try:
            cursor.execute(f"USE {name}")
            cursor.execute("SET sql_mode = ''")
            cursor.execute(
                "CREATE TABLE orders (day date, id int, code varchar(9), amount decimal(9, 2),"
                " placed datetime(6), owner varchar(50)) ENGINE = InnoDB"
            )
            cursor.executemany("INSERT INTO orders VALUES (%s, %s, %s, %s, %s, %s)", ROWS)
            cursor.execute("CREATE TABLE owners (name varchar(50))")
            cursor.execute("INSERT INTO owners VALUES ('Ada')")
            extra = quote(json.dumps({"client": "mysql-connector-python"}))
            uri = f"mysql://root:@127.0.0.1:{SERVER['port']}/{name}?__extra__={extra}"
            monkeypatch.setenv("AIRFLOW_CONN_SHOP_MYSQL", uri)
            yield cursor
        finally:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def verify(in_dag, contract):
    """Run one task over a table, and return how it ended."""

    def run(**given):
        named = {"contract": contract, "dataset": "orders", "conn_id": "shop_mysql", "table": "orders"}
        given = named | {"retries": 0} | given
        return in_dag(lambda: VerifyContractOperator(task_id="verify", **given))

    return run


UNCONNECTED = {
    "a login that is refused": (
        "geheim_user:geheim@127.0.0.1:3306/mysql",
        "connection `other`: connecting failed: the server refuses the login (",
        1,
    ),
    "a database that isn't there": (
        "root:@127.0.0.1:3306/geheim_base",
        "connection `other`: connecting failed: the server has no such database (",
        1,
    ),
    "no server": (
        "root:@127.0.0.1:1/mysql",
        "Broken world: connection `other`: connecting failed: no server answers (",
        2,
    ),
}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("case", UNCONNECTED)
def test_what_is_wrong_with_a_connection_is_told_apart(verify, monkeypatch, case) -> None:
    """By the number of the error; a server alone may be there at the next try."""
    place, told, tries = UNCONNECTED[case]
    extra = quote(json.dumps({"client": "mysql-connector-python"}))
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", f"mysql://{place}?__extra__={extra}")

    ended = verify(conn_id="other", retries=1, retry_delay=timedelta(milliseconds=1))

    assert ("failed", tries) == (ended.state(), len(ended.lines))
    assert ended.lines[0].startswith(told)
    assert "geheim" not in "".join(ended.lines)


@pytest.mark.usefixtures("shop")
def test_a_partition_that_keeps_its_contract(verify) -> None:
    """The condition is a template."""
    owners = {"conn_id": "shop_mysql", "table": "owners"}

    ended = verify(partition_clause="day = '{{ data_interval_start | ds }}'", lookups={"owners": owners})

    assert ("success", []) == (ended.state(), ended.lines)
    assert (2, 2, 0, True) == (
        ended.verdicts[0].rows,
        ended.verdicts[0].good,
        ended.verdicts[0].bad,
        ended.verdicts[0].passes,
    )
    assert {"passed"} == set(ended.statuses("passed", "failed", "skipped", "error").values())


def test_rows_are_copied_where_tables_are_named(verify, shop) -> None:
    """In the database, good and bad ones apart; the task fails all the same."""
    owners = {"conn_id": "shop_mysql", "table": "owners"}

    ended = verify(quarantine="bad {partition}", good="good", lookups={"owners": owners})

    assert "failed" == ended.state()
    assert "mysql://shop_mysql/bad 2026-03-01" == ended.verdicts[0].quarantine
    shop.execute("SELECT id, code FROM good ORDER BY id")
    assert [(1, "A1"), (2, "B2")] == shop.fetchall()
    shop.execute("SELECT day, dataops_rules FROM `bad 2026-03-01` ORDER BY amount")
    assert [
        ("2026-03-02", '["amount.minimum","orders.primaryKey"]'),
        ("2026-03-02", '["code.pattern","placed.type","orders.primaryKey","owner.relationships"]'),
    ] == shop.fetchall()


def test_a_table_that_breaks_its_contract(verify, shop) -> None:
    """The message names the connection and no value; a table may have its database before its name."""
    shop.execute("SELECT DATABASE()")
    ((name,),) = shop.fetchall()

    ended = verify(table=f"{name}.orders", lookups={"owners": f"mysql://shop_mysql/{name}.owners"})

    assert "failed" == ended.state()
    assert f"Bad data: mysql://shop_mysql/{name}.orders (orders/2026-03-01" in ended.lines[0]
    assert {
        "orders.primaryKey": "failed",
        "code.pattern": "failed",
        "amount.minimum": "failed",
        "placed.type": "failed",
        "owner.relationships": "failed",
        "schema.extra": "warning",
    } == ended.statuses("failed", "warning", "error")
    assert "7654321" not in ended.lines[0]


WRONG = {
    "no such table": ({"table": "nothings"}, "Bad data: ", "there is no table `nothings`"),
    "no such database": ({"table": "nowhere.orders"}, "Bad data: ", "there is no table `nowhere.orders`"),
    "no condition": ({"partition_clause": "day = "}, "Could not evaluate: ", "it is no condition of SQL"),
    "no such function": (
        {"partition_clause": "nosuch(day) = 1"},
        "Could not evaluate: ",
        "failed in MariaDB",
    ),
    "no such column": ({"partition_clause": "`dey` = 1"}, "Could not evaluate: ", "no column 'dey'"),
    "more than the row": (
        {"partition_clause": "id IN (SELECT 1 FROM owners)"},
        "Could not evaluate: ",
        "it looks at more than the row",
    ),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.usefixtures("shop")
def test_what_is_wrong_is_told_in_one_line(verify, name) -> None:
    """What, where, what to do."""
    given, begins, told = WRONG[name]

    ended = verify(**given)

    assert "failed" == ended.state()
    assert 1 == len(ended.lines)
    assert ended.lines[0].startswith(begins)
    assert told in ended.lines[0]


@pytest.mark.usefixtures("shop")
def test_a_server_that_is_not_there_is_a_broken_world(verify, monkeypatch) -> None:
    """Another try may find it."""
    extra = quote(json.dumps({"client": "mysql-connector-python"}))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_MYSQL", f"mysql://root:@127.0.0.1:1/x?__extra__={extra}")

    ended = verify()

    assert "failed" == ended.state()
    assert ended.lines[0].startswith("Broken world: ")


@pytest.mark.usefixtures("shop")
def test_a_driver_that_is_not_installed_is_a_matter_of_settings(verify, monkeypatch) -> None:
    """Another try would find none either."""
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_MYSQL", "mysql://root:@127.0.0.1:3306/x")
    monkeypatch.setitem(sys.modules, "MySQLdb", None)

    ended = verify()

    assert "failed" == ended.state()
    assert "the driver `MySQLdb` is not installed" in ended.lines[0]
    assert 'give the connection the extra {"client": "mysql-connector-python"}.' in ended.lines[0]
    assert not ended.lines[0].startswith("Broken world: ")
