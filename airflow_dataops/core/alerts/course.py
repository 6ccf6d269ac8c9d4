"""The course of an incident, from what landed to what was resolved, put together from all that is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.incident import Did
from airflow_dataops.core.alerts.moment import Lane, Moment
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.slo.run import Outcome
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from airflow_dataops.core.alerts.causes import Change
    from airflow_dataops.core.alerts.incident import Step
    from airflow_dataops.core.checks.verdict import Outcome as Judged
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.core.verification import Verification

NAMED = 3
"""Rules that a verdict names."""

LANES: dict[Did, Lane] = {
    Did.OPENED: Lane.INCIDENT,
    Did.ADDED: Lane.INCIDENT,
    Did.CLEARED: Lane.INCIDENT,
    Did.RAISED: Lane.INCIDENT,
    Did.INHIBITED: Lane.PEOPLE,
    Did.SILENCED: Lane.PEOPLE,
    Did.NOTIFIED: Lane.PEOPLE,
    Did.DELIVERED: Lane.PEOPLE,
    Did.ACKNOWLEDGED: Lane.PEOPLE,
    Did.MARKED: Lane.PEOPLE,
    Did.RESOLVED: Lane.INCIDENT,
}
"""What happened in an incident's life -> where it is drawn."""

WORSE = frozenset((Did.OPENED, Did.ADDED, Did.RAISED))
"""What makes it worse."""

WORDS: dict[Did, str] = {
    Did.OPENED: "found",
    Did.ADDED: "found besides",
    Did.INHIBITED: "not told",
    Did.SILENCED: "not told",
    Did.NOTIFIED: "to be told",
    Did.DELIVERED: "told",
}
"""What happened -> its word where people read it, if another: incidents are found, and began before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of the partition of an incident, each kind oldest first.

    Args:
        steps: What is written in its timeline.
        changes: What was changed shortly before.
        landings: What landed.
        verdicts: What it was judged as; the newest of each stage, for it replaces the others.
        observations: What was seen of it; that stays.
        publications: What was published.
        runs: What became of its runs.
    """

    steps: Sequence[Step] = ()
    changes: Sequence[Change] = ()
    landings: Sequence[Landing] = ()
    verdicts: Sequence[Verification] = ()
    observations: Sequence[Observation] = ()
    publications: Sequence[Publication] = ()
    runs: Sequence[RunOutcome] = ()


def course(known: Known) -> tuple[Moment, ...]:
    """Return what happened, oldest first; of what happened at one instant, causes before what they led to."""
    lanes = list(Lane)
    moments = [
        *map(_changed, known.changes),
        *map(_landed, known.landings),
        *map(_judged, known.verdicts),
        *_counted(known),
        *_ended(known),
        *map(_published, known.publications),
        *(moment for run in known.runs for moment in _ran(run)),
        *map(_stepped, _short(known.steps)),
    ]
    return tuple(sorted(moments, key=lambda moment: (moment.at, lanes.index(moment.lane))))


def _changed(change: Change) -> Moment:
    return Moment(at=change.at, lane=Lane.CHANGE, word="changed", text=change.what)


def _landed(landing: Landing) -> Moment:
    text = f"{_rows(landing.rows)}, {landing.bytes:,} bytes"
    return Moment(at=landing.landed_at, lane=Lane.DATA, word="landed", text=text, who=landing.run_id)


def _judged(verdict: Verification) -> Moment:
    word = "passed" if verdict.passes else "not judged" if verdict.errors else "refused"
    stage = ", ".join(filter(None, (verdict.stage, verdict.contract)))
    return Moment(
        at=verdict.at,
        lane=Lane.DATA,
        word=word,
        text=f"{stage}: {_verdict(verdict)}",
        who=verdict.run_id,
        bad=not verdict.passes,
    )


def _counted(known: Known) -> Iterator[Moment]:
    """Yield what rows were found to be before, by verdicts that others have replaced."""
    told = {verdict.at for verdict in known.verdicts}
    for seen in known.observations:
        if seen.sli is not Sli.CORRECTNESS or seen.at in told or seen.good is None or seen.total is None:
            continue
        text = f"{seen.good:,} of {seen.total:,} rows good"
        yield Moment(at=seen.at, lane=Lane.DATA, word="judged", text=text, bad=seen.good < seen.total)


def _ended(known: Known) -> Iterator[Moment]:
    """Yield that runs failed that were cleared, and ended once more since."""
    told = {run.ended for run in known.runs}
    for seen in known.observations:
        if seen.sli is Sli.SUCCESS and seen.at not in told and seen.good == 0:
            who = seen.batch.partition
            yield Moment(at=seen.at, lane=Lane.DATA, word="run failed", who=who, bad=True)


def _verdict(verdict: Verification) -> str:
    """Return counts, and the rules that were not kept, those that most rows broke first."""
    broken = sorted(
        (one for one in verdict.outcomes if one.status in {Status.FAILED, Status.ERROR}),
        key=lambda one: -one.failing,
    )
    rules = [f"{one.rule}{_found(one)}" for one in broken[:NAMED]]
    more = [f"and {len(broken) - NAMED} more"] if len(broken) > NAMED else []
    counts = f"{verdict.good:,} of {verdict.rows:,} rows good" if verdict.rows else "no rows were judged"
    return f"{counts}; not kept: {', '.join((*rules, *more))}" if rules else counts


def _found(broken: Judged) -> str:
    """Return how many rows broke a rule; of one that names no row, what was found instead."""
    found = f"{broken.failing:,}" if broken.failing else broken.observed
    return f" ({found})" if found else ""


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _published(publication: Publication) -> Moment:
    text = f"version {publication.version}, {_rows(publication.rows)}, {publication.contract}"
    return Moment(at=publication.at, lane=Lane.DATA, word="published", text=text, who=publication.run_id)


def _ran(run: RunOutcome) -> Iterator[Moment]:
    if run.began is not None:
        yield Moment(at=run.began, lane=Lane.DATA, word="run began", who=run.run_id)
    failed = run.final is Outcome.FAILED
    tries = f"after {run.tries} tries" if run.tries > 1 else ""
    word = "run failed" if failed else "run ended well"
    yield Moment(at=run.ended, lane=Lane.DATA, word=word, text=tries, who=run.run_id, bad=failed)


def _short(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield steps without those that say that somebody was to be told who then was."""
    done = Counter(step.text.partition(": ")[0] for step in steps if step.did is Did.DELIVERED)
    for step in steps:
        if step.did is Did.NOTIFIED and done[step.text] > 0:
            done[step.text] -= 1
            continue
        yield step


def word(step: Step) -> str:
    """Return what happened in one word or two, as people read it: `found`, `told`."""
    return WORDS.get(step.did, step.did.value)


def _stepped(step: Step) -> Moment:
    return Moment(
        at=step.at,
        lane=LANES[step.did],
        word=word(step),
        text=step.text,
        who=step.who,
        bad=step.did in WORSE,
    )


def told(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return when people were told, and when not, and why.

    Args:
        steps: A timeline, oldest first.
    """
    kinds = {Did.NOTIFIED, Did.DELIVERED, Did.INHIBITED, Did.SILENCED}
    return tuple(step for step in steps if step.did in kinds)
