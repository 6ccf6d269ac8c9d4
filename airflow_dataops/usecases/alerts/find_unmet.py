"""Find what service levels say is wrong now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts import unmet
from airflow_dataops.core.alerts.delivered import delivered
from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.slo.reckoning import reach
from airflow_dataops.usecases.alerts.alerting_scope import names, portions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.usecases.alerts.alerting_scope import Scope
    from airflow_dataops.usecases.ports.faults import Faults
    from airflow_dataops.usecases.ports.service_levels import Key, Levels, Owner


SETTLES = timedelta(seconds=2)
"""How long what happened in time may take to be written: so long nobody is woken for what isn't there."""


@dataclass(slots=True, kw_only=True)
class UnmetSearch:
    """A search for what isn't as it is promised.

    Args:
        levels: What was declared, what was seen, and how objectives stand; they are evaluated.
        faults: What was published.
        scope: What is looked at.
        warnings: What could not be told, one line each; it grows.
        unexpected: Partitions, each with an objective, of which nothing is expected now that was before; it
            grows.
    """

    levels: Levels
    faults: Faults
    scope: Scope
    warnings: list[str] = field(default_factory=list)
    unexpected: set[tuple[Where, str]] = field(default_factory=set)

    def signals(self, stood: Mapping[Key, Kept], incidents: Iterable[Incident]) -> Iterator[Signal]:
        """Yield what service levels of products say is wrong.

        Args:
            stood: How objectives stand, without their entries.
            incidents: Those that are open.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
        before: dict[Key, list[Signal]] = defaultdict(list)
        for incident in incidents:
            for one in incident.signals:
                before[(*incident.where[:2], one.slo)].append(one)
        wanted = self._wanted(stood, before)
        for some in portions(sorted(wanted)):
            slos = {objective.name for owner in some for objective in wanted[owner]}
            entries = self.levels.kept(**names(some, "product"), slo=tuple(slos))
            for owner in some:
                newest = self.scope.history[owner][-1]
                for objective in wanted[owner]:
                    key = (*owner, objective.name)
                    yield from self._of_objective(objective, newest, entries.get(key), before[key])

    def _wanted(
        self, stood: Mapping[Key, Kept], before: Mapping[Key, Sequence[Signal]]
    ) -> Mapping[Owner, Sequence[Objective]]:
        """Return products -> their objectives of which the entries are to be looked at."""
        found: dict[Owner, list[Objective]] = defaultdict(list)
        for owner, history in self.scope.history.items():
            for objective in history[-1].objectives:
                key = (*owner, objective.name)
                if before.get(key) or (key in stood and unmet.telling(objective, stood[key].standing)):
                    found[owner].append(objective)
        return found

    def _of_objective(
        self, objective: Objective, declaration: Declaration, kept: Kept | None, before: Sequence[Signal]
    ) -> Iterator[Signal]:
        try:
            if kept is None or not kept.entries:
                yield from self._held(objective, declaration, before)
            else:
                self._note_unexpected(objective, kept, before)
                yield from self._told(objective, declaration, kept)
        except (ArithmeticError, LookupError, ValueError) as error:
            # One whose window is none takes no other with it; its evaluation warns, too.
            self.warnings.append(
                f"{declaration.team}/{declaration.product}: {objective.name} can't be told of: {error}"
            )

    def _note_unexpected(self, objective: Objective, kept: Kept, before: Sequence[Signal]) -> None:
        """Note of what nothing is expected any more: its day is a holiday by now, or it is due later."""
        partitions = {entry.partition for entry in kept.entries}
        self.unexpected |= {
            (one.where, one.slo)
            for one in before
            if one.where.partition
            and one.kind is not Kind.BURNING
            and one.where.partition not in partitions
            and one.since > reach(objective, self.scope.now)
        }

    def _told(self, objective: Objective, declaration: Declaration, kept: Kept) -> Iterator[Signal]:
        floor = self.scope.floor((declaration.team, declaration.product))
        settled = self.scope.now - SETTLES
        told = tuple(entry for entry in kept.entries if floor < entry.at <= settled)
        yield from unmet.overdue(objective, declaration, told, now=self.scope.now)
        yield from unmet.burning(objective, declaration, kept, told)
        short = unmet.short(objective, told, now=self.scope.now)
        if short:
            yield from self._incomplete(objective, declaration, short)

    def _held(
        self, objective: Objective, declaration: Declaration, before: Sequence[Signal]
    ) -> Iterator[Signal]:
        """Yield what an objective said before that says nothing now: only a delivery ends it."""
        still = [one for one in before if one.since > reach(objective, self.scope.now)]
        if still:
            owner = (declaration.team, declaration.product)
            published = self.faults.published(since=min(one.since for one in still), of=[owner])
            its = delivered(published, ())
            still = [one for one in still if not its.after(one.where, one.since)]
        if still:
            self.warnings.append(
                f"{declaration.team}/{declaration.product}: it isn't known any more how {objective.name}"
                " stands, so what was wrong is taken to be wrong still"
            )
        yield from still

    def _incomplete(
        self, objective: Objective, declaration: Declaration, short: Sequence[Entry]
    ) -> Iterator[Signal]:
        team, product = declaration.team, declaration.product
        oldest = min(entry.at for entry in short)
        seen = self.levels.observations(since=oldest, team=team, product=product)
        published = delivered(self.faults.published(since=oldest, of=[(team, product)]), ())
        yield from unmet.incomplete(objective, declaration, short, seen, published.partitions)
