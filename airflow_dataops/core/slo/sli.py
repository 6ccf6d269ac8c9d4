"""Service level indicators: what one batch contributes to each of them.

Source of the definitions: Google SRE workbook, chapters 2 and 13 (data processing: freshness and
correctness).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.landing import Landing
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.verification import Verification


class Sli(StrEnum):
    """The indicators."""

    FRESHNESS = "freshness"
    COMPLETENESS = "completeness"
    CORRECTNESS = "correctness"
    SUCCESS = "success"
    FIRST_ATTEMPT = "first_attempt"
    LATENCY = "latency"


UNITS: dict[Sli, str] = {
    Sli.FRESHNESS: "s",
    Sli.COMPLETENESS: "ratio",
    Sli.CORRECTNESS: "ratio",
    Sli.SUCCESS: "ratio",
    Sli.FIRST_ATTEMPT: "ratio",
    Sli.LATENCY: "s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SliEvent:
    """What one batch says of one indicator; a later one of the same batch replaces it.

    Args:
        batch: The batch.
        sli: The indicator.
        good: Good events, where the indicator counts events; else None.
        total: All events, where it counts events; else None.
        value: The value in the indicator's unit; None when there were no events.
        at: When it was observed, aware.
    """

    batch: Batch
    sli: Sli
    good: int | None
    total: int | None
    value: Fraction | None
    at: datetime


def freshness(publication: Publication, interval_end: datetime) -> SliEvent:
    """Seconds from the end of the data interval until the batch could be read."""
    value = Fraction(str((publication.at - interval_end).total_seconds()))
    return SliEvent(
        batch=publication.batch, sli=Sli.FRESHNESS, good=None, total=None, value=value, at=publication.at
    )


def latency(publication: Publication, landing: Landing) -> SliEvent:
    """Seconds from the landing of the raw copy until the batch could be read."""
    value = Fraction(str((publication.at - landing.landed_at).total_seconds()))
    return SliEvent(
        batch=publication.batch, sli=Sli.LATENCY, good=None, total=None, value=value, at=publication.at
    )


def correctness(verification: Verification) -> SliEvent:
    """Rows passing ÷ rows checked; a row that broke three rules is one bad row."""
    value = Fraction(verification.good, verification.rows) if verification.rows else None
    return SliEvent(
        batch=verification.batch,
        sli=Sli.CORRECTNESS,
        good=verification.good,
        total=verification.rows,
        value=value,
        at=verification.at,
    )
