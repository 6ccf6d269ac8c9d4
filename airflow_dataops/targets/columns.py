"""The columns of a published table: what a dataset promises, and how what is there differs from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import NESTED, LogicalType
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deltalake import DeltaTable
    from duckdb import DuckDBPyRelation

    from airflow_dataops.core.contract.model import ColumnType, Dataset

DELTA: dict[LogicalType, str] = {
    LogicalType.STRING: "string",
    LogicalType.INTEGER: "long",
    LogicalType.NUMBER: "double",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.DATE: "date",
    LogicalType.TIMESTAMP: "timestamp",
    LogicalType.TIME: "string",
    **dict.fromkeys(NESTED, "string"),
}
"""Logical type -> primitive type of the Delta protocol; a number with a precision is a decimal.

Delta has no time of day: it is published as its text in ISO 8601, such as `10:00:00.5`. What has values
inside it is published as the JSON that it is.
"""


DUCKDB: dict[str, LogicalType] = {
    "VARCHAR": LogicalType.STRING,
    "BIGINT": LogicalType.INTEGER,
    "DOUBLE": LogicalType.NUMBER,
    "BOOLEAN": LogicalType.BOOLEAN,
    "DATE": LogicalType.DATE,
    "TIMESTAMP WITH TIME ZONE": LogicalType.TIMESTAMP,
    "TIME": LogicalType.TIME,
}
"""DuckDB's name of a type -> the logical type that its values are of; a decimal has its digits beside it."""

DECIMAL = "decimal"
"""What DuckDB calls a number with a precision, and Delta, too, but for its case."""


def delta_type(column: ColumnType) -> str:
    """Return the Delta type of a column, such as `decimal(10,2)`."""
    if column.precision is not None:
        return f"{DECIMAL}({column.precision},{column.scale or 0})"
    return DELTA[column.logical]


def promised(dataset: Dataset, spelled: Callable[[ColumnType], str]) -> dict[str, str]:
    """Return name -> type of a dataset's columns, in their order.

    Args:
        dataset: The dataset.
        spelled: How the target spells a type.
    """
    return {column.name: spelled(column.type) for column in dataset.columns}


def table_columns(table: DeltaTable) -> dict[str, str]:
    """Return name -> Delta type of a table's columns, in their order."""
    return {field.name: str(getattr(field.type, "type", field.type)) for field in table.schema().fields}


def staged_columns(
    relation: DuckDBPyRelation, names: Mapping[LogicalType, str], *, decimal: str = DECIMAL
) -> dict[str, str]:
    """Return name -> type of staged rows, in their order; a type that no contract has keeps its name.

    Args:
        relation: The rows.
        names: Logical type -> what the target calls it.
        decimal: What the target calls a number with a precision.
    """
    return {
        name: names[DUCKDB[kind]] if kind in DUCKDB else kind.lower().replace(f"{DECIMAL}(", f"{decimal}(")
        for name, kind in zip(relation.columns, map(str, relation.types), strict=True)
    }


def differences(found: Mapping[str, str], expected: Mapping[str, str]) -> tuple[str, ...]:
    """Return how columns differ in name and type, each as what follows on `the table`; their order is free.

    Args:
        found: Name -> type of what is there.
        expected: Name -> type of what must be there.
    """
    return (
        *(f"has {name!r} ({found[name]}), which is not promised" for name in found if name not in expected),
        *(f"lacks {name!r} ({expected[name]})" for name in expected if name not in found),
        *(
            f"has {name!r} as {found[name]} instead of {expected[name]}"
            for name in expected
            if name in found and found[name] != expected[name]
        ),
    )


def refuse_others(
    what: str, *, found: Mapping[str, str], expected: Mapping[str, str], where: str, hint: str
) -> None:
    """Compare columns by name and type; their order is free.

    Args:
        what: Whose columns were found, such as `the table`.
        found: Name -> type of what is there.
        expected: Name -> type of what must be there.
        where: Dataset or table, for the message.
        hint: What to do next.

    Raises:
        BadDataError: If they differ; it lists every difference.
    """
    different = differences(found, expected)
    if different:
        raise BadDataError(f"{what} {', '.join(different)}", where=where, hint=hint)
