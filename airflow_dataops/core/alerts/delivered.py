"""What was delivered, and which runs ended well: what ends that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.signal import Where
from airflow_dataops.core.slo.run import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.slo.run import RunOutcome

Interval = tuple[str, str, "datetime", "datetime"]
"""Team, product, and start and end of an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """When partitions were delivered last, all aware.

    Args:
        published: Batch -> when it was published last.
        partitions: Partition -> when any dataset of it was.
        ran: Partition -> when a run for it ended well last.
        runs: Team, product and run -> when it ended well.
        intervals: Team, product, start and end of an interval -> when a run for it ended well last.
        products: Team and product -> when any of its runs ended well last.
    """

    published: Mapping[Batch, datetime] = field(default_factory=dict)
    partitions: Mapping[Where, datetime] = field(default_factory=dict)
    ran: Mapping[Where, datetime] = field(default_factory=dict)
    runs: Mapping[tuple[str, str, str], datetime] = field(default_factory=dict)
    intervals: Mapping[Interval, datetime] = field(default_factory=dict)
    products: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def after(self, where: Where, at: datetime, *, batch: Batch | None = None, run_id: str = "") -> bool:
        """Return whether a partition was delivered after an instant, or a run for it ended well.

        Args:
            where: The partition.
            at: The instant, aware.
            batch: Of which dataset; any where it is None.
            run_id: Also this run counts, whatever it is for.
        """
        ended = (self.ran.get(where), self.runs.get((where.team, where.product, run_id)))
        well = any(one is not None and one > at for one in ended)
        return well or self.published_after(where, at, batch=batch)

    def published_after(self, where: Where, at: datetime, *, batch: Batch | None = None) -> bool:
        """Return whether a partition was published after an instant.

        Args:
            where: The partition.
            at: The instant, aware.
            batch: Of which dataset; any where it is None.
        """
        published = self.partitions.get(where) if batch is None else self.published.get(batch)
        return published is not None and published > at

    def after_run(self, run: RunOutcome) -> bool:
        """Return whether another run did what one has failed to do: one for its interval, after it.

        A run with neither interval nor partition is for no time of its own: the next one does what it did.
        """
        interval = _interval(run)
        if interval is not None:
            return self.intervals.get(interval, run.ended) > run.ended
        return not run.partition and self.products.get((run.team, run.dag_id), run.ended) > run.ended


def delivered(published: Mapping[Batch, datetime], runs: Iterable[tuple[Where, RunOutcome]]) -> Delivered:
    """Return what was delivered.

    Args:
        published: Batch -> when it was published last, aware.
        runs: Runs, each with the partition that it is for.
    """
    partitions: dict[Where, datetime] = {}
    for batch, at in published.items():
        where = Where(batch.team, batch.product, batch.partition)
        partitions[where] = max(at, partitions.get(where, at))
    ran: dict[Where, datetime] = {}
    by_id: dict[tuple[str, str, str], datetime] = {}
    intervals: dict[Interval, datetime] = {}
    products: dict[tuple[str, str], datetime] = {}
    for where, run in runs:
        if run.final is not Outcome.SUCCESS:
            continue
        ran[where] = max(run.ended, ran.get(where, run.ended))
        by_id[run.team, run.dag_id, run.run_id] = run.ended
        of = (run.team, run.dag_id)
        products[of] = max(run.ended, products.get(of, run.ended))
        interval = _interval(run)
        if interval is not None:
            intervals[interval] = max(run.ended, intervals.get(interval, run.ended))
    return Delivered(
        published=published,
        partitions=partitions,
        ran=ran,
        runs=by_id,
        intervals=intervals,
        products=products,
    )


def _interval(run: RunOutcome) -> Interval | None:
    """Return the interval of a run; None where it has none, as a run has that somebody started by hand."""
    if run.start is None or run.end is None or run.start == run.end:
        return None
    return (run.team, run.dag_id, run.start, run.end)
