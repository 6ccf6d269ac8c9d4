"""Where the rows of a scan in PostgreSQL come from: a table, or those of its rows that a condition leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.rows.relation import InPlace
from airflow_dataops.engines.sql.postgres.condition import filtered
from airflow_dataops.engines.sql.postgres.temporary import Temporary

if TYPE_CHECKING:
    from psycopg import Connection

    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.shape import Shape
    from airflow_dataops.warehouse.postgres import Table

THERE = "dataops_there"
"""The view of a team's own table."""

ASKED = "dataops_asked"
"""The view of the rows of THERE that are looked at."""


def source_of(connection: Connection, relation: Relation, table: Table) -> exp.Table:
    """Return what the rows are taken from.

    Raises:
        NotEvaluatedError: If the condition of the rows is none.
    """
    if isinstance(relation, InPlace) and relation.where:
        Temporary(connection).called(table, THERE)
        filtered(connection, relation.where, of=THERE, name=ASKED)
        return exp.Table(this=exp.to_identifier(ASKED))
    return exp.Table(
        this=exp.to_identifier(table.name, quoted=True),
        db=exp.to_identifier(table.schema, quoted=True),
    )


def reads_alike(connection: Connection, table: Table) -> bool:
    """Say whether each statement of a transaction sees the same rows of a table: not so of a foreign one."""
    ((alike,),) = connection.execute(
        """
        SELECT NOT EXISTS (
            SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = %s AND c.relname = %s AND c.relkind = 'f'
        )
        """,
        [table.schema, table.name],
    ).fetchall()
    return bool(alike)


def has_places(connection: Connection, source: exp.Table) -> bool:
    """Say whether the rows of a table can be told apart by where they lie (`ctid`).

    Those of a view have no place; those of parts of a table, and of tables that inherit, may share one.
    """
    if not source.db:
        return False
    ((places,),) = connection.execute(
        """
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'm') AND NOT c.relhassubclass
        )
        """,
        [source.db, source.name],
    ).fetchall()
    return bool(places)


def incoming(shape: Shape, source: exp.Table, *, line: exp.Expr) -> exp.Select:
    """Return the rows as INCOMING has them."""
    names = [
        exp.alias_(_plain(exp.column(exp.to_identifier(name, quoted=True)), kind), f"s{at}")
        for at, (name, kind) in enumerate(shape.columns.items())
    ]
    return exp.select(exp.alias_(line, "line"), *names).from_(source)


def _plain(column: exp.Expr, kind: str) -> exp.Expr:
    """Return a column; a text has the collation of the database, whichever its own is."""
    if kind not in {"text", "character varying"} and not kind.startswith("character"):
        return column
    text = exp.cast(column, "text", dialect="postgres")
    return exp.Collate(this=text, expression=exp.to_identifier("default", quoted=True))
