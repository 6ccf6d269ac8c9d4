"""How MariaDB reads a column: which texts are values, though its casts take what begins like one.

MariaDB has no TRY_CAST. Its casts don't fail, they take the nearest they find, with a warning; so each stands
in a CASE behind a condition under which it says what the text says (`text.py`). What is a value is told in
`core/rows/lexical.py`; what is one of MariaDB's own, in `typed.py`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sqlglot import exp

from airflow_dataops.engines.sql.mariadb.column_type import mariadb_type
from airflow_dataops.engines.sql.mariadb.double import double_of_decimal
from airflow_dataops.engines.sql.mariadb.text import TEXTS
from airflow_dataops.engines.sql.mariadb.typed import READERS
from airflow_dataops.engines.sql.mariadb.words import as_text, call, cast, found, number, string
from airflow_dataops.engines.sql.spelling import Spelling
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import ColumnType

KINDS: tuple[tuple[str, str], ...] = (
    (r"(tiny|small|medium|big)?int\b.*|boolean|bit\b.*|year\b.*", "whole"),
    (r"decimal\b.*", "decimal"),
    (r"float\b.*", "float"),
    (r"double\b.*", "double"),
    (r"date", "date"),
    (r"datetime\b.*", "local"),
    (r"timestamp\b.*", "instant"),
    (r"time\b.*", "clock"),
    (r"(tiny|medium|long)?blob|(var)?binary\b.*|vector\b.*", "bytes"),
    (r"geometry(collection)?|(multi)?(point|linestring|polygon)", "bytes"),
)
"""What COLUMN_TYPE says of a type -> its kind; every other type is read by its text."""

SCALE = re.compile(r"decimal\(\d+,(\d+)\)")

ENDLESS = str(2**64 - 1)
"""As many rows as there can be."""


def kind_of(found: str) -> str:
    """Return the kind of a type: one of KINDS, or `text`."""
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, found)), "text")


def text_of(column: exp.Expr, found: str) -> exp.Expr:
    """Return the text of a column whose type is `found`; of bytes their digits, for they are no text."""
    kind = kind_of(found)
    if kind == "bytes":
        return as_text(call("HEX", column))
    return as_text(_plain(column) if kind == "whole" else column)


def value_of(column: exp.Expr, found: str, column_type: ColumnType) -> exp.Expr:
    """Return the value of a column in a type of the contract; null where it has none.

    A text must be one as it is written. A value of another type must come back the same, so that nothing is
    rounded. A day or an instant is of the calendar, a double is finite. Bytes are no value.

    Raises:
        NotEvaluatedError: If bytes shall be a text.
    """
    kind = kind_of(found)
    if column_type.is_text:
        if kind == "bytes":
            raise NotEvaluatedError(
                f"a column of the contract's texts is {found} in the table, and bytes are no text",
                hint="Make a view that has CONVERT(... USING utf8mb4) of it.",
            )
        return text_of(column, found)
    wanted = _wanted(column_type)
    if kind == "text":
        value = TEXTS[wanted](as_text(column), column_type)
    elif (kind, wanted) == ("decimal", "number"):
        scale = SCALE.match(found)
        value = double_of_decimal(column, int(scale[1]) if scale else 0)
    elif read := READERS.get((kind, wanted)):
        value = read(_plain(column) if kind == "whole" else column.copy(), column_type)
    else:
        value = exp.null()
    return cast(value, mariadb_type(column_type))


def _wanted(column_type: ColumnType) -> str:
    return "decimal" if column_type.precision is not None else column_type.logical.value


def _plain(whole: exp.Expr) -> exp.Expr:
    """Return the number that a BIT, a YEAR or a number with leading zeros is."""
    return exp.Paren(this=exp.Add(this=whole.copy(), expression=number(0)))


def _found(text: exp.Expr, pattern: str) -> exp.Expr:
    return found(as_text(text), pattern)


def _chosen(texts: list[exp.Literal], marks: list[exp.Expr]) -> exp.Expr:
    """Return a JSON array: each text with a comma before it, and the first comma left out."""
    pairs = zip(texts, marks, strict=True)
    listed = [
        exp.case()
        .when(mark.copy(), string(f",{json.dumps(text.name, ensure_ascii=False)}"))
        .else_(string(""))
        for text, mark in pairs
    ]
    inside = call("SUBSTR", call("CONCAT", *listed), number(2))
    return call("CONCAT", string("["), inside, string("]"))


def _once(rows: exp.Select) -> exp.Select:
    return rows.limit(exp.Literal.number(ENDLESS))


def _apart(found: str) -> str:
    if kind_of(found) not in {"float", "double"}:
        return ""
    return "MariaDB writes the text of a double otherwise than DuckDB: ask for the number, or a decimal"


MARIADB = Spelling(text_of=text_of, value_of=value_of, found=_found, chosen=_chosen, once=_once, apart=_apart)
"""MariaDB would compute a column anew wherever it is used, were it not for the LIMIT."""
