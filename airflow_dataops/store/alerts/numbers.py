"""Numbers that people call things by: 1, 2, 3, and none is given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.store.alerts.tables import numbered
from airflow_dataops.store.levels.tables import insert

if TYPE_CHECKING:
    from sqlalchemy import Connection


def next_numbers(connection: Connection, what: str, many: int) -> range:
    """Return the next numbers; nobody else is given any before the transaction ends.

    So what is numbered is seen in the order of its numbers, and none is missing where a transaction failed.

    Args:
        connection: A transaction that writes.
        what: What is numbered.
        many: How many numbers.
    """
    if not many:
        return range(0)
    statement = insert(connection, numbered).values(what=what, last=many)
    last: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["what"], set_={"last": numbered.c.last + statement.excluded.last}
        ).returning(numbered.c.last)
    ).scalar_one()
    return range(last - many + 1, last + 1)
