"""How the tables grew: since which revision a column exists, and what stands for it before.

The code works on the schema before its own. There it leaves out the columns that came later, and refuses a
fact that says something which only they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_dataops.errors import SettingsError
from airflow_dataops.store.revision import MIGRATE, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Column, Table

ADDED = "dataops_added"
"""The key in a column's `info`; a column without it is of the first revision."""


SINCE = "dataops_since"
"""The key in a table's `info` that says which revision made it; without it, it was the first."""


@dataclass(frozen=True, slots=True)
class Added:
    """What is to be known of a column that came after the first revision.

    Args:
        since: The revision that added it.
        absent: What its value is in facts that were written without it.
        spare: Whether a fact says the same without that value; by default only when it is `absent`.
    """

    since: str
    absent: object
    spare: Callable[[Any], bool] | None = None

    def is_spare(self, value: object) -> bool:
        """Tell whether a value may be left out of a store that has no column for it."""
        return value == self.absent if self.spare is None else self.spare(value)


def added(column: Column[Any]) -> Added | None:
    """Return what is known of a column that came later, or None of one that was there from the first."""
    found = column.info.get(ADDED)
    return found if isinstance(found, Added) else None


def columns_of(table: Table, revision: str) -> tuple[Column[Any], ...]:
    """Return the columns that a table has at a revision; at a newer one than ours, all that we know."""
    return tuple(column for column in table.columns if _since(column) <= revision)


def there(table: Table, revision: str) -> bool:
    """Tell whether a store of a revision has a table."""
    return str(table.info.get(SINCE, REVISIONS[0])) <= revision


def _since(column: Column[Any]) -> str:
    its, table = added(column), column.table
    return str(table.info.get(SINCE, REVISIONS[0])) if its is None else its.since


def fitted(row: Mapping[str, object], table: Table, revision: str, *, shown: str) -> dict[str, object]:
    """Return a row without the columns that the table doesn't have at a revision.

    Raises:
        SettingsError: If one of them holds what would be lost.
    """
    there = {column.name for column in columns_of(table, revision)}
    for column in table.columns:
        its = added(column)
        if column.name not in there and its is not None and not its.is_spare(row[column.name]):
            raise SettingsError(
                f"the store at {shown} has revision {revision}, and `{column.name}` of"
                f" {row['product']}/{row['partition']} can be kept from {its.since} on",
                hint=MIGRATE,
            )
    return {name: value for name, value in row.items() if name in there}


def completed(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """Return a row with what stands for the columns that it lacks, or that an older version left empty."""
    absent = {column.name: its.absent for column in table.columns if (its := added(column)) is not None}
    return {**row, **{name: value for name, value in absent.items() if row.get(name) is None}}
