"""Whether a store's tables are those of the revision that it says it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from airflow_dataops.errors import SettingsError
from airflow_dataops.store.alerts.tables import EVERY
from airflow_dataops.store.growth import columns_of, there
from airflow_dataops.store.revision import VERSION_TABLE, Standing

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from airflow_dataops.store.revision import Revision

RESTORE = "Restore the store from a backup; or move its tables away, and run `airflow dataops db migrate`."


def refuse_incomplete(connection: Connection, revision: Revision, *, shown: str) -> None:
    """Refuse a store in which revision and tables don't belong together.

    Of a newer revision than the code's, the tables aren't known here, and so not compared.

    Args:
        connection: The store.
        revision: The revision that it says it has.
        shown: The store's address, without secrets.

    Raises:
        SettingsError: If it has tables and no revision, or lacks tables or columns of its revision.
    """
    found = sorted(set(inspect(connection).get_table_names()).intersection(EVERY.tables))
    if revision.standing is Standing.MISSING and found:
        raise SettingsError(
            f"the store at {shown} has {', '.join(found)} and no revision: something emptied {VERSION_TABLE}",
            hint=RESTORE,
        )
    if revision.found not in revision.known:
        return
    if lacking := _lacking(connection, found, revision=revision.found):
        raise SettingsError(
            f"the store at {shown} says it has revision {revision.found}, and lacks {', '.join(lacking)}",
            hint=RESTORE,
        )


def _lacking(connection: Connection, found: list[str], *, revision: str) -> list[str]:
    """Name the tables of a revision that aren't there, and the columns that the others don't have."""
    inspector = inspect(connection)
    columns = {name: {str(column["name"]) for column in inspector.get_columns(name)} for name in found}
    return [
        missing
        for name, table in sorted(EVERY.tables.items())
        if there(table, revision)
        for missing in (
            [
                f"{name}.{column.name}"
                for column in columns_of(table, revision)
                if column.name not in columns[name]
            ]
            if name in columns
            else [name]
        )
    ]
