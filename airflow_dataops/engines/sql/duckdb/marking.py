"""Where judged rows lie in DuckDB, and how they are marked there, without a join or a sort of all of them.

JUDGED and MARKED are views of one table, KEPT. Its rows are in the order in which they came and stay there:
what can be told of a row only when all rows are there is put into it afterwards, where it is true at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.session import ask, ask_numbers
from airflow_dataops.engines.sql.judging import JUDGED, MARKED, ROW
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.spelling import TEXT

if TYPE_CHECKING:
    import duckdb

    from airflow_dataops.engines.sql.shape import Shape

KEPT = "kept"
"""The columns of JUDGED but the values that are texts, which are there as texts, and then `g0`, `g1`, … ."""


def kept(shape: Shape) -> exp.Select:
    """Return INCOMING as the rows of KEPT, none of which repeats a key yet."""
    values = [f"v{at}" for at, column in enumerate(shape.plan.columns) if sql_type(column.type) != TEXT]
    texts = [f"t{at}" for at in range(len(shape.columns))]
    flags = [f"f{at}" for at in range(len(shape.plan.rows))]
    keys = [exp.alias_(exp.false(), f"g{at}") for at in range(len(shape.keys))]
    columns = [exp.column(name) for name in ("line", *texts, *values, *flags)]
    return exp.select(*columns, *keys).from_(judging.judged(shape).subquery(JUDGED))


def judged_view(shape: Shape) -> str:
    """Return the statement that makes JUDGED of KEPT."""
    return statement.view(JUDGED, _judged(shape))


def mark_repeated(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    """Mark the rows that share the values of a key."""
    for at, values in enumerate(shape.keys.values()):
        keys = f"k{at}"
        ask(connection, statement.table(keys, judging.repeated(values)))
        stored = dict(zip(values, (_stored(shape, value) for value in values), strict=True))
        same = [
            exp.EQ(this=exp.column(column, table=KEPT), expression=exp.column(value, table=keys))
            for value, column in stored.items()
        ]
        _mark(connection, f"g{at}", source=keys, where=exp.and_(*same))


def mark_named(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    """Mark the rows that rules and filters named by other means, and make MARKED of all."""
    for column in shape.told:
        ask(connection, statement.column(KEPT, column, kind="BOOLEAN", default=exp.false()))
        row = exp.column(ROW, table=column)
        same = exp.EQ(this=exp.column(shape.row, table=KEPT), expression=row)
        _mark(connection, column, source=column, where=same)
    ask(connection, statement.view(MARKED, _judged(shape).select(exp.alias_(shape.bad, "bad"))))


def _mark(connection: duckdb.DuckDBPyConnection, column: str, *, source: str, where: exp.Expr) -> None:
    (found,) = ask_numbers(connection, exp.select(exp.Count(this=exp.Star())).from_(source).sql("duckdb"))
    if found:
        marked = exp.update(KEPT, {column: exp.true()}, where=where, from_=source)
        ask(connection, marked.sql("duckdb"))


def _judged(shape: Shape) -> exp.Select:
    same = [
        exp.alias_(exp.column(_stored(shape, f"v{at}")), f"v{at}")
        for at, column in enumerate(shape.plan.columns)
        if sql_type(column.type) == TEXT
    ]
    return exp.select(exp.Star(), *same).from_(KEPT)


def _stored(shape: Shape, value: str) -> str:
    """Return the column of KEPT that holds a value of JUDGED."""
    column = shape.plan.columns[int(value.removeprefix("v"))]
    return f"t{shape.positions[column.name]}" if sql_type(column.type) == TEXT else value
