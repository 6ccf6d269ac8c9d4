"""The identity of one batch and of one attempt at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

LONGEST_PARTITION = 250
"""Characters: the limit of Airflow's own partition keys."""

PARTS = ("team", "product", "dataset", "partition")
"""The parts of a batch's identity."""


class Grain(StrEnum):
    """How much time one partition covers."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


LABELS: dict[Grain, str] = {
    Grain.HOUR: "%Y-%m-%dT%H",
    Grain.DAY: "%Y-%m-%d",
    Grain.MONTH: "%Y-%m",
    Grain.YEAR: "%Y",
}
"""Grain -> label of its partition, as ISO 8601 writes it at that precision."""

LABEL = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}([+-]\d{4})?)?)?)?", re.ASCII)
LENGTHS = {Grain.YEAR: 4, Grain.MONTH: 7, Grain.DAY: 10, Grain.HOUR: 13}
"""Grain -> how much of a label tells it: the label of a day begins with that of its month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery of one dataset: what is replaced when it is run again.

    Args:
        team: Whose product it is; the DAG bundle by default.
        product: The data product.
        dataset: The dataset of the product.
        partition: The label of the partition, such as `2026-03-03`.
    """

    team: str
    product: str
    dataset: str
    partition: str

    def __post_init__(self) -> None:
        """Refuse a batch without a name.

        Raises:
            SettingsError: If a part is empty or no UTF-8, or the partition is too long for Airflow.
        """
        for part in PARTS:
            _refuse_unwritable(part, getattr(self, part))
        for part in PARTS:
            if not getattr(self, part):
                raise SettingsError(
                    f"a batch needs a {part}",
                    where=f"{self.product or '?'}/{self.partition or '?'}",
                    hint=f"Set `{part}:`; a manual run also needs a logical date or a partition key.",
                )
        if len(self.partition) > LONGEST_PARTITION:
            raise SettingsError(
                f"the partition's label is longer than {LONGEST_PARTITION} characters",
                where=self.product,
                hint="Use a shorter partition key.",
            )

    @property
    def owner(self) -> str:
        """Whose batch it is, as one string: the key without the partition."""
        return "/".join(segment(part) for part in (self.team, self.product, self.dataset))

    @property
    def key(self) -> str:
        """The batch as one string, which is the same in the target, in the store and in lineage."""
        return f"{self.owner}/{segment(self.partition)}"

    def __str__(self) -> str:
        """Return the short form for messages: product/partition."""
        return f"{self.product}/{self.partition}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One attempt at a batch.

    Args:
        run_id: Airflow's run id.
        dag_id: Airflow's DAG id.
        try_number: 1 for the first try of the task.
        interval_end: When the data of the batch was complete: the end of the data interval, aware.
    """

    run_id: str
    dag_id: str
    try_number: int = 1
    interval_end: datetime | None = None

    @property
    def segment(self) -> str:
        """The run id as one segment of a path."""
        return segment(self.run_id)


def _refuse_unwritable(part: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        # It is not shown: no message could be written either.
        raise SettingsError(
            f"the {part} of a batch can't be written in UTF-8: it holds half of a pair of surrogates",
            hint="Use a name or a partition key of whole characters.",
        ) from None


def segment(text: str) -> str:
    """Return any text as one segment of a path: reversible, never empty, never `.` or `..`."""
    quoted = quote(text, safe="+:=@,")
    return quoted.replace(".", "%2E") if set(quoted) <= {"."} else quoted


def batch_of(key: str) -> Batch:
    """Return the batch that a key stands for.

    Raises:
        SettingsError: If it is none's.
    """
    parts = key.split("/")
    if len(parts) != len(PARTS):
        raise SettingsError("this is the key of no batch", where=key)
    return Batch(**dict(zip(PARTS, map(unquote, parts), strict=True)))


def partition_label(start: datetime, grain: Grain, zone: ZoneInfo) -> str:
    """Return the label of the partition that starts at an instant.

    Where the clocks go back, the second of two hours with one name carries its offset: no two share a label.

    Args:
        start: Start of the delivery interval, aware.
        grain: How much time one partition covers.
        zone: The time zone in which the product's days begin.

    Raises:
        SettingsError: If the instant is naive.
    """
    if start.tzinfo is None:
        raise SettingsError(
            "the start of the interval has no time zone", where=str(start), hint="Use an aware datetime."
        )
    local = start.astimezone(zone)
    offset = local.strftime("%z") if grain is Grain.HOUR and local.fold else ""
    return local.strftime(LABELS[grain]) + offset


def label_at(label: str, grain: Grain) -> str:
    """Return the label of the partition in which another one lies, which is as long or shorter.

    Args:
        label: Such as `2026-03-01T09`, as `partition_label` writes it.
        grain: How much time the partition covers in which it lies.

    Raises:
        SettingsError: If it is no label of time, or one of more time than that.
    """
    if LABEL.fullmatch(label) is None or len(label) < LENGTHS[grain]:
        raise SettingsError(
            f"partition `{label}` lies in no {grain}",
            hint=f"`grain: {grain}` takes partitions of a {grain} or less.",
        )
    return label if grain is Grain.HOUR else label[: LENGTHS[grain]]


def correlation_id(batch: Batch, run: Run) -> str:
    """Return the id that ties log lines, lineage and store together: product/partition/run."""
    return f"{batch.product}/{batch.partition}/{run.run_id}"
