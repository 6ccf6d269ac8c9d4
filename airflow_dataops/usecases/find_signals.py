"""Find out what is wrong now, of all products.

Only what is wrong is read, no further back than it counts, and the rest of the products that it is about.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts import undone, unmet
from airflow_dataops.core.alerts.delivered import delivered
from airflow_dataops.core.alerts.why_over import LOOK_BACK
from airflow_dataops.core.slo.reckoning import reach
from airflow_dataops.usecases.alerting_graph import upstreams_of, with_readers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.delivered import Delivered
    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.usecases.alert_ports import Reports
    from airflow_dataops.usecases.signal_ports import Faults, Levels
    from airflow_dataops.usecases.slo_ports import Owner

AT_ONCE = 300
"""Products that are asked for at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong now, and what is known of the products that it is about.

    Args:
        signals: What is wrong.
        declared: Product -> what it declares now: those that something is wrong with, and all that read them.
        upstreams: Product -> those that it reads, directly; of all products.
        warnings: What could not be told, one line each.
    """

    signals: tuple[Signal, ...]
    declared: Mapping[Owner, Declaration]
    upstreams: Mapping[Owner, tuple[Owner, ...]]
    warnings: tuple[str, ...] = ()


def find_signals(
    *,
    levels: Levels,
    faults: Faults,
    reports: Reports,
    now: datetime,
    since: datetime,
    incidents: Iterable[Incident] = (),
) -> Found:
    """Return what is wrong now.

    What was due, judged or ended before alerting was set up, or before its product was declared, is no news.

    Args:
        levels: What was declared, what was seen, and how objectives stand; they are evaluated.
        faults: What went wrong.
        reports: What callbacks reported.
        now: The instant, aware.
        since: When alerting was set up, aware.
        incidents: Those that are open.

    Raises:
        BrokenWorldError: If the store can't be read.
        SettingsError: If the store has no tables, or a newer version wrote what is declared.
    """
    first = max(since, now - LOOK_BACK)
    facts = _Facts(
        verdicts=faults.refused(since=first),
        runs=faults.failed(since=first),
        losses=faults.lost(since=first),
        words=reports.reported(since=first),
    )
    upstreams = upstreams_of(levels.stamps())
    open_ones = tuple(one for one in incidents if one.open)
    poor = {key[:2] for key, kept in levels.stood().items() if _poor(kept)}
    poor |= {one.where[:2] for one in open_ones}
    about = sorted(poor | facts.owners)
    history = _declared(levels, with_readers(about, upstreams))
    search = _Search(levels=levels, faults=faults, now=now, first=first, since=since, history=history)
    found = (*search.of_levels(sorted(poor), open_ones), *search.of_facts(facts))
    return Found(
        signals=tuple(found),
        declared={owner: its[-1] for owner, its in history.items()},
        upstreams=upstreams,
        warnings=tuple(search.warnings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What went wrong, as it was read."""

    verdicts: tuple[Verification, ...]
    runs: tuple[RunOutcome, ...]
    losses: tuple[tuple[Publication, int], ...]
    words: tuple[Reported, ...]

    @property
    def owners(self) -> set[Owner]:
        """The products that it is about."""
        batches = [*(one.batch for one in self.verdicts), *(one.batch for one, _ in self.losses)]
        return {
            *((one.team, one.product) for one in batches),
            *((one.team, one.dag_id) for one in self.runs),
            *((one.where.team, one.where.product) for one in self.words),
        }


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search for what is wrong."""

    levels: Levels
    faults: Faults
    now: datetime
    first: datetime
    since: datetime
    history: Mapping[Owner, Sequence[Declaration]]
    warnings: list[str] = field(default_factory=list)

    def of_levels(self, owners: Iterable[Owner], incidents: Sequence[Incident]) -> Iterator[Signal]:
        """Yield what service levels of products say is wrong."""
        known: dict[Owner, list[Signal]] = defaultdict(list)
        for incident in incidents:
            known[incident.where[:2]] += [one for one in incident.signals if one.slo]
        for some in _some([owner for owner in owners if owner in self.history]):
            stood = self.levels.kept(**_names(some, "product"))
            for owner in some:
                newest = self.history[owner][-1]
                for objective in newest.objectives:
                    kept = stood.get((*owner, objective.name))
                    before = [one for one in known[owner] if one.slo == objective.name]
                    yield from self._of_objective(objective, newest, kept, before)

    def _of_objective(
        self, objective: Objective, declaration: Declaration, kept: Kept | None, before: Sequence[Signal]
    ) -> Iterator[Signal]:
        try:
            if kept is None or not kept.entries:
                yield from self._held(objective, declaration, before)
            else:
                yield from self._told(objective, declaration, kept)
        except (ArithmeticError, LookupError, ValueError) as error:
            # One whose window is none takes no other with it; its evaluation warns, too.
            self.warnings.append(
                f"{declaration.team}/{declaration.product}: {objective.name} can't be told of: {error}"
            )

    def _told(self, objective: Objective, declaration: Declaration, kept: Kept) -> Iterator[Signal]:
        floor = self._floor((declaration.team, declaration.product))
        told = tuple(entry for entry in kept.entries if floor < entry.at <= self.now)
        yield from unmet.overdue(objective, declaration, told, now=self.now)
        yield from unmet.burning(objective, declaration, kept, told)
        short = unmet.short(objective, told, now=self.now)
        if short:
            yield from self._incomplete(objective, declaration, short)

    def _held(
        self, objective: Objective, declaration: Declaration, before: Sequence[Signal]
    ) -> Iterator[Signal]:
        """Yield what an objective said before that says nothing now: that isn't that all is well."""
        still = [one for one in before if one.since > reach(objective, self.now)]
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

    def of_facts(self, facts: _Facts) -> Iterator[Signal]:
        """Yield what facts say is wrong that nothing has mended since."""
        owners = facts.owners
        if not owners:
            return
        its = self._delivered(owners)
        runs = [(self._for(run), run) for run in facts.runs]
        for signal in (
            *undone.refused(facts.verdicts, its),
            *undone.failed(runs, its),
            *undone.lost(facts.losses, its),
            *undone.reported(facts.words, its),
        ):
            if self._floor(signal.where[:2]) < signal.since <= self.now:
                yield signal

    def _delivered(self, owners: Collection[Owner]) -> Delivered:
        published = self.faults.published(since=self.first, of=owners)
        runs = (
            run
            for some in _some(sorted(owners))
            for run in self.levels.runs(since=self.first, **_names(some, "dag_id"))
            if (run.team, run.dag_id) in owners
        )
        return delivered(published, ((self._for(run), run) for run in runs))

    def _for(self, run: RunOutcome) -> Where:
        history = self.history.get((run.team, run.dag_id))
        return undone.run_for(run, history[-1] if history else None)

    def _floor(self, owner: Owner) -> datetime:
        """Return the instant up to which nothing of a product is told."""
        history = self.history.get(owner)
        return max(self.since, history[0].since) if history else self.since


def _poor(kept: Kept) -> bool:
    """Return whether an objective has anything bad, in its window or in those of its alerts."""
    its = kept.standing
    return its.bad > 0 or any(burn.firing or burn.long for burn in its.burns)


def _declared(levels: Levels, owners: Sequence[Owner]) -> Mapping[Owner, Sequence[Declaration]]:
    found: dict[Owner, list[Declaration]] = defaultdict(list)
    for some in _some(owners):
        for one in levels.declared(**_names(some, "product")):
            if (one.team, one.product) in some:
                found[one.team, one.product].append(one)
    return dict(found)


def _some(owners: Sequence[Owner]) -> Iterator[Sequence[Owner]]:
    """Yield products, so many at a time."""
    for first in range(0, len(owners), AT_ONCE):
        yield owners[first : first + AT_ONCE]


def _names(owners: Iterable[Owner], name: str) -> dict[str, tuple[str, ...]]:
    some = tuple(owners)
    return {"team": tuple({team for team, _ in some}), name: tuple({product for _, product in some})}
