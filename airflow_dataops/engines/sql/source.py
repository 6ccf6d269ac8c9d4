"""Where a query of one check finds its rows: a table, or the values that the texts of a table are read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.selection import RECORDS
from airflow_dataops.engines.sql.spelling import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from airflow_dataops.core.contract.model import Column, ColumnType
    from airflow_dataops.engines.sql.spelling import Spelling


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that a query is asked of.

    Args:
        name: What they are called in the query.
        read: How they come from the texts of a table; None for rows of a table as they are.
        texts: Column -> what its text is called, where its value has another type.
    """

    name: str
    read: exp.Select | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> exp.Table:
        """The rows as a table."""
        return exp.Table(this=identifier(self.name))

    def over(self, tree: exp.Query) -> exp.Query:
        """Return a query that reads these rows, with how they are read before it."""
        return tree if self.read is None else first(tree, self.name, self.read)


def source(
    table: str,
    columns: Iterable[Column],
    spelling: Spelling,
    *,
    texts: bool,
    text: str = "",
    records: str = RECORDS,
    type_of: Callable[[ColumnType], str] | None = None,
) -> Source:
    """Return the rows of a table with the values of some columns.

    Args:
        table: The table.
        columns: The columns whose values are asked for.
        spelling: How the database says it.
        texts: Whether the columns of the table are texts; values that are their own texts need no
            reading.
        text: A column whose text is asked for; empty for none.
        records: What the rows are called when they are read.
        type_of: A type of the contract -> that of a column in a table whose values are read, texts among
            them; None where they need no reading.
    """
    wanted = {column.name: column for column in columns}
    plainly = type_of is None and (not texts or all(column.type.is_text for column in wanted.values()))
    if plainly or not wanted:
        return Source(table)
    read = values(exp.Table(this=identifier(table)), list(wanted.values()), spelling, type_of=type_of)
    if not text or (text in wanted and wanted[text].type.is_text):
        return Source(records, read)
    plain = exp.column(identifier(text))
    if text not in wanted:
        return Source(records, read.select(plain))
    called = f"text of {text}"
    return Source(records, read.select(exp.alias_(plain, called, quoted=True)), {text: called})


def values(
    table: exp.Table,
    columns: Sequence[Column],
    spelling: Spelling,
    *,
    type_of: Callable[[ColumnType], str] | None = None,
) -> exp.Select:
    """Return the SELECT of the values that some columns are read as, all of which are texts by default."""
    read = [
        exp.alias_(
            spelling.value_of(
                exp.column(identifier(column.name)), type_of(column.type) if type_of else TEXT, column.type
            ),
            column.name,
            quoted=True,
        )
        if type_of or not column.type.is_text
        else exp.column(identifier(column.name))
        for column in columns
    ]
    return exp.select(*read).from_(table)


def named(tree: exp.Query, columns: Mapping[str, Column]) -> tuple[Column, ...]:
    """Return the columns that a SELECT reads; all of them where that can't be told from its words."""
    known = {name.casefold(): column for name, column in columns.items()}
    names = {column.name.casefold() for column in tree.find_all(exp.Column)}
    stars = [star for star in tree.find_all(exp.Star) if not isinstance(star.parent, exp.Count)]
    if stars or not names <= known.keys():
        return tuple(columns.values())
    return tuple(column for name, column in known.items() if name in names)


def first(tree: exp.Query, name: str, rows: exp.Query) -> exp.Query:
    """Return a SELECT that makes a table before all others that it makes in WITH."""
    made = tree.with_(identifier(name), as_=rows)
    *others, added = made.ctes
    parent = added.parent
    if parent is not None:
        parent.set("expressions", [added, *others])
    return made


def identifier(name: str) -> exp.Identifier:
    """Return a name as it is written, whatever it holds."""
    return exp.to_identifier(name, quoted=True)
