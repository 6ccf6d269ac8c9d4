"""What is worth saying of an objective before it is kept: budgets too small, alerts that tell nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import SECONDS, Duration, Ratio, TimeUnit, decimal
from airflow_dataops.core.slo.budget import allowed, allowed_failures, least_events
from airflow_dataops.core.slo.objective import Budgeting
from airflow_dataops.core.slo.usual_alerts import can_fire, counts_rows
from airflow_dataops.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.core.slo.objective import BurnAlert, Objective

DAY, WEEK = SECONDS[TimeUnit.DAY], SECONDS[TimeUnit.WEEK]

TOO_MANY = 100_000
"""More events in a window than that take an evaluation seconds: some 70 microseconds each."""

LONGEST = SECONDS[TimeUnit.YEAR]
"""A longer window is proposed to nobody."""


class Concern(StrEnum):
    """What may be wrong with an objective."""

    NOTHING_PROMISED = "nothing_promised"
    NOTHING_EXPECTED = "nothing_expected"
    MINUTES = "minutes"
    NO_FAILURE_ALLOWED = "no_failure_allowed"
    TOO_MANY_SLICES = "too_many_slices"
    TOO_OFTEN_DUE = "too_often_due"
    ALERT_WITHOUT_EVENTS = "alert_without_events"
    ALERT_NEVER_FIRES = "alert_never_fires"
    ALERT_TOO_LONG = "alert_too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing that is worth saying of an objective.

    Args:
        concern: What it is.
        objective: The objective.
        events: How many events are expected in its window; None where that isn't known.
        due: How often its schedule is due in its window, where that is much.
        target: A target that works, a little below the given one; None where none does.
        window: A window that works; None where there is none within a year.
        alert: The alert that it is about; None where it is about none.
    """

    concern: Concern
    objective: Objective
    events: Fraction | None = None
    due: int | None = None
    target: Fraction | None = None
    window: Duration | None = None
    alert: BurnAlert | None = None

    @property
    def problem(self) -> Problem:
        """Return it in words, with the place of the objective."""
        what, hint = WORDS[self.concern]
        return Problem(
            self.objective.place, what.format(**_told(self)), _proposed(self) or hint.format(**_told(self))
        )


WORDS: dict[Concern, tuple[str, str]] = {
    Concern.NOTHING_PROMISED: (
        "the objective `{name}` promises nothing: its target is 0",
        "Write the share of good events that its users need, such as 95 %.",
    ),
    Concern.NOTHING_EXPECTED: (
        "the objective `{name}` has no budget: nothing is expected in {length}",
        "Say under `expected:` what is, or take a longer window.",
    ),
    Concern.MINUTES: (
        "the budget of the objective `{name}` lasts {length} and no longer: `m` is a minute",
        "Write `M` for months, or `h`, `d` and `w` for hours, days and weeks.",
    ),
    Concern.NO_FAILURE_ALLOWED: (
        (
            "the objective `{name}` allows no failure at all: {share} of {events} expected in {length} leave"
            " {allowed} of one"
        ),
        "Say how many of its events may fail, and choose the target by that.",
    ),
    Concern.TOO_MANY_SLICES: (
        "the objective `{name}` has {events} slices in {length}, and each evaluation counts all of them",
        "Take a longer slice, or a shorter window: {most} or fewer are counted in seconds.",
    ),
    Concern.TOO_OFTEN_DUE: (
        (
            "the schedule is due some {due} times in the {length} of the objective `{name}`, and each"
            " evaluation walks through all of them"
        ),
        "Take a shorter window, or say when deliveries are expected: `expected: {{schedule: …}}`.",
    ),
    Concern.ALERT_WITHOUT_EVENTS: (
        (
            "an alert of the objective `{name}` looks at {long}, in which mostly nothing is expected: it goes"
            " by the last event alone"
        ),
        "Give it a window of {spacing} or more.",
    ),
    Concern.ALERT_NEVER_FIRES: (
        (
            "an alert of the objective `{name}` can't fire: with a target of {share} nothing burns more than"
            " {fastest} times as fast, and it asks for more than {factor}"
        ),
        "Take a factor below {fastest}, or a higher target.",
    ),
    Concern.ALERT_TOO_LONG: (
        "an alert of the objective `{name}` looks at {long}, which is longer than the {length} of its budget",
        "Take a window of {length} at most.",
    ),
}
"""Concern -> what is said of it, and what to do where nothing can be proposed."""


def advice(objective: Objective, events: Fraction | None, *, due: int | None = None) -> Iterator[Advice]:
    """Yield what is worth saying of an objective.

    Args:
        objective: The objective.
        events: How many events are expected in its window, as its method counts them; None where that isn't
            known, as of rows. Where it has slices, their number follows from it.
        due: How often its schedule is due in its window, whether or not each is an event; None where that is
            not known, or not much.
    """
    period = objective.window.length.seconds
    if objective.slice and objective.method is not Budgeting.OCCURRENCES:
        events = Fraction(period // objective.slice)
        if events > TOO_MANY:
            yield Advice(concern=Concern.TOO_MANY_SLICES, objective=objective, events=events)
    if due is not None and due > TOO_MANY:
        yield Advice(concern=Concern.TOO_OFTEN_DUE, objective=objective, due=due)
    if not objective.target:
        yield Advice(concern=Concern.NOTHING_PROMISED, objective=objective)
    if objective.window.length.unit is TimeUnit.MINUTE and period < SECONDS[TimeUnit.HOUR]:
        yield Advice(concern=Concern.MINUTES, objective=objective)
    elif events is not None and not events:
        yield Advice(concern=Concern.NOTHING_EXPECTED, objective=objective, events=events)
    elif events is not None:
        yield from _too_small(objective, events, period / events)
    for alert in objective.alerts:
        yield from _of_alert(alert, objective, events)


def _too_small(objective: Objective, events: Fraction, spacing: Fraction) -> Iterator[Advice]:
    """Yield whether fewer than one whole event may fail; parts of a slice, and rows, always may."""
    whole = objective.method is not Budgeting.RATIO_TIMESLICES and not counts_rows(objective)
    if whole and not allowed_failures(objective.target, events):
        yield Advice(
            concern=Concern.NO_FAILURE_ALLOWED,
            objective=objective,
            events=events,
            target=_target(events),
            window=_window(least_events(objective.target) * spacing),
        )


def _of_alert(alert: BurnAlert, objective: Objective, events: Fraction | None) -> Iterator[Advice]:
    period = objective.window.length.seconds
    found = {
        Concern.ALERT_NEVER_FIRES: not can_fire(alert, objective.target),
        Concern.ALERT_WITHOUT_EVENTS: bool(events) and alert.long * (events or 0) < period,
        Concern.ALERT_TOO_LONG: alert.long > period,
    }
    for concern, so in found.items():
        if so:
            yield Advice(concern=concern, objective=objective, events=events, alert=alert)


def _target(events: Fraction) -> Fraction | None:
    """Return the highest target with few digits that allows one failure, and not three; None for 0."""
    highest = 1 - 1 / events
    if highest <= 0:
        return None
    digits = 2
    while (found := Fraction(math.floor(highest * 10**digits), 10**digits)) < 1 - 2 / events:
        digits += 1
    return found or None


def _window(seconds: Fraction) -> Duration | None:
    """Return the shortest window of at least so long, in days, or in weeks where it is more than one."""
    if seconds > LONGEST:
        return None
    days = math.ceil(seconds / WEEK) * 7 if seconds > WEEK else max(1, math.ceil(seconds / DAY))
    return Duration(Fraction(days), TimeUnit.DAY)


def _told(advice: Advice) -> dict[str, object]:
    """Return what the words speak of."""
    objective, alert, events = advice.objective, advice.alert, advice.events
    length = objective.window.length
    return {
        "name": objective.name,
        "length": length,
        "share": Ratio(objective.target),
        "fastest": decimal(1 / (1 - objective.target)),
        "events": decimal(events or Fraction(0)),
        "allowed": decimal(allowed(objective, events or Fraction(0))),
        "spacing": in_words(length.seconds / events) if events else "",
        "long": in_words(alert.long) if alert else "",
        "due": f"{advice.due:,}" if advice.due else "",
        "most": f"{TOO_MANY:,}",
        "factor": decimal(alert.factor) if alert else "",
    }


def _proposed(advice: Advice) -> str:
    told = [
        *([f"a target of {Ratio(advice.target)} or less"] if advice.target else ()),
        *([f"a window of {advice.window} or more"] if advice.window else ()),
    ]
    return f"Take {', or '.join(told)}." if told else ""


def in_words(seconds: Fraction) -> Duration:
    """Return a length of time in the largest unit of which it is at least one."""
    units = (TimeUnit.DAY, TimeUnit.HOUR, TimeUnit.MINUTE, TimeUnit.SECOND)
    unit = next((each for each in units if seconds >= SECONDS[each]), TimeUnit.SECOND)
    return Duration(seconds / SECONDS[unit], unit)
