"""Recording and alert rules for Prometheus, which burn budgets as we do.

What differs, since Prometheus sees counters and no events: a window of the calendar is a rolling one of the
same length; where windows are shorter than the time between two events, the last event can't stand in, so the
short window is made as long as that; a guard against chance is the number of bad events that passes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import SECONDS, Ratio, TimeUnit, decimal
from airflow_dataops.core.slo.budget import NONE, ONE
from airflow_dataops.core.slo.burnrate import exhausted_after
from airflow_dataops.core.slo.objective import Urgency
from airflow_dataops.core.slo.significance import least_bad
from airflow_dataops.core.slo.usual_alerts import (
    FIXED_FOR,
    can_fire,
    counts_rows,
    fixed_alerts,
    many,
    usual_alerts,
)
from airflow_dataops.core.slo.window import Calendar
from airflow_dataops.render.metrics.promql import (
    EVENTS,
    GOOD,
    HAIR,
    PREFIX,
    Series,
    duration,
    just_below,
    number,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_dataops.core.slo.objective import BurnAlert, Objective

HOUR, DAY = SECONDS[TimeUnit.HOUR], SECONDS[TimeUnit.DAY]

RARELY = 3
"""How many times as much as between two events must go by to be wrong: a weekend is 2.1 times."""

REMAINING = f"{PREFIX}_budget:remaining"
"""The series that says which share of a budget is left."""

HEAD = """\
# How error budgets burn, as `airflow-dataops render prometheus` wrote it: change objectives, not this file.
groups:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """An objective that Prometheus is to watch.

    Args:
        team: Whose it is.
        product: The product.
        objective: The objective.
        spacing: Seconds from one expected event to the next, on average; None where that isn't known.
    """

    team: str
    product: str
    objective: Objective
    spacing: Fraction | None = None

    @property
    def series(self) -> Series:
        """Its series."""
        return Series(self.team, self.product, self.objective.name)


@dataclass(frozen=True, slots=True)
class Pair:
    """An alert with the windows that Prometheus looks at.

    Args:
        alert: The alert.
        long: Its long window, seconds.
        short: Its short one, seconds; 0 for none.
    """

    alert: BurnAlert
    long: Fraction
    short: Fraction

    @property
    def windows(self) -> tuple[Fraction, ...]:
        """Those that there are."""
        return (self.long, self.short) if self.short else (self.long,)

    def burn(self, window: Fraction) -> str:
        """Return the name of the series that says how fast the budget burns in one of them."""
        return f"{PREFIX}_burn:{'weighted' if self.alert.weighted else 'ratio'}_{duration(window)}"


def rule_file(metered: Iterable[Metered]) -> str:
    """Return a rule file with a group for each objective.

    Args:
        metered: The objectives; no two of one name, product and team.
    """
    groups = [_group(each) for each in metered]
    return HEAD + "".join(groups) if groups else HEAD.replace("groups:", "groups: []")


def alerts_for(metered: Metered) -> tuple[BurnAlert, ...]:
    """Return the alerts of an objective: its own; or Sloth's where Sloth has some; or the usual ones."""
    objective = metered.objective
    if objective.alerts:
        return objective.alerts
    period, spacing = objective.window.length.seconds, objective.slice or metered.spacing
    if period in FIXED_FOR and spacing and many(period, spacing):
        return tuple(each for each in fixed_alerts(objective) if can_fire(each, objective.target))
    return usual_alerts(objective, spacing)


def _group(metered: Metered) -> str:
    objective = metered.objective
    series = metered.series
    pairs = [_pair(alert, metered) for alert in alerts_for(metered)]
    name = f"dataops/{metered.team}/{metered.product}/{objective.name}"
    rules = [*_recorded(objective, series, pairs), *_alerts(metered, series, pairs)]
    return f"{_remark(objective)}  - name: {quoted(name)}\n    rules:\n{''.join(rules)}"


def _remark(objective: Objective) -> str:
    if not isinstance(objective.window, Calendar):
        return ""
    return f"  # Prometheus knows no calendar: the budget is that of the last {objective.window.length}.\n"


def _pair(alert: BurnAlert, metered: Metered) -> Pair:
    """Return an alert's windows; where events are rare, the short one holds the last of them."""
    short = alert.short
    if short and alert.weighted:
        rare = metered.objective.slice or metered.spacing or alert.long
        short = min(max(short, rare), alert.long)
    return Pair(alert, alert.long, short if short < alert.long else NONE)


def _recorded(objective: Objective, series: Series, pairs: list[Pair]) -> Iterator[str]:
    period, budget = objective.window.length.seconds, number(1 - objective.target)
    for window in sorted({period, *(window for pair in pairs for window in pair.windows)}):
        events = series.of(_events(window))
        yield _record(_events(window), series.increase(EVENTS, window), series)
        yield _record(_bad(window), f"{events} - ({series.increase(GOOD, window)} or 0 * {events})", series)
    burns = {pair.burn(window): (window, pair) for pair in pairs for window in pair.windows}
    for name, (window, pair) in burns.items():
        base = series.of(_events(period if pair.alert.weighted else window))
        share = f" / {number(window / period)}" if pair.alert.weighted else ""
        yield _record(name, f"{series.of(_bad(window))} / ({base} > 0) / {budget}{share}", series)
    spent = f"{series.of(_bad(period))} / ({series.of(_events(period))} > 0) / {budget}"
    yield _record(REMAINING, f"1 - {spent}", series)


def _alerts(metered: Metered, series: Series, pairs: list[Pair]) -> Iterator[str]:
    whose = f"{metered.team}/{metered.product}: the error budget of {metered.objective.name}"
    for urgency in Urgency:
        asked = [_asked(pair, metered, series) for pair in pairs if pair.alert.urgency is urgency]
        conditions = [each for each in asked if each]
        if conditions:
            whole = (
                conditions[0]
                if len(conditions) == 1
                else "\nor\n".join(f"(\n{each}\n)" for each in conditions)
            )
            yield _alert(
                "Burn", whole, metered, severity=urgency, summary=f"{whose} {_pace(metered, urgency, pairs)}"
            )
    yield _alert(
        "Exhausted",
        f"{series.of(REMAINING)} <= {number(HAIR)}",
        metered,
        severity=Urgency.TICKET,
        summary=f"{whose} is used up",
        wait=Fraction(300),
    )
    silence = max(HOUR, RARELY * metered.spacing) if metered.spacing else DAY
    yield _alert(
        "Unknown",
        f"absent({series.of(EVENTS)})",
        metered,
        severity=Urgency.TICKET,
        summary=f"{whose} is not known: no event of it was ever counted",
        wait=silence,
    )
    if metered.spacing:
        yield _alert(
            "Stale",
            f"{series.increase(EVENTS, silence)} == 0",
            metered,
            severity=Urgency.TICKET,
            summary=f"{whose} is not known any more: no event of it was counted for {duration(silence)}",
        )


def _pace(metered: Metered, urgency: Urgency, pairs: list[Pair]) -> str:
    """Return how fast a budget burns when the slowest alert of an urgency fires, in words."""
    slowest = min(pair.alert.factor for pair in pairs if pair.alert.urgency is urgency)
    if not slowest:
        return "burns"
    gone = duration(exhausted_after(slowest, period=metered.objective.window.length.seconds))
    return f"burns too fast: at {decimal(slowest)} times the pace that uses it up, it is gone in {gone}"


def _asked(pair: Pair, metered: Metered, series: Series) -> str:
    """Return when an alert fires; empty where it never does."""
    alert = pair.alert
    reaching = alert.weighted or alert.inclusive
    limit = f">= {just_below(alert.factor)}" if reaching else f"> {number(alert.factor)}"
    asked = [f"{series.of(pair.burn(window))} {limit}" for window in pair.windows]
    if alert.significance is not None:
        guard = _guard(pair, metered, series, alert.significance)
        asked = [*asked, guard] if guard else []
    return "\nand\n".join(asked)


def _guard(pair: Pair, metered: Metered, series: Series, level: Fraction) -> str:
    """Return how many bad events are no chance; where nobody knows of how many, how large their share is."""
    chance = pair.alert.factor * (1 - metered.objective.target)
    bad, spacing = series.of(_bad(pair.long)), metered.objective.slice or metered.spacing
    if spacing is None or counts_rows(metered.objective):
        return f"{bad} / ({series.of(_events(pair.long))} > 0) > {number(chance)}" if chance < 1 else ""
    least = least_bad(math.ceil(pair.long / spacing), chance=min(chance, ONE), level=level)
    return f"round({bad}) >= {least}" if least else ""


def _events(window: Fraction) -> str:
    return f"{PREFIX}_events:increase_{duration(window)}"


def _bad(window: Fraction) -> str:
    return f"{PREFIX}_bad:increase_{duration(window)}"


def _record(name: str, expression: str, series: Series) -> str:
    return "".join(f"{line}\n" for line in (f"      - record: {name}", *_expr(expression), *_labels(series)))


def _expr(expression: str) -> Iterator[str]:
    yield "        expr: |"
    yield from (f"          {line}" for line in expression.split("\n"))


def _labels(series: Series, **more: str) -> Iterator[str]:
    yield "        labels:"
    for name, value in {**series.labels, **more}.items():
        yield f"          {name}: {quoted(_plain(value) if more else value)}"


def _alert(
    what: str,
    expression: str,
    metered: Metered,
    *,
    severity: Urgency,
    summary: str,
    wait: Fraction | None = None,
) -> str:
    objective = metered.objective
    notes = {
        "summary": summary,
        "description": objective.description or _promise(objective),
        "runbook_url" if "://" in objective.runbook else "runbook": objective.runbook,
    }
    lines = [
        f"      - alert: DataOpsErrorBudget{what}",
        *_expr(expression),
        *([f"        for: {duration(wait)}"] if wait else ()),
        *_labels(metered.series, severity=severity.value),
        "        annotations:",
        *(f"          {name}: {quoted(_plain(text))}" for name, text in notes.items() if text),
    ]
    return "".join(f"{line}\n" for line in lines)


def _promise(objective: Objective) -> str:
    return f"{Ratio(objective.target)} of {objective.sli.value} in {objective.window.length} is promised."


def _plain(text: str) -> str:
    """Return a text in which Prometheus finds no template."""
    return text.replace("{{", '{{ "{{" }}')
