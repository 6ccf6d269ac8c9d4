"""Read what some products declared, what is expected of them, and what was seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.evaluation import concerned, until_of
from airflow_dataops.core.slo.look_back import look_back
from airflow_dataops.core.slo.newest import held, left_out
from airflow_dataops.core.slo.reckoning import reach
from airflow_dataops.core.slo.run_sights import RUN_SLIS, run_sights
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.slots import Calendar
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.expectation import Slot
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Sight
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.slo.slots import Due
    from airflow_dataops.usecases.ports.service_levels import Asked, Owner, ServiceLevels, Sights
    from airflow_dataops.usecases.ports.timetable import Timetable

EARLIEST = datetime.min.replace(tzinfo=UTC)

DAY = timedelta(days=1)
"""How long before its interval has ended something may be seen, by a clock that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one product.

    Args:
        history: Its declarations, oldest first; the newest has objectives.
        slots: What is expected of it, in the order in which it can be delivered.
        seen: What was seen of its batches.
        ended: Indicator -> partition -> what its runs say.
    """

    history: Sequence[Declaration]
    slots: Sequence[Slot]
    seen: Sights
    ended: Mapping[Sli, Mapping[str, Sequence[Sight]]]

    @property
    def newest(self) -> Declaration:
        """What it declares now."""
        return self.history[-1]

    def sights(self, objective: Objective) -> Mapping[str, Sequence[Sight]]:
        """Return partition -> what was seen of it by the indicator of an objective."""
        if objective.sli in RUN_SLIS:
            return self.ended.get(objective.sli, {})
        return self.seen.get((objective.dataset or self.newest.dataset, objective.sli), {})


@dataclass(slots=True)
class Reader:
    """Reads what an evaluation needs to know.

    Args:
        levels: What is remembered of service levels.
        timetable: Knows when schedules are due.
        now: The instant, in UTC.
        warnings: What could not be told, one line each; it grows.
    """

    levels: ServiceLevels
    timetable: Timetable
    now: datetime
    warnings: list[str] = field(default_factory=list)
    _due: dict[tuple[datetime, datetime], Due] = field(default_factory=dict)

    def read(self, owners: Mapping[Owner, Iterable[Owner]]) -> Iterator[Known]:
        """Yield what is known of products that promise something.

        Args:
            owners: The products, each with itself and its upstreams.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        declared = self._declared({one for each in owners.values() for one in each})
        sound = [owner for owner in owners if owner in declared and self._sound(declared[owner][-1])]
        runs = self._runs(sound, declared)
        slots = self._slots(sound, declared, runs)
        sights = self._sights(sound, declared, slots)
        for owner in sound:
            yield Known(
                history=declared[owner],
                slots=slots[owner],
                seen=sights.get(owner, {}),
                ended=_ended(owner, slots[owner], runs, sights.get(owner, {})),
            )

    def _sound(self, newest: Declaration) -> bool:
        """Return whether a product has objectives whose windows can be told; say so where they can't."""
        if not newest.objectives:
            return False
        called = f"{newest.team}/{newest.product}"
        try:
            self._reach(newest)
        except (ValueError, LookupError, ArithmeticError) as error:
            self.warnings.append(f"{called}: a window of its objectives is none: {error}")
            return False
        if not newest.expectation.known:
            self.warnings.append(
                f"{called}: it isn't known what is expected of it, so nothing is counted: say so with"
                " `expected:`"
            )
        return True

    def _declared(self, wanted: Collection[Owner]) -> Mapping[Owner, list[Declaration]]:
        """Return the declarations of products that count, and say which don't."""
        known = [
            one
            for one in self.levels.declared(**_names(wanted, "product"))
            if (one.team, one.product) in wanted
        ]
        for line in left_out(known, self.now).values():
            if line not in self.warnings:
                self.warnings.append(line)
        found: dict[Owner, list[Declaration]] = defaultdict(list)
        for one in held(known, self.now):
            found[one.team, one.product].append(one)
        return found

    def _runs(
        self, owners: Iterable[Owner], declared: Mapping[Owner, Sequence[Declaration]]
    ) -> Mapping[Owner, Sequence[RunOutcome]]:
        """Return the runs of products whose objectives, or whose expectation, speak of them."""
        found: dict[Owner, list[RunOutcome]] = {
            owner: [] for owner, history in declared.items() if _of_runs(history)
        }
        if not found:
            return found
        since = min((self._reach(declared[owner][-1])[0] for owner in owners), default=self.now)
        for run in self.levels.runs(since=since, **_names(found, "dag_id")):
            if (run.team, run.dag_id) in found:
                found[run.team, run.dag_id].append(run)
        return found

    def _reach(self, newest: Declaration) -> tuple[datetime, datetime]:
        """Return from when and until when deliveries of a product are of interest."""
        until = max(until_of(objective, self.now) for objective in newest.objectives)
        return look_back(newest, self.now), until

    def _slots(
        self,
        owners: Iterable[Owner],
        declared: Mapping[Owner, Sequence[Declaration]],
        runs: Mapping[Owner, Sequence[RunOutcome]],
    ) -> Mapping[Owner, Sequence[Slot]]:
        """Return what is expected of each product; those whose windows are alike share a calendar."""
        calendars: dict[tuple[datetime, datetime], Calendar] = {}
        found: dict[Owner, Sequence[Slot]] = {}
        for owner in owners:
            since, until = self._reach(declared[owner][-1])
            calendar = calendars.setdefault(
                (since, until),
                Calendar(
                    declared=declared,
                    intervals=self.timetable.intervals,
                    since=since,
                    until=until,
                    ran=runs,
                    warnings=self.warnings,
                    due=self._due.setdefault((since, until), {}),
                ),
            )
            try:
                found[owner] = calendar.slots(owner)
            except (SettingsError, ArithmeticError) as error:
                # One that can't be told takes no other with it.
                self.warnings.append(f"{'/'.join(owner)}: it isn't known what is expected of it: {error}")
                found[owner] = ()
        return found

    def _sights(
        self,
        owners: Iterable[Owner],
        declared: Mapping[Owner, Sequence[Declaration]],
        slots: Mapping[Owner, Sequence[Slot]],
    ) -> Mapping[Owner, Sights]:
        """Return what was seen of products, as far back as something is of interest."""
        firsts = {
            owner: min(first)
            for owner in owners
            if (first := [self._first(one, slots[owner]) for one in declared[owner][-1].objectives])
        }
        if not firsts:
            return {}
        return self.levels.sights(since=min(firsts.values()), **_names(firsts, "product"))

    def _first(self, objective: Objective, slots: Sequence[Slot]) -> datetime:
        since = reach(objective, self.now)
        some = concerned(objective, slots, since)
        first = min(some[0].end, since) if some else since
        return first - DAY if some and first - EARLIEST > DAY else first


def _ended(
    owner: Owner, slots: Sequence[Slot], runs: Mapping[Owner, Sequence[RunOutcome]], sights: Sights
) -> Mapping[Sli, Mapping[str, Sequence[Sight]]]:
    """Return what runs of a product say, where something asks for them."""
    if owner not in runs:
        return {}
    return run_sights(slots, runs[owner], sights.get((owner[1], Sli.SUCCESS)))


def _of_runs(history: Sequence[Declaration]) -> bool:
    return any(its.expectation.runs for its in history) or any(
        objective.sli in RUN_SLIS for objective in history[-1].objectives
    )


def _names(owners: Collection[Owner], name: str) -> dict[str, Asked]:
    """Return what products are asked for by."""
    return {"team": tuple({team for team, _ in owners}), name: tuple({product for _, product in owners})}
