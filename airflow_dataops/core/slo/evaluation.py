"""What an objective comes to, from what was declared and what was seen; and what an evaluation came to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.slo.budget import awaited
from airflow_dataops.core.slo.entries import ledger
from airflow_dataops.core.slo.indicators import length
from airflow_dataops.core.slo.objective import Budgeting
from airflow_dataops.core.slo.reckoning import changes_at, reach, standing
from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.slices import sliced_freshness
from airflow_dataops.core.slo.spread import begun
from airflow_dataops.core.slo.standing import Kept
from airflow_dataops.core.slo.usual_alerts import counts_rows
from airflow_dataops.core.slo.window import Rolling
from airflow_dataops.core.slo.windows import span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.entries import Ledger
    from airflow_dataops.core.slo.expectation import Slot
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.core.slo.observation import Sight
    from airflow_dataops.core.slo.standing import Standing

DAY = timedelta(days=1)

LONGEST_DAY = timedelta(hours=26)
"""How long after the end of an interval a time of the day may come, where clocks are set back."""

LAST_YEAR = datetime(9999, 1, 1, tzinfo=UTC)

EARLIEST = datetime.min.replace(tzinfo=UTC)

END = attrgetter("end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What an evaluation came to.

    Args:
        standings: How each objective stands, in the order of team, product and name. One of which nothing is
            new stands as it did when it was evaluated last.
        changed: Those that count otherwise, or are in another state, than when they were evaluated last.
        repaired: How many bad events were found to be made good that had not been, each with an audit record.
        warnings: What could not be told, one line each.
    """

    standings: tuple[Standing, ...]
    changed: tuple[Standing, ...] = ()
    repaired: int = 0
    warnings: tuple[str, ...] = ()


def sliced(objective: Objective) -> bool:
    """Return whether an objective asks of each slice of time how late the newest data is."""
    return (
        objective.sli is Sli.FRESHNESS
        and objective.slice is not None
        and objective.method is not Budgeting.OCCURRENCES
    )


def until_of(objective: Objective, now: datetime) -> datetime:
    """Return until when it is of interest: all of a calendar's period."""
    return max(now, span(objective.window, now).until)


def concerned(objective: Objective, slots: Sequence[Slot], since: datetime) -> Sequence[Slot]:
    """Return the slots that may be due at an instant or later, and the one before them."""
    late = length(objective.threshold) if objective.threshold is not None else LONGEST_DAY
    if sliced(objective):
        late += 2 * DAY
    first = bisect_left(slots, _earlier(since, late), key=END)
    return slots[max(0, first - 1) :]


def _earlier(at: datetime, by: timedelta) -> datetime:
    """Return an earlier instant; time itself is the limit."""
    return at - by if at - EARLIEST > by else EARLIEST


def evaluated(
    objective: Objective,
    history: Sequence[Declaration],
    slots: Sequence[Slot],
    sights: Mapping[str, Sequence[Sight]],
    *,
    now: datetime,
    digest: str = "",
) -> Kept:
    """Return how an objective stands, and all that is to be kept of it.

    Args:
        objective: The objective.
        history: The declarations of its product, oldest first; it is of the newest.
        slots: What is expected, in the order in which it can be delivered.
        sights: Partition -> what was seen of it by the indicator, oldest first.
        now: The instant, in UTC.
        digest: What it is made from.
    """
    newest = history[-1]
    since, until = reach(objective, now), until_of(objective, now)
    slots = concerned(objective, slots, since)
    if sliced(objective):
        found = sliced_freshness(objective, slots, sights, now=now, since=since, until=until)
    else:
        its = newest.expectation
        zone = ZoneInfo(its.timezone if slots else "UTC")
        found = ledger(
            objective,
            slots,
            sights,
            now=now,
            since=since,
            zone=zone,
            follows=not its.runs,
            ends=not its.known or (its.end is not None and its.end < now),
        )
    its_standing = standing(
        objective,
        newest,
        found.entries,
        now=now,
        coming=_coming(objective, newest, found, until=until, now=now),
        since=begun(history),
        notes=(*_unknown(newest, slots), *found.notes, *_changes(objective, history, since=since)),
    )
    alerts = [burn.alert for burn in its_standing.burns]
    changes = changes_at(objective, found.entries, now=now, alerts=alerts)
    instants = [*found.coming[:1], found.ahead, changes]
    return Kept(
        standing=its_standing,
        digest=digest,
        entries=tuple(found.entries),
        cursor=now,
        # What is due at the end of time is never due, and no database holds it in every zone.
        changes_at=min((at for at in instants if at is not None and at < LAST_YEAR), default=None),
    )


def _unknown(newest: Declaration, slots: Sequence[Slot]) -> tuple[str, ...]:
    """Say that nothing is expected, where that is so: then nothing is counted."""
    if newest.expectation.runs and not slots:
        return (f"no run of the DAG `{newest.product}` is recorded: see that `[dataops] watch` names it",)
    if newest.expectation.known:
        return ()
    return ("it isn't known what is expected, so nothing is counted: say so with `expected:`",)


def _coming(
    objective: Objective, newest: Declaration, found: Ledger, *, until: datetime, now: datetime
) -> int | None:
    """Return how many events of a calendar's period are to come; None where that can't be known."""
    if isinstance(objective.window, Rolling) or counts_rows(objective) or newest.expectation.runs:
        return None
    window = span(objective.window, now)
    return awaited(
        [at for at in found.counting if at < until],
        [entry for entry in found.entries if window.holds(entry.at)],
        objective,
    )


def _changes(objective: Objective, history: Sequence[Declaration], *, since: datetime) -> tuple[str, ...]:
    """Say what was declared anew in the middle of a window."""
    notes = []
    for older, newer in pairwise(history):
        if newer.since <= since:
            continue
        day = newer.since.date().isoformat()
        if older.expectation != newer.expectation:
            notes.append(f"what is expected changed on {day}: before, what held then is counted")
        was = next((one for one in older.objectives if one.name == objective.name), None)
        if was is not None and _meaning(was) != _meaning(_named(newer, objective)):
            notes.append(f"it was declared otherwise until {day}: all of the window is judged as it is now")
    return tuple(notes)


def _named(declaration: Declaration, objective: Objective) -> Objective:
    return next((one for one in declaration.objectives if one.name == objective.name), objective)


def _meaning(objective: Objective) -> Objective:
    """Return what an objective asks for, without what is only said about it."""
    return replace(objective, alerts=(), runbook="", description="", place="")


def changed(old: Standing | None, new: Standing) -> bool:
    """Return whether an objective counts otherwise, or is in another state."""
    return old is None or _account(old) != _account(new)


def _account(its: Standing) -> tuple[object, ...]:
    return (its.state, its.good, its.total, its.allowed, tuple(burn.firing for burn in its.burns), its.notes)
