"""What the store remembers of one partition, and what of it belongs together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status
from airflow_dataops.core.history import by_batch, current_landing, current_verdicts
from airflow_dataops.core.landing import DUPLICATE, MISSING
from airflow_dataops.core.naming import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.history import Facts
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the store remembers of one partition, and what of it belongs together.

    Args:
        batch: Which one.
        landings: Every raw copy of it, oldest first.
        landing: The current one, or None when none is known.
        verdicts: Stage -> its verdict on that raw copy.
        publication: Its newest publication, or None.
        targets: Where the product's publications are.
        announced: Whether an audit record says that it was published.
    """

    batch: Batch
    landings: tuple[Landing, ...]
    landing: Landing | None
    verdicts: Mapping[Stage, Verification]
    publication: Publication | None
    targets: tuple[str, ...]
    announced: bool

    @property
    def judged(self) -> Verification | None:
        """The verdict of `verify`, or None."""
        return self.verdicts.get(Stage.VERIFY)

    @property
    def audited(self) -> int | None:
        """Rows that passed the audit, or None when it is not known to have passed."""
        audit = self.verdicts.get(Stage.AUDIT)
        return audit.good if audit is not None and audit.passes else None

    @property
    def went_on(self) -> bool:
        """Whether the good rows of the raw copy are those that readers see.

        A replay that ends in the same rows keeps the earlier publication, which is then older than its audit.
        """
        publication, audited = self.publication, self.audited
        if publication is None or audited is None or not all(one.passes for one in self.verdicts.values()):
            return False
        return publication.at >= self.verdicts[Stage.AUDIT].at or publication.rows == audited

    @property
    def skipped(self) -> bool:
        """Whether the drop was left alone as a duplicate: nothing came after `land`, which let it pass."""
        arrived = self.verdicts.get(Stage.LAND)
        if arrived is None or len(self.verdicts) > 1 or not arrived.passes:
            return False
        return any(o.rule == DUPLICATE and o.status is not Status.PASSED for o in arrived.outcomes)

    @property
    def unjudged(self) -> tuple[Stage, ...]:
        """Stages without a verdict on what was published, and not touched since.

        Where nothing landed, nothing was to be verified.
        """
        publication, landing = self.publication, self.landing
        if publication is not None and not publication.manifest:
            return () if Stage.AUDIT in self.verdicts else (Stage.AUDIT,)
        if publication is None or landing is None or publication.manifest != landing.sha256:
            return ()
        if any(verdict.at > publication.at for verdict in self.verdicts.values()):
            return ()
        return tuple(stage for stage in (Stage.VERIFY, Stage.AUDIT) if stage not in self.verdicts)


def records(facts: Facts, *, announced: Iterable[Batch] = ()) -> tuple[Record, ...]:
    """Return what is remembered of each partition, by team, product, dataset and partition.

    Args:
        facts: What the store remembers.
        announced: The batches of which an audit record says that they were published.
    """
    landings, publications = by_batch(facts.landings), by_batch(facts.publications)
    verifications = by_batch(one for one in facts.verifications if not _says_nothing(one))
    said = frozenset(announced)
    targets: dict[str, dict[str, None]] = defaultdict(dict)
    for publication in facts.publications:
        targets[publication.batch.owner][publication.target] = None
    batches = {*landings, *publications, *verifications, *said}
    return tuple(
        _record(
            batch,
            landings[batch],
            verifications[batch],
            publications[batch],
            targets=tuple(targets[batch.owner]),
            announced=batch in said,
        )
        for batch in sorted(batches, key=place_of)
    )


def place_of(batch: Batch) -> tuple[str, str, str, str]:
    """Return where a batch stands in a list."""
    return batch.team, batch.product, batch.dataset, batch.partition


def _says_nothing(verdict: Verification) -> bool:
    """Say whether a verdict is on nothing that had landed: there was no drop, or other rows were checked."""
    if verdict.stage is Stage.CHECK:
        return True
    return any(o.rule == MISSING and o.status is not Status.PASSED for o in verdict.outcomes)


def _record(
    batch: Batch,
    landings: Sequence[Landing],
    verifications: Sequence[Verification],
    publications: Sequence[Publication],
    *,
    targets: tuple[str, ...],
    announced: bool,
) -> Record:
    publication = publications[-1] if publications else None
    landing = current_landing(landings, publication)
    verdicts = {verdict.stage: verdict for verdict in current_verdicts(verifications, landing)}
    judged = verdicts.get(Stage.VERIFY)
    if judged is not None and landing is not None and judged.rows != landing.rows:
        # A verdict doesn't name its raw copy, and an older one may have come again.
        again = (one for one in reversed(landings) if one.rows == judged.rows)
        landing = next(again, landing)
    return Record(
        batch=batch,
        landings=tuple(landings),
        landing=landing,
        verdicts=verdicts,
        publication=publication,
        targets=targets,
        announced=announced,
    )
