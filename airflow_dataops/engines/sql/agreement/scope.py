"""What the names in a SELECT stand for: the columns of what it reads, and of what surrounds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.agreement.kind import Differs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

    from airflow_dataops.engines.sql.agreement.kind import Kind

Columns = dict[str, "Kind"]
"""Name of a column, in lower case -> its kind."""


@dataclass(slots=True)
class Scope:
    """What one SELECT knows.

    Args:
        tables: The tables of the database, by their names in lower case.
        outer: What surrounds it.
        made: The tables that WITH makes, by their names in lower case.
        sources: What it reads, by the names that it calls them, in lower case.
        named: The expressions that it gives a name, by that name in lower case.
    """

    tables: Mapping[str, Columns]
    outer: Scope | None = None
    made: dict[str, Columns] = field(default_factory=dict)
    sources: dict[str, Columns] = field(default_factory=dict)
    named: dict[str, exp.Expr] = field(default_factory=dict)

    def within(self) -> Scope:
        """Return the scope of a SELECT inside this one."""
        return Scope(self.tables, self, dict(self.made))

    def table(self, name: str) -> Columns:
        """Return the columns of a table.

        Raises:
            Differs: If they aren't known.
        """
        found = self.made.get(name.casefold(), self.tables.get(name.casefold()))
        if found is None:
            raise Differs(f"the types of the columns of `{name}` aren't known")
        return found

    def owns(self, column: exp.Column) -> bool:
        """Say whether a column is one of what this SELECT reads itself."""
        name = column.name.casefold()
        if column.table:
            return column.table.casefold() in self.sources
        return any(name in columns for columns in self.sources.values())

    def kind(self, column: exp.Column) -> Kind:
        """Return the kind of a column.

        Raises:
            Differs: If there is no such column.
        """
        name, scope = column.name.casefold(), self
        while not scope.owns(column):
            if not column.table and name in scope.named:
                raise Differs(f"the name `{column.name}` is used beside what it names: repeat that there")
            if scope.outer is None:
                raise Differs(f"there is no column `{column.name}` in what the rule reads")
            scope = scope.outer
        listed = [scope.sources[column.table.casefold()]] if column.table else [*scope.sources.values()]
        if not any(name in columns for columns in listed):
            raise Differs(f"there is no column `{column.name}` in what the rule reads")
        return next(columns[name] for columns in listed if name in columns)
