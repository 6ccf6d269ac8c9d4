"""Record the verdict on rows that a team has somewhere, and how correct they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.batch import PARTS
from airflow_dataops.core.checks.selection import ALL
from airflow_dataops.core.naming import Stage
from airflow_dataops.core.slo.observation import of_verification
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from airflow_dataops.core.batch import Batch, Run
    from airflow_dataops.core.checks.selection import Selection
    from airflow_dataops.usecases.ports.store import Store

OWN = frozenset({Stage.VERIFY, Stage.AUDIT})
"""The stages at which a batch itself is judged."""


def record_check(found: Verification, *, selection: Selection, run: Run, store: Store) -> None:
    """Record a verdict; and how correct the rows are, in the same transaction, where that can be said.

    It can where all rules were asked for and the partition is known. Of a batch that a pipeline of this
    package judged, its own word counts: what readers see lacks the bad rows.

    Args:
        found: The verdict.
        selection: Which rules were asked for.
        run: The attempt.
        store: Where it is recorded.

    Raises:
        BrokenWorldError: If the store can't be reached.
    """
    batch = found.batch
    dated = batch.partition != run.run_id
    seen = of_verification(found, looked_at=run.run_id, end=run.interval_end)
    counts = selection == ALL and dated and not _judged_itself(batch, store)
    store.record(found, *(seen if counts else ()))


def _judged_itself(batch: Batch, store: Store) -> bool:
    where = {part: getattr(batch, part) for part in PARTS}
    return any(one.stage in OWN for one in store.facts(Verification, **where))
