"""Report to whoever sent a drop what became of it: by the store, and by what the quarantine holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.landing import Landing
from airflow_dataops.core.quarantine_report import quarantine_report, told
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.quarantine_report import QuarantineReport
    from airflow_dataops.usecases.ports.stock import Stock
    from airflow_dataops.usecases.ports.store import Store


def report_quarantine(
    batch: Batch,
    *,
    partner: str,
    landing: Landing | None,
    due_at: datetime | None,
    most: int,
    store: Store,
    stock: Callable[[str], Stock],
) -> QuarantineReport:
    """Return what is told of a drop; of the same facts the same is told.

    Args:
        batch: What it is a delivery of.
        partner: Who sent it.
        landing: The raw copy that was judged, or None where it isn't known: then the newest there is.
        due_at: When it was due, or None.
        most: How many lines are named of each rule, at most.
        store: What is remembered.
        stock: Opens what looks at the quarantine, by its address.

    Raises:
        BrokenWorldError: If the store or the quarantine can't be read.
    """
    where = {
        "team": batch.team,
        "product": batch.product,
        "dataset": batch.dataset,
        "partition": batch.partition,
    }
    if landing is None:
        landing = next(reversed(store.facts(Landing, **where)), None)
    verdicts = told(store.facts(Verification, **where), landing)
    quarantine = next((verdict.quarantine for verdict in verdicts if verdict.quarantine), "")
    lines = stock(quarantine).lines(quarantine, most) if quarantine and most else {}
    return quarantine_report(
        verdicts, partner=partner, batch=batch, landing=landing, due_at=due_at, lines=lines
    )
