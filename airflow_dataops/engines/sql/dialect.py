"""How the databases are spoken to whose SQL people read and run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot.errors import ErrorLevel

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.engines.sql.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database is spoken to.

    Args:
        name: As sqlglot calls it.
        spelling: What sqlglot can't translate.
        type_of: A type of the contract -> the database's name of it.
        written: A tree, and whether it is for people -> its text.
        reads: Whether values are read first: a column may hold others there, or compare texts its own way.
    """

    name: str
    spelling: Spelling
    type_of: Callable[[ColumnType], str]
    written: Callable[[exp.Query, bool], str]
    reads: bool = False


def _of_duckdb(tree: exp.Query, pretty: bool) -> str:  # noqa: FBT001 - as a dialect is written
    """Return a query's text; what DuckDB lacks, it says itself."""
    return tree.sql("duckdb", pretty=pretty, unsupported_level=ErrorLevel.IGNORE)


def _duckdb() -> Dialect:
    from airflow_dataops.engines.sql.reading import DUCKDB, sql_type

    return Dialect("duckdb", DUCKDB, sql_type, _of_duckdb)


def _postgres() -> Dialect:
    from airflow_dataops.engines.sql.postgres.reading import POSTGRES
    from airflow_dataops.warehouse.column_type import postgres_type

    return Dialect(
        "postgres", POSTGRES, postgres_type, lambda tree, pretty: tree.sql("postgres", pretty=pretty)
    )


def _mariadb() -> Dialect:
    from airflow_dataops.engines.sql.mariadb.column_type import column_type
    from airflow_dataops.engines.sql.mariadb.dialect import DIALECT, written
    from airflow_dataops.engines.sql.mariadb.reading import MARIADB

    return Dialect(
        DIALECT, MARIADB, column_type, lambda tree, pretty: written(tree, pretty=pretty), reads=True
    )


def _sqlite() -> Dialect:
    from airflow_dataops.engines.sql.sqlite.reading import SPELLING
    from airflow_dataops.engines.sql.sqlite.stored import declared
    from airflow_dataops.engines.sql.sqlite.written import written

    return Dialect(
        "sqlite", SPELLING, declared, lambda tree, pretty: written(tree, pretty=pretty), reads=True
    )


DIALECTS: dict[str, Callable[[], Dialect]] = {
    "duckdb": _duckdb,
    "postgres": _postgres,
    "mysql": _mariadb,
    "sqlite": _sqlite,
}
"""Database as the command line calls it -> what loads how it is spoken to."""


def dialect_of(name: str) -> Dialect:
    """Return how a database is spoken to.

    Args:
        name: A key of DIALECTS.

    Raises:
        SettingsError: If what it needs is not installed.
    """
    try:
        return DIALECTS[name]()
    except ModuleNotFoundError as error:
        missing = error.name
    raise SettingsError(
        f"the module `{missing}` is not installed",
        hint=f"Install `airflow-provider-dataops[{name}]`.",
    )
