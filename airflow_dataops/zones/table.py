"""A table of a team's database as a source: its rows of a partition are the drop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from psycopg import sql

from airflow_dataops.core.landing import Drop
from airflow_dataops.errors import NotEvaluatedError, SettingsError
from airflow_dataops.warehouse.catalog import READABLE, look_up
from airflow_dataops.warehouse.postgres import Table
from airflow_dataops.warehouse.postgres import table as table_of
from airflow_dataops.warehouse.settled import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.landing import DropFile
    from airflow_dataops.warehouse.catalog import Found
    from airflow_dataops.warehouse.postgres import Warehouse

TEXTS = re.compile(r"text|character varying(\(\d+\))?|character(\(\d+\))?")
"""Types of a partition column that holds labels."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which rows of which table are the drop of a batch.

    Args:
        table: The table.
        column: The column that holds the partition's label; empty where the whole table is the drop.
        label: The label; empty where the whole table is the drop.
    """

    table: Table
    column: str = ""
    label: str = ""

    def uri(self, warehouse: Warehouse) -> str:
        """Return the delivery as one string: the table's address, and `?column=label` where there is one."""
        schema, name, column, label = (
            quote(part, safe=":+,") for part in (self.table.schema, self.table.name, self.column, self.label)
        )
        address = f"{warehouse.root}{schema}.{name}"
        return f"{address}?{column}={label}" if column else address

    def rows(self, connection: Connection) -> tuple[Found, sql.Composable]:
        """Return what is known of the table, and `FROM … WHERE …` of the rows of the delivery.

        Raises:
            SettingsError: If there is no such table or column, or the label can't be compared with it.
        """
        found = look_up(connection, self.table).get(self.table)
        if found is None or found.kind not in READABLE:
            raise SettingsError(
                f"there is no table `{self.table}`" if found is None else f"`{self.table}` is {found.kind}",
                hint="Check `source.table`, and that the connection leads to its database.",
            )
        from_table = sql.SQL("FROM {} AS source").format(self.table.sql)
        if not self.column:
            return found, from_table
        kind = found.columns.get(self.column)
        if kind is None:
            raise SettingsError(
                f"the table has no column `{self.column}`",
                where=str(self.table),
                hint="Check `source.partition_column`; it is taken as it is, in upper and lower case.",
            )
        where = sql.SQL("{} WHERE source.{} = {}").format(
            from_table, sql.Identifier(self.column), self._value(kind)
        )
        return found, where

    def _value(self, kind: str) -> sql.Composable:
        if TEXTS.fullmatch(kind):
            return sql.Literal(self.label)
        where = f"{self.table}.{self.column}"
        if kind != "date":
            raise SettingsError(
                f"the partition column is of the type {kind}",
                where=where,
                hint="Name a column of the type text or date, or make a view that has one.",
            )
        if not DAY.fullmatch(self.label) or not _is_day(self.label):
            raise SettingsError(
                f"the partition column is a date, but the partition's label `{self.label}` is none",
                where=where,
                hint="Use `grain: day`, or make a view that has the label as text.",
            )
        return sql.SQL("{}::date").format(sql.Literal(self.label))


def delivery(uri: str, warehouse: Warehouse) -> Delivery:
    """Read what `Delivery.uri` wrote.

    Raises:
        SettingsError: If the rows lie elsewhere.
    """
    if not uri.startswith(warehouse.root):
        raise SettingsError(
            "the drop lies in another database", where=uri, hint="Give source and target one connection."
        )
    address, asked, partition = uri.removeprefix(warehouse.root).partition("?")
    schema, _, name = address.partition(".")
    column, _, label = partition.partition("=")
    there = Table(unquote(schema), unquote(name))
    return Delivery(there, unquote(column), unquote(label)) if asked else Delivery(there)


class TableSource:
    """Finds the rows of a batch in a table.

    Args:
        warehouse: The database.
        table: The table, as schema.table.
        partition_column: Its column that holds the partition's label; empty where a delivery is the whole
            table.
    """

    def __init__(self, warehouse: Warehouse, table: str, *, partition_column: str) -> None:
        self._warehouse = warehouse
        self._table = table_of(table)
        self._column = partition_column

    def expected(self, batch: Batch) -> str:
        """Return where the rows of a batch are expected, for messages."""
        return self._delivery(batch).uri(self._warehouse)

    def find(self, batch: Batch) -> Drop | None:
        """Return the rows of a batch, or None when there is not one.

        Raises:
            SettingsError: If there is no such table or column, it can't be compared with the partition's
                label, or the connection may not read it.
            BrokenWorldError: If the database can't be reached.
        """
        wanted = self._delivery(batch)
        with settled(self._warehouse, f"looking for the rows of {batch}") as connection:
            _, rows = wanted.rows(connection)
            query = sql.SQL("SELECT EXISTS (SELECT 1 {})").format(rows)
            ((there,),) = connection.execute(query).fetchall()
        return Drop(wanted.uri(self._warehouse), ()) if there else None

    def read(self, file: DropFile) -> Iterator[bytes]:
        """Refuse: the rows of a table never leave their database.

        Raises:
            NotEvaluatedError: Always.
        """
        raise NotEvaluatedError(
            "the rows of a table are not read as files",
            where=file.uri,
            hint="Land them in their own database, with the connection of `source.conn_id`.",
        )

    def _delivery(self, batch: Batch) -> Delivery:
        return Delivery(self._table, self._column, batch.partition if self._column else "")


def _is_day(label: str) -> bool:
    try:
        date.fromisoformat(label)
    except ValueError:
        return False
    return True
