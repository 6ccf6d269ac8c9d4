"""A share of a budget in words that never promise more than is there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

DIGITS = 3
"""Digits of a percentage behind the point."""


def cut_percent(share: Fraction, *, digits: int = DIGITS) -> str:
    """Return a share in percent, cut off and not rounded up, so that 4.99996 % is not told as 5 %.

    Args:
        share: The share, which may lie below 0.
        digits: Digits behind the point. A share above 0 that they don't show is told as less than they do.
    """
    step = 10**digits
    cut = math.floor(share * 100 * step)
    if cut == 0 and share > 0:
        return f"< {1 / step:.{digits}f} %"
    whole, rest = divmod(abs(cut), step)
    behind = f"{rest:0{digits}}".rstrip("0") if digits else ""
    return f"{'-' if cut < 0 else ''}{whole:,}{'.' if behind else ''}{behind} %"
