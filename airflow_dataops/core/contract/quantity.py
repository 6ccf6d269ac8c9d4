"""What a service level promises, exactly: a duration, a share, a rate, an instant, a time of day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class TimeUnit(StrEnum):
    """The units in which time is counted."""

    MILLISECOND = "millisecond"
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


SECONDS: dict[TimeUnit, Fraction] = {
    TimeUnit.MILLISECOND: Fraction(1, 1000),
    TimeUnit.SECOND: Fraction(1),
    TimeUnit.MINUTE: Fraction(60),
    TimeUnit.HOUR: Fraction(3600),
    TimeUnit.DAY: Fraction(86_400),
    TimeUnit.WEEK: Fraction(7 * 86_400),
    TimeUnit.MONTH: Fraction(30 * 86_400),
    TimeUnit.QUARTER: Fraction(90 * 86_400),
    TimeUnit.YEAR: Fraction(365 * 86_400),
}
"""Unit -> its seconds; a month has 30 days, a quarter 90, a year 365, as durations of OpenSLO v1 have."""


class Counted(StrEnum):
    """What a throughput counts."""

    ROWS = "rows"
    BYTES = "bytes"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time.

    Args:
        amount: How many units, not below 0.
        unit: The unit.
    """

    amount: Fraction
    unit: TimeUnit

    @property
    def seconds(self) -> Fraction:
        """Its length in seconds."""
        return self.amount * SECONDS[self.unit]

    def __str__(self) -> str:
        """Return it as a person would write it."""
        return f"{decimal(self.amount)} {self.unit}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share.

    Args:
        share: 0..1.
    """

    share: Fraction

    def __str__(self) -> str:
        """Return it in percent."""
        return f"{decimal(100 * self.share)} %"


@dataclass(frozen=True, slots=True)
class Rate:
    """How much there is in a unit of time.

    Args:
        amount: How much, not below 0.
        counted: Of what.
        per: In which unit of time.
    """

    amount: Fraction
    counted: Counted
    per: TimeUnit

    @property
    def per_second(self) -> Fraction:
        """How much there is in a second."""
        return self.amount / SECONDS[self.per]

    def __str__(self) -> str:
        """Return it as a person would write it."""
        return f"{decimal(self.amount)} {self.counted} per {self.per}"


Quantity = Duration | Ratio | Rate | datetime | time
"""What a service level promises; an instant and a time of day are aware."""

SHOWN = Decimal("1e-9")
"""The last digit that is shown of a number."""


def size(quantity: Quantity) -> Fraction | datetime | None:
    """Return what quantities of one kind are compared by; None for a time of day, which goes round."""
    match quantity:
        case Duration():
            return quantity.seconds
        case Ratio():
            return quantity.share
        case Rate():
            return quantity.per_second
        case datetime():
            return quantity
        case _:
            return None


def decimal(number: Fraction) -> str:
    """Return a number as a person would write it: exactly, up to nine digits behind the point."""
    whole, rest = divmod(number, 1)
    digits = f"{(Decimal(rest.numerator) / rest.denominator).quantize(SHOWN):f}".rstrip("0")
    return f"{whole + int(digits[0])}{digits[1:].rstrip('.')}"
