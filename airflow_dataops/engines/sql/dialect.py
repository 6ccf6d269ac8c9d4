"""How the databases are spoken to whose SQL people read and run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.postgres.reading import POSTGRES
from airflow_dataops.engines.sql.reading import DUCKDB, sql_type
from airflow_dataops.warehouse.column_type import postgres_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database is spoken to.

    Args:
        name: As sqlglot calls it.
        spelling: What sqlglot can't translate.
        type_of: A type of the contract -> the database's name of it.
    """

    name: str
    spelling: Spelling
    type_of: Callable[[ColumnType], str]


DIALECTS: dict[str, Dialect] = {
    "duckdb": Dialect("duckdb", DUCKDB, sql_type),
    "postgres": Dialect("postgres", POSTGRES, postgres_type),
}
