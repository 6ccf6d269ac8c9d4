"""What is asked of each partition, and what is found that doesn't add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.naming import Stage
from airflow_dataops.core.reconciliation.balance import balance
from airflow_dataops.core.reconciliation.evidence import MISSING, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.reconciliation.evidence import Evidence
    from airflow_dataops.core.reconciliation.record import Record

AGAIN = "Clear its run: it judges the raw copy again."
PUBLISH = "Clear its run: it publishes again."
FOREIGN = f"Something else wrote there. {PUBLISH}"


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that doesn't add up.

    Args:
        where: The partition, or the place in the zones or in the target.
        what: What doesn't, as a sentence without its full stop.
        hint: What to do next.
    """

    where: str
    what: str
    hint: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}: {self.what}. {self.hint}"


def _sums(record: Record, _: Evidence) -> Iterator[Leak]:
    """The rows of the landing are all somewhere."""
    found = balance(record)
    if found is not None and found.lost:
        what = (
            f"{found.lost} of {found.landed} landed rows are nowhere"
            if found.lost > 0
            else f"{-found.lost} rows more than the {found.landed} that landed are accounted for"
        )
        yield Leak(str(record.batch), what, AGAIN)


def _remembers(record: Record, _: Evidence) -> Iterator[Leak]:
    """The store has every fact that another one stands on."""
    where, publication = str(record.batch), record.publication
    known = {landing.sha256 for landing in record.landings}
    if publication is not None and publication.manifest and publication.manifest not in known:
        what = f"the store has version {publication.version} and not the landing that it was made from"
        yield Leak(where, what, "Clear its run: the raw copy is found, and recorded again.")
    elif record.landing is None and (set(record.verdicts) - {Stage.LAND, Stage.AUDIT}):
        yield Leak(where, "the store has verdicts and no landing", "Clear its run: it lands again.")
    for stage in record.unjudged:
        yield Leak(where, f"it was published, and the store has no verdict of `{stage}`", AGAIN)
    if record.announced and publication is None:
        what = "an audit record says that it was published, and the store has no publication"
        yield Leak(where, what, "Clear its run: what the target has is recorded again.")


def _kept(record: Record, evidence: Evidence) -> Iterator[Leak | Unknown]:
    """Each raw copy is there and whole."""
    for landing in record.landings:
        match evidence.faults[landing.uri]:
            case Unknown() as unknown:
                yield unknown
            case fault if fault and not evidence.is_removed(landing.uri, fault):
                hint = "Restore it from a backup; or let the producer deliver again."
                yield Leak(landing.uri, f"the raw copy of {record.batch} {fault}", hint)


def _quarantined(record: Record, evidence: Evidence) -> Iterator[Leak | Unknown]:
    """The quarantine holds the bad rows."""
    judged = record.judged
    if judged is None or not judged.bad:
        return
    match evidence.quarantines.get(judged.quarantine):
        case Unknown() as unknown:
            yield unknown
        case rows if rows != judged.bad:
            has = MISSING if rows is None else f"has {rows} rows"
            if evidence.is_removed(judged.quarantine, has):
                return
            what = f"the quarantine of {record.batch} {has}, {judged.bad} were put there"
            yield Leak(judged.quarantine or str(record.batch), what, AGAIN)


def _released(record: Record, evidence: Evidence) -> Iterator[Leak | Unknown]:
    """What readers see is the newest publication, and that is what passed the audit."""
    publication, audited = record.publication, record.audited
    if publication is None:
        return
    where = f"{publication.target} {record.batch.partition}"
    there = evidence.targets[publication.target]
    if record.went_on and audited != publication.rows:
        what = f"{audited} rows passed the audit, {publication.rows} were published"
        yield Leak(str(record.batch), what, AGAIN)
    if isinstance(there, Unknown):
        yield there
        return
    seen, head = there.counts.get(record.batch.partition, 0), there.heads.get(record.batch)
    if seen != publication.rows:
        what = f"readers see {seen} rows, {publication.rows} were published"
        yield Leak(where, what, FOREIGN)
    elif head is None:
        what = f"the target has no version of it, the store has version {publication.version}"
        yield Leak(where, what, PUBLISH)
    elif head.version != publication.version:
        what = f"the target has version {head.version}, the store has version {publication.version}"
        yield Leak(where, what, "Clear its run: it finishes what was begun, and records it.")
    elif head.content != publication.content:
        yield Leak(where, f"version {head.version} has another content than was published", FOREIGN)


def _unpublished(record: Record, evidence: Evidence) -> Iterator[Leak | Unknown]:
    """What was never published, is not there."""
    for target in record.targets if record.publication is None else ():
        there = evidence.targets[target]
        if isinstance(there, Unknown):
            yield there
        elif (label := record.batch.partition) in there.counts:
            yield unheard_of(target, label, there.counts[label])


CHECKS: tuple[Callable[[Record, Evidence], Iterator[Leak | Unknown] | Iterator[Leak]], ...] = (
    _sums,
    _remembers,
    _kept,
    _quarantined,
    _released,
    _unpublished,
)
"""What is asked of each partition."""


def unheard_of(target: str, label: str, rows: int) -> Leak:
    """Return the leak of a partition that only the target knows."""
    return Leak(
        f"{target} {label}",
        f"readers see {rows} rows of a partition that the store never published",
        "Clear its run, which records what is there; or remove it from the target.",
    )
