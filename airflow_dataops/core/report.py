"""What became of each partition of a product, by the facts that the store remembers: counts, never a row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.streak import streaks
from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.history import Facts, by_batch, current_landing, current_verdicts
from airflow_dataops.core.landing import DUPLICATE, MISSING, Delivery, arrival
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.checks.streak import Streak, Streaks
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.verification import Verification


class Standing(StrEnum):
    """Where a partition stands."""

    PUBLISHED = "published"
    FAILED = "failed"
    NOT_EVALUATED = "not evaluated"
    DUPLICATE = "duplicate"
    MISSING = "no drop"
    OPEN = "open"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that was not kept.

    Args:
        stage: Where it was judged.
        rule: Its id.
        status: failed, warning or error; never passed.
        failing: Rows that broke it; 0 for a rule that names no row.
        observed: What was found, where it names no row; else empty.
        percent: Failing rows in percent of those checked, exactly; None where it names none.
        streak: For how long it has not been kept, by all that is remembered of the dataset.
    """

    stage: Stage
    rule: str
    status: Status
    failing: int
    observed: str = ""
    percent: Fraction | None = None
    streak: Streak | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedRule:
    """A rule that is kept again.

    Args:
        stage: Where it was judged.
        rule: Its id.
        streak: For how long it had not been kept.
    """

    stage: Stage
    rule: str
    streak: Streak


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionReport:
    """What became of one partition.

    Args:
        batch: Which one.
        standing: Where it stands.
        stage: The stage that stopped it, or for an open one the last that passed it; else None.
        landed: Records of its raw copy, or None when nothing is known of it.
        published: Rows that readers see, or None when there is no version of it.
        version: The target's number of that version, or None.
        quarantined: Rows in quarantine, unparsable lines included, or None before `verify`.
        unparsable: Lines that are no record, or None before `verify`.
        broken: Rules that were not kept: those that failed first, then by the number of rows.
        freshness: Seconds from the end of its interval until it could be read, or None.
        duplicate_of: The partition for which the same bytes had landed before, or None.
        quarantine: Where its bad rows are, or empty.
        mended: Rules that are kept again, and were not in the run before.
        judged_at: When the last verdict on it was reached, or None when there is none.
        judged: Rows that were judged where they lie, or None where they are to be published.
    """

    batch: Batch
    standing: Standing
    stage: Stage | None
    landed: int | None
    published: int | None
    version: int | None
    quarantined: int | None
    unparsable: int | None
    broken: tuple[BrokenRule, ...]
    freshness: Fraction | None
    duplicate_of: str | None
    quarantine: str
    mended: tuple[MendedRule, ...] = ()
    judged_at: datetime | None = None
    judged: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over partitions.

    Args:
        partitions: How many there are.
        published_partitions: How many of them stand as published.
        judged_partitions: How many of them are judged where they lie, and never published.
        kept_partitions: How many of these keep their contract.
        landed: Records.
        published: Rows that readers see.
        quarantined: Rows in quarantine, unparsable lines included.
        unparsable: Lines that are no record.
        judged: Rows that were judged where they lie.
    """

    partitions: int
    published_partitions: int
    judged_partitions: int
    kept_partitions: int
    landed: int
    published: int
    quarantined: int
    unparsable: int
    judged: int


def report(facts: Facts) -> tuple[PartitionReport, ...]:
    """Return what became of each partition, by team, dataset and partition.

    A drop that has the bytes of another partition stands as a duplicate while nothing else is known of it.
    """
    landings, verifications = by_batch(facts.landings), by_batch(facts.verifications)
    publications, events = by_batch(facts.publications), by_batch(facts.events)
    same_bytes: dict[tuple[str, str, str], list[Landing]] = defaultdict(list)
    for landing in facts.landings:
        same_bytes[_content(landing)].append(landing)
    history = streaks(facts.verifications)
    batches = {*landings, *verifications, *publications}
    order = sorted(batches, key=lambda batch: (batch.team, batch.product, batch.dataset, batch.partition))
    return tuple(
        _partition(
            batch,
            Facts(
                landings=landings[batch],
                verifications=verifications[batch],
                publications=publications[batch],
                events=events[batch],
            ),
            same_bytes=same_bytes,
            history=history,
        )
        for batch in order
    )


def totals(partitions: Iterable[PartitionReport]) -> Totals:
    """Return the sums over partitions; what is not known counts as nothing."""
    found = tuple(partitions)
    return Totals(
        partitions=len(found),
        published_partitions=sum(row.standing is Standing.PUBLISHED for row in found),
        judged_partitions=sum(row.judged is not None for row in found),
        kept_partitions=sum(row.standing is Standing.KEPT for row in found),
        landed=sum(row.landed or 0 for row in found),
        published=sum(row.published or 0 for row in found),
        quarantined=sum(row.quarantined or 0 for row in found),
        unparsable=sum(row.unparsable or 0 for row in found),
        judged=sum(row.judged or 0 for row in found),
    )


def last_runs(partitions: Iterable[PartitionReport]) -> tuple[PartitionReport, ...]:
    """Return of each dataset the partition on which the last verdict was reached, by team and dataset."""
    found: dict[tuple[str, str], PartitionReport] = {}
    for row in partitions:
        if row.judged_at is None:
            continue
        last = found.setdefault((row.batch.team, row.batch.dataset), row)
        if last.judged_at is None or row.judged_at > last.judged_at:
            found[row.batch.team, row.batch.dataset] = row
    return tuple(found[key] for key in sorted(found))


def _partition(
    batch: Batch,
    facts: Facts,
    *,
    same_bytes: Mapping[tuple[str, str, str], Sequence[Landing]],
    history: Mapping[tuple[Batch, Stage], Streaks],
) -> PartitionReport:
    publication = facts.publications[-1] if facts.publications else None
    landing = current_landing(facts.landings, publication)
    verdicts = current_verdicts(facts.verifications, landing)
    verified = next((verdict for verdict in verdicts if verdict.stage is Stage.VERIFY), None)
    in_place = verdicts[-1] if landing is None and publication is None and _only_judged(verdicts) else None
    parted = in_place if in_place is not None and in_place.quarantine else verified
    arrived = {outcome.rule: outcome.status for verdict in verdicts[:1] for outcome in verdict.outcomes}
    again = arrived.get(DUPLICATE, Status.PASSED) is not Status.PASSED
    duplicate_of = _duplicate_of(landing, same_bytes[_content(landing)]) if landing and again else None
    standing, stage = _standing(verdicts, publication, duplicate_of)
    return PartitionReport(
        batch=batch,
        standing=standing,
        stage=stage,
        landed=None if landing is None else landing.rows,
        published=None if publication is None else publication.rows,
        version=None if publication is None else publication.version,
        quarantined=None if parted is None else parted.bad,
        unparsable=None if parted is None else parted.unparsable,
        judged=None if in_place is None else in_place.rows,
        broken=_broken(verdicts, history),
        freshness=next((event.value for event in facts.events if event.sli is Sli.FRESHNESS), None),
        duplicate_of=duplicate_of,
        quarantine="" if parted is None else parted.quarantine,
        mended=tuple(
            MendedRule(stage=verdict.stage, rule=rule, streak=streak)
            for verdict in verdicts
            for rule, streak in sorted(history[batch, verdict.stage].items())
            if streak.mended
        ),
        judged_at=verdicts[-1].at if verdicts else None,
    )


def _only_judged(verdicts: Sequence[Verification]) -> bool:
    return bool(verdicts) and all(verdict.stage is Stage.CHECK for verdict in verdicts)


def _standing(
    verdicts: Sequence[Verification], publication: Publication | None, duplicate_of: str | None
) -> tuple[Standing, Stage | None]:
    stopped = next((verdict for verdict in verdicts if not verdict.passes), None)
    if stopped is not None and (publication is None or publication.at < stopped.at):
        return Standing.NOT_EVALUATED if stopped.errors else Standing.FAILED, stopped.stage
    if publication is not None:
        return Standing.PUBLISHED, None
    if verdicts and verdicts[-1].stage is Stage.CHECK:
        return Standing.KEPT, None
    if len(verdicts) > 1:
        return Standing.OPEN, verdicts[-1].stage
    if duplicate_of is not None:
        return Standing.DUPLICATE, None
    missing = any(o.rule == MISSING and o.status is not Status.PASSED for v in verdicts for o in v.outcomes)
    return (Standing.MISSING, None) if missing else (Standing.OPEN, verdicts[-1].stage if verdicts else None)


def _content(landing: Landing) -> tuple[str, str, str]:
    return landing.batch.team, landing.batch.dataset, landing.sha256


def _duplicate_of(landing: Landing, known: Sequence[Landing]) -> str | None:
    return arrival(landing, replayed=False, known=known, delivery=Delivery.INCREMENT).duplicate_of


def _broken(
    verdicts: Iterable[Verification], history: Mapping[tuple[Batch, Stage], Streaks]
) -> tuple[BrokenRule, ...]:
    rules = (
        BrokenRule(
            stage=verdict.stage,
            rule=outcome.rule,
            status=outcome.status,
            failing=outcome.failing,
            observed="" if outcome.failing else outcome.observed,
            percent=outcome.percent if outcome.failing else None,
            streak=history[verdict.batch, verdict.stage].get(outcome.rule),
        )
        for verdict in verdicts
        for outcome in verdict.outcomes
        if outcome.status not in {Status.PASSED, Status.SKIPPED}
    )
    return tuple(
        sorted(rules, key=lambda broken: (broken.status is Status.WARNING, -broken.failing, broken.rule))
    )
