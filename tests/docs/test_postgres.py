"""The how-to about PostgreSQL: its file is read, its statements are run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg
import pytest

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.contract.model import Column, ColumnType, Dataset, LogicalType
from airflow_dataops.core.product import Target
from airflow_dataops.core.rows.relation import Staged
from airflow_dataops.documents.pipeline.definition import read_definition
from airflow_dataops.errors import SettingsError
from airflow_dataops.targets.postgres import PostgresTarget
from airflow_dataops.warehouse.postgres import Warehouse

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "howto" / "postgres.md").read_text()
ROLES = re.compile(r"\b(ROLE|AUTHORIZATION|TO) (dataops|analysts)\b")
DATASET = Dataset(
    name="orders",
    columns=(
        Column(name="order_id", type=ColumnType(LogicalType.INTEGER)),
        Column(name="amount", type=ColumnType(LogicalType.INTEGER)),
    ),
)
BATCH = Batch(team="shop", product="orders", dataset="orders", partition="2026-03-03")


def blocks(language: str) -> list[str]:
    """Return the page's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_pages_file_is_a_pipeline(tmp_path) -> None:
    """What is shown is read as it is meant."""
    (text,) = blocks("yaml")
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "orders.dag.yaml").write_text(text)
    shutil.copy(PROJECT / "dag_templates" / "batch" / "orders" / "orders.odcs.yaml", folder)

    product = read_definition(str(folder / "orders.dag.yaml")).product

    assert Target(type="postgres", table="mart.orders", conn_id="shop_db") == product.target


@pytest.fixture
def told(postgresql):
    """The page's statements, told apart by their first words, with roles of this test's own."""
    database = postgresql.replace("postgresql+psycopg", "postgresql")
    names = {role: f"{role}_{uuid4().hex}" for role in ("dataops", "analysts")}
    statements = []
    for block in blocks("sql"):
        text = re.sub(
            r"\b(ROLE|AUTHORIZATION|TO) (dataops|analysts)\b", lambda it: f"{it[1]} {names[it[2]]}", block
        )
        statements += [statement.strip() for statement in text.split(";\n") if statement.strip()]
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {names['analysts']} LOGIN")
        yield statements, names, database, admin
        for name in names.values():
            admin.execute(f"DROP OWNED BY {name} CASCADE")
            admin.execute(f"DROP ROLE {name}")


def test_the_pages_statements_do_what_it_says(told, tmp_path) -> None:
    """The role is made, the table published, read, granted, looked at, cleaned; a clean version is gone."""
    statements, names, database, admin = told
    role, schema, select, usage, grant, later, history, compare, clean = statements
    admin.execute(role)
    admin.execute(schema)
    warehouse = Warehouse("shop_db", lambda: psycopg.connect(database, user=names["dataops"]))
    target = PostgresTarget(warehouse, "mart.orders")
    for amount in (1, 2):
        place = str(tmp_path / f"{amount}.parquet")
        rows = duckdb.sql("select 7::bigint as order_id, $n::bigint as amount", params={"n": amount})
        rows.write_parquet(place)
        target.publish(BATCH, Staged(place), dataset=DATASET, content=str(amount), labels={})

    with psycopg.connect(database, user=names["dataops"], autocommit=True) as owner:
        for statement in (usage, grant, later):
            owner.execute(statement)
        assert [(1, 1), (2, 1)] == [(found[0], found[3]) for found in owner.execute(history)]
        assert [(7, 1)] == owner.execute(compare.replace("= 7", "= 1")).fetchall()
        owner.execute("UPDATE mart.orders_commits SET at = at - interval '1 year'")
        assert 1 == owner.execute(clean).rowcount
    with psycopg.connect(database, user=names["analysts"], autocommit=True) as reader:
        assert [(7, 2, "2026-03-03")] == reader.execute(select).fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT FROM mart.orders_versions")
    assert "2" == target.head(BATCH).content
    with pytest.raises(SettingsError, match="see 0 rows of version 1"):
        target.restore(BATCH, 1, labels={})
