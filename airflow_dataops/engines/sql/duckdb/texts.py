"""Rows of tests: written texts get the types of a contract, and typed values are told as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.duckdb import statement
from airflow_dataops.engines.sql.duckdb.session import ask, translated, types_of
from airflow_dataops.engines.sql.reading import sql_type, text_of, value_of
from airflow_dataops.engines.sql.spelling import TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from airflow_dataops.core.contract.model import Column
    from airflow_dataops.core.difference import Values

WRITTEN, MADE = "written", "made"
"""The rows as they are written, and what a SELECT made."""


class DuckTexts:
    """Reads values as batches are read, and shows them.

    Args:
        connection: A DuckDB that may read and write the files of the tests.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @translated("typing the rows of a test")
    def typed(
        self, rows: Sequence[Values], columns: Sequence[Column], *, into: str = ""
    ) -> tuple[Values, ...]:
        """Return the values of rows as they are told once they have their types; None where they have none.

        Args:
            rows: The texts of their values.
            columns: What each of them is.
            into: The file that the typed rows go into; empty for none.

        Raises:
            BrokenWorldError: If the file can't be written.
        """
        if not columns:
            return tuple(() for _ in rows)
        lists = [[row[at] for row in rows] for at in range(len(columns))]
        parameters = [
            exp.alias_(
                exp.cast(exp.Explode(this=exp.Parameter(this=exp.Literal.number(at + 1))), TEXT), f"c{at}"
            )
            for at in range(len(columns))
        ]
        self._connection.execute(statement.table(WRITTEN, exp.select(*parameters), replace=True), lists)
        values = [value_of(exp.column(f"c{at}"), TEXT, column.type) for at, column in enumerate(columns)]
        if into:
            named = [
                exp.alias_(value.copy(), column.name, quoted=True)
                for value, column in zip(values, columns, strict=True)
            ]
            ask(self._connection, statement.write(exp.select(*named).from_(WRITTEN), into=into))
        told = [text_of(value, sql_type(column.type)) for value, column in zip(values, columns, strict=True)]
        return self._rows(exp.select(*told).from_(WRITTEN))

    @translated("reading the rows of a test")
    def texts(self, file: str, columns: Sequence[Column]) -> tuple[Values, ...]:
        """Return the values of a file's rows, in their order: in the contract's types, where they have those.

        Args:
            file: A Parquet file that has the columns.
            columns: The columns that are wanted.

        Raises:
            BrokenWorldError: If the file can't be read.
        """
        found = {name.casefold(): kind for name, kind in self._types(file).items()}
        told: list[exp.Expr] = []
        for column in columns:
            kind = found[column.name.casefold()]
            name = exp.column(exp.to_identifier(column.name, quoted=True))
            value = text_of(value_of(name, kind, column.type), sql_type(column.type))
            told.append(exp.func("coalesce", value, text_of(name.copy(), kind), dialect="duckdb"))
        return self._rows(exp.select(*told).from_(statement.parquet(file).subquery(MADE)))

    def _types(self, file: str) -> dict[str, str]:
        return types_of(self._connection, statement.parquet(file))

    def _rows(self, query: exp.Select) -> tuple[Values, ...]:
        rows = ask(self._connection, query.sql("duckdb"))
        return tuple(tuple(None if value is None else str(value) for value in row) for row in rows)
