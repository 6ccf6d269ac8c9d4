"""What an incident cost of the budgets of its product."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.postmortem import Burned
from airflow_dataops.core.slo.ledger import Mark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.slo.ledger import Entry
    from airflow_dataops.core.slo.standing import Kept


def cost(incident: Incident, kept: Iterable[Kept], *, runs: Collection[str] = ()) -> tuple[Burned, ...]:
    """Return what an incident cost of each budget, the most first.

    Of one about a partition that is what its entries burned, and those of its runs; of one about a product as
    a whole, what burned while it lasted, of the objectives that it is about.

    Args:
        incident: The incident.
        kept: How the objectives of its product stand, with their entries.
        runs: The ids of the runs of the partition.
    """
    found = [burned for each in kept for burned in _of_budget(incident, each, runs)]
    return tuple(sorted(found, key=lambda burned: (-(burned.share or Fraction(0)), burned.slo)))


def _of_budget(incident: Incident, kept: Kept, runs: Collection[str]) -> Iterator[Burned]:
    its = [entry for entry in kept.entries if _burned(entry) and _within(entry, incident, kept, runs)]
    if not its:
        return
    standing = kept.standing
    bad = sum((entry.bad for entry in its), Fraction(0))
    yield Burned(
        slo=standing.slo,
        bad=bad,
        total=sum((entry.total for entry in its), Fraction(0)),
        share=bad / standing.allowed if standing.allowed else None,
        remaining=standing.remaining,
        repaired=not bad,
    )


def _burned(entry: Entry) -> bool:
    return entry.bad > 0 or entry.mark is Mark.REPAIRED


def _within(entry: Entry, incident: Incident, kept: Kept, runs: Collection[str]) -> bool:
    if incident.where.partition:
        return entry.partition == incident.where.partition or entry.partition in runs
    concerned = {name.partition(" ")[2] for name in incident.had}
    until = incident.resolved or kept.standing.at
    return kept.standing.slo in concerned and incident.began <= entry.at <= until
