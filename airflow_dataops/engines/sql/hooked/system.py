"""What the one engine over DB-API connections has to know of a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlglot import exp

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.engines.sql.hooked.parting import Parting
    from airflow_dataops.engines.sql.spelling import Spelling
    from airflow_dataops.warehouse.database import Connection, TableName
    from airflow_dataops.warehouse.refusal import Refusal

    Inside = Callable[[exp.Expr, int], exp.Expr]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One kind of database.

    Args:
        title: What messages call it.
        dialect: What sqlglot calls it. SQL of people is told to it as `engines/sql/agreement` has it.
        spelling: How it says what sqlglot can't translate. Where a column can't be read at all, `text_of` or
            `value_of` raises NotEvaluatedError: then the checks of that column come to nothing, and say why.
        written: A statement of a scan -> its text. The casts of bounds in it have DuckDB's types.
        columns: A connection and the name of a table -> its columns and the names of their types, in their
            order; None where there is no such table.
        settled: A connection -> a block in which the session is settled: one snapshot, nothing is written,
            values have the same texts whatever the server's settings are. What it began ends with the block.
        errors: The errors of its driver.
        heals: One of them -> whether another try may heal it.
        remedy: One of them -> what to do about the connection or the table, where no other try heals it;
            empty where that isn't known.
        compiles: A connection and a pattern -> whether the pattern is one that it reads.
        reader: Who reads patterns, for messages.
        unread: A column and the name of its type -> whether a value there has no text; None where each has.
        unread_as: What such a value is, for messages.
        most_columns: How many columns a SELECT may have.
        inside: A connection, a number that is free, and checks of what is inside one column of JSON -> what
            says, of a text and the position of a check, whether the text breaks the check. None where such
            checks can't be judged in the database.
        home: The schema of a table whose name says none; empty where a name alone is never that of a step of
            a scan.
        parting: How rows are parted there; None where they can't be.
        refusal: What the hook raises when it connects -> what is wrong; None where that isn't known.
    """

    title: str
    dialect: str
    spelling: Spelling
    written: Callable[[exp.Expr], str]
    columns: Callable[[Connection, TableName], Mapping[str, str] | None]
    settled: Callable[[Connection], AbstractContextManager[None]]
    errors: tuple[type[Exception], ...]
    heals: Callable[[Exception], bool]
    compiles: Callable[[Connection, str], bool]
    reader: str
    unread: Callable[[exp.Expr, str], exp.Expr | None] = lambda _, __: None
    unread_as: str = ""
    most_columns: int = 2000
    inside: Callable[[Connection, int, Sequence[Check]], Inside] | None = None
    home: str = ""
    parting: Parting | None = None
    refusal: Callable[[Exception], Refusal | None] = lambda _: None
    remedy: Callable[[Exception], str] = lambda _: ""
