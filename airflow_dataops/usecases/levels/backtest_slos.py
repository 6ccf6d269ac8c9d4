"""Replay objectives over what was seen: those that are in force, or those of files that are not yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import Duration, TimeUnit
from airflow_dataops.core.retention import age
from airflow_dataops.core.slo.backtest import Trouble, backtest
from airflow_dataops.core.slo.run_sights import RUN_SLIS
from airflow_dataops.core.slo.spread import begun
from airflow_dataops.core.slo.usual_alerts import counts_rows
from airflow_dataops.core.slo.window import Calendar, Rolling
from airflow_dataops.core.slo.windows import in_utc, span
from airflow_dataops.errors import NotEvaluatedError, SettingsError
from airflow_dataops.usecases.levels.aside import Aside, NoStore, StoppedClock
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.usecases.levels.list_slos import list_slos

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.backtest import Backtest
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import Owner, ServiceLevels
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.timetable import Timetable

PastRuns = Callable[[str, str, "datetime", "datetime"], Iterable["RunOutcome"]]
"""Returns the runs of a team's DAG that ended between two instants."""

LONGEST = timedelta(days=3653)
"""How far back somebody may look."""

MARGIN = timedelta(days=1)
"""So much longer is what was expected looked at than the windows ask for."""


def backtest_slos(
    *,
    since: str,
    levels: ServiceLevels,
    timetable: Timetable,
    store: Store,
    clock: Clock,
    candidates: Sequence[Declaration] = (),
    past_runs: PastRuns | None = None,
    team: str = "",
    product: str = "",
    slo: str = "",
) -> tuple[tuple[Backtest, ...], tuple[str, ...]]:
    """Return what objectives would have said from a time until now, and what could not be told.

    Nothing of it is remembered.

    Args:
        since: How far back, such as `90d`.
        levels: What is remembered of service levels.
        timetable: Knows when schedules are due.
        store: Knows what was stopped by a verdict.
        clock: Tells the time.
        candidates: What is to be tried, in place of what is in force; what it says of schedules holds for all
            of the time.
        past_runs: Where runs are taken from, in place of those that the store remembers; or None.
        team: Whose; empty for every team.
        product: Of which product; for candidates, it is known already.
        slo: Which objective; empty for all.

    Raises:
        SettingsError: If `since` is no number of days, or there is no such objective.
        NotEvaluatedError: If none of them could be evaluated.
        BrokenWorldError: If the store or the source of runs can't be read.
    """
    now = in_utc(clock.now())
    begin = now - reach_of(since)
    own = tuple(_early(_owned(one, team, levels), begin) for one in candidates)
    replay = _Replay(
        levels=levels,
        timetable=timetable,
        store=store,
        begin=begin,
        now=now,
        instead={(one.team, one.product): one for one in own},
    )
    if candidates:
        chosen = _chosen(own, slo)
    else:
        listed = list_slos(
            levels=levels, clock=clock, warn=replay.warnings.append, team=team, product=product, slo=slo
        )
        chosen = {(level.declaration.team, level.declaration.product): level.declaration for level in listed}
    if past_runs is not None:
        replay.fetch(chosen, past_runs)
    found = tuple(replay.of(chosen, slo))
    if not found:
        raise NotEvaluatedError("nothing could be replayed", hint=" ".join(replay.warnings))
    return found, tuple(replay.warnings)


def reach_of(since: str) -> timedelta:
    """Return how far back somebody asks to look.

    Args:
        since: Such as `90d`.

    Raises:
        SettingsError: If it is no number of days, or more than ten years.
    """
    found = age(since, where="since")
    if found > LONGEST:
        raise SettingsError(
            f"`{since}` is more than ten years", where="since", hint=f"Write at most {LONGEST.days}d."
        )
    return found


def _owned(candidate: Declaration, team: str, levels: ServiceLevels) -> Declaration:
    """Return a candidate with its team: the one that is asked for, or that has a product of the name."""
    if candidate.team:
        return candidate
    if team:
        return replace(candidate, team=team)
    teams = sorted({each for each, product in levels.stamps() if product == candidate.product})
    if len(teams) > 1:
        raise SettingsError(
            f"several teams have a product `{candidate.product}`: {', '.join(teams)}", hint="Add --team."
        )
    return replace(candidate, team=teams[0]) if teams else candidate


def _early(candidate: Declaration, begin: datetime) -> Declaration:
    """Return a candidate as if it had been declared before all that is looked at."""
    since = min((_first(each, begin) for each in candidate.objectives), default=begin)
    return replace(candidate, since=since - MARGIN)


def _chosen(candidates: Iterable[Declaration], slo: str) -> dict[Owner, Declaration]:
    found = {
        (one.team, one.product): one
        for one in candidates
        if any(slo in {"", each.name} for each in one.objectives)
    }
    if not found:
        what = f"no objective `{slo}` is declared there" if slo else "no objective is declared there"
        raise SettingsError(what, hint="`airflow-dataops slo lint` says what is read.")
    return found


def _first(objective: Objective, begin: datetime) -> datetime:
    """Return from when on events are of interest, so that all of a window is known when the time begins."""
    return span(objective.window, begin).since


@dataclass(slots=True)
class _Replay:
    """A back-test at work."""

    levels: ServiceLevels
    timetable: Timetable
    store: Store
    begin: datetime
    now: datetime
    instead: Mapping[Owner, Declaration]
    outcomes: dict[Owner, Sequence[RunOutcome]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def fetch(self, chosen: Mapping[Owner, Declaration], past_runs: PastRuns) -> None:
        """Take the runs of products whose objectives speak of runs from elsewhere."""
        for (team, product), one in chosen.items():
            if one.expectation.runs or any(each.sli in RUN_SLIS for each in one.objectives):
                first = min(_first(each, self.begin) for each in one.objectives)
                runs = past_runs(team, product, first - MARGIN, self.now)
                self.outcomes[team, product] = sorted(runs, key=lambda run: run.ended)

    def of(self, chosen: Mapping[Owner, Declaration], slo: str) -> Iterator[Backtest]:
        """Yield what each objective would have said."""
        wide = self._evaluated(chosen, self._stretched)
        plain = self._evaluated(chosen, lambda objective: objective)
        for owner, one in sorted(chosen.items()):
            history = wide.histories(team=owner[0], product=owner[1])
            newest = history[-1]
            since = min(_first(each, self.begin) for each in one.objectives) - MARGIN
            observations = wide.observations(since=since, team=owner[0], product=owner[1])
            runs = wide.runs(since=since, team=owner[0], dag_id=owner[1])
            troubles = tuple(self._troubles(owner))
            for objective in newest.objectives:
                if slo not in {"", objective.name}:
                    continue
                key = (*owner, objective.name)
                if key not in plain.found or key not in wide.found:
                    continue  # a warning says why
                stood = plain.found[key].standing
                silent = () if observations or runs else (NOTHING,)
                yield backtest(
                    objective,
                    newest,
                    wide.found[key].entries,
                    since=self.begin,
                    until=self.now,
                    begun=begun(history),
                    coming=_coming(objective, int(stood.expected - stood.total)),
                    observations=observations,
                    runs=runs,
                    troubles=troubles,
                    notes=(*stood.notes, *silent),
                )

    def _evaluated(
        self, chosen: Mapping[Owner, Declaration], window: Callable[[Objective], Objective]
    ) -> Aside:
        """Evaluate the objectives of products aside, over windows of their own."""

        def change(declaration: Declaration) -> Declaration:
            its = declaration.objectives if (declaration.team, declaration.product) in chosen else ()
            return replace(declaration, objectives=tuple(window(each) for each in its))

        aside = Aside(
            self.levels,
            at=self.now,
            now=self.now,
            change=change,
            instead=self.instead,
            outcomes=self.outcomes,
        )
        found = evaluate_slos(
            levels=aside, timetable=self.timetable, store=NoStore(), clock=StoppedClock(self.now)
        )
        self.warnings += [line for line in found.warnings if line not in self.warnings]
        return aside

    def _stretched(self, objective: Objective) -> Objective:
        """Return an objective whose window reaches back to before the time began."""
        length = self.now - _first(objective, self.begin) + MARGIN
        seconds = Fraction(length // timedelta(seconds=1))
        return replace(objective, window=Rolling(Duration(seconds, TimeUnit.SECOND)))

    def _troubles(self, owner: Owner) -> Iterator[Trouble]:
        """Yield what was stopped by a verdict, as far as the store still knows."""
        for one in self.store.broken(team=owner[0], product=owner[1]):
            if one.blocks:
                what = f"stopped at {one.stage.value}: {one.blocks[0]}"
                yield Trouble(partition=one.batch.partition, at=one.at, what=what)


NOTHING = (
    "nothing was seen of it in this time, neither batches nor runs: all that was expected counts as missing"
)


def _coming(objective: Objective, expected: int) -> int:
    """Return how many events of the calendar's period have no entry yet."""
    return expected if isinstance(objective.window, Calendar) and not counts_rows(objective) else 0
