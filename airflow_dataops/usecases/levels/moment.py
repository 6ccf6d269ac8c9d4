"""The instant of a fact, in an order that no clock can turn round."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_dataops.core.batch import PARTS
from airflow_dataops.core.landing import Landing
from airflow_dataops.core.publication import Publication
from airflow_dataops.core.verification import Verification

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.store import Store

TICK = timedelta(microseconds=1)
"""The least by which two instants differ."""


def moment(batch: Batch, *, store: Store, clock: Clock, since: datetime | None = None) -> datetime:
    """Return the present instant; where the clock was set back, the first one after all that is known.

    What became of a batch is read from its facts in the order of their times. Were a later fact the older
    one by its time, a verdict would count as that of an earlier attempt.

    Args:
        batch: The batch.
        store: Where its facts are.
        clock: Tells the time.
        since: When the fact came to be by another clock, where that was before; aware.

    Raises:
        BrokenWorldError: If the store can't be read.
    """
    where = {part: getattr(batch, part) for part in PARTS}
    known = (
        *(landing.landed_at for landing in store.facts(Landing, **where)),
        *(verification.at for verification in store.facts(Verification, **where)),
        *(publication.at for publication in store.facts(Publication, **where)),
    )
    now = clock.now() if since is None else min(clock.now(), since)
    return max((now, *(at + TICK for at in known if at > now)))
