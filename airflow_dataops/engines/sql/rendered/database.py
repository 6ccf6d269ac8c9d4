"""A database whose SQL is rendered, and not run: what it says its own way, as one literal table a database.

Nothing here was tried in the database: it is written from the vendor's documentation, which each table names,
and read back by sqlglot. The queries are over a table whose columns have the contract's types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.engines.sql.reading import sql_type
from airflow_dataops.engines.sql.rendered.words import cast, in_utc, number, text
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_dataops.core.contract.model import ColumnType

    Literal = Callable[[str, str], exp.Expr]
    Condition = Callable[[exp.Expr], exp.Expr]

SMALL = 15
"""Digits of an integer that every database reads as one, without a word on its type."""

DECIMAL = "DECIMAL({precision}, {scale})"


def number_of_text(value: str, name: str) -> exp.Expr:
    """Return a number of a type: a cast of its text, which no database rounds on the way."""
    return cast(exp.Literal.string(value), name)


def instant_of_text(value: str, name: str) -> exp.Expr:
    """Return an instant: a cast of its text with the offset, so that no session's time zone is asked."""
    return cast(exp.Literal.string(in_utc(value, "-%m-%d %H:%M:%S.%f+00:00")), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """How a database is spoken to that isn't there.

    Args:
        name: As sqlglot calls its dialect.
        title: As people call it.
        types: Logical type -> its name of the type. One that it lacks is held as a text.
        decimal: Its name of a decimal.
        narrow: A decimal's precision and scale -> whether `decimal` takes it.
        wide: Its name of the decimals that `decimal` doesn't take; empty where there are none.
        numbers: A number's text and the name of its type -> the number.
        dates: A date in ISO 8601 and the name of the type -> the date.
        instants: The same of an instant.
        times: The same of a time of day.
        beyond: Logical type -> which values of the database's type are of the contract's; a type that isn't
            here has no others.
        found: A text and a pattern of RE2 -> whether the pattern is found in the text.
        length: A text -> how many code points it has.
        exact: A text -> what is equal for equal texts alone: itself, where it is.
        mark: What `exact` puts behind a text, and a literal that it is compared with has, too.
        text: A text as a literal.
        likes: Whether LIKE with `%` and `_` alone is exact.
        booleans: Whether it has them; else they are 1 and 0.
        empty: Whether it tells an empty text from null.
        correlated: Whether a subquery may speak of the row around it.
        remainder: Whether decimals have an exact remainder.
        risky: What no text may hold -> what it is, and why.
        names: Characters that no name may hold.
        replaced: The pattern of what its clients replace wherever it stands, also in comments; or empty.
        storage: What a table must say of how it is kept.
        at_once: Whether all promises can be counted in one query.
        lacks: What it can't say so that it agrees, as the docs tell.
    """

    name: str
    title: str
    types: Mapping[LogicalType, str]
    decimal: str = DECIMAL
    narrow: Callable[[int, int], bool] = lambda precision, _: precision <= 38
    wide: str = ""
    numbers: Literal = number_of_text
    dates: Literal = number_of_text
    instants: Literal = instant_of_text
    times: Literal = number_of_text
    beyond: Mapping[LogicalType, Condition] = field(default_factory=dict)
    found: Callable[[exp.Expr, str], exp.Expr]
    length: Condition
    exact: Condition = lambda expression: expression.copy()
    mark: str = ""
    text: Callable[[str], exp.Expr] = text
    likes: bool = True
    booleans: bool = True
    empty: bool = True
    correlated: bool = True
    remainder: bool = True
    risky: Mapping[str, str] = field(default_factory=dict)
    names: str = ""
    replaced: str = ""
    storage: exp.Properties | None = None
    at_once: bool = True
    lacks: tuple[str, ...] = ()

    def type_of(self, column_type: ColumnType) -> str:
        """Return the database's name of a type."""
        if column_type.precision is not None:
            precision, scale = column_type.precision, column_type.scale or 0
            form = self.decimal if self.narrow(precision, scale) else self.wide
            return form.format(precision=precision, scale=scale)
        if column_type.logical in NESTED or column_type.logical not in self.types:
            return self.types[LogicalType.STRING]
        return self.types[column_type.logical]

    def has(self, column_type: ColumnType) -> bool:
        """Say whether it has values of a type."""
        return column_type.precision is not None or column_type.is_text or column_type.logical in self.types

    def check_type(self, column_type: ColumnType) -> None:
        """Refuse to speak of the values of a type that it doesn't have.

        Raises:
            NotEvaluatedError: If it has none.
        """
        if not self.has(column_type):
            raise NotEvaluatedError(
                f"{self.title} has no type for a {column_type}: the column is a text there"
            )

    def value(self, column: exp.Expr, column_type: ColumnType) -> exp.Condition | None:
        """Return whether a column's value is one of the contract's type; None where it can't be another.

        Raises:
            NotEvaluatedError: If it has no such type.
        """
        self.check_type(column_type)
        condition = None if column_type.precision is not None else self.beyond.get(column_type.logical)
        return None if condition is None else condition(column)  # type: ignore[return-value]

    def literal(self, value: str, column_type: ColumnType) -> exp.Expr:
        """Return a value of a type.

        Args:
            value: Its one text: an integer, a decimal, a double as Python writes it, `true` or `false`, a
                day, an instant or a time in ISO 8601; or a text.
            column_type: Its type.

        Raises:
            NotEvaluatedError: If the database can't be given it.
        """
        self.check_type(column_type)
        if column_type.is_text:
            return self.quoted(value)
        if sql_type(column_type) == "BIGINT" and len(value.lstrip("+-")) <= SMALL:
            return number(value)
        written: dict[LogicalType, Literal] = {
            LogicalType.BOOLEAN: self._boolean,
            LogicalType.DATE: self.dates,
            LogicalType.TIMESTAMP: self.instants,
            LogicalType.TIME: self.times,
        }
        return written.get(column_type.logical, self.numbers)(value, self.type_of(column_type))

    def _boolean(self, value: str, _: str) -> exp.Expr:
        true = value == "true"
        return exp.Boolean(this=true) if self.booleans else number(str(int(true)))

    @property
    def same(self) -> bool:
        """Whether texts are compared exactly by themselves."""
        return not self.mark

    def quoted(self, value: str) -> exp.Expr:
        """Return a text as a literal.

        Raises:
            NotEvaluatedError: If it holds what the database would take for something else.
        """
        if "\0" in value:
            raise NotEvaluatedError(f"a text has the character NUL, which {self.title} can't be given")
        for found, why in self.risky.items():
            if found in value:
                raise NotEvaluatedError(f"a text has {why}")
        return self.text(value)

    def check_name(self, name: str) -> None:
        """Refuse a name that can't be quoted safely.

        Raises:
            NotEvaluatedError: If it holds such a character.
        """
        if "\0" in name or any(character in name for character in self.names):
            listed = " or ".join(
                f"`{character}`" if character != "`" else "a backtick" for character in self.names
            )
            raise NotEvaluatedError(f"{self.title} can't quote a name with {listed or 'NUL'}")
