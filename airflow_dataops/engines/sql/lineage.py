"""Which columns the columns of a SELECT are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify

from airflow_dataops.engines.sql.select import as_it_is

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_TOLD = (SqlglotError, ValueError, AttributeError, KeyError, RecursionError)
"""What sqlglot raises over a SELECT whose lineage it can't tell."""


def column_lineage(
    tree: exp.Query, *, schema: Mapping[str, Mapping[str, str]], dialect: str = "duckdb"
) -> dict[str, tuple[str, ...]]:
    """Return output column -> the columns of the table that it is computed from.

    A column that is computed from none, and one of which it can't be told, is left out. Never fails.

    Args:
        tree: The SELECT.
        schema: The one table, its columns, the names of their types.
        dialect: The dialect that it is written in, as sqlglot calls it.
    """
    found = table_lineage(tree, schema=schema, dialect=dialect)
    return {name: tuple(dict.fromkeys(column for _, column in sources)) for name, sources in found.items()}


def table_lineage(
    tree: exp.Query, *, schema: Mapping[str, Mapping[str, str]], dialect: str = "duckdb"
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return output column -> the tables, and their columns, that it is computed from.

    A column that is computed from none, and one of which it can't be told, is left out. Never fails.

    Args:
        tree: The SELECT.
        schema: The tables, their columns, the names of their types.
        dialect: The dialect that it is written in, as sqlglot calls it.
    """
    tables = as_it_is(schema, dialect=dialect)
    known = {(table, column) for table, columns in schema.items() for column in columns}
    try:
        names = qualify(tree.copy(), schema=tables, dialect=dialect).named_selects
    except NOT_TOLD:
        return {}
    found = {name: _sources(name, tree, tables=tables, dialect=dialect) for name in names}
    return {name: sources for name, sources in found.items() if sources and known.issuperset(sources)}


def _sources(
    name: str, tree: exp.Query, *, tables: dict[str, object], dialect: str
) -> tuple[tuple[str, str], ...]:
    try:
        root = lineage(
            exp.to_identifier(name, quoted=True).sql(dialect), tree.copy(), schema=tables, dialect=dialect
        )
    except NOT_TOLD:
        return ()
    leaves = (
        (node.expression.name, exp.to_column(node.name).name)
        for node in root.walk()
        if isinstance(node.expression, exp.Table) and not node.downstream
    )
    return tuple(dict.fromkeys(leaves))
