"""Land a drop: an immutable raw copy with its manifest, and whether its bytes had arrived before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Landing, arrival

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Arrival, Delivery, Dialect
    from airflow_dataops.usecases.ports import Clock, Source, Store, Zones


def land(
    batch: Batch,
    *,
    run: Run,
    dialect: Dialect,
    delivery: Delivery,
    source: Source,
    zones: Zones,
    store: Store,
    clock: Clock,
) -> Arrival | None:
    """Keep the drop of a batch, or return None when there is none.

    The landing is recorded before it is compared with others, so that of two which land at once at least one
    sees the other.

    Raises:
        BrokenWorldError: If the drop, the raw zone or the store can't be reached.
    """
    drop = source.find(batch)
    if drop is None:
        return None
    landing, replayed = zones.keep(drop, batch=batch, run=run, dialect=dialect, at=clock.now())
    store.record(landing)
    known = store.facts(
        Landing, team=batch.team, product=batch.product, dataset=batch.dataset, sha256=landing.sha256
    )
    return arrival(landing, replayed=replayed, known=known, delivery=delivery)
