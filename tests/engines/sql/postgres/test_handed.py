"""Few rows of a temporary table, handed to all workers of the database."""

from __future__ import annotations

import pytest

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.engines.sql.postgres import temporary
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.engines.sql.postgres.handed import hand
from airflow_dataops.warehouse.postgres import Table
from airflow_dataops.warehouse.settled import settled

VALUES = {
    "bigint": ["-9223372036854775808", "0"],
    "numeric(38,2)": ["123456789012345678901234567890123456.78", "NaN"],
    "double precision": ["0.1", "-0", "NaN", "-Infinity", "1e-300"],
    "text": ["", " ", "NULL", 'a"b,{}\\', "ü\n\t'", "\U0001f600"],
    "date": ["0001-01-01", "9999-12-31"],
    "timestamptz": ["0001-01-01T00:00:00Z", "2026-03-29T01:59:59.999999Z"],
    "time": ["23:59:59.999999"],
    "boolean": ["t", "f"],
    "tid": ["(0,1)", "(4294967295,65535)"],
}


@pytest.fixture
def connection(warehouse):
    """A transaction as a scan has it."""
    with settled(warehouse, "handing") as found:
        yield found


@pytest.mark.parametrize("kind", VALUES)
def test_values_are_the_same_to_the_bit(connection, kind) -> None:
    """As are their types, and which of them belong together."""
    connection.execute(f'CREATE TEMP TABLE few (at int, "a b" {kind}) ON COMMIT DROP')
    for at, value in enumerate(VALUES[kind]):
        connection.execute("INSERT INTO few VALUES (%s, %s)", [at, value])
    query = 'SELECT at, "a b"::text, pg_typeof("a b")::text FROM {} ORDER BY at'

    hand(connection, "few", name="handed")

    assert connection.execute(query.format("few")).fetchall() == (
        connection.execute(query.format("handed")).fetchall()
    )


def test_no_row_is_no_row(connection) -> None:
    """Not one without a value."""
    connection.execute("CREATE TEMP TABLE few (at int) ON COMMIT DROP")

    hand(connection, "few", name="handed")

    assert [] == connection.execute("SELECT * FROM handed").fetchall()


def test_workers_read_what_is_handed_to_them(connection) -> None:
    """They can't read the table."""
    connection.execute("CREATE TEMP TABLE few (at int) ON COMMIT DROP")
    hand(connection, "few", name="handed")
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        connection.execute(f"SET LOCAL {setting} = 0")

    def steps(name: str) -> str:
        asked = "EXPLAIN SELECT FROM pg_attribute WHERE (attnum = ANY (SELECT at FROM {})) IS NOT FALSE"
        return "\n".join(step for (step,) in connection.execute(asked.format(name)).fetchall())

    assert "Gather" in steps("handed")
    assert "Gather" not in steps("few")


@pytest.mark.parametrize("most", [0, 1, 2, 10_000])
def test_many_rows_stay_in_their_table(warehouse, schema, ask, monkeypatch, most) -> None:
    """The verdict is the same."""
    monkeypatch.setattr(temporary, "MOST", most)
    table = Table(schema, "things")
    ask("CREATE TABLE {t} (id bigint, amount numeric)", t=table)
    ask("INSERT INTO {t} VALUES (1, 1), (2, 1), (2, 1), (3, 1), (3, 0.001), (NULL, 1)", t=table)
    columns = (
        Column(name="id", type=ColumnType(LogicalType.INTEGER), key_position=1, unique=True),
        Column(name="amount", type=ColumnType(LogicalType.NUMBER, 9, 2)),
    )
    things = Dataset(name="things", columns=columns)

    found = PostgresEngine(warehouse).scan(
        InPlace(warehouse.address(table)), plan(things, derive(things)), split=None
    )

    failing = {rule: one.failing for rule, one in found.measured.items() if one.failing}
    assert {"id.required": 1, "id.unique": 4, "things.primaryKey": 4, "amount.type": 1} == failing
    assert (6, 1) == (found.rows, found.good)
