"""The databases that SQL is rendered for, and not run: what each is called, and what it can't say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.rendered.bigquery import BIGQUERY
from airflow_dataops.engines.sql.rendered.clickhouse import CLICKHOUSE
from airflow_dataops.engines.sql.rendered.databricks import DATABRICKS
from airflow_dataops.engines.sql.rendered.oracle import ORACLE
from airflow_dataops.engines.sql.rendered.redshift import REDSHIFT
from airflow_dataops.engines.sql.rendered.snowflake import SNOWFLAKE
from airflow_dataops.engines.sql.rendered.sqlserver import SQLSERVER
from airflow_dataops.engines.sql.rendered.tried import DUCKDB, MARIADB, POSTGRES, SQLITE
from airflow_dataops.engines.sql.rendered.trino import TRINO

if TYPE_CHECKING:
    from airflow_dataops.engines.sql.rendered.database import Database

RENDERED: dict[str, Database] = {
    "bigquery": BIGQUERY,
    "clickhouse": CLICKHOUSE,
    "databricks": DATABRICKS,
    "oracle": ORACLE,
    "redshift": REDSHIFT,
    "snowflake": SNOWFLAKE,
    "sqlserver": SQLSERVER,
    "trino": TRINO,
}
"""Dialect as the command line calls it -> the database: its `title`, and what it `lacks`."""

TRIED: dict[str, Database] = {"duckdb": DUCKDB, "postgres": POSTGRES, "mysql": MARIADB, "sqlite": SQLITE}
"""The same of those that judge rows here."""
