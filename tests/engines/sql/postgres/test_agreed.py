from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.sql import SQL, Identifier

from airflow_dataops.core.checks.plan import plan
from airflow_dataops.core.checks.spec import Check, Query
from airflow_dataops.core.contract.model import Column, Dataset
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.engines.sql.postgres.engine import PostgresEngine
from airflow_dataops.warehouse.postgres import Table
from tests.engines.sql.agreement.conftest import COLUMNS, TYPES
from tests.engines.sql.agreement.test_constructs import CASTED, EXAMPLES, MESSY, SHAPES

if TYPE_CHECKING:
    from airflow_dataops.warehouse.postgres import Warehouse


@pytest.fixture
def rows(schema: str, warehouse: Warehouse) -> str:
    """The address of a table of messy rows."""
    table = Table(schema, "rows")
    columns = SQL(", ").join(
        SQL("{} {}").format(Identifier(name), SQL(kind))
        for name, kind in zip(COLUMNS, TYPES["postgres"], strict=True)
    )
    with warehouse.connect() as connection:
        connection.execute(SQL("CREATE TABLE {} ({})").format(table.sql, columns))
        marks = SQL(", ").join(SQL("%s") for _ in COLUMNS)
        insert = SQL("INSERT INTO {} VALUES ({})").format(table.sql, marks)
        connection.cursor().executemany(insert, MESSY)
    return warehouse.address(table)


def test_the_engine_lets_each_part_pass(rows: str, warehouse: Warehouse) -> None:
    """What a rule is told as calls nothing that the engine forbids."""
    dataset = Dataset(
        name="d", columns=tuple(Column(name=name, type=column_type) for name, column_type in COLUMNS.items())
    )
    asked = [sql for listed in {**EXAMPLES, **CASTED}.values() for sql in listed] + [*SHAPES]
    checks = [Check(id=sql, promise=Query(sql)) for sql in dict.fromkeys(asked)]

    found = PostgresEngine(warehouse).scan(Staged(rows), plan(dataset, checks), split=None)

    problems = {name: one.problem for name, one in found.measured.items() if one.problem}
    # What means something else here is refused before the engine is asked.
    assert {"SELECT sum(round(d, -1)) FROM {object}", "SELECT sum(m::tinyint) FROM {object}"} <= set(problems)
    assert not [one for one in problems.values() if "does not mean the same in PostgreSQL" not in one]
    assert len(problems) < 5, problems
