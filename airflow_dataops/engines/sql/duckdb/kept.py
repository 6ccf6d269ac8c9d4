"""Rows of text, and those that rules name by other means: judged once, and kept in a table of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql import judging
from airflow_dataops.engines.sql.duckdb.intake import take
from airflow_dataops.engines.sql.duckdb.marking import mark_named, mark_repeated
from airflow_dataops.engines.sql.duckdb.named import RowNamer
from airflow_dataops.engines.sql.duckdb.session import ask_numbers
from airflow_dataops.engines.sql.filled import filled_columns
from airflow_dataops.engines.sql.judging import MARKED
from airflow_dataops.engines.sql.left import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    from sqlglot import exp

    from airflow_dataops.core.rows.relation import Relation
    from airflow_dataops.core.time_limit import TimeLimit
    from airflow_dataops.engines.sql.duckdb.beside import Beside
    from airflow_dataops.engines.sql.duckdb.tool import Tool
    from airflow_dataops.engines.sql.shape import Shape


class KeptRows:
    """The rows of a relation, judged and marked.

    Args:
        connection: A DuckDB that may read the relation.
        relation: The rows.
        shape: Their columns, the plan, and the checks that can't be evaluated.
        tools: The tools of custom rules, by the name that a contract calls them.
        beside: The tables that rules look at besides.
        limit: How long SQL of people may take.

    Raises:
        SettingsError: If a tool isn't installed.
    """

    broken = MARKED
    """The table that has the rows that broke a rule."""

    lazy = False
    """Whether good rows are judged again when they are asked for."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        shape: Shape,
        *,
        tools: Mapping[str, Tool],
        beside: Beside,
        limit: TimeLimit,
    ) -> None:
        taken = take(connection, relation, shape)
        mark_repeated(connection, shape)
        namer = RowNamer(connection, shape, tools=tools, beside=beside, records=taken.records, limit=limit)
        self._connection = connection
        self.named = namer.name()
        self.shape = told(shape, marks=self.named.marks, filters=self.named.filters)
        self.records, self.unparsable = taken.records, taken.unparsable
        mark_named(connection, self.shape)

    def numbers(self) -> tuple[int, ...]:
        """Return how many records there are, how many are bad, then those of each mark and each filter."""
        return self._counted(judging.counts(self.shape))

    def good(self) -> exp.Select:
        """Return the good rows, in the order in which they came."""
        passing = judging.good(self.shape)
        passing.set("order", None)  # they lie in it
        return passing

    def bad(self) -> exp.Select:
        """Return the bad rows, and what is no record."""
        return judging.bad(self.shape)

    def filled(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of some columns that have a value in some record."""
        return filled_columns(self.shape, names, self._counted, looks=(None,))

    def _counted(self, query: exp.Select) -> tuple[int, ...]:
        return ask_numbers(self._connection, query.sql("duckdb"))
