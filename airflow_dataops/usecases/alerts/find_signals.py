"""Find out what is wrong now, of all products.

Only what is wrong is read, no further back than it counts, and the rest of the products that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.why_over import LOOK_BACK
from airflow_dataops.core.slo.newest import to_come
from airflow_dataops.usecases.alerts.alerting_graph import upstreams_of, with_readers
from airflow_dataops.usecases.alerts.alerting_scope import Scope, declared
from airflow_dataops.usecases.alerts.find_undone import Facts, UndoneSearch
from airflow_dataops.usecases.alerts.find_unmet import UnmetSearch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.alerts.signal import Signal, Where
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.standing import Kept
    from airflow_dataops.usecases.ports.alerts import Reports
    from airflow_dataops.usecases.ports.faults import Faults
    from airflow_dataops.usecases.ports.service_levels import Levels, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong now, and what is known of the products that it is about.

    Args:
        signals: What is wrong.
        declared: Product -> what it declares now: those that something is wrong with, and all that read them.
        upstreams: Product -> those that it reads, directly; of all products.
        unexpected: Partitions, each with an objective, of which nothing is expected now that was before.
        warnings: What could not be told, one line each.
    """

    signals: tuple[Signal, ...]
    declared: Mapping[Owner, Declaration]
    upstreams: Mapping[Owner, tuple[Owner, ...]]
    unexpected: frozenset[tuple[Where, str]] = frozenset()
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
    facts = Facts(
        verdicts=faults.refused(since=first),
        runs=faults.failed(since=first),
        losses=faults.lost(since=first),
        words=reports.reported(since=first),
    )
    stamps = levels.stamps()
    open_ones = tuple(one for one in incidents if one.open)
    stood = levels.stood()
    poor = {key[:2] for key, kept in stood.items() if _poor(kept)}
    about = sorted(poor | facts.owners | {one.where[:2] for one in open_ones})
    history = declared(levels, with_readers(about, upstreams_of(stamps)), now=now)
    scope = Scope(now=now, since=since, first=first, history=history)
    wanting = UnmetSearch(levels=levels, faults=faults, scope=scope)
    wrong = UndoneSearch(levels=levels, faults=faults, scope=scope)
    found = (*wanting.signals(stood, open_ones), *wrong.signals(facts))
    found += tuple(_ahead(open_ones, found, now))
    newest = {owner: its[-1] for owner, its in history.items()}
    return Found(
        signals=found,
        declared=newest,
        upstreams=upstreams_of(stamps, newest),  # what was read once explains nothing
        unexpected=frozenset(wanting.unexpected),
        warnings=tuple(wanting.warnings),
    )


def _ahead(incidents: Iterable[Incident], found: Iterable[Signal], now: datetime) -> Iterator[Signal]:
    """Yield what incidents have of an instant that is still to come here, for some clock runs ahead.

    Who opened them knows of it; one whose clock is behind must not take it back, or people were told of it
    again and again.
    """
    there = {(one.where, one.name) for one in found}
    for incident in incidents:
        for one in incident.signals if incident.wrong else ():
            if one.since > now and not to_come(one.since, now) and (one.where, one.name) not in there:
                yield one


def _poor(kept: Kept) -> bool:
    """Return whether an objective has anything bad, in its window or in those of its alerts."""
    its = kept.standing
    return its.bad > 0 or any(burn.firing or burn.long for burn in its.burns)
