"""What service levels say is wrong now: partitions that are late or incomplete, and budgets that burn."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Kind, Signal, Where
from airflow_dataops.core.alerts.urgency import highest
from airflow_dataops.core.slo.evaluation import sliced
from airflow_dataops.core.slo.ledger import Mark
from airflow_dataops.core.slo.reckoning import reach
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.standing import Kept, Standing


TELLING = frozenset({Sli.FRESHNESS, Sli.COMPLETENESS})
"""The indicators of which one bad entry is a matter by itself, and not only what it burns."""


def telling(objective: Objective, standing: Standing) -> bool:
    """Return whether the entries of an objective may tell of anything.

    Args:
        objective: The objective.
        standing: How it stands.
    """
    if any(burn.firing for burn in standing.burns):
        return True
    return objective.sli in TELLING and (standing.bad > 0 or any(burn.long for burn in standing.burns))


def overdue(
    objective: Objective, declaration: Declaration, entries: Sequence[Entry], *, now: datetime
) -> Iterator[Signal]:
    """Yield what should be there and isn't; a partition that came late is there.

    Of slices, the stream as a whole is late as long as the newest one is bad, since the first of those that
    are bad in a row.

    Args:
        objective: The objective; of one that isn't about freshness there is nothing.
        declaration: What declares it.
        entries: Its entries that may be told of, oldest first.
        now: The instant, aware.
    """
    if objective.sli is not Sli.FRESHNESS:
        return
    if sliced(objective):
        since = _stale_since(entries)
        if since is not None:
            text = f"its newest data has been older than promised since {_told(since)}"
            yield _signal(Kind.LATE, objective, declaration, "", since=since, text=text)
        return
    first = reach(objective, now)
    for entry in entries:
        if entry.mark is Mark.MISSING and entry.bad > 0 and entry.at > first:
            text = f"it was due by {_told(entry.at)}, and is not there"
            yield _signal(Kind.LATE, objective, declaration, entry.partition, since=entry.at, text=text)


def short(objective: Objective, entries: Iterable[Entry], *, now: datetime) -> tuple[Entry, ...]:
    """Return the entries of partitions that were less complete than promised when they counted.

    Args:
        objective: The objective; of one that isn't about completeness there is none.
        entries: Its entries that may be told of, oldest first.
        now: The instant, aware.
    """
    if objective.sli is not Sli.COMPLETENESS:
        return ()
    first = reach(objective, now)
    return tuple(entry for entry in entries if entry.at > first and _less(entry.good, entry.total, objective))


def incomplete(
    objective: Objective,
    declaration: Declaration,
    entries: Iterable[Entry],
    seen: Iterable[Observation],
    published: Mapping[Where, datetime],
) -> Iterator[Signal]:
    """Yield which partitions are less complete than promised now, by what was seen of them last.

    One of which no rows were ever counted is until it is published after it was due.

    Args:
        objective: The objective.
        declaration: What declares it.
        entries: Those that `short` returns.
        seen: What was seen of the product.
        published: Partition -> when it was published last.
    """
    dataset = objective.dataset or declaration.dataset
    counted: dict[str, list[Observation]] = defaultdict(list)
    for one in seen:
        if one.sli is Sli.COMPLETENESS and one.batch.dataset == dataset and one.total is not None:
            counted[one.batch.partition].append(one)
    for entry in entries:
        newest = max(counted[entry.partition], key=lambda one: (one.at, one.subject), default=None)
        if newest is None:
            at = published.get(Where(declaration.team, declaration.product, entry.partition))
            if at is not None and at > entry.at:
                continue
            text = f"no rows of it were counted by {_told(entry.at)}"
        elif _less(Fraction(newest.good or 0), Fraction(newest.total or 0), objective):
            text = f"{newest.good} of {newest.total} rows came"
        else:
            continue
        yield _signal(Kind.INCOMPLETE, objective, declaration, entry.partition, since=entry.at, text=text)


def burning(
    objective: Objective, declaration: Declaration, kept: Kept, entries: Sequence[Entry]
) -> Iterator[Signal]:
    """Yield that a budget burns too fast, with the partition whose bad event is the newest that it burns for.

    Args:
        objective: The objective.
        declaration: What declares it.
        kept: How it stands.
        entries: Its entries that may be told of, oldest first; where none of them is bad, nothing is told.
    """
    firing = [burn for burn in kept.standing.burns if burn.firing]
    newest = (
        next((entry for entry in reversed(entries) if entry.good < entry.total), None) if firing else None
    )
    if newest is None:
        return
    rate = max((burn.long for burn in firing if burn.long is not None), default=None)
    times = "" if rate is None else f" {float(rate):.3g} times"
    urgency = highest(burn.alert.urgency for burn in firing)
    yield _signal(
        Kind.BURNING,
        objective,
        declaration,
        "" if sliced(objective) else newest.partition,
        since=newest.at,
        text=f"its budget burns{times} as fast as would just use it up",
        burn=rate,
        urgency=urgency,
    )


def _less(good: Fraction, total: Fraction, objective: Objective) -> bool:
    """Return whether a partition has a lesser share than is promised of each."""
    return good < (objective.slice_target or objective.target) * total


def _stale_since(entries: Sequence[Entry]) -> datetime | None:
    since = None
    for entry in reversed(entries):
        if entry.bad <= 0:
            break
        since = entry.at
    return since


def _signal(
    kind: Kind, objective: Objective, declaration: Declaration, partition: str, **what: object
) -> Signal:
    where = Where(declaration.team, declaration.product, partition)
    dataset = objective.dataset or declaration.dataset
    return Signal(where=where, kind=kind, dataset=dataset, slo=objective.name, **what)  # type: ignore[arg-type]


def _told(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
