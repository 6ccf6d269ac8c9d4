"""Names, values and types of a contract as they are written in Python: nothing of them becomes code."""

from __future__ import annotations

import keyword
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.core.rows.typed import typed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.contract.options import Bound
    from airflow_dataops.core.rows.typed import Typed

TYPES: dict[LogicalType, str] = {
    LogicalType.STRING: "pl.String",
    LogicalType.INTEGER: "pl.Int64",
    LogicalType.NUMBER: "pl.Float64",
    LogicalType.BOOLEAN: "pl.Boolean",
    LogicalType.DATE: "pl.Date",
    LogicalType.TIMESTAMP: 'pl.Datetime("us", "UTC")',
    LogicalType.TIME: "pl.Time",
    **dict.fromkeys(NESTED, "pl.String"),
}
"""Logical type -> the data type of polars, as it is written."""


IMPORTED = frozenset({"Decimal", "annotations", "date", "datetime", "pa", "pl", "rows", "time", "timezone"})
"""Names that the module has already."""


def identifier(name: str, taken: Collection[str] = ()) -> str:
    """Return a name as one of Python that isn't taken yet."""
    found = re.sub(r"^(?=\d)", "_", re.sub(r"\W", "_", name, flags=re.ASCII).strip("_")) or "schema"
    if keyword.iskeyword(found) or found in IMPORTED:
        found = f"{found}_schema"
    count, free = 1, found
    while free in taken:
        count += 1
        free = f"{found}_{count}"
    return free


def data_type(column_type: ColumnType) -> str:
    """Return the data type of a column, as it is written."""
    if column_type.precision is not None:
        return f"pl.Decimal({column_type.precision}, {column_type.scale or 0})"
    return TYPES[column_type.logical]


def bound_literal(bound: Bound, column_type: ColumnType) -> str:
    """Return a bound, in the type of its column where that has it."""
    if isinstance(bound, Decimal) and column_type.logical is LogicalType.INTEGER:
        return value_literal(int(bound) if bound == bound.to_integral_value() else bound)
    if isinstance(bound, Decimal) and data_type(column_type) == TYPES[LogicalType.NUMBER]:
        return value_literal(float(bound))
    return value_literal(bound)


def values_literal(values: Sequence[str], column_type: ColumnType) -> str:
    """Return the values that are of a type, as a list of literals."""
    found = (value if column_type.is_text else typed(value, column_type) for value in values)
    return f"[{', '.join(value_literal(value) for value in found if value is not None)}]"


def value_literal(value: Typed) -> str:
    """Return a value of Python as it is written."""
    match value:
        case str():
            return text_literal(value)
        case Decimal():
            return f'Decimal("{value:f}")'
        case datetime():
            moment = value.astimezone(UTC)
            parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
            return f"datetime({', '.join(map(str, (*parts, moment.microsecond)))}, tzinfo=timezone.utc)"
        case date():
            return f"date({value.year}, {value.month}, {value.day})"
        case time():
            return f"time({value.hour}, {value.minute}, {value.second}, {value.microsecond})"
        case _:
            return repr(value)


def text_literal(text: str) -> str:
    """Return a text as a literal of Python, in double quotes where it can be."""
    found = ascii(text)
    return f'"{found[1:-1]}"' if found.startswith("'") and '"' not in found and "\\'" not in found else found
