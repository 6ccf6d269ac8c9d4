"""What has to be known of a database that can part the rows of a table where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from sqlglot import exp

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.warehouse.database import Connection, TableName


@dataclass(frozen=True, slots=True)
class Half:
    """A table that gets one half of the rows.

    Args:
        table: The table.
        note: What is noted on it, and says whose it is.
    """

    table: TableName
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """How a database parts rows.

    Args:
        settled: A connection -> a block in which its session is settled, as `System.settled` says, but may
            write.
        scratch: A table that will be written -> the schema of temporary tables.
        text: The type of columns of texts.
        held: A type of the contract -> that of a temporary column of its values, as the spelling has them.
        declared: A type of the contract -> that of the column of the good rows.
        stored: A value, its text, and the type of the contract -> what is written for it among the good rows.
        made: The columns of a table, and the note on it -> what makes it. Without a note it is temporary.
        noted: A connection and a half -> whether its table carries its note; None where there is none.
        placed: A connection, the halves, and what refuses those that may not be replaced -> a block with the
            names under which the tables are written, in their order. When it ends well, they take the places
            of what was there, all at once; else nothing is left of them.
        refuses: An error of the driver -> whether it says that the connection may not write so.
    """

    settled: Callable[[Connection], AbstractContextManager[None]]
    scratch: Callable[[TableName], str]
    text: str
    held: Callable[[ColumnType], str]
    declared: Callable[[ColumnType], str]
    stored: Callable[[exp.Expr, exp.Expr, ColumnType], exp.Expr]
    made: Callable[[exp.Schema, str], exp.Create]
    noted: Callable[[Connection, Half], bool | None]
    placed: Callable[
        [Connection, Sequence[Half], Callable[[Half], None]], AbstractContextManager[Sequence[TableName]]
    ]
    refuses: Callable[[Exception], bool]
