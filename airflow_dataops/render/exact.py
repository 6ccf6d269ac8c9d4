"""Exact numbers as people read them: never rounded past what they are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.slo.share import cut_percent
from airflow_dataops.render.quantity import NOTHING, count

if TYPE_CHECKING:
    from fractions import Fraction

DIGITS = 3
"""Digits behind the point of a rounded number."""


def number(amount: Fraction | None) -> str:
    """Return a number to three digits, its thousands apart; a dash for one that is not known."""
    if amount is None:
        return NOTHING
    return f"{float(amount):,.{DIGITS}f}".rstrip("0").rstrip(".")


def exact(amount: Fraction | None) -> str:
    """Return a number exactly, and beside it rounded where it isn't whole, such as `71/2 (35.5)`."""
    if amount is None or amount.denominator == 1:
        return count(None if amount is None else amount.numerator)
    return f"{amount.numerator:,}/{amount.denominator:,} ({number(amount)})"


def percent(share: Fraction | None, *, digits: int = DIGITS) -> str:
    """Return a share in percent, cut off and not rounded up, so that 98.99996 % is not shown as 99 %.

    Args:
        share: The share, which may lie below 0; None as a dash.
        digits: Digits behind the point. A share above 0 that they don't show is told as less than they do.
    """
    if share is None:
        return NOTHING
    return cut_percent(share, digits=digits)


def factor(rate: Fraction | None) -> str:
    """Return how many times as fast as is allowed something burns, such as `4.2x`; None as a dash."""
    if rate is None:
        return NOTHING
    return "< 0.1x" if 0 < rate < 0.1 else f"{float(rate):,.1f}".removesuffix(".0") + "x"
