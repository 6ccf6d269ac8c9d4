"""Land a drop: an immutable raw copy with its manifest, and the verdict on what has arrived."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Landing, arrival, outcomes
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.verification import Verification, blocks
from airflow_dataops.usecases.levels.moment import moment

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.landing import Arrival, Delivery, Dialect, Drop, OnDuplicate, OnMissing
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.source import Read, Source
    from airflow_dataops.usecases.ports.store import Store
    from airflow_dataops.usecases.ports.zones import Zones


def land(
    batch: Batch,
    *,
    run: Run,
    dialect: Dialect,
    delivery: Delivery,
    on_missing: OnMissing,
    on_duplicate: OnDuplicate,
    source: Source,
    zones: Zones,
    store: Store,
    clock: Clock,
) -> Arrival | None:
    """Keep the drop of a batch, or return None when there is none; either way the verdict is recorded.

    The landing is recorded before it is compared with others, so that of two which land at once at least one
    sees the other.

    Raises:
        BrokenWorldError: If the drop, the raw zone or the store can't be reached.
    """
    drop = source.find(batch)
    found = None
    if drop is not None:
        found = _keep(
            drop,
            batch=batch,
            run=run,
            dialect=dialect,
            delivery=delivery,
            read=source.read,
            zones=zones,
            store=store,
            at=moment(batch, store=store, clock=clock),
        )
    verdicts = outcomes(found, on_missing=on_missing, on_duplicate=on_duplicate)
    store.record(
        Verification(
            batch=batch,
            stage=Stage.LAND,
            run_id=run.run_id,
            contract="",
            at=moment(batch, store=store, clock=clock),
            rows=0,
            good=0,
            bad=0,
            unparsable=0,
            outcomes=verdicts,
            blocks=blocks(verdicts, rows=0, bad=0, ceiling=Fraction(0)),
        )
    )
    return found


def _keep(
    drop: Drop,
    *,
    batch: Batch,
    run: Run,
    dialect: Dialect,
    delivery: Delivery,
    read: Read,
    zones: Zones,
    store: Store,
    at: datetime,
) -> Arrival:
    landing, replayed = zones.keep(drop, read=read, batch=batch, run=run, dialect=dialect, at=at)
    store.record(landing)
    known = store.facts(
        Landing, team=batch.team, product=batch.product, dataset=batch.dataset, sha256=landing.sha256
    )
    return arrival(landing, replayed=replayed, known=known, delivery=delivery)
