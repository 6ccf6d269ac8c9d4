"""What may have caused an incident: upstream, what changed shortly before, what its runs went through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Kind
from airflow_dataops.core.alerts.title import subject, wrong_of
from airflow_dataops.core.code import PIPELINE, differing
from airflow_dataops.core.slo.run import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.run import RunOutcome

SHORTLY = timedelta(days=7)
"""How long before an incident a change is of interest: what runs once a week has seen it once."""

OWN = frozenset((Kind.BAD, Kind.FAILED))
"""What says by itself what became of the run."""

EXPLAINED = frozenset((Kind.LATE, Kind.INCOMPLETE, Kind.FAILED, Kind.BURNING))
"""What an upstream that is wrong may be the cause of; what is bad or lost of a product is its own."""

MOST = 5
"""Causes that are named."""

FILES = 5
"""Files that are named of those that changed."""

CONTRACT = ".odcs.yaml"
"""What the names of contracts end with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a product declared otherwise than before.

    Args:
        at: From when on, aware.
        what: It in words, such as `the contract is orders@1.3.0, and was orders@1.2.0`.
    """

    at: datetime
    what: str


def changes(history: Sequence[Declaration], *, since: datetime, until: datetime) -> tuple[Change, ...]:
    """Return what changed in a product, the last change first.

    Args:
        history: Its declarations, oldest first.
        since: What changed before is left out, aware.
        until: What changed after it is left out, aware.
    """
    found = [
        Change(at=new.since, what=what)
        for old, new in pairwise(history)
        if since <= new.since <= until
        for what in _differences(old, new)
    ]
    return tuple(sorted(found, key=lambda change: change.at, reverse=True))


def _differences(old: Declaration, new: Declaration) -> Iterator[str]:
    if old.contract != new.contract:
        yield f"the contract is {new.contract or 'none'}, and was {old.contract or 'none'}"
    code = [name for name in differing(old.code, new.code) if not _told(name, old, new)]
    if code:
        more = f" and {len(code) - FILES} more" if len(code) > FILES else ""
        yield f"{', '.join(code[:FILES])}{more} changed"
    if old.expectation.schedule != new.expectation.schedule:
        was, now = old.expectation.schedule or "none", new.expectation.schedule or "none"
        yield f"its schedule is `{now}`, and was `{was}`"
    elif old.expectation != new.expectation:
        yield "what is expected of it was declared otherwise before"
    if _meant(old) != _meant(new):
        yield "what it promises was declared otherwise before"


def _told(name: str, old: Declaration, new: Declaration) -> bool:
    """Whether it is told besides that a file changed: the version of the contract, or the schedule."""
    if name == PIPELINE:
        return old.expectation != new.expectation
    return name.endswith(CONTRACT) and old.contract != new.contract


def _meant(declaration: Declaration) -> object:
    return declaration.said.objectives


def causes(
    incident: Incident,
    *,
    upstream: Iterable[Incident] = (),
    history: Sequence[Declaration] = (),
    delivered: datetime | None = None,
    runs: Iterable[RunOutcome] = (),
) -> tuple[str, ...]:
    """Return what is suspected, the likeliest first, one line each; nothing where nothing is known.

    An upstream that is wrong comes first; then what changed after the last good delivery; then what the runs
    of the partition went through; then what changed in the days before that.

    Args:
        incident: The incident.
        upstream: Open incidents of what the product reads.
        history: What the product declared, oldest first.
        delivered: When it was delivered well last before the incident, aware; None where that isn't known.
        runs: Runs of the partition.
    """
    found = changes(history, since=incident.began - SHORTLY, until=incident.detected)
    near = [change for change in found if delivered is not None and change.at > delivered]
    lines = [
        *(_upstream(each) for each in upstream),
        *(f"{_changed(change)}, after the last good delivery" for change in near),
        *(line for run in runs if not OWN & {*incident.kinds} for line in _of_run(run)),
        *(_changed(change) for change in found if change not in near),
    ]
    return tuple(dict.fromkeys(lines))[:MOST]


def _upstream(of: Incident) -> str:
    number = f" (incident {of.number})" if of.number else ""
    return f"upstream {subject(of.where)} {wrong_of(of)} since {_when(of.began)}{number}"


def _changed(change: Change) -> str:
    return f"since {_when(change.at)} {change.what}"


def _of_run(run: RunOutcome) -> Iterator[str]:
    if run.final is Outcome.FAILED:
        tries = f" after {run.tries} tries" if run.tries > 1 else ""
        yield f"run {run.run_id} ended failed at {_when(run.ended)}{tries}"
    elif run.tries > 1:
        yield f"run {run.run_id} needed {run.tries} tries"


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%F %H:%M} UTC"
