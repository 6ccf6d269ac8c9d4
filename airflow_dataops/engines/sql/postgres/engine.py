"""PostgreSQL as the engine over the tables that it holds: no row leaves it, but JSON to be judged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg
from sqlglot import exp
from sqlglot.errors import SqlglotError

from airflow_dataops.core.naming import LINE_COLUMN, RESERVED_PREFIX
from airflow_dataops.core.rows.others import NONE
from airflow_dataops.core.rows.relation import InPlace, Landed, Transformed
from airflow_dataops.engines.sql.alone import conditions
from airflow_dataops.engines.sql.columns import check_columns, is_reserved
from airflow_dataops.engines.sql.lineage import column_lineage
from airflow_dataops.engines.sql.postgres.beside import Beside
from airflow_dataops.engines.sql.postgres.given import heals
from airflow_dataops.engines.sql.postgres.halves import Halves, hold_ours, in_place
from airflow_dataops.engines.sql.postgres.incoming import has_places, reads_alike, source_of
from airflow_dataops.engines.sql.postgres.kept import KeptRows
from airflow_dataops.engines.sql.postgres.pattern import translated
from airflow_dataops.engines.sql.postgres.reading import POSTGRES, value_of
from airflow_dataops.engines.sql.postgres.run import run
from airflow_dataops.engines.sql.postgres.selected import write_selected
from airflow_dataops.engines.sql.postgres.typed import TypedRows, is_typed
from airflow_dataops.engines.sql.problem import problems
from airflow_dataops.engines.sql.select import parse_select
from airflow_dataops.engines.sql.shape import TEXTUAL, Shape
from airflow_dataops.engines.sql.spelling import TEXT
from airflow_dataops.errors import BadDataError, BrokenWorldError, NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.catalog import READABLE, look_up
from airflow_dataops.warehouse.settled import hold, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from psycopg import Connection

    from airflow_dataops.core.checks.metric import Scan
    from airflow_dataops.core.checks.plan import ScanPlan
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.rows.others import Others
    from airflow_dataops.core.rows.relation import Arrived, Relation, Split, Staged
    from airflow_dataops.warehouse.postgres import Table, Warehouse

MOST_COLUMNS = 1600
"""PostgreSQL's limit for one table (https://www.postgresql.org/docs/current/limits.html)."""


class PostgresEngine:
    """Reads and judges rows in the tables of a database.

    Args:
        warehouse: The database.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def header(self, relation: Arrived | InPlace) -> tuple[str, ...]:
        """Return the names of the columns of a table, in their order; without those that are ours.

        Raises:
            BadDataError: If there is no table in the place of a team's own.
            BrokenWorldError: If a raw copy is gone, or the database can't be reached.
        """
        table = self._table(relation.uri)
        with settled(self._warehouse, "reading the columns") as connection:
            if isinstance(relation, Landed):
                return tuple(self._columns(connection, table, landed=True))
            there = self._existing(connection, table)
            return tuple(name for name in there if not name.startswith(RESERVED_PREFIX))

    def types(self, relation: Arrived | InPlace) -> dict[str, str]:
        """Return name -> type of the columns of a table; without those that are ours.

        Raises:
            BadDataError: If there is no table in the place of a team's own.
            BrokenWorldError: If a raw copy is gone, or the database can't be reached.
        """
        table = self._table(relation.uri)
        with settled(self._warehouse, "reading the columns") as connection:
            if isinstance(relation, Landed):
                return self._columns(connection, table, landed=True)
            there = self._existing(connection, table)
            return {name: kind for name, kind in there.items() if not name.startswith(RESERVED_PREFIX)}

    def scan(
        self,
        relation: Relation,
        scan: ScanPlan,
        *,
        split: Split | None,
        others: Others = NONE,
        keys: int = 0,
    ) -> Scan:
        """Measure every check over the rows of a table, and write the good and the bad rows into two tables.

        The good one has the columns of the contract, typed. The bad one has `dataops_file`, `dataops_line`,
        `dataops_rules` in the order of the plan, every column as text, and `dataops_raw`. All of it is one
        transaction. The good one is left out where the split names none. What is there is replaced; where the
        rows are of a team's own table, only if a note on it says that it has these rows. Without a split
        only temporary tables are written, which end with it; and so where a rule that says which rows are
        good can't be evaluated.

        Raises:
            BadDataError: If the table lacks columns of the plan, or has columns that can't be told apart; or
                where it is a team's own, and isn't there.
            BrokenWorldError: If the table is gone, or the database fails.
            NotEvaluatedError: If PostgreSQL can't do it for another reason.
            SettingsError: If the halves can't be written so.
        """
        table = self._table(relation.uri)
        halves = None
        if split is not None:
            halves = self._halves(split, table, relation)
        # A team's own table may be written to meanwhile, and is read more than once.
        one_state = isinstance(relation, InPlace)
        with settled(self._warehouse, f"the scan of {table}", one_state=one_state) as connection:
            if halves is not None:
                hold_ours(connection, halves)
            shape = self._shape(connection, relation, scan, every=halves is not None)
            source = source_of(connection, relation, table)
            beside = Beside(connection, self._warehouse, scan.columns, others=others)
            judge = partial(run, connection, relation, beside=beside, place=str(table), keys=keys)
            try:
                if reads_alike(connection, table):
                    found = _typed(connection, relation, source, shape, halves=halves, judge=judge)
                    if found is not None:
                        return found
                kept = KeptRows(connection, relation, source, shape, beside=beside)
                return judge(kept, halves=halves)
            except psycopg.errors.ProgramLimitExceeded:
                raise _too_wide("a row with its values and marks is larger than a page", table) from None

    def transform(
        self, source: Staged, sql: str, *, name: str, partition: str, place: str, into: str
    ) -> Transformed:
        """Run a team's SELECT, in PostgreSQL's dialect, over a table, and write the result into another.

        In the SQL `{{ source }}` is the table, called `name`, and `{{ partition }}` the partition's label.

        It can read the rows that it is given and nothing else, and call functions that compute.

        Raises:
            NotEvaluatedError: If the SQL doesn't parse, isn't one SELECT, or fails.
            BrokenWorldError: If the table is gone, or the database fails.
        """
        from airflow_dataops.engines.sql.template import render_sql

        query = render_sql(sql, source=name, partition=partition, place=place)
        tree = parse_select(query, table=name, place=place, dialect="postgres")
        table, result = self._table(source.uri), self._table(into)
        with settled(self._warehouse, f"the transformation of {table}") as connection:
            hold(connection, str(result))
            schema = {name: self._columns(connection, table, landed=False)}
            rows = write_selected(
                connection, query, tree, given={name: table}, schema=schema, place=place, into=result
            )
        return Transformed(
            uri=into, rows=rows, lineage=column_lineage(tree, schema=schema, dialect="postgres")
        )

    def _table(self, uri: str) -> Table:
        table = self._warehouse.table_at(uri)
        if table is None:
            raise SettingsError(
                "the rows lie in another database",
                where=uri,
                hint="Give every stage the connection of the source.",
            )
        return table

    def _halves(self, split: Split, table: Table, relation: Relation) -> Halves:
        """Return where the halves go.

        Raises:
            SettingsError: If they lie elsewhere, or one of a team's own tables is named twice.
        """
        good = self._table(split.good) if split.good else None
        bad = self._table(split.bad)
        if isinstance(relation, InPlace):
            return in_place(good, bad, of=table, digest=split.digest)
        return Halves(good, bad, digest=split.digest)

    def _shape(self, connection: Connection, relation: Relation, scan: ScanPlan, *, every: bool) -> Shape:
        """Return the columns of a table, and what a plan wants of them and can't have.

        Args:
            connection: A settled transaction.
            relation: The rows.
            scan: The plan.
            every: Whether every column of a team's own table is read, and not those of the plan alone.
        """
        columns = self._columns_of(connection, relation, scan, every=every)
        check_columns(relation, columns, wanted=[column.name for column in scan.columns])
        _check_width(columns, scan, self._table(relation.uri))
        shape = Shape(columns, scan, {}, POSTGRES, row="line")
        found = problems(
            shape,
            compiles=partial(_compiles, connection),
            has_value=partial(_has_value, connection),
            reader="PostgreSQL",
        )
        return replace(shape, problems=dict(found))

    def _columns_of(
        self, connection: Connection, relation: Relation, scan: ScanPlan, *, every: bool
    ) -> dict[str, str]:
        """Return the columns that are read: of a team's own table those of its contract, or every one."""
        table = self._table(relation.uri)
        if not isinstance(relation, InPlace):
            return self._columns(connection, table, landed=isinstance(relation, Landed))
        wanted = {column.name for column in scan.columns}
        return {
            name: kind
            for name, kind in self._existing(connection, table).items()
            if name in wanted or (every and not is_reserved(name))
        }

    def _existing(self, connection: Connection, table: Table) -> dict[str, str]:
        """Return the columns of a team's own table."""
        found = look_up(connection, table).get(table)
        if found is None or found.kind not in READABLE:
            raise BadDataError(
                f"there is no table `{table}`" if found is None else f"`{table}` is {found.kind}",
                where=f"connection `{self._warehouse.conn_id}`",
                hint="Check its schema and name, and that the connection leads to its database.",
            )
        return found.columns

    def _columns(self, connection: Connection, table: Table, *, landed: bool) -> dict[str, str]:
        found = look_up(connection, table).get(table)
        if found is None:
            raise BrokenWorldError(
                "the table is gone: something removed it after it was written",
                where=self._warehouse.address(table),
                hint="Clear the run from `land` on.",
            )
        return {name: kind for name, kind in found.columns.items() if not landed or name != LINE_COLUMN}


def _typed(
    connection: Connection,
    relation: Relation,
    source: exp.Table,
    shape: Shape,
    *,
    halves: Halves | None,
    judge: Callable[..., Scan],
) -> Scan | None:
    """Return the scan of typed rows, judged where they lie; None where they can't be, or a rule fails so.

    What fails over rows of which none is kept is undone, for it may not fail over the good ones alone.
    """
    asked = conditions(shape.plan, engine="postgres")
    if asked is None or isinstance(relation, Landed) or not is_typed(shape.plan, shape.columns):
        return None
    placed = has_places(connection, source)
    if halves is not None and not placed:
        return None
    try:
        with connection.transaction():
            rows = TypedRows(connection, source, shape, conditions=asked, placed=placed)
            found = judge(rows, halves=halves)
            failed = any(found.measured[check.id].problem for check in shape.plan.queries)
            if failed and not found.unjudged:
                raise psycopg.Rollback
            return found
    except (NotEvaluatedError, SqlglotError, RecursionError):
        return None
    except psycopg.Error as error:
        if heals(error):
            raise
        return None


def _check_width(columns: Mapping[str, str], scan: ScanPlan, table: Table) -> None:
    others = sum(not kind.upper().startswith(TEXTUAL) for kind in columns.values())
    # As they are, as texts, as values; marks; the line.
    width = others + len(columns) + len(scan.columns) + len(scan.rows) + 1
    if width > MOST_COLUMNS:
        raise _too_wide(f"columns and rules come to {width}, PostgreSQL takes {MOST_COLUMNS} at once", table)


def _too_wide(what: str, table: Table) -> NotEvaluatedError:
    hint = "Make a view that has fewer columns, or land the rows as files."
    return NotEvaluatedError(what, where=str(table), hint=hint)


def _compiles(connection: Connection, pattern: str) -> bool:
    try:
        with connection.transaction():
            connection.execute("SELECT '' ~ %s", [translated(pattern)])
    except psycopg.errors.InvalidRegularExpression:
        return False
    return True


def _has_value(connection: Connection, text: str, column_type: ColumnType) -> bool:
    value = value_of(exp.cast(exp.Literal.string(text), "text", dialect="postgres"), TEXT, column_type)
    query = exp.select(exp.Is(this=value, expression=exp.null())).sql("postgres")
    ((missing,),) = connection.execute(query).fetchall()
    return not missing
