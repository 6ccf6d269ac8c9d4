"""The contract's types as PostgreSQL spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import NESTED, LogicalType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import ColumnType

NAMES: dict[LogicalType, str] = {
    LogicalType.STRING: "text",
    LogicalType.INTEGER: "bigint",
    LogicalType.NUMBER: "double precision",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.DATE: "date",
    LogicalType.TIMESTAMP: "timestamp with time zone",
    LogicalType.TIME: "time without time zone",
    **dict.fromkeys(NESTED, "text"),
}
"""Logical type -> the name that `format_type` has for it; a number with a precision is numeric."""


def postgres_type(column: ColumnType) -> str:
    """Return the type of a column, such as `numeric(10,2)`, spelled as `format_type` spells it."""
    if column.precision is not None:
        return f"numeric({column.precision},{column.scale or 0})"
    return NAMES[column.logical]


def named_types(columns: Mapping[str, ColumnType]) -> dict[str, str]:
    """Return the same for the types of several columns."""
    return {name: postgres_type(column_type) for name, column_type in columns.items()}
