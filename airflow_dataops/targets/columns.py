"""The columns of a published table: what a dataset promises, and how what is there differs from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.errors import BadDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
}
"""Logical type -> primitive type of the Delta protocol; a number with a precision is a decimal."""


DUCKDB: dict[str, str] = {
    "VARCHAR": "string",
    "BIGINT": "long",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}
"""DuckDB's name of a type -> Delta's. A decimal has the same name in both, but for its case."""


def delta_type(column: ColumnType) -> str:
    """Return the Delta type of a column, such as `decimal(10,2)`."""
    if column.precision is not None:
        return f"decimal({column.precision},{column.scale or 0})"
    return DELTA[column.logical]


def promised(dataset: Dataset) -> dict[str, str]:
    """Return name -> Delta type of a dataset's columns, in their order."""
    return {column.name: delta_type(column.type) for column in dataset.columns}


def table_columns(table: DeltaTable) -> dict[str, str]:
    """Return name -> Delta type of a table's columns, in their order."""
    return {field.name: str(getattr(field.type, "type", field.type)) for field in table.schema().fields}


def staged_columns(relation: DuckDBPyRelation) -> dict[str, str]:
    """Return name -> Delta type of staged rows, in their order; a type that Delta lacks keeps its name."""
    types = (str(kind) for kind in relation.types)
    return {name: DUCKDB.get(kind, kind.lower()) for name, kind in zip(relation.columns, types, strict=True)}


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
    differences = (
        *(f"has {name!r} ({found[name]}), which is not promised" for name in found if name not in expected),
        *(f"lacks {name!r} ({expected[name]})" for name in expected if name not in found),
        *(
            f"has {name!r} as {found[name]} instead of {expected[name]}"
            for name in expected
            if name in found and found[name] != expected[name]
        ),
    )
    if differences:
        raise BadDataError(f"{what} {', '.join(differences)}", where=where, hint=hint)
