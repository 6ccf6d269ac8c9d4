"""The time over which an objective is kept, and over which its budget lasts (OpenSLO `timeWindow`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a declaration back from JSON asks for it
from fractions import Fraction

from airflow_dataops.core.contract.quantity import Duration, TimeUnit


@dataclass(frozen=True, slots=True)
class Rolling:
    """The time before now.

    Args:
        length: How long it is.
    """

    length: Duration


@dataclass(frozen=True, slots=True)
class Calendar:
    """A period that begins anew, such as a month.

    Args:
        length: How long one is; months, quarters and years are those of the calendar.
        start: Where one of them began, without a zone.
        timezone: The zone in which they begin, as IANA calls it.
    """

    length: Duration
    start: datetime
    timezone: str


Window = Rolling | Calendar

USUAL = Rolling(Duration(Fraction(28), TimeUnit.DAY))
"""Four whole weeks, so that every window has the same weekdays (SRE workbook, chapter 2)."""
