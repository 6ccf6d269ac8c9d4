"""The first rows that broke a rule, by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.naming import UNPARSABLE
from airflow_dataops.core.rows.failing_row import FailingRow
from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.duckdb.parts import FILES, STEP
from airflow_dataops.engines.sql.duckdb.session import ask
from airflow_dataops.engines.sql.judging import UNPARSED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from airflow_dataops.engines.sql.judged import Judged
    from airflow_dataops.engines.sql.shape import Shape


def failing_rows(
    connection: duckdb.DuckDBPyConnection, rows: Judged, *, most: int, landed: bool
) -> tuple[FailingRow, ...]:
    """Return the first rows that broke a rule, in the order in which they came, and what is no record.

    Args:
        connection: The DuckDB in which they are judged.
        rows: Them.
        most: How many, at most.
        landed: Whether they are of files that landed, whose names are known.
    """
    if not most:
        return ()
    records = ask(connection, judging.failing(rows.shape, of=rows.broken, most=most).sql("duckdb"))
    lines = exp.select("line").from_(UNPARSED).order_by(exp.column("line")).limit(most)
    unparsed = [int(line or 0) for (line,) in ask(connection, lines.sql("duckdb"))]
    names = _names(connection) if landed else {}
    found = [(int(line or 0), failing_row(found, rows.shape)) for line, *found in records]
    found += [(line, FailingRow((), (UNPARSABLE,))) for line in unparsed]
    placed = sorted(found, key=lambda pair: pair[0])[:most]
    return tuple(
        FailingRow(row.key, row.rules, line=line % STEP, file=names.get(line // STEP, ""))
        for line, row in placed
    )


def failing_row(found: Sequence[object], shape: Shape, *, line: int = 0, file: str = "") -> FailingRow:
    """Return a row by the texts of its key, and whether it broke the rule of each mark."""
    width = len(shape.plan.key)
    hits = zip(shape.marks, found[width:], strict=True)
    key = tuple(None if text is None else str(text) for text in found[:width])
    return FailingRow(key, tuple(mark.rule for mark, hit in hits if hit), line=line, file=file)


def _names(connection: duckdb.DuckDBPyConnection) -> Mapping[int, str]:
    rows = ask(connection, exp.select("number", "name").from_(FILES).sql("duckdb"))
    return {int(number or 0): str(name) for number, name in rows}
