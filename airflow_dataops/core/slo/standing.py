"""How an objective stands: what is left of its budget, and how fast it burns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - what reads a standing back from JSON asks for it
from enum import StrEnum
from fractions import Fraction  # noqa: TC003 - as above

from airflow_dataops.core.slo.ledger import Entry  # noqa: TC001 - as above
from airflow_dataops.core.slo.objective import BurnAlert  # noqa: TC001 - as above


class State(StrEnum):
    """How an objective stands, in a word."""

    OK = "ok"
    BURNING = "burning"
    EXHAUSTED = "exhausted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """How fast a budget burns, as one alert sees it.

    Args:
        alert: The alert.
        long: Burn rate over its long window; None where nothing was expected in it.
        short: Burn rate over its short window; None likewise.
        firing: Whether it fires.
    """

    alert: BurnAlert
    long: Fraction | None
    short: Fraction | None
    firing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an objective stood at an instant.

    Args:
        team: The team.
        product: The product.
        slo: The objective.
        at: The instant, aware.
        since: Where its window begins, aware.
        until: Where its window ends, aware: the instant, or the end of the calendar's period.
        good: Good events in the window so far.
        total: Events in the window so far.
        expected: Events that the budget is counted in: those of all of the window, as far as that is known.
        allowed: How many may be bad: (1 - target) x expected.
        burns: How fast it burns, one for each alert.
        state: In a word.
        notes: What else there is to be said, one line each: clocks that differ, a definition that changed.
    """

    team: str
    product: str
    slo: str
    at: datetime
    since: datetime
    until: datetime
    good: Fraction
    total: Fraction
    expected: Fraction
    allowed: Fraction
    burns: tuple[Burn, ...] = ()
    state: State
    notes: tuple[str, ...] = ()

    @property
    def bad(self) -> Fraction:
        """Bad events in the window."""
        return self.total - self.good

    @property
    def remaining(self) -> Fraction | None:
        """The share of the budget that is left, below 0 once it is overdrawn; None where there is none."""
        return 1 - self.bad / self.allowed if self.allowed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What an evaluator keeps of an objective for the next one. It can be made anew from what was seen.

    Args:
        standing: How it stood.
        digest: What tells whether it was made from the same declarations and by the same code.
        entries: The entries of the window, oldest first.
        cursor: Up to which instant what was seen is in it, aware.
        changes_at: When it changes though nothing is seen, aware: an event is due, or one leaves a window.
    """

    standing: Standing
    digest: str
    entries: tuple[Entry, ...]
    cursor: datetime
    changes_at: datetime | None
