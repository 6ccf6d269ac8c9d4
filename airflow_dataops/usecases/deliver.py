"""Deliver what lies in the outbox to the store, in the order in which it was put down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.core.alerts.reported import Reported
from airflow_dataops.core.slo.declaration import Declaration
from airflow_dataops.core.slo.observation import Observation
from airflow_dataops.core.slo.run import Retry, RunOutcome, of_outcome, of_retry, of_run, with_retries
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.ports.service_levels import Declarations, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.usecases.ports.alerts import Reports
    from airflow_dataops.usecases.ports.outbox import Letter, Outbox, Posted
    from airflow_dataops.usecases.ports.store import Store

AT_ONCE = 500
"""Facts that are looked at at once."""


class Levels(Declarations, Seen, Protocol):
    """Where declarations and runs are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a delivery came to.

    Args:
        facts: How many facts the store has now.
        busy: Whether another process was at it, so that nothing was done.
    """

    facts: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where facts go.

    Args:
        levels: Declarations and runs.
        store: Retries.
        reports: What callbacks report.
    """

    levels: Levels
    store: Store
    reports: Reports


def deliver(outbox: Outbox, *, to: Addresses, aside: Callable[[str], object]) -> Delivered:
    """Tell the store everything that waits, oldest first, and take it away once the store has it.

    What can't be read, or is refused where others are taken, is set aside and named: nothing waits for it.
    Nor does anything wait for facts that the store has no tables for yet: those alone wait for the migration.

    Args:
        outbox: Where facts wait.
        to: Where they go.
        aside: Told of each that is set aside, in one line: where it is now, and why.

    Raises:
        BrokenWorldError: If the store can't be written: what it doesn't have waits on.
        SettingsError: If it takes nothing of a kind, such as one without tables; the others it has.
    """
    with outbox.alone() as alone:
        if not alone:
            return Delivered(busy=True)
        facts = 0
        while letters := outbox.letters(most=AT_ONCE):
            refused: list[SettingsError] = []
            for kind, group in groupby(letters, key=lambda letter: type(letter.fact)):
                some = tuple(group)
                if kind is type(None):
                    for one in some:
                        aside(f"{outbox.refuse(one)}: it can't be read")
                    continue
                try:
                    facts += _tell(some, outbox=outbox, to=to, aside=aside)
                except SettingsError as error:
                    refused.append(error)
            if refused:
                raise refused[0]
        return Delivered(facts=facts)


def _tell(
    letters: Sequence[Letter],
    *,
    outbox: Outbox,
    to: Addresses,
    aside: Callable[[str], object],
) -> int:
    """Tell the store facts of one kind, and where it refuses them together, one by one; return how many."""
    try:
        _record([letter.fact for letter in letters if letter.fact], to=to)
    except (ValueError, SettingsError):
        return _one_by_one(letters, outbox=outbox, to=to, aside=aside)
    outbox.delivered(letters)
    return len(letters)


def _one_by_one(
    letters: Sequence[Letter],
    *,
    outbox: Outbox,
    to: Addresses,
    aside: Callable[[str], object],
) -> int:
    refused: list[tuple[Letter, Exception]] = []
    for letter in letters:
        try:
            _record([letter.fact] if letter.fact else [], to=to)
        except (ValueError, SettingsError) as error:
            refused.append((letter, error))
        else:
            outbox.delivered([letter])
    settings = [error for _, error in refused if isinstance(error, SettingsError)]
    if settings and len(refused) == len(letters):
        raise settings[0]  # it is the store that takes none: they wait
    for letter, why in refused:
        aside(f"{outbox.refuse(letter)}: the store refuses it: {why}")
    return len(letters) - len(refused)


def _record(facts: Sequence[Posted], *, to: Addresses) -> None:
    """Remember facts of one kind. Each may be told twice, and retries after their run as well."""
    declarations = [fact for fact in facts if isinstance(fact, Declaration)]
    outcomes = [fact for fact in facts if isinstance(fact, RunOutcome)]
    retries = [fact for fact in facts if isinstance(fact, Retry)]
    reports = [fact for fact in facts if isinstance(fact, Reported)]
    if declarations:
        to.levels.declare(*declarations)
    if outcomes:
        to.store.record(*map(of_outcome, outcomes))
        to.levels.ran(*(with_retries(one, _seen(_batch(one), to.store)) for one in outcomes))
    if retries:
        to.store.record(*map(of_retry, retries))
        # Their run may have ended before, as it happens between machines.
        to.levels.retried(*retries)
    if reports:
        to.reports.report(*reports)


def _batch(run: RunOutcome) -> Batch:
    return of_run(run.team, run.dag_id, run.run_id)


def _seen(batch: Batch, store: Store) -> tuple[Observation, ...]:
    return store.facts(
        Observation,
        team=batch.team,
        product=batch.product,
        dataset=batch.dataset,
        partition=batch.partition,
    )
