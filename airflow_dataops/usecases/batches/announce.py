"""Announce a publication: its service level events, and the quality that the asset event carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.batch import correlation_id
from airflow_dataops.core.history import current_verdicts
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.quality_result import quality_result
from airflow_dataops.core.slo.sli import correctness, freshness, latency
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Run
    from airflow_dataops.core.beginning import Beginning
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.quality_result import QualityResult
    from airflow_dataops.core.slo.sli import SliEvent
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.zones import Zones


def announce(
    publication: Publication, *, landing: Landing | Beginning, run: Run, store: Store, zones: Zones
) -> tuple[tuple[SliEvent, ...], QualityResult]:
    """Record what the batch says of each indicator, and remove what the run staged.

    Where nothing landed, nothing tells how long a landing took: there is no latency.

    Args:
        publication: What was published.
        landing: The raw copy that it was made from; or how the batch began, where nothing landed.
        run: The attempt.
        store: Where the verdicts are, and the events go.
        zones: What the run staged in.

    Returns:
        The events, and how many rules the batch kept.

    Raises:
        BrokenWorldError: If the store or the staging zone can't be reached.
    """
    batch = publication.batch
    verifications = store.facts(
        Verification,
        team=batch.team,
        product=batch.product,
        dataset=batch.dataset,
        partition=batch.partition,
    )
    landed = landing if isinstance(landing, Landing) else None
    events = [] if landed is None else [latency(publication, landed)]
    if run.interval_end is not None:
        events.append(freshness(publication, run.interval_end))
    events.extend(correctness(found) for found in verifications if found.stage is Stage.VERIFY)
    store.record(*events)
    zones.clear(batch, run)
    quality = quality_result(
        publication,
        verifications=current_verdicts(verifications, landed),
        run_uid=correlation_id(batch, run),
    )
    return tuple(events), quality
