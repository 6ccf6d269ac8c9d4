"""What `lint` says of service levels: OpenSLO files, objectives that can't be kept, days that never match."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from airflow_dataops.core.batch import Grain
from airflow_dataops.core.contract.quantity import SECONDS, TimeUnit
from airflow_dataops.core.slo.sli import Sli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airflow_dataops.cli.lint.report import Report
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.core.slo.expectation import Exclusion, Expectation, Slot
    from airflow_dataops.core.slo.objective import Objective
    from airflow_dataops.documents.pipeline.definition import Definition
    from airflow_dataops.errors import Problem

LENGTHS = {
    Grain.HOUR: SECONDS[TimeUnit.HOUR],
    Grain.DAY: SECONDS[TimeUnit.DAY],
    Grain.MONTH: SECONDS[TimeUnit.MONTH],
    Grain.YEAR: SECONDS[TimeUnit.YEAR],
}
"""Grain -> seconds of a partition, where other products say when it is expected."""

SAMPLE = 7 * SECONDS[TimeUnit.DAY]
"""Seconds of a longer window in which deliveries are counted first."""

MANY = 100
"""More deliveries than that are enough to tell how many there are in all of it."""


def of_product(found: Definition, report: Report, *, now: datetime) -> tuple[Objective, ...]:
    """Look at the service levels of a product, and at its OpenSLO files; return its objectives.

    Args:
        found: The product.
        report: Where problems go.
        now: What stands for the end of every window, aware.
    """
    from airflow_dataops.cli.dag.given import shelf
    from airflow_dataops.cli.lint.policies import never_lifted
    from airflow_dataops.cli.lint.runbooks import without_runbook
    from airflow_dataops.documents.declared import declared, openslo_files
    from airflow_dataops.errors import DocumentError

    seen(openslo_files(found), report)
    try:
        declaration, warnings = declared(found, since=now, shelf=shelf(), strict=True)
    except DocumentError as error:
        report.errors.extend(error.problems)
        return ()
    report.warnings.extend(warnings)
    report.declared.append(declaration)
    report.warnings.extend(advised(declaration, now=now))
    report.warnings.extend((*unexpected(declaration, found), *uncounted(declaration, found)))
    report.warnings.extend((*never_matching(declaration, found), *never_lifted(declaration, found)))
    report.errors.extend(without_runbook(declaration, now=now))
    return declaration.objectives


def of_broken(files: tuple[Path, ...], report: Report) -> None:
    """Look at the OpenSLO files of a product that is wrong otherwise: what they are about isn't known.

    Args:
        files: All of them.
        report: Where problems go.
    """
    from airflow_dataops.documents.openslo.objectives import read_openslo
    from airflow_dataops.errors import DocumentError

    seen(files, report)
    try:
        report.warnings.extend(read_openslo(files)[1])
    except DocumentError as error:
        report.errors.extend(error.problems)


def of_files(files: tuple[Path, ...], report: Report, *, now: datetime) -> None:
    """Look at the OpenSLO files of a folder that is no product's.

    Args:
        files: All of them.
        report: Where problems go.
        now: As in `of_product`.
    """
    from airflow_dataops.cli.lint.runbooks import without_runbook
    from airflow_dataops.documents.declared import watched
    from airflow_dataops.errors import DocumentError

    seen(files, report)
    try:
        declarations, warnings = watched(files, since=now, strict=True)
    except DocumentError as error:
        report.errors.extend(error.problems)
        return
    report.warnings.extend(warnings)
    for declaration in declarations:
        report.warnings.extend(advised(declaration, now=now))
        report.errors.extend(without_runbook(declaration, now=now))
        report.declared.append(declaration)
        report.watched.update({declaration.product: declaration.objectives[0].place})


def seen(files: tuple[Path, ...], report: Report) -> None:
    """Remember that all is said of OpenSLO files that there is to say."""
    report.files.extend(str(file) for file in files if str(file) not in report.files)
    report.levels.update(str(file.resolve()) for file in files)


def advised(declaration: Declaration, *, now: datetime) -> Iterator[Problem]:
    """Yield what is worth saying of objectives: budgets too small, alerts that tell nothing."""
    from airflow_dataops.core.slo.advice import advice

    for objective in declaration.objectives:
        events = expected_events(objective, declaration, now=now)
        for one in advice(objective, events, due=times_due(objective, declaration, now=now)):
            yield one.problem


def expected_events(objective: Objective, declaration: Declaration, *, now: datetime) -> Fraction | None:
    """Return how many events are expected in the window of an objective that ends now; None if unknown.

    From when on and until when a product runs plays no part: it is about the time between.
    """
    from airflow_dataops.core.slo.usual_alerts import counts_rows

    expectation, length = declaration.expectation, objective.window.length.seconds
    if counts_rows(objective) or not expectation.known or expectation.runs:
        return None
    if not expectation.schedule:
        return Fraction(length // LENGTHS[expectation.grain])
    sample = min(length, SAMPLE)
    count = _count(declaration, sample, now=now)
    if sample == length:
        return Fraction(count)
    # So many are counted in no time that matters: what a budget needs of them is their order of magnitude.
    return (
        Fraction(count * length // sample) if count > MANY else Fraction(_count(declaration, length, now=now))
    )


def times_due(objective: Objective, declaration: Declaration, *, now: datetime) -> int | None:
    """Return how often a schedule is due in the window of an objective that ends now, where that is much.

    Several times may be one delivery, since a partition covers an hour or more. An evaluation walks through
    each of them; this doesn't.
    """
    from airflow_dataops.core.slo.advice import TOO_MANY
    from airflow_dataops.documents.timetable import once_an_hour
    from airflow_dataops.wiring.clocks import timetable

    its, length = declaration.expectation, objective.window.length.seconds
    if not its.schedule or its.upstreams or its.runs:
        return None
    hourly, often = once_an_hour(its.schedule)
    if often * length / SECONDS[TimeUnit.HOUR] <= TOO_MANY:
        return None
    sample = min(length, SECONDS[TimeUnit.YEAR])
    since = now - timedelta(seconds=float(sample))
    hours = sum(1 for _ in timetable().intervals(hourly, its.timezone, since=since, until=now))
    return int(often * hours * length / sample)


def _count(declaration: Declaration, length: Fraction, *, now: datetime) -> int:
    from airflow_dataops.documents.timetable import once_an_hour

    # A partition covers an hour at least: that it is due more often in one makes no more of them.
    its = declaration.expectation
    seldom = replace(its, schedule=once_an_hour(its.schedule)[0])
    since = now - timedelta(seconds=float(length))
    return len(slots(declaration, seldom, since=since, until=now))


def slots(
    declaration: Declaration, expectation: Expectation, *, since: datetime, until: datetime
) -> tuple[Slot, ...]:
    """Return the deliveries that a schedule expects in some time, whether the product runs then or not."""
    from airflow_dataops.core.slo.slots import Calendar
    from airflow_dataops.wiring.clocks import timetable

    of_all_times = replace(expectation, start=since, end=None)
    owner = (declaration.team, declaration.product)
    known = Calendar(
        declared={owner: (replace(declaration, expectation=of_all_times, since=since),)},
        intervals=timetable().intervals,
        since=since,
        until=until,
    )
    return tuple(slot for slot in known.slots(owner) if slot.start < until)


def unexpected(declaration: Declaration, found: Definition) -> Iterator[Problem]:
    """Yield a warning where objectives are promised and nothing says when deliveries are expected."""
    from airflow_dataops.errors import Problem

    if declaration.objectives and not declaration.expectation.known:
        what = "nothing says when deliveries are expected, so that no budget is counted"
        hint = 'Write `expected: {schedule: "@daily"}`, or a `schedule`.'
        yield Problem(found.places[""], what, hint)


def uncounted(declaration: Declaration, found: Definition) -> Iterator[Problem]:
    """Yield a warning for each objective on completeness where nobody says how many rows there should be."""
    from airflow_dataops.errors import Problem

    if found.product.expected.rows is not None:
        return
    for objective in declaration.objectives:
        if objective.sli is Sli.COMPLETENESS:
            what = f"nobody says how many rows `{objective.name}` should find, so that nothing is complete"
            hint = "Write `expected: {rows: …}`: a manifest, a table, a query, or history."
            yield Problem(objective.place, what, hint)


def never_matching(declaration: Declaration, found: Definition) -> Iterator[Problem]:
    """Yield a warning where no day that is left out has a delivery; some days of a list may have none."""
    from airflow_dataops.errors import Problem

    expectation = declaration.expectation
    left_out = expectation.exclusions
    if not left_out:
        return
    place = next(
        found.places[key] for key in ("expected.exclude", "expected.holidays", "") if key in found.places
    )
    if not expectation.schedule:
        return
    if not any(_matches(one, declaration) for one in left_out):
        count = sum((one.last - one.first).days + 1 for one in left_out)
        days = f"on {left_out[0]}" if len(left_out) == 1 else f"on any of these {count} days"
        yield Problem(place, f"nothing would be expected {days}, so that leaving out changes nothing")


def _matches(days: Exclusion, declaration: Declaration) -> bool:
    """Say whether a delivery is expected that begins on one of some days."""
    expectation = declaration.expectation
    zone = ZoneInfo(expectation.timezone)
    since = datetime(days.first.year, days.first.month, days.first.day, tzinfo=zone)
    until = datetime(days.last.year, days.last.month, days.last.day, tzinfo=zone) + timedelta(days=1)
    first, last = expectation.start, expectation.end
    return any(
        (first is None or slot.start >= first) and (last is None or slot.start <= last)
        for slot in slots(declaration, replace(expectation, exclusions=()), since=since, until=until)
    )
