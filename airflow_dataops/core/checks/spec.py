"""What is promised: a check is a promise, what it must satisfy, and how bad it is when it is broken."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import NONE
from airflow_dataops.core.contract.model import Scope, Severity

if TYPE_CHECKING:
    from decimal import Decimal

    from airflow_dataops.core.checks.verdict import Threshold
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.contract.nested import Step
    from airflow_dataops.core.contract.options import Bound


@dataclass(frozen=True, slots=True)
class NotNull:
    """The column holds a value. `missing` lists, as text, values that count as none, next to null."""

    column: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfType:
    """The text of the column is a value of the type; only fractions of a double are rounded. Null passes."""

    column: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The typed value is not below the bound. Null passes, and so does what is not of the type."""

    column: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class AtMost:
    """The typed value is not above the bound. Null passes, and so does what is not of the type."""

    column: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Above:
    """The typed value is above the bound. Null passes, and so does what is not of the type."""

    column: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Below:
    """The typed value is below the bound. Null passes, and so does what is not of the type."""

    column: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Within:
    """The typed value is in a range, both ends included. Null passes, and so does what is not of the type."""

    column: str
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class MultipleOf:
    """The typed value is a whole multiple of the step, exactly. Null passes, and what is not of the type."""

    column: str
    step: Decimal


@dataclass(frozen=True, slots=True)
class NotShorter:
    """The text has at least so many characters (code points). Null passes."""

    column: str
    length: int


@dataclass(frozen=True, slots=True)
class NotLonger:
    """The text has at most so many characters (code points). Null passes."""

    column: str
    length: int


@dataclass(frozen=True, slots=True)
class Matches:
    """The pattern (RE2 syntax) is found in the text. Null passes."""

    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """The typed value is one of the values, which are written as text. Null passes."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """An array or a vector has so many items, an object or a map so many members. What is neither passes."""

    column: str
    lowest: float = 0
    highest: float = inf


@dataclass(frozen=True, slots=True)
class Distinct:
    """No two items of an array are the same. What is no array passes."""

    column: str


@dataclass(frozen=True, slots=True)
class HasKeys:
    """An object has these members, whatever they are. What is no object passes."""

    column: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inside:
    """The values at a place inside the JSON of a column keep a promise; one that doesn't breaks the row.

    Args:
        column: The column.
        path: The steps to the place; none for the whole of the column.
        type: The type of the values there, or None for any.
        promise: What each of them keeps.
    """

    column: str
    path: tuple[Step, ...]
    type: ColumnType | None
    promise: RowPromise | JsonPromise


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows share the values of the columns; all rows of a group break it. Rows with a null pass."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class References:
    """The values of the columns are those of a row of another dataset. Rows with a null pass.

    Args:
        columns: The columns.
        other: What the other dataset is called.
        to: Its columns, as many, in the same order; their values are read as those of the columns.
    """

    columns: tuple[str, ...]
    other: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowCount:
    """How many rows would be passed on: those that no rule sends to quarantine."""


@dataclass(frozen=True, slots=True)
class Query:
    """The one number that a SELECT over the rows that would be passed on comes to.

    Args:
        sql: The SELECT; `{object}` stands for the rows.
        reads: The other datasets that it reads, by their names.
    """

    sql: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowQuery:
    """No row is one that a query counts.

    The query is `SELECT COUNT(*) FROM {object} WHERE condition`; `{object}` stands for all records with their
    typed values, null where a text is not of its column's type.

    Args:
        sql: The query.
        reads: The other datasets that it reads, by their names.
    """

    sql: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Custom:
    """What rules that are written for another tool promise (ODCS `type: custom`).

    The tool says which of its rules are broken, and by which rows, where it can tell.

    Args:
        engine: The tool, such as `pandera`.
        implementation: The rules as the tool finds them: `module:Object` for one that can be imported,
            `/folder/module.py:Object` for a file.
    """

    engine: str
    implementation: str


RowPromise = (
    NotNull
    | OfType
    | AtLeast
    | AtMost
    | Above
    | Below
    | Within
    | MultipleOf
    | NotShorter
    | NotLonger
    | Matches
    | OneOf
)
"""Promises that one row keeps or breaks by itself."""

TextPromise = NotShorter | NotLonger | Matches
"""Promises about the text of a value, whatever its type."""

JsonPromise = Counts | Distinct | HasKeys
"""Promises that values with others inside them keep or break."""

TablePromise = RowCount | Query
"""Promises about all rows together, of which no single row is to blame."""

Promise = RowPromise | Inside | Unique | References | RowQuery | Custom | TablePromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule.

    Args:
        id: Its id, unique in the dataset: `column.kind`, or the id that the contract gives.
        promise: What is promised.
        threshold: What the count of broken rows, or the number, must satisfy.
        severity: How bad it is when it is broken.
        dimension: The quality dimension.
        scope: Which rows it looks at: the batch, or the whole table once the batch is in it.
        filter: `SELECT COUNT(*) FROM {object} WHERE condition`, which counts the rows that it speaks of;
            empty for all.
        schedule: When it is looked at, apart from the batches; empty: with each batch.
        description: What its author says of it, or empty.
        place: file:line:column of the contract.
    """

    id: str
    promise: Promise
    threshold: Threshold = NONE
    severity: Severity = Severity.ERROR
    dimension: str = ""
    scope: Scope = Scope.BATCH
    filter: str = ""
    schedule: str = ""
    description: str = ""
    place: str = ""

    @property
    def judges_rows(self) -> bool:
        """Whether single rows are to blame when it is broken."""
        return not isinstance(self.promise, RowCount | Query)

    @property
    def quarantines(self) -> bool:
        """Whether rows that break it leave the batch: it names rows, tolerates none, and is an error."""
        return self.judges_rows and self.threshold.tolerates_none and self.severity is Severity.ERROR

    @property
    def column(self) -> str:
        """The column it speaks of, or an empty text."""
        match self.promise:
            case Unique(columns) | References(columns):
                return ", ".join(columns)
            case RowCount() | Query() | RowQuery() | Custom():
                return ""
            case promise:
                return promise.column

    @property
    def reads(self) -> tuple[str, ...]:
        """The other datasets that it looks at."""
        match self.promise:
            case References(other=other):
                return (other,)
            case Query(reads=reads) | RowQuery(reads=reads):
                return reads
            case _:
                return ()

    @property
    def expected(self) -> str:
        """What is promised, as text."""
        match self.promise:
            case RowCount():
                return f"rows {self.threshold}"
            case Query():
                return f"query {self.threshold}"
            case Custom(engine, implementation):
                return f"{engine} {implementation.rpartition('/')[2]}"
            case _:
                return f"rows that break it {self.threshold}"
