"""What each database says its own way in the statements of a scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from airflow_dataops.core.contract.model import ColumnType

TEXT = "VARCHAR"
"""What the type of a column of texts is called in every database."""

BYTES = "the column holds bytes, whose text each database writes its own way: have it sent, or read, as text"
"""Why nothing may be asked of the text of bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How one database says what sqlglot can't translate.

    Args:
        text_of: A column and its type -> its text.
        value_of: A column, its type, and a type of the contract -> its value in that type; null where it has
            none.
        found: A text and a pattern -> whether the pattern is found in the text.
        chosen: Texts, and a mark for each -> the list of the texts whose mark is true.
        once: A SELECT -> the same, computed once for each row, however often what stands around it uses it.
        total: A column's type, and a type of the contract -> whether every value of the one is one of the
            other.
        loose: A column's type, and a type of the contract -> whether the column itself compares as its value
            does, wherever it has one.
        apart: A column's type -> why nothing may be asked of the texts of its values, which the database
            writes otherwise than the others; empty where they are the same everywhere.
    """

    text_of: Callable[[exp.Expr, str], exp.Expr]
    value_of: Callable[[exp.Expr, str, ColumnType], exp.Expr]
    found: Callable[[exp.Expr, str], exp.Expr]
    chosen: Callable[[list[exp.Literal], list[exp.Expr]], exp.Expr]
    once: Callable[[exp.Select], exp.Select]
    total: Callable[[str, ColumnType], bool] = lambda _found, _wanted: False
    loose: Callable[[str, ColumnType], bool] = lambda _found, _wanted: False
    apart: Callable[[str], str] = lambda _found: ""
