"""Silences: for a time, nobody is told of what matches (Alertmanager's silence/silence.go)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta  # noqa: TC003 - what reads a silence back asks for it
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.matcher import (
    Matcher,  # noqa: TC001 - as above
    Operator,
    all_match,
    matches,
)
from airflow_dataops.core.alerts.possible import certain
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.labels import Labels

LONGEST = timedelta(days=90)
"""A silence that is longer is forgotten: nobody gets one without saying that it is meant."""

NEGATIVE = frozenset({Operator.NOT_EQUAL, Operator.NOT_REGEX})


class State(StrEnum):
    """Whether a silence holds."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence.

    Args:
        number: What people call it, from 1; 0 until the store has given it one.
        matchers: All of them must match; one at least must not match an empty label.
        start: From when on, aware.
        end: Until when, aware.
        who: Who asked for it.
        why: The reason.
    """

    number: int = 0
    matchers: tuple[Matcher, ...]
    start: datetime
    end: datetime
    who: str
    why: str


def state_of(silence: Silence, now: datetime) -> State:
    """Tell whether a silence holds; at its end it still does."""
    if now < silence.start:
        return State.PENDING
    return State.EXPIRED if now > silence.end else State.ACTIVE


def asked(
    matchers: tuple[Matcher, ...],
    *,
    start: datetime | None,
    end: datetime,
    who: str,
    why: str,
    now: datetime,
    long: bool = False,
) -> Silence:
    """Return the silence that somebody asks for; one that would have begun already begins now.

    Args:
        matchers: What it is about.
        start: From when on, aware; None for now.
        end: Until when, aware.
        who: Who asks.
        why: The reason.
        now: The instant, aware.
        long: Whether it may last longer than `LONGEST`.

    Raises:
        SettingsError: If it would silence everything, ends before it begins, is over already, or lasts longer
            than it may.
    """
    if not narrow(matchers) or certain(matchers):
        raise SettingsError(
            "the silence would match everything",
            hint='One matcher at least must ask for some incidents alone, such as `product="orders"`.',
        )
    begin = max(start or now, now)
    if end <= now:
        raise SettingsError(f"the silence would have ended at {end.isoformat()}", hint="Its end is to come.")
    if end < begin:
        raise SettingsError("the silence ends before it begins", hint="Set its end after its start.")
    if end - begin > LONGEST and not long:
        raise SettingsError(
            f"the silence would last longer than {LONGEST.days} days",
            hint="By then nobody remembers it: make it shorter, or say that it is meant (`--yes`).",
        )
    return Silence(matchers=matchers, start=begin, end=end, who=who, why=why)


def ended(silence: Silence, now: datetime) -> Silence:
    """Return a silence that ends now; one that hasn't begun never does, one that is over stays as it is."""
    if state_of(silence, now) is State.EXPIRED:
        return silence
    return replace(silence, start=min(silence.start, now), end=now)


def narrow(matchers: Iterable[Matcher]) -> bool:
    """Tell whether one matcher at least asks for something; those that say what a label is not, do."""
    return any(matcher.operator in NEGATIVE or not matches(matcher, {}) for matcher in matchers)


def silenced(labels: Labels, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """Return the silence that holds for labels at an instant, the oldest one; None where none does."""
    found = (
        silence
        for silence in silences
        if state_of(silence, now) is State.ACTIVE
        and narrow(silence.matchers)
        and all_match(silence.matchers, labels)
    )
    return min(found, key=lambda silence: (silence.number, silence.start), default=None)
