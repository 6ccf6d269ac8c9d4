"""Deciding about incidents in a SQL database: one process at a time, all of it or nothing."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from airflow_dataops.core.alerts.incident import Phase
from airflow_dataops.store import address, audits
from airflow_dataops.store.address import speaking_of
from airflow_dataops.store.alerts import tables as alert_tables
from airflow_dataops.store.alerts import timeline
from airflow_dataops.store.alerts.numbers import next_numbers
from airflow_dataops.store.alerts.posting import post
from airflow_dataops.store.alerts.shape import incident_of, logged_of, row_of
from airflow_dataops.store.levels.tables import LevelTables, insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Table

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.notification import Logged, Notification
    from airflow_dataops.store.database import Database
    from airflow_dataops.usecases.ports.alerts import Decided, Deciding

LOCK = int.from_bytes(b"alerts", "big")
"""The key of PostgreSQL's advisory lock, in the store's database, that who decides holds."""

AT_ONCE = 300
"""Keys of one statement."""


class SqlDecisions:
    """Decides about incidents.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database, what="alerts")

    @contextmanager
    def deciding(self) -> Iterator[Deciding]:
        """Open a transaction in which nobody else decides; what was kept is there when it ends well.

        On SQLite nobody else writes to the store meanwhile: neither must who decides, in any other way.

        Raises:
            BrokenWorldError: If the store can't be reached, or another process decides for too long.
            SettingsError: If the store has no tables for it.
        """
        place = self._tables.place
        with speaking_of(place, "written"):
            connection = self._tables.writer(alert_tables.incident).connect()
        # What isn't committed is gone when the connection is closed.
        with closing(connection):
            with speaking_of(place, "written"):
                connection.begin()
                keep_others_out(connection)
            yield SqlDeciding(connection, place)
            with speaking_of(place, "written"):
                connection.commit()


def keep_others_out(connection: Connection) -> None:
    """Have nobody else decide until a transaction ends. On SQLite, one that writes keeps out every writer."""
    if connection.dialect.name != "sqlite":
        wait = func.set_config("lock_timeout", f"{address.BUSY_TIMEOUT}s", True)  # noqa: FBT003
        connection.execute(select(wait))
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


class SqlDeciding:
    """What is remembered, while nobody else decides.

    Args:
        connection: The transaction.
        place: Where the store is, for messages.
    """

    def __init__(self, connection: Connection, place: address.Address) -> None:
        self._connection = connection
        self._place = place
        self._given: dict[str, int] = {}

    def incidents(self) -> tuple[Incident, ...]:
        """Return the incidents that are open, and those that some group's log still calls firing.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If a newer version wrote one.
        """
        c = alert_tables.incident.c
        firing = sorted({number for logged in self.logged() for number in logged.firing})
        found: dict[int, Incident] = {}
        with speaking_of(self._place, "read"):
            for some in (firing[:AT_ONCE], *_later(firing)):
                mine = or_(c.phase != Phase.RESOLVED, c.number.in_(some))
                rows = self._connection.execute(select(alert_tables.incident).where(mine))
                found |= {row.number: incident_of(row) for row in rows}
        return tuple(found[number] for number in sorted(found))

    def logged(self) -> tuple[Logged, ...]:
        """Return what receivers were told last.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If a newer version wrote one.
        """
        c = alert_tables.alert_log.c
        with speaking_of(self._place, "read"):
            rows = self._connection.execute(select(alert_tables.alert_log).order_by(c.group, c.receiver))
            return tuple(logged_of(row) for row in rows)

    def number(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
        """Return incidents with numbers: those that have none are given the next ones.

        Raises:
            BrokenWorldError: If the store can't be written.
        """
        with speaking_of(self._place, "written"):
            known = self._known(one.key for one in incidents if not one.number)
            new = list(dict.fromkeys(one.key for one in incidents if not one.number and one.key not in known))
            given = next_numbers(self._connection, "incident", len(new))
            self._given |= known | dict(zip(new, given, strict=True))
        return tuple(one if one.number else replace(one, number=self._given[one.key]) for one in incidents)

    def keep(self, decided: Decided) -> None:
        """Keep what was decided.

        Raises:
            BrokenWorldError: If the store can't be written.
            ValueError: If something is said of an incident that the store doesn't know.
        """
        incidents = self.number(decided.incidents)
        with speaking_of(self._place, "written"):
            self._replace(alert_tables.incident, [row_of(one) for one in incidents])
            numbers = self._numbers(decided) | {one.key: one.number for one in incidents}
            steps = (replace(step, number=_of(key, numbers)) for key, step in decided.steps)
            timeline.write(self._connection, steps)
            if any(0 in (*one.firing, *one.resolved) for one in decided.logged):
                raise ValueError("what receivers were told names an incident that has no number yet")
            self._replace(alert_tables.alert_log, [row_of(one) for one in decided.logged])
            audits.write(self._connection, *decided.audits)
            post(self._connection, [_named(one, numbers) for one in decided.notifications])

    def _numbers(self, decided: Decided) -> dict[str, int]:
        told = (message.key for one in decided.notifications for message in one.messages)
        return self._known((*(key for key, _ in decided.steps), *told))

    def _known(self, keys: Iterable[str]) -> dict[str, int]:
        c = alert_tables.incident.c
        wanted = set(keys)
        found = {key: number for key, number in self._given.items() if key in wanted}
        asked = sorted(wanted - set(found))
        for first in range(0, len(asked), AT_ONCE):
            some = select(c.key, c.number).where(c.key.in_(asked[first : first + AT_ONCE]))
            found |= {row.key: row.number for row in self._connection.execute(some)}
        return found

    def _replace(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        statement = insert(self._connection, table)
        keys = [column.name for column in table.primary_key]
        new = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), rows)


def _later(numbers: list[int]) -> list[list[int]]:
    return [numbers[first : first + AT_ONCE] for first in range(AT_ONCE, len(numbers), AT_ONCE)]


def _of(key: str, numbers: dict[str, int]) -> int:
    if key not in numbers:
        raise ValueError(f"the store knows no incident {key}")
    return numbers[key]


def _named(notification: Notification, numbers: dict[str, int]) -> Notification:
    """Return a notification with the numbers of the incidents that it tells of."""
    messages = tuple(
        replace(message, number=message.number or _of(message.key, numbers))
        for message in notification.messages
    )
    told = tuple(message.number for message in messages)
    return replace(notification, messages=messages, incidents=told or notification.incidents)
