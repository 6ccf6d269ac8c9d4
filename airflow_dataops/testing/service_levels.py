"""Service levels that are remembered as long as they live, for tests: yours, and those of this package."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.declaration import Stamp
from airflow_dataops.core.slo.observation import Observation, Sight, in_turn
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.testing.store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.slo.run import Retry, RunOutcome
    from airflow_dataops.core.slo.sli import Sli
    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.usecases.ports.service_levels import Asked, Key, Owner, Sights

AHEAD = timedelta(hours=1)
"""By how much another evaluator may have been faster; what is later still is from a clock that was wrong."""

ALWAYS = datetime.max.replace(tzinfo=UTC)
"""It has no clock, so all that was seen may be new."""


class MemoryServiceLevels:
    """Remembers service levels as long as it lives. It answers as `SqlServiceLevels` does.

    Args:
        store: Where observations are recorded.
    """

    def __init__(self, store: MemoryStore | None = None) -> None:
        self._store = MemoryStore() if store is None else store
        self._declarations: dict[tuple[str, str, datetime], Declaration] = {}
        self._runs: dict[Key, RunOutcome] = {}
        self._kept: dict[Key, Kept] = {}
        self._actions: dict[tuple[str, ...], PolicyAction] = {}

    def declare(self, *declarations: Declaration) -> None:
        """Remember declarations; one that says what the one before it says changes nothing.

        Raises:
            ValueError: If a time has no time zone.
        """
        _refuse_naive(one.since for one in declarations)
        for declaration in sorted(declarations, key=lambda one: one.since):
            mine = self.declared(team=declaration.team, product=declaration.product)
            before = [one for one in mine if one.since <= declaration.since]
            if not before or before[-1].said != declaration.said:
                key = (declaration.team, declaration.product, declaration.since)
                self._declarations.setdefault(key, declaration)

    def declared(self, **where: Asked) -> tuple[Declaration, ...]:
        """Return every declaration there was, oldest first.

        Args:
            where: team, product: each must be equal, or one of several.
        """
        _known(where, "team", "product")
        found = (one for one in self._declarations.values() if _matches(one, where))
        return tuple(sorted(found, key=lambda one: (one.since, one.team, one.product)))

    def stamps(self) -> Mapping[Owner, Stamp]:
        """Return of every product what tells whether its declarations are as they were."""
        found: dict[Owner, list[Declaration]] = defaultdict(list)
        for one in self.declared():
            found[one.team, one.product].append(one)
        return {
            owner: Stamp(
                repr([one.said for one in history]),
                tuple(sorted({name for one in history for name in one.expectation.upstreams})),
                bool(history[-1].objectives),
                history[-1].since,
                tuple(sorted({name for one in history for name in one.expectation.reads})),
            )
            for owner, history in found.items()
        }

    def ran(self, *outcomes: RunOutcome) -> None:
        """Remember what became of runs; of each, the first attempt stays.

        Raises:
            ValueError: If a time has no time zone.
        """
        _refuse_naive(at for one in outcomes for at in (one.start, one.end, one.began, one.ended))
        for outcome in outcomes:
            key = (outcome.team, outcome.dag_id, outcome.run_id)
            earlier, later = sorted([self._runs.get(key, outcome), outcome], key=lambda one: one.ended)
            self._runs[key] = replace(later, first=earlier.first)

    def retried(self, *retries: Retry) -> None:
        """Remember that the first attempt of runs failed that ended before their retries were heard of."""
        for one in retries:
            key = (one.team, one.dag_id, one.run_id)
            run = self._runs.get(key)
            if run is not None and run.ended >= one.at:
                tries = max(run.tries, one.try_number)
                self._runs[key] = replace(run, first=Outcome.FAILED, tries=tries)

    def runs(self, *, since: datetime, **where: Asked) -> tuple[RunOutcome, ...]:
        """Return runs that ended at an instant or later, oldest first.

        Args:
            since: The instant, aware.
            where: team, dag_id: each must be equal, or one of several.
        """
        _known(where, "team", "dag_id")
        found = (one for one in self._runs.values() if one.ended >= since and _matches(one, where))
        return tuple(sorted(found, key=lambda one: (one.ended, one.team, one.dag_id, one.run_id)))

    def observations(self, *, since: datetime, **where: Asked) -> tuple[Observation, ...]:
        """Return what was seen at an instant or later, oldest first.

        Args:
            since: The instant, aware.
            where: team, product: each must be equal.
        """
        _known(where, "team", "product")
        return tuple(
            one for one in self._store.facts(Observation) if one.at >= since and _matches(one.batch, where)
        )

    def sights(self, *, since: datetime, **where: Asked) -> Mapping[Owner, Sights]:
        """Return what was seen at an instant or later.

        Args:
            since: The instant, aware.
            where: team, product: each must be equal, or one of several.
        """
        found: dict[Owner, dict[tuple[str, Sli], dict[str, list[Sight]]]] = {}
        for one in self.observations(since=since, **where):
            its = found.setdefault((one.batch.team, one.batch.product), {})
            of = its.setdefault((one.batch.dataset, one.sli), {})
            value = one.value if one.good is None else None
            others = of.setdefault(one.batch.partition, [])
            others.append(Sight(one.at, one.good, one.total, value))
            others.sort(key=in_turn)
        return found

    def touched(self, *, since: datetime) -> Mapping[Owner, datetime]:  # noqa: ARG002 - it has no clock
        """Return whose observations or runs there are: all of them may be new."""
        seen = {(one.batch.team, one.batch.product): ALWAYS for one in self._store.facts(Observation)}
        return seen | {(one.team, one.dag_id): ALWAYS for one in self._runs.values()}

    def kept(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return (team, product, objective) -> how it stood when it was evaluated last.

        Args:
            where: team, product, slo: each must be equal, or one of several.
        """
        _known(where, "team", "product", "slo")
        return {key: one for key, one in self._kept.items() if _matches(one.standing, where)}

    def stood(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return the same without the entries.

        Args:
            where: As of `kept`.
        """
        return {key: replace(one, entries=()) for key, one in self.kept(**where).items()}

    def keep(self, *kept: Kept) -> None:
        """Replace how objectives stand, unless another evaluator has kept what is newer."""
        for one in kept:
            key = (one.standing.team, one.standing.product, one.standing.slo)
            old = self._kept.get(key)
            if old is None or not one.standing.at < old.standing.at <= one.standing.at + AHEAD:
                self._kept[key] = one

    def drop(self, *keys: Key) -> None:
        """Forget how objectives stand that are promised no more."""
        for key in keys:
            self._kept.pop(key, None)

    def in_force(self, **where: str) -> tuple[PolicyAction, ...]:
        """Return what is in force, oldest first.

        Args:
            where: team, product: each must be equal.
        """
        _known(where, "team", "product")
        found = (one for one in self._actions.values() if _matches(one, where))
        return tuple(sorted(found, key=lambda one: (one.since, *_action_key(one))))

    def enforce(self, action: PolicyAction) -> bool:
        """Remember that an action is in force; return whether it was not: only one evaluator acts.

        Raises:
            ValueError: If a time has no time zone.
        """
        _refuse_naive([action.since])
        fresh = _action_key(action) not in self._actions
        self._actions.setdefault(_action_key(action), action)
        return fresh

    def lift(self, action: PolicyAction) -> bool:
        """Remember that an action is in force no more; return whether it was until now."""
        return self._actions.pop(_action_key(action), None) is not None


def _action_key(action: PolicyAction) -> tuple[str, ...]:
    return (action.team, action.product, action.action, action.subject)


def _matches(one: object, where: Mapping[str, Asked]) -> bool:
    return all(
        getattr(one, name) in (value if isinstance(value, tuple) else (value,))
        for name, value in where.items()
    )


def _known(where: Mapping[str, Asked], *may: str) -> None:
    unknown = sorted(set(where) - set(may))
    if unknown:
        raise ValueError(f"service levels are not found by {unknown[0]!r}, only by {', '.join(may)}")


def _refuse_naive(times: Iterable[datetime | None]) -> None:
    if any(at is not None and at.utcoffset() is None for at in times):
        raise ValueError("the store takes no time without a time zone")
