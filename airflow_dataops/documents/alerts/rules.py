"""`alerts.yaml` -> who is told of what, and when.

The keys are Alertmanager's, so that what people know of it holds; receivers are our own. What may stand
there: `docs/reference/alerts.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.ever import ever_told
from airflow_dataops.core.alerts.interval import always
from airflow_dataops.core.alerts.route import nodes
from airflow_dataops.core.alerts.rules import KEEP_FIRING_FOR, LOG, Rules
from airflow_dataops.core.alerts.transport import AlertmanagerTransport
from airflow_dataops.documents.alerts.inhibitions import check_inhibitions, inhibition
from airflow_dataops.documents.alerts.intervals import interval
from airflow_dataops.documents.alerts.keys import AlertsKeys
from airflow_dataops.documents.alerts.lengths import check_lengths
from airflow_dataops.documents.alerts.receivers import receiver
from airflow_dataops.documents.alerts.routes import Routes
from airflow_dataops.documents.alerts.secrets import check_secrets
from airflow_dataops.documents.yaml.findings import Findings
from airflow_dataops.documents.yaml.form import fit
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.reader import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from airflow_dataops.documents.alerts.keys import NamedIntervalKeys, ReceiverKeys
    from airflow_dataops.errors import Problem


def read_alerts(path: str | Path) -> tuple[Rules, tuple[Problem, ...]]:
    """Read who is told of what.

    Returns:
        The rules, and warnings.

    Raises:
        DocumentError: If the file can't be read or is wrong: all problems at once.
    """
    document = read(path)
    findings = Findings()
    findings.errors.extend(document.problems)
    secret = check_secrets(document.root, findings)
    formed = Findings()
    keys, whole = fit(AlertsKeys, document.root, findings=formed)
    # Of a secret it is said that it is one, and not that its key is unknown as well.
    findings.errors.extend(problem for problem in formed.errors if problem.place not in secret)
    if keys is None:
        findings.settle()
        raise AssertionError(document.file)
    receivers = tuple(receiver(one, findings) for one in keys.receivers)
    _told_apart("receiver", keys.receivers, findings)
    _told_apart("time interval", keys.time_intervals, findings)
    routes = Routes(
        receivers=frozenset((LOG.name, *(one.name for one in receivers))),
        intervals=frozenset(one.name for one in keys.time_intervals),
        whole=whole,
        findings=findings,
    )
    rules = Rules(
        route=routes.root(keys.route),
        receivers=receivers if any(one.name == LOG.name for one in receivers) else (*receivers, LOG),
        inhibitions=tuple(inhibition(one, findings) for one in keys.inhibit_rules),
        intervals=tuple(interval(one, findings) for one in keys.time_intervals),
        keep_firing_for=KEEP_FIRING_FOR if keys.keep_firing_for is None else keys.keep_firing_for,
    )
    check_lengths(keys, findings)
    _left_to_others(rules, findings)
    if not findings.errors:  # else an interval may lack what is wrong with it, and seem to hold always
        _ever_told(rules, findings)
    if whole:  # else a rule may lack what was wrong with it, and say another thing
        check_inhibitions(rules.inhibitions, findings)
    return rules, findings.settle()


def _left_to_others(rules: Rules, findings: Findings) -> None:
    """Note times that count for nothing, since a receiver is told by Alertmanager, which has its own."""
    for found in nodes(rules.route):
        receiver = rules.receiver(found.route.receiver)
        ways = receiver.transports if receiver is not None else ()
        if (found.route.mute or found.route.active) and any(
            isinstance(way, AlertmanagerTransport) for way in ways
        ):
            name = shown(found.route.receiver)
            what = f"time intervals say nothing to Alertmanager, by which `{name}` is told"
            findings.warn(found.route.place, what, "Write them into its own configuration.")


def _ever_told(rules: Rules, findings: Findings) -> None:
    """Refuse a route that nobody is ever told by: what holds always is no time but silence."""
    hint = f"Give it a time. What nobody is to be told of has the receiver `{LOG.name}`."
    ever = {one.name for one in rules.intervals if always(one)}
    for found in nodes(rules.route):
        receiver = rules.receiver(found.route.receiver)
        ways = receiver.transports if receiver is not None else ()
        if found.root or any(isinstance(way, AlertmanagerTransport) for way in ways):
            continue
        always_muted = sorted(ever.intersection(found.route.mute))
        for name in always_muted:
            what = f"nobody would ever be told here: the time interval `{shown(name)}` always holds"
            findings.error(found.route.place, what, hint)
        if not always_muted and not ever_told(found.route, rules.intervals):
            names = ", ".join(f"`{shown(name)}`" for name in (*found.route.mute, *found.route.active))
            what = f"nobody would ever be told here: its time intervals leave no time, {names}"
            findings.error(found.route.place, what, hint)


def _told_apart(
    what: str, named: Iterable[ReceiverKeys] | Iterable[NamedIntervalKeys], findings: Findings
) -> None:
    seen: dict[str, str] = {}
    for one in named:
        place = one.at("name")
        first = seen.setdefault(one.name, str(place))
        if first != str(place):
            line = first.rsplit(":", 2)[1]
            findings.error(
                place,
                f"the {what} `{shown(one.name)}` is there already, in line {line}",
                "Rename one of them, or make one of both.",
            )
