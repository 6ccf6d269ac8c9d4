"""One scan in PostgreSQL: rows are judged where they lie, and numbers alone come back.

But for the texts of JSON columns: they are shown to the one reader of JSON that there is, and not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from psycopg import sql
from sqlglot import exp

from airflow_dataops.core.checks.metric import Measured, Scan
from airflow_dataops.core.checks.spec import Custom
from airflow_dataops.core.naming import FILE_COLUMN, LINE_COLUMN
from airflow_dataops.core.rows.relation import InPlace, Landed, Staged
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.judging import INCOMING, JUDGED, MARKED, UNPARSED
from airflow_dataops.engines.sql.left import checked, told
from airflow_dataops.engines.sql.passing import GOOD, Passing
from airflow_dataops.engines.sql.postgres.asking import PostgresAsking
from airflow_dataops.engines.sql.postgres.condition import filtered
from airflow_dataops.engines.sql.postgres.named import RowNamer
from airflow_dataops.errors import NotEvaluatedError
from airflow_dataops.warehouse.column_type import postgres_type
from airflow_dataops.warehouse.digest import digest

if TYPE_CHECKING:
    from psycopg import Connection

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.engines.sql.judging import Shape
    from airflow_dataops.engines.sql.postgres.beside import Beside
    from airflow_dataops.warehouse.postgres import Table

FIRST = 1000
"""Rows in which most columns have a value."""

KEPT = "kept"
"""The columns of JUDGED, but the values that are texts: they are there as texts, so rows stay small."""

THERE = "dataops_there"
"""The view of a team's own table."""

ASKED = "dataops_asked"
"""The view of the rows of THERE that are looked at."""


@dataclass(frozen=True, slots=True)
class Halves:
    """The tables into which the rows are parted; what is there is replaced.

    Args:
        good: That of the good rows.
        bad: That of the bad ones.
    """

    good: Table
    bad: Table


class PostgresScan:
    """One scan of one table.

    Args:
        connection: A settled transaction.
        relation: The rows.
        table: Where they are.
        shape: Their columns, the plan, and the checks that can't be evaluated; rows are told apart by `line`.
        beside: The tables that rules look at besides.
    """

    def __init__(
        self, connection: Connection, relation: Relation, table: Table, shape: Shape, *, beside: Beside
    ) -> None:
        self._connection = connection
        self._relation = relation
        self._table = table
        self._shape = shape
        self._beside = beside
        self._columns = {column.name: postgres_type(column.type) for column in shape.plan.columns}

    def run(self, halves: Halves | None) -> Scan:
        """Judge the rows, write both halves, and return what was measured.

        Args:
            halves: Where the halves go; None for the verdict alone.

        Raises:
            NotEvaluatedError: If the halves don't add up to the rows.
        """
        records = self._take()
        for at, values in enumerate(self._shape.keys.values()):
            self._keep(f"k{at}", judging.repeated(values))
        named = RowNamer(
            self._connection, self._shape, columns=self._columns, beside=self._beside, records=records
        ).name()
        shape = told(self._shape, marks=named.marks, filters=named.filters)
        self._show(MARKED, judging.marked(shape))
        seen, marked_bad, *found = self._ask(judging.counts(shape))
        kept, refused = seen - marked_bad, marked_bad
        if halves is not None:
            kept = self._write(judging.good(shape), into=halves.good)
            refused = self._write(self._bad(shape), into=halves.bad)
        if not (seen == records == kept + marked_bad and refused == marked_bad):
            raise NotEvaluatedError(
                f"{records} rows were read, but {kept} good and {refused} bad ones were written",
                where=str(self._table),
                hint="Nothing was kept. Run it again; if it stays so, report it with the contract.",
            )
        failing = {mark.rule: count for mark, count in zip(shape.marks, found, strict=False)}
        good_left = dict(zip(shape.filters, found[len(shape.marks) :], strict=True))
        plan = shape.plan
        if halves is not None:
            self._look_at(halves.good, name=GOOD)
        elif plan.queries:
            self._keep(GOOD, judging.good(shape))
        passing = Passing(
            PostgresAsking(self._connection, self._columns, beside=self._beside),
            beside=self._beside,
            good=kept,
            records=records,
            left={text: (good_left.get(text, 0), one.problem) for text, one in named.filters.items()},
        )
        return Scan(
            rows=records,
            good=kept,
            bad=refused,
            unparsable=0,
            measured={
                **{
                    check.id: _marked(
                        check, shape, failing, checked(check, filters=named.filters, records=records)
                    )
                    for check in (*plan.rows, *plan.groups)
                },
                **named.measured,
                **{check.id: _not_here(check, records) for check in plan.customs},
                **{check.id: passing.measured(check) for check in (*plan.counts, *plan.queries)},
            },
            content="" if halves is None else digest(self._connection, halves.good, self._columns),
            extra=self._extra() if isinstance(self._relation, Staged) else (),
            blank=self._blank(shape) if records else (),
        )

    def _take(self) -> int:
        """Judge the rows of the table, and return how many it has."""
        line: exp.Expr = exp.column(LINE_COLUMN)
        if not isinstance(self._relation, Landed):
            line = exp.Window(this=exp.RowNumber())
        names = [
            exp.alias_(_plain(exp.column(exp.to_identifier(name, quoted=True)), kind), f"s{at}")
            for at, (name, kind) in enumerate(self._shape.columns.items())
        ]
        source = self._source()
        self._show(INCOMING, exp.select(exp.alias_(line, "line"), *names).from_(source))
        taken = self._keep(KEPT, _kept(self._shape))
        self._show(JUDGED, _judged(self._shape))
        self._execute(
            sql.SQL("CREATE TEMPORARY TABLE {} (line bigint, raw text) ON COMMIT DROP").format(
                sql.Identifier(UNPARSED)
            )
        )
        if isinstance(self._relation, InPlace):
            return taken  # others may write to the table meanwhile
        (count,) = self._ask(exp.select(exp.Count(this=exp.Star())).from_(source.copy()))
        return count

    def _source(self) -> exp.Table:
        """Return what the rows are taken from: the table, or those of its rows that a condition leaves."""
        if isinstance(self._relation, InPlace) and self._relation.where:
            self._look_at(self._table, name=THERE)
            filtered(self._connection, self._relation.where, of=THERE, name=ASKED)
            return exp.Table(this=exp.to_identifier(ASKED))
        return exp.Table(
            this=exp.to_identifier(self._table.name, quoted=True),
            db=exp.to_identifier(self._table.schema, quoted=True),
        )

    def _bad(self, shape: Shape) -> exp.Select:
        """Return the quarantine, with the name of the table that the rows are from."""
        rows = judging.bad(shape)
        if not isinstance(self._relation, Landed):
            return rows
        origin, _, _ = self._relation.parts[0].name.partition("?")
        file = exp.cast(exp.Literal.string(origin), "text", dialect="postgres")
        return exp.select(exp.alias_(file, FILE_COLUMN), exp.Star()).from_(rows.subquery("quarantine"))

    def _extra(self) -> tuple[str, ...]:
        return tuple(name for name in self._shape.columns if name not in self._columns)

    def _look_at(self, table: Table, *, name: str) -> None:
        """Give the rows of a table another name."""
        view = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT * FROM {}")
        self._execute(view.format(sql.Identifier(name), table.sql))

    def _blank(self, shape: Shape) -> tuple[str, ...]:
        """Return the optional columns without a value in any record; most have one in the first rows."""
        names = shape.optional
        for most in (FIRST, None):
            if names:
                counts = self._ask(judging.filled(shape, names, most=most))
                names = tuple(name for name, count in zip(names, counts, strict=True) if not count)
        return names

    def _show(self, name: str, query: exp.Query) -> None:
        self._execute(_composed("CREATE TEMPORARY VIEW {} AS ", name) + _sql(query))

    def _keep(self, name: str, query: exp.Query) -> int:
        return self._execute(_composed("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS ", name) + _sql(query))

    def _write(self, query: exp.Query, *, into: Table) -> int:
        self._execute(sql.SQL("DROP TABLE IF EXISTS {}").format(into.sql))
        return self._execute(sql.SQL("CREATE TABLE {} AS ").format(into.sql) + _sql(query))

    def _ask(self, query: exp.Query) -> tuple[int, ...]:
        (row,) = self._connection.execute(_sql(query)).fetchall()
        return tuple(int(number or 0) for number in row)

    def _execute(self, statement: sql.Composed) -> int:
        return self._connection.execute(statement).rowcount


def _kept(shape: Shape) -> exp.Select:
    """Return the rows of INCOMING, judged, as KEPT has them."""
    texts = [f"t{at}" for at in range(len(shape.columns))]
    values = [f"v{at}" for at, source in enumerate(_sources(shape)) if source is None]
    flags = [f"f{at}" for at in range(len(shape.plan.rows))]
    rows = judging.judged(shape).subquery("rows")
    return exp.select(*(exp.column(name) for name in ("line", *texts, *values, *flags))).from_(rows)


def _judged(shape: Shape) -> exp.Select:
    """Return the rows of KEPT as JUDGED has them."""
    values = [
        exp.alias_(exp.column(f"t{at}"), f"v{to}") for to, at in enumerate(_sources(shape)) if at is not None
    ]
    return exp.select(exp.Star(), *values).from_(KEPT)


def _sources(shape: Shape) -> list[int | None]:
    """Return, of each column of the plan, which text of KEPT is its value; None where a value is no text."""
    return [shape.positions[column.name] if column.type.is_text else None for column in shape.plan.columns]


def _plain(column: exp.Expr, kind: str) -> exp.Expr:
    """Return a column; a text has the collation of the database, whichever its own is."""
    if kind not in {"text", "character varying"} and not kind.startswith("character"):
        return column
    text = exp.cast(column, "text", dialect="postgres")
    return exp.Collate(this=text, expression=exp.to_identifier("default", quoted=True))


def _marked(check: Check, shape: Shape, failing: dict[str, int], records: int) -> Measured:
    if check.id in shape.problems:
        return Measured(number=None, checked=records, problem=shape.problems[check.id])
    count = failing[check.id]
    return Measured(number=Fraction(count), failing=count, checked=records)


def _not_here(check: Check, rows: int) -> Measured:
    tool = check.promise.engine if isinstance(check.promise, Custom) else "another tool"
    problem = f"the rules of {tool} can't run where rows stay in the database: write them as SQL rules"
    return Measured(number=None, checked=rows, problem=problem)


def _composed(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


def _sql(query: exp.Query) -> sql.SQL:
    return sql.SQL(query.sql("postgres"))
