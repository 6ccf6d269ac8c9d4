"""Report how objectives were kept over a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow_dataops.core.slo.amendment import amendments
from airflow_dataops.core.slo.burnt import burns
from airflow_dataops.core.slo.compliance import MOMENT, compliance, over_month
from airflow_dataops.core.slo.month import month as month_of
from airflow_dataops.core.slo.report import MonthlyReport
from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.levels.aside import Aside, NoStore, StoppedClock
from airflow_dataops.usecases.levels.evaluate_slos import evaluate_slos
from airflow_dataops.usecases.levels.list_slos import list_slos

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from airflow_dataops.core.slo.compliance import Compliance
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.month import Month
    from airflow_dataops.core.slo.observation import Observation
    from airflow_dataops.core.slo.run import RunOutcome
    from airflow_dataops.usecases.ports.clock import Clock
    from airflow_dataops.usecases.ports.service_levels import Owner, ServiceLevels
    from airflow_dataops.usecases.ports.timetable import Timetable

BEFORE = timedelta(days=1)
"""How long before a bad event counts something may be seen that says why: of a slice, somewhere in it."""


def report_slos(
    month: str,
    *,
    team: str = "",
    product: str = "",
    levels: ServiceLevels,
    timetable: Timetable,
    clock: Clock,
) -> MonthlyReport:
    """Return how objectives were kept over a month, by what was known when it ended.

    So a report that is made again says the same. It is made from what was seen, and nothing is remembered.

    Args:
        month: The month, such as `2026-10`.
        team: Whose; empty for every team.
        product: Of which product; empty for all.
        levels: What is remembered of service levels.
        timetable: Knows when schedules are due.
        clock: Tells the time.

    Raises:
        SettingsError: If it is no month, it hasn't begun, or no such objective is declared.
        BrokenWorldError: If the store can't be read.
    """
    now = clock.now()
    asked = month_of(month, now=now)
    found: list[Compliance] = []
    warnings: list[str] = []
    listed = list_slos(levels=levels, clock=clock, warn=warnings.append, team=team, product=product)
    zones = sorted({level.declaration.expectation.timezone for level in listed})
    for zone in zones:
        some, said = _in_zone(
            zone, asked, team=team, product=product, levels=levels, timetable=timetable, now=now
        )
        found += some
        warnings += [line for line in said if line not in warnings]
    found.sort(key=lambda each: (each.team, each.product))
    return MonthlyReport(month=asked, team=team, at=now, objectives=tuple(found), warnings=tuple(warnings))


def _in_zone(
    zone: str,
    month: Month,
    *,
    team: str,
    product: str,
    levels: ServiceLevels,
    timetable: Timetable,
    now: datetime,
) -> tuple[Iterator[Compliance], tuple[str, ...]]:
    """Return how objectives of products in one time zone were kept: there the month ends at one instant."""
    begin, end = month.bounds(_zone(zone))
    at = min(now, end.astimezone(UTC) - MOMENT)

    def monthly(declaration: Declaration) -> Declaration:
        its = declaration.objectives if declaration.expectation.timezone == zone else ()
        return replace(declaration, objectives=tuple(over_month(each, month, zone) for each in its))

    aside = Aside(levels, at=at, now=now, change=monthly)
    evaluation = evaluate_slos(
        levels=aside,
        timetable=timetable,
        store=NoStore(),
        clock=StoppedClock(at),
        team=team,
        product=product,
    )
    return _kept(aside, month, begin=begin, end=end, now=now), evaluation.warnings


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f"`{name}` is no time zone, and a product declares it",
            hint="Find it with `airflow-dataops lint`.",
        ) from None


def _kept(
    aside: Aside, month: Month, *, begin: datetime, end: datetime, now: datetime
) -> Iterator[Compliance]:
    histories: dict[Owner, list[Declaration]] = {}
    for one in aside.histories():
        histories.setdefault((one.team, one.product), []).append(one)
    for owner in sorted({key[:2] for key in aside.found}):
        history = histories[owner]
        newest = history[-1]
        declared = f"it was first declared at {newest.since:%F %H:%M %Z}: the month was over"
        late = (declared,) if newest.since >= end else ()
        team, product = owner
        observations, runs = _seen(aside, owner, newest, begin)
        for objective in newest.objectives:
            kept = aside.found[team, product, objective.name]
            changes = amendments(history, objective.name, since=begin, until=end)
            yield compliance(
                objective,
                newest,
                kept,
                month=month,
                now=now,
                observations=observations,
                runs=runs,
                notes=(*late, *kept.standing.notes, *map(str, changes)),
            )


def _seen(
    aside: Aside, owner: Owner, newest: Declaration, begin: datetime
) -> tuple[tuple[Observation, ...], tuple[RunOutcome, ...]]:
    """Return what tells why something burnt: nothing where nothing did."""
    team, product = owner
    entries = (entry for each in newest.objectives for entry in aside.found[*owner, each.name].entries)
    first = min((entry.at for entry in entries if entry.at >= begin and burns(entry)), default=None)
    if first is None:
        return (), ()
    return (
        aside.observations(since=first - BEFORE, team=team, product=product),
        aside.runs(since=first - BEFORE, team=team, dag_id=product),
    )
