"""Whether so many bad events say anything, where there are few: a guard for alerts that wake people up."""

from __future__ import annotations

import math
from fractions import Fraction

EXACTLY = 1_000
"""Up to so many events the chance is exact. Above, it is right to 1e-6 of itself up to 10^8 events: what is
lost is in the logarithms of the factorials, which have 53 bits."""


def tail(bad: int, total: int, chance: Fraction) -> Fraction:
    """Return P(X >= bad) of a binomial X: so many events, each bad by a chance. Exact up to 1,000 events.

    Args:
        bad: How many are bad at least.
        total: How many there are.
        chance: The chance that one is bad, 0..1.
    """
    if bad <= 0:
        return Fraction(1)
    if bad > total or not chance:
        return Fraction(0)
    if chance >= 1:
        return Fraction(1)
    return _exact(bad, total, chance) if total <= EXACTLY else _near(bad, total, chance)


def significant(bad: Fraction, total: Fraction, *, chance: Fraction, level: Fraction) -> bool:
    """Return whether so many bad events would hardly be seen, were each of them bad only by a chance.

    Args:
        bad: Bad events. A part of one counts as one: X is a whole number, so X >= 1/3 is X >= 1.
        total: All events, likewise.
        chance: The chance.
        level: `hardly`: below which probability, at most 1/2.
    """
    above, events = math.ceil(bad), math.ceil(total)
    if not level or above <= math.floor(events * chance):
        # The median of X is at least floor(n x p), so this is seen half of the time, or more often.
        return False
    return tail(above, events, chance) < level


def least_significant(chance: Fraction, level: Fraction) -> int | None:
    """Return how many events in a row must be bad to be significant; None where no number is.

    That is the smallest n with chance^n < level.
    """
    if chance >= 1:
        return None
    events, seen = 1, chance
    while seen >= level:
        events, seen = events + 1, seen * chance
    return events


def least_bad(total: int, *, chance: Fraction, level: Fraction) -> int | None:
    """Return how many of so many events must be bad to be significant; None where not even all are enough.

    Args:
        total: All events.
        chance: As for `significant`.
        level: Likewise.
    """
    events = Fraction(total)
    if not significant(events, events, chance=chance, level=level):
        return None
    low, high = 1, total
    while low < high:
        middle = (low + high) // 2
        if significant(Fraction(middle), events, chance=chance, level=level):
            high = middle
        else:
            low = middle + 1
    return low


def _exact(bad: int, total: int, chance: Fraction) -> Fraction:
    hit, miss = chance.numerator, chance.denominator - chance.numerator
    ways = sum(math.comb(total, each) * hit**each * miss ** (total - each) for each in range(bad, total + 1))
    return Fraction(ways, chance.denominator**total)


def _near(bad: int, total: int, chance: Fraction) -> Fraction:
    """Add up the terms from the first on until they add nothing more."""
    if bad <= total * chance:
        return 1 - _near(total - bad + 1, total, 1 - chance)
    p = float(chance)
    odds = p / (1 - p)
    first = math.lgamma(total + 1) - math.lgamma(bad + 1) - math.lgamma(total - bad + 1)
    first += bad * math.log(p) + (total - bad) * math.log1p(-p)
    term = whole = 1.0
    for each in range(bad, total):
        term *= (total - each) / (each + 1) * odds
        whole += term
        if term < whole * 1e-17:
            break
    return Fraction(min(1.0, math.exp(first) * whole))
