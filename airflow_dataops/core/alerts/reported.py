"""What a callback or a deadline reports from a run, before any evaluation sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a report back from JSON asks for it

from airflow_dataops.core.alerts.signal import Kind, Where  # noqa: TC001 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One word of a callback. The same of the same run again changes nothing.

    It holds until the partition is delivered after it, or the run ended well.

    Args:
        where: Which partition of which product; the run's id stands for a partition where it has none.
        kind: FAILED or LATE; of a run that ended well, what it takes back is any of them. LOST, of a
            reconciliation; it is taken back by the same one alone.
        run_id: The run.
        task_id: The task; empty for the run as a whole; the dataset, of a reconciliation.
        text: What happened in one line, without a row's value.
        at: When, aware.
        well: Whether it says that the run ended well: then all that was reported before of the partition is
            over.
    """

    where: Where
    kind: Kind
    run_id: str
    task_id: str = ""
    text: str = ""
    at: datetime
    well: bool = False
