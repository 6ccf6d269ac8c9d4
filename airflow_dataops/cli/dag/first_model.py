"""The first model of a product that is made of models: one row, which is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.made_up import row
from airflow_dataops.core.contract.model import LogicalType

if TYPE_CHECKING:
    from airflow_dataops.core.contract.model import Column, Dataset

HEAD = """\
-- What is published. This row is made up: read tables of your database in place of it, such as
-- source("raw", "orders"), or models beside this one, such as ref("stg_orders"), each in double braces.
"""

TYPES = {
    LogicalType.STRING: "text",
    LogicalType.INTEGER: "bigint",
    LogicalType.NUMBER: "double precision",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.DATE: "date",
    LogicalType.TIMESTAMP: "timestamptz",
    LogicalType.TIME: "time",
}
"""Type -> how PostgreSQL calls it; what has values inside it is text there that holds JSON."""


def model_text(dataset: Dataset) -> str:
    """Return a SELECT of PostgreSQL that keeps what is promised of the types of a dataset."""
    made = row(dataset, 1)
    columns = ",\n".join(f"    {_cast(column, made[column.name])}" for column in dataset.columns)
    return f"{HEAD}SELECT\n{columns}\n"


def _cast(column: Column, text: str) -> str:
    name, value = column.name.replace('"', '""'), text.replace("'", "''")
    return f"CAST('{value}' AS {_type(column)}) AS \"{name}\""


def _type(column: Column) -> str:
    if column.type.precision is not None:
        return f"numeric({column.type.precision}, {column.type.scale or 0})"
    return TYPES.get(column.type.logical, "text")
