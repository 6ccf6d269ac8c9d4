"""Evaluate aside: by the same code and what was really seen, and nothing of it is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from airflow_dataops.core.slo.declaration import Stamp
from airflow_dataops.core.slo.newest import AHEAD, held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.observation import Observation, Sight
    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.slo.run import Retry, RunOutcome
    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.usecases.ports.service_levels import Asked, Key, Owner, ServiceLevels, Sights
    from airflow_dataops.usecases.ports.store import F, Fact


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that stands.

    Args:
        at: What it shows, aware.
    """

    at: datetime

    def now(self) -> datetime:
        """Return what it shows."""
        return self.at


@dataclass(slots=True)
class Unwritten:
    """Service levels as they are remembered; what is to be written is held here, and not remembered.

    Args:
        levels: What is remembered.
        found: What would have been kept.
    """

    levels: ServiceLevels
    found: dict[Key, Kept] = field(default_factory=dict)

    def declare(self, *declarations: Declaration) -> None:
        """Remember nothing."""

    def declared(self, **where: Asked) -> tuple[Declaration, ...]:
        """Return every declaration there was, oldest first."""
        return self.levels.declared(**where)

    def stamps(self) -> Mapping[Owner, Stamp]:
        """Return of every product what tells whether its declarations are as they were."""
        return self.levels.stamps()

    def ran(self, *outcomes: RunOutcome) -> None:
        """Remember nothing."""

    def retried(self, *retries: Retry) -> None:
        """Remember nothing."""

    def runs(self, *, since: datetime, **where: Asked) -> tuple[RunOutcome, ...]:
        """Return runs that ended at an instant or later, oldest first."""
        return self.levels.runs(since=since, **where)

    def observations(self, *, since: datetime, **where: str) -> tuple[Observation, ...]:
        """Return what was seen at an instant or later, oldest first."""
        return self.levels.observations(since=since, **where)

    def sights(self, *, since: datetime, **where: Asked) -> Mapping[Owner, Sights]:
        """Return what was seen at an instant or later."""
        return self.levels.sights(since=since, **where)

    def touched(self, *, since: datetime) -> Mapping[Owner, datetime]:
        """Return whose observations or runs the store took at an instant or later."""
        return self.levels.touched(since=since)

    def kept(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return how objectives stood when they were evaluated last."""
        return self.levels.kept(**where)

    def stood(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return the same without the entries."""
        return self.levels.stood(**where)

    def keep(self, *kept: Kept) -> None:
        """Hold how objectives stand."""
        self.found |= {(one.standing.team, one.standing.product, one.standing.slo): one for one in kept}

    def drop(self, *keys: Key) -> None:
        """Forget nothing."""

    def in_force(self, **where: str) -> tuple[PolicyAction, ...]:
        """Return what policies have done."""
        return self.levels.in_force(**where)

    def enforce(self, action: PolicyAction) -> bool:  # noqa: ARG002 - nothing is done aside
        """Do nothing."""
        return False

    def lift(self, action: PolicyAction) -> bool:  # noqa: ARG002 - as above
        """Do nothing."""
        return False


@dataclass(slots=True)
class Aside(Unwritten):
    """Service levels as they were known at an instant, with objectives of one's own.

    Args:
        at: The instant, aware: what was seen, ran or was declared later is not known.
        now: The present, aware: what is declared of an instant that is still to come doesn't count.
        change: Returns a declaration as it is evaluated here.
        instead: Team and product -> what is declared, in place of what is remembered.
        outcomes: Team and DAG -> its runs, oldest first, in place of those that are remembered.
    """

    at: datetime = field(kw_only=True)
    now: datetime = field(kw_only=True)
    change: Callable[[Declaration], Declaration] = field(kw_only=True)
    instead: Mapping[Owner, Declaration] = field(default_factory=dict, kw_only=True)
    outcomes: Mapping[Owner, Sequence[RunOutcome]] = field(default_factory=dict, kw_only=True)

    def declared(self, **where: Asked) -> tuple[Declaration, ...]:
        """Return the declarations that there were by then, or the first one, as they are evaluated here.

        The first one may have been declared after that instant: it is dated so that it counts.
        """
        found = (self.change(one) for one in self.histories(**where))
        return tuple(replace(one, since=min(one.since, self.at + AHEAD)) for one in found)

    def histories(self, **where: Asked) -> tuple[Declaration, ...]:
        """Return the same as they were declared."""
        first: dict[Owner, Declaration] = {}
        found = []
        for one in held(self.levels.declared(**where), self.now):
            owner = (one.team, one.product)
            if owner not in self.instead and (one.since <= self.at or owner not in first):
                found.append(one)
            first.setdefault(owner, one)
        found += [
            one
            for one in self.instead.values()
            if _is(where.get("team"), one.team) and _is(where.get("product"), one.product)
        ]
        return tuple(found)

    def stamps(self) -> Mapping[Owner, Stamp]:
        """Return of every product what it depends on; its declarations are never as they were."""
        found = dict(self.levels.stamps())
        for owner, one in self.instead.items():
            found[owner] = Stamp("", one.expectation.upstreams, since=one.since, reads=one.expectation.reads)
        return found

    def runs(self, *, since: datetime, **where: Asked) -> tuple[RunOutcome, ...]:
        """Return runs that had ended by then."""
        known = [run for run in self.levels.runs(since=since, **where) if self._own(run)]
        known += [
            run
            for (team, dag_id), runs in self.outcomes.items()
            if _is(where.get("team"), team) and _is(where.get("dag_id"), dag_id)
            for run in runs
            if run.ended >= since
        ]
        return tuple(sorted((run for run in known if run.ended <= self.at), key=lambda run: run.ended))

    def _own(self, run: RunOutcome) -> bool:
        return (run.team, run.dag_id) not in self.outcomes

    def sights(self, *, since: datetime, **where: Asked) -> Mapping[Owner, Sights]:
        """Return what had been seen by then."""
        return {
            owner: {
                of: {partition: self._known(seen) for partition, seen in its.items()}
                for of, its in sights.items()
            }
            for owner, sights in self.levels.sights(since=since, **where).items()
        }

    def _known(self, seen: Sequence[Sight]) -> Sequence[Sight]:
        return seen if not seen or seen[-1].at <= self.at else [one for one in seen if one.at <= self.at]

    def observations(self, *, since: datetime, **where: str) -> tuple[Observation, ...]:
        """Return what had been seen by then, oldest first."""
        return tuple(one for one in self.levels.observations(since=since, **where) if one.at <= self.at)

    def touched(self, *, since: datetime) -> Mapping[Owner, datetime]:  # noqa: ARG002 - all is made anew
        """Return nothing: nothing was kept, so all is made anew."""
        return {}

    def kept(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return what was found here."""
        return self.found

    def stood(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return nothing: no objective was evaluated before."""
        return {}


class NoStore:
    """A store that forgets at once: an evaluation aside repairs nothing."""

    def record(self, *facts: Fact) -> None:
        """Remember nothing."""

    def facts(self, kind: type[F], **where: str) -> tuple[F, ...]:  # noqa: ARG002 - there are none
        """Return nothing."""
        return ()

    def newest(self, **where: str) -> tuple[Batch, ...]:
        """Return nothing."""
        return ()

    def broken(self, **where: str) -> tuple[Verification, ...]:
        """Return nothing."""
        return ()


def _is(asked: Asked | None, name: str) -> bool:
    return asked is None or name == asked or (isinstance(asked, tuple) and name in asked)
