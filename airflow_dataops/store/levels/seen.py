"""What was seen of batches and runs, in a SQL database."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, or_, select, type_coerce, update
from sqlalchemy.types import NullType

from airflow_dataops.core.batch import Batch
from airflow_dataops.core.slo.observation import Observation, Sight, in_turn
from airflow_dataops.core.slo.run import Outcome, RunOutcome
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.store import tables
from airflow_dataops.store.levels.tables import LevelTables, insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Column, ColumnElement

    from airflow_dataops.core.slo.run import Retry
    from airflow_dataops.store.database import Database
    from airflow_dataops.usecases.ports.service_levels import Asked, Owner, Sights


RUN = tuple(column.name for column in tables.run_outcome.columns if column.name != "recorded")
ENDS = {end.value: end for end in Outcome}
SEEN = tuple(column.name for column in tables.observation.columns if column.name != "recorded")


class SqlSeen:
    """Remembers what was seen.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._tables = LevelTables(database)

    def ran(self, *outcomes: RunOutcome) -> None:
        """Remember what became of runs; of each, the first attempt stays.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If a time has no time zone.
        """
        in_order = sorted(outcomes, key=lambda one: one.ended.timestamp())
        rows = {(one.team, one.dag_id, one.run_id): one for one in in_order}
        firsts = {(one.team, one.dag_id, one.run_id): one.first for one in reversed(in_order)}
        with self._tables.writing(tables.run_outcome) as connection:
            if not rows:
                return
            statement = insert(connection, tables.run_outcome)
            c, told = tables.run_outcome.c, statement.excluded
            # Machines tell of what they heard when they can: the word on an earlier end may come later.
            new: dict[str, Any] = {
                name: case((told.ended >= c.ended, told[name]), else_=c[name])
                for name in RUN
                if name not in {"team", "dag_id", "run_id", "first"}
            }
            new["first"] = case((told.ended < c.ended, told.first), else_=c.first)
            new["recorded"] = func.current_timestamp()
            connection.execute(
                statement.on_conflict_do_update(index_elements=["team", "dag_id", "run_id"], set_=new),
                [
                    {name: getattr(one, name) for name in RUN} | {"first": firsts[key]}
                    for key, one in sorted(rows.items(), key=lambda each: each[0])
                ],
            )

    def retried(self, *retries: Retry) -> None:
        """Remember that the first attempt of runs failed that ended before their retries were heard of.

        Raises:
            BrokenWorldError: If the store can't be written.
            SettingsError: If the store has no tables for it.
            ValueError: If a time has no time zone.
        """
        c = tables.run_outcome.c
        with self._tables.writing(tables.run_outcome) as connection:
            for one in retries:
                mine = (c.team == one.team, c.dag_id == one.dag_id, c.run_id == one.run_id)
                tries = case((c.tries < one.try_number, one.try_number), else_=c.tries)
                changed = or_(c.first != Outcome.FAILED, c.tries < one.try_number)
                connection.execute(
                    update(tables.run_outcome)
                    .where(*mine, c.ended >= one.at, changed)
                    .values(first=Outcome.FAILED, tries=tries, recorded=func.current_timestamp())
                )

    def runs(self, *, since: datetime, **where: Asked) -> tuple[RunOutcome, ...]:
        """Return runs that ended at an instant or later, oldest first.

        Args:
            since: The instant, aware.
            where: team, dag_id: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c = tables.run_outcome.c
        asked = select(*(_raw(c[name]) for name in RUN)).where(c.ended >= since)
        rows = self._tables.rows(
            asked.order_by(c.ended, c.team, c.dag_id, c.run_id),
            tables.run_outcome,
            where,
            may=("team", "dag_id"),
        )
        return tuple(_runs(rows))

    def observations(self, *, since: datetime, **where: str) -> tuple[Observation, ...]:
        """Return what was seen at an instant or later, oldest first.

        Args:
            since: The instant, aware.
            where: team, product: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c = tables.observation.c
        keys = list(tables.observation.primary_key)
        asked = select(*(c[name] for name in SEEN)).where(c.at >= since).order_by(c.at, *keys)
        rows = self._tables.rows(asked, tables.observation, where, may=("team", "product"))
        return tuple(_observation(dict(zip(SEEN, row, strict=True))) for row in rows)

    def sights(self, *, since: datetime, **where: Asked) -> Mapping[Owner, Sights]:
        """Return what was seen at an instant or later.

        Args:
            since: The instant, aware.
            where: team, product: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        c = tables.observation.c
        names = ("team", "product", "dataset", "sli", "partition", "at", "good", "total", "value")
        asked = select(*(_raw(c[name]) for name in names)).where(c.at >= since)
        return _sights(self._tables.rows(asked, tables.observation, where, may=("team", "product")))

    def touched(self, *, since: datetime) -> Mapping[Owner, datetime]:
        """Return whose observations or runs the store took at an instant or later -> when it took the last.

        Args:
            since: The instant, aware.

        Raises:
            BrokenWorldError: If the store can't be read.
            SettingsError: If the store has no tables.
        """
        found: dict[Owner, datetime] = {}
        for table, name in ((tables.observation, "product"), (tables.run_outcome, "dag_id")):
            c = table.c
            newest = type_coerce(func.max(c.recorded), c.recorded.type)
            asked = select(c.team, c[name], newest).where(c.recorded >= since).group_by(c.team, c[name])
            for team, owner, at in self._tables.rows(asked, table):
                found[team, owner] = max(at, found.get((team, owner), at))
        return found


def _observation(row: dict[str, Any]) -> Observation:
    batch = Batch(**{name: row.pop(name) for name in tables.BATCH})
    return Observation(batch=batch, **row)


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column as the driver reads it: of many rows, types would take most of the time."""
    return type_coerce(column, NullType())


def _instant(raw: Any) -> datetime:  # noqa: ANN401 - a driver's: SQLite's keeps no times
    """Return an instant in UTC."""
    return datetime.fromisoformat(f"{raw}+00:00") if isinstance(raw, str) else raw.astimezone(UTC)


def _perhaps(raw: Any) -> datetime | None:  # noqa: ANN401 - as above
    return None if raw is None else _instant(raw)


def _runs(rows: Iterable[Any]) -> Iterator[RunOutcome]:
    for team, dag_id, run_id, partition, run_type, start, end, began, ended, first, final, tries in rows:
        yield RunOutcome(
            team=team,
            dag_id=dag_id,
            run_id=run_id,
            partition=partition,
            run_type=run_type,
            start=_perhaps(start),
            end=_perhaps(end),
            began=_perhaps(began),
            ended=_instant(ended),
            first=ENDS[first],
            final=ENDS[final],
            tries=tries,
        )


def _sights(rows: Iterable[Any]) -> Mapping[Owner, Sights]:
    flat: dict[tuple[str, str, str, str], dict[str, list[Sight]]] = {}
    for team, product, dataset, sli, partition, at, good, total, value in rows:
        key = (team, product, dataset, sli)
        of = flat.get(key)
        if of is None:
            of = flat[key] = {}
        sight = Sight(
            _instant(at), good, total, None if value is None or good is not None else _fraction(value)
        )
        others = of.get(partition)
        if others is None:
            of[partition] = [sight]
        else:
            others.append(sight)
            others.sort(key=in_turn)
    found: dict[Owner, dict[tuple[str, Sli], dict[str, list[Sight]]]] = {}
    for (team, product, dataset, sli), of in flat.items():
        found.setdefault((team, product), {})[dataset, Sli(sli)] = of
    return found


def _fraction(written: str) -> Fraction:
    above, _, below = written.partition("/")
    return Fraction(int(above), int(below))
