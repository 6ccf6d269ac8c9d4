"""What policies have done and not undone, in a SQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from airflow_dataops.core.slo.policy import Action, PolicyAction
from airflow_dataops.store import tables
from airflow_dataops.store.levels.tables import LevelTables, insert

if TYPE_CHECKING:
    from airflow_dataops.store.database import Database


ACTION = tuple(column.name for column in tables.policy_action.columns)


class SqlPolicyActions:
    """Remembers what is in force.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database)

    def in_force(self, **where: str) -> tuple[PolicyAction, ...]:
        """Return what is in force, oldest first.

        Args:
            where: team, product: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c = tables.policy_action.c
        asked = select(tables.policy_action).order_by(c.since, c.team, c.product, c.action, c.subject)
        rows = self._tables.rows(asked, tables.policy_action, where, may=("team", "product"))
        return tuple(_action(row._asdict()) for row in rows)

    def enforce(self, action: PolicyAction) -> bool:
        """Remember that an action is in force; return whether it was not: only one evaluator acts.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
        """
        # Drivers differ in what they make of an enumeration.
        row = {name: getattr(action, name) for name in ACTION} | {"action": action.action.value}
        with self._tables.writing(tables.policy_action) as connection:
            statement = insert(connection, tables.policy_action).values(row).on_conflict_do_nothing()
            fresh = connection.execute(statement.returning(tables.policy_action.c.since))
            return fresh.first() is not None

    def lift(self, action: PolicyAction) -> bool:
        """Remember that an action is in force no more; return whether it was until now.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
        """
        c = tables.policy_action.c
        owner = (c.team == action.team, c.product == action.product)
        mine = (*owner, c.action == action.action.value, c.subject == action.subject)
        with self._tables.writing(tables.policy_action) as connection:
            return connection.execute(delete(tables.policy_action).where(*mine)).rowcount == 1


def _action(row: dict[str, Any]) -> PolicyAction:
    return PolicyAction(**row | {"action": Action(row["action"])})
