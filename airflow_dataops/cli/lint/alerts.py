"""What `lint` says of `alerts.yaml` beside products: values that none of them has, and names without use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.matcher import Operator, matches
from airflow_dataops.core.alerts.route import nodes
from airflow_dataops.core.alerts.rules import LOG
from airflow_dataops.documents.alerts.file import FILE, LIKE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from airflow_dataops.cli.lint.report import Report
    from airflow_dataops.core.alerts.matcher import Matcher
    from airflow_dataops.core.alerts.route import Route
    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.slo.declaration import Declaration
    from airflow_dataops.errors import Problem

ASKING = frozenset({Operator.EQUAL, Operator.REGEX})
"""Operators that ask for a value; the others are about what is not there."""


def look_at_alerts(file: Path, report: Report) -> None:
    """Read an `alerts.yaml`.

    Raises:
        DocumentError: If it is wrong.
    """
    from airflow_dataops.documents.alerts.rules import read_alerts

    rules, warnings = read_alerts(file)
    report.warnings.extend((*warnings, *past(rules)))
    report.alerts.append(rules)


def files_with_alerts(path: Path) -> tuple[Path, ...]:
    """Return the files that a path stands for: those of products and contracts, and who is told of them.

    Raises:
        DocumentError: If there are none.
    """
    from airflow_dataops.cli.lint.files import files_of
    from airflow_dataops.documents.yaml.text import is_there
    from airflow_dataops.errors import DocumentError

    if not (is_there(path) and path.is_dir()):
        return (path,) if LIKE.fullmatch(path.name) else files_of(path)
    try:
        found = files_of(path)
    except DocumentError:
        if told := alerts_below(path, ()):
            return told
        raise
    return (*found, *alerts_below(path, found))


def alerts_below(folder: Path, products: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the files that say who is told: of the folder itself, and of products below a folder in it.

    Others have files of this name as well, such as rules of Prometheus.

    Args:
        folder: The folder.
        products: Files of products below it.
    """
    from airflow_dataops.documents.below import files_below

    return tuple(
        file
        for file in files_below(folder, FILE)
        if file.name == FILE
        and (file.parent == folder or any(file.parent in one.parents for one in products))
    )


def unmatched(rules: Rules, declared: Iterable[Declaration]) -> Iterator[Problem]:
    """Yield a warning for each matcher that no product can meet, and each name that nothing uses.

    Args:
        rules: Who is told of what.
        declared: What the products declare; where there are none, nothing is known of values.
    """
    products = tuple(declared)
    if products:
        yield from _unknown_values(rules, known(products))
    yield from unused(rules, frozenset(channel for one in products for channel in one.channels))


def known(declared: Iterable[Declaration]) -> Mapping[str, frozenset[str]]:
    """Return the labels of which all values are known -> those values.

    A product that doesn't say whose it is is its bundle's, which isn't known here.
    """
    products = tuple(declared)
    found = {
        "product": frozenset(one.product for one in products),
        "dataset": frozenset(one.dataset for one in products),
        "tier": frozenset(one.tier for one in products if one.tier),
        "owner": frozenset(one.owner for one in products if one.owner),
        "slo": frozenset(objective.name for one in products for objective in one.objectives),
    }
    if all(one.team for one in products):
        found["team"] = frozenset(one.team for one in products)
    return found


def _unknown_values(rules: Rules, values: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    from airflow_dataops.documents.yaml.scalar import did_you_mean
    from airflow_dataops.errors import Problem

    for place, matcher in _asked(rules):
        there = values.get(matcher.name)
        if (
            there is None
            or matches(matcher, {})
            or any(matches(matcher, {matcher.name: one}) for one in there)
        ):
            continue
        hint = did_you_mean(matcher.value, there) or "It may be one that isn't looked at here."
        yield Problem(place, f"no product here has `{matcher}`", hint)


def _asked(rules: Rules) -> Iterator[tuple[str, Matcher]]:
    for found in nodes(rules.route):
        yield from ((found.route.place, one) for one in found.route.matchers if one.operator in ASKING)
    for rule in rules.inhibitions:
        yield from ((rule.place, one) for one in (*rule.source, *rule.target) if one.operator in ASKING)


def past(rules: Rules) -> Iterator[Problem]:
    """Yield a warning for each time interval that never comes again, by the years that it names."""
    from airflow_dataops.documents.yaml.node import shown
    from airflow_dataops.errors import Problem
    from airflow_dataops.wiring import clocks

    this_year = clocks.clock().now().year
    for interval in rules.intervals:
        last = max(max((end for _, end in one.years), default=this_year) for one in interval.intervals)
        if last < this_year:
            what = f"the time interval `{shown(interval.name)}` never comes again: its last year is {last}"
            yield Problem(interval.place, what, "Change its `years`, or take it out.")


def unused(rules: Rules, channels: frozenset[str]) -> Iterator[Problem]:
    """Yield a warning for each receiver and each time interval that nothing names.

    Args:
        rules: Who is told of what.
        channels: The channels that contracts name: who has the name of one is told by it.
    """
    from airflow_dataops.documents.yaml.node import shown
    from airflow_dataops.errors import Problem

    routes: list[Route] = [found.route for found in nodes(rules.route)]
    told = {LOG.name, *channels, *(route.receiver for route in routes)}
    for receiver in rules.receivers:
        if receiver.name not in told:
            hint = "Name it in a route, or as a `support` channel of a contract."
            yield Problem(receiver.place, f"nothing is told to the receiver `{shown(receiver.name)}`", hint)
    used = {name for route in routes for name in (*route.mute, *route.active)}
    for interval in rules.intervals:
        if interval.name not in used:
            what = f"no route uses the time interval `{shown(interval.name)}`"
            yield Problem(interval.place, what, "Name it in `mute_time_intervals`, or take it out.")
