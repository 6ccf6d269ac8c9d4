"""Who remembers service levels: small roles, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration, Stamp
    from airflow_dataops.core.slo.observation import Observation, Sight
    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.slo.run import Retry, RunOutcome
    from airflow_dataops.core.slo.sli import Sli
    from airflow_dataops.core.slo.standing import Kept

Owner = tuple[str, str]
"""Team and product, or team and DAG."""

Key = tuple[str, str, str]
"""Team, product and objective."""

Asked = str | tuple[str, ...]
"""What a column must be: this, or one of these."""

Sights = Mapping[tuple[str, "Sli"], Mapping[str, Sequence["Sight"]]]
"""Dataset and indicator -> partition -> what was seen of it, oldest first."""


class Declarations(Protocol):
    """Remembers what products declare of their service levels."""

    def declare(self, *declarations: Declaration) -> None:
        """Remember declarations; one that says what the newest of its product says changes nothing.

        Raises:
            BrokenWorldError: If the store can't be written.
        """
        ...

    def declared(self, **where: Asked) -> tuple[Declaration, ...]:
        """Return every declaration there was, oldest first.

        Args:
            where: team, product: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def stamps(self) -> Mapping[Owner, Stamp]:
        """Return of every product what tells whether its declarations are as they were.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...


class Seen(Protocol):
    """Remembers what was seen: observations by `Store.record`, and runs by this."""

    def ran(self, *outcomes: RunOutcome) -> None:
        """Remember what became of runs; of each, the first attempt stays.

        Raises:
            BrokenWorldError: If the store can't be written.
        """
        ...

    def retried(self, *retries: Retry) -> None:
        """Remember that the first attempt of runs failed that ended before their retries were heard of.

        Raises:
            BrokenWorldError: If the store can't be written.
        """
        ...

    def runs(self, *, since: datetime, **where: Asked) -> tuple[RunOutcome, ...]:
        """Return runs that ended at an instant or later, oldest first.

        Args:
            since: The instant, aware.
            where: team, dag_id: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def observations(self, *, since: datetime, **where: str) -> tuple[Observation, ...]:
        """Return what was seen at an instant or later, oldest first.

        Args:
            since: The instant, aware.
            where: team, product: each must be equal.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...


class Sightings(Protocol):
    """Tells an evaluation what was seen: of many products at once, and what is new."""

    def sights(self, *, since: datetime, **where: Asked) -> Mapping[Owner, Sights]:
        """Return what was seen at an instant or later.

        Args:
            since: The instant, aware.
            where: team, product: each must be equal, or one of several.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...

    def touched(self, *, since: datetime) -> Mapping[Owner, datetime]:
        """Return whose observations or runs the store took at an instant or later -> when it took the last.

        That is by the clock of the store: what was seen long ago may have been written only now.

        Args:
            since: The instant, aware.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        ...


class Standings(Protocol):
    """Remembers how objectives stand, so that the next evaluation need not begin anew. It may be lost."""

    def kept(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return (team, product, objective) -> how it stood when it was evaluated last.

        Args:
            where: team, product, slo: each must be equal, or one of several.
        """
        ...

    def stood(self, **where: Asked) -> Mapping[Key, Kept]:
        """Return the same without the entries, which are most of it."""
        ...

    def keep(self, *kept: Kept) -> None:
        """Replace how objectives stand, unless another evaluator has kept what is newer."""
        ...

    def drop(self, *keys: Key) -> None:
        """Forget how objectives stand that are promised no more."""
        ...


class PolicyActions(Protocol):
    """Remembers what policies have done and not undone."""

    def in_force(self, **where: str) -> tuple[PolicyAction, ...]:
        """Return what is in force, oldest first.

        Args:
            where: team, product: each must be equal.
        """
        ...

    def enforce(self, action: PolicyAction) -> bool:
        """Remember that an action is in force; return whether it was not: only one evaluator acts."""
        ...

    def lift(self, action: PolicyAction) -> bool:
        """Remember that an action is in force no more; return whether it was until now."""
        ...


class ServiceLevels(Declarations, Seen, Sightings, Standings, PolicyActions, Protocol):
    """All that is remembered of service levels."""


class Levels(Declarations, Seen, Standings, Protocol):
    """What was declared, what was seen, and how objectives stand."""
