"""Find what facts say is wrong now, of which nothing has mended it since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts import undone
from airflow_dataops.core.alerts.delivered import delivered
from airflow_dataops.usecases.alerts.alerting_scope import names, portions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from airflow_dataops.core.alerts.delivered import Delivered
    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.usecases.alerts.alerting_scope import Scope
    from airflow_dataops.usecases.ports.faults import Faults
    from airflow_dataops.usecases.ports.service_levels import Levels, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What went wrong, as it was read.

    Args:
        verdicts: Verdicts that let nothing pass.
        runs: Runs that failed in the end.
        losses: Publications with fewer rows than passed the audit, and how many passed.
        words: What callbacks reported.
    """

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
            *((one.where.team, one.where.product) for one in self.words if not one.well),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneSearch:
    """A search for what went wrong and wasn't mended.

    Args:
        levels: What became of runs.
        faults: What was published.
        scope: What is looked at.
    """

    levels: Levels
    faults: Faults
    scope: Scope

    def signals(self, facts: Facts) -> Iterator[Signal]:
        """Yield what facts say is wrong that nothing has mended since.

        Args:
            facts: What went wrong.

        Raises:
            BrokenWorldError: If the store can't be read.
        """
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
            if self._told(signal):
                yield signal

    def _told(self, signal: Signal) -> bool:
        """Return whether a signal is of the time that is looked at, and of a product that isn't retired."""
        owner = signal.where[:2]
        its = self.scope.newest(owner)
        retired = its is not None and its.retired
        return not retired and self.scope.floor(owner) < signal.since <= self.scope.now

    def _delivered(self, owners: Collection[Owner]) -> Delivered:
        published = self.faults.published(since=self.scope.first, of=owners)
        runs = (
            run
            for some in portions(sorted(owners))
            for run in self.levels.runs(since=self.scope.first, **names(some, "dag_id"))
            if (run.team, run.dag_id) in owners
        )
        return delivered(published, ((self._for(run), run) for run in runs))

    def _for(self, run: RunOutcome) -> Where:
        return undone.run_for(run, self.scope.newest((run.team, run.dag_id)))
