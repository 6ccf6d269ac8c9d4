"""Measurements -> Airflow's own stats, so statsd or OpenTelemetry as the deployment has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.settings import metric_names
from airflow_dataops.core.metrics import METRICS, RULES, STATES, Kind, tagged
from airflow_dataops.core.naming import METRIC_PREFIX, MetricNames, Stage, metric
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import timedelta
    from fractions import Fraction

    from airflow_dataops.core.alerts.incident import Incident
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.policy import PolicyAction
    from airflow_dataops.core.slo.sli import SliEvent
    from airflow_dataops.core.slo.standing import Standing
    from airflow_dataops.core.verification import Verification
    from airflow_dataops.usecases.alerts.deliver_alerts import Delivered

BACKENDS = ("statsd_on", "statsd_datadog_enabled", "otel_on")
"""Options of Airflow's section [metrics] that send them somewhere."""

UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60}
"""Unit of time -> its seconds."""


def on() -> bool:
    """Say whether anybody listens: whether Airflow sends metrics at all."""
    from airflow.sdk import conf

    return any(conf.getboolean("metrics", option, fallback=False) for option in BACKENDS)


def of_landing(*, product: str, rows: int, size: int) -> None:
    """Count what landed."""
    _count(Stage.LAND, product, {"rows": rows, "bytes": size})


def of_verification(verification: Verification) -> None:
    """Count rows and verdicts of one stage."""
    statuses = [outcome.status for outcome in verification.outcomes]
    numbers = {
        "rows": verification.rows,
        "rows_good": verification.good,
        "rows_quarantined": verification.bad,
        "rows_unparsable": verification.unparsable,
        **{f"rules_{status.value}": statuses.count(status) for status in RULES},
    }
    _count(verification.stage, verification.batch.product, numbers)


def of_publication(publication: Publication) -> None:
    """Count what was published."""
    _count(Stage.PUBLISH, publication.batch.product, {"rows": publication.rows})


def of_service_levels(events: tuple[SliEvent, ...]) -> None:
    """Gauge each indicator, in its unit."""
    send = _sender()
    for event in events:
        if event.value is not None:
            send(metric(Stage.ANNOUNCE, event.sli.value), event.value, {"product": event.batch.product})


def of_standings(standings: Iterable[Standing]) -> None:
    """Gauge how objectives stand."""
    send, many = _sender(), 0
    for one in standings:
        many += 1
        tags = {"team": one.team, "product": one.product, "slo": one.slo}
        send(f"{METRIC_PREFIX}.slo.state", STATES[one.state], tags)
        if one.remaining is not None:
            send(f"{METRIC_PREFIX}.slo.remaining", one.remaining, tags)
        for burn in one.burns:
            if burn.long is not None:
                window = {"urgency": burn.alert.urgency.value, "window": short(burn.alert.long)}
                send(f"{METRIC_PREFIX}.slo.burn", burn.long, tags | window)
    send(f"{METRIC_PREFIX}.slo.objectives", many, {})


def of_events(*, team: str, product: str, slo: str, good: Fraction, total: Fraction) -> None:
    """Count events that came due; what was taken back is left out, for a counter only grows."""
    send, tags = _sender(), {"team": team, "product": product, "slo": slo}
    if good > 0:
        send(f"{METRIC_PREFIX}.slo.good", good, tags)
    if total > 0:
        send(f"{METRIC_PREFIX}.slo.events", total, tags)


def of_policies(in_force: Iterable[PolicyAction], actions: Iterable[str]) -> None:
    """Gauge how many policies are in force, of each action."""
    send, found = _sender(), [one.action.value for one in in_force]
    for action in actions:
        send(f"{METRIC_PREFIX}.slo.policies", found.count(action), {"action": action})


def of_evaluation(took: timedelta) -> None:
    """Time an evaluation."""
    _sender()(f"{METRIC_PREFIX}.slo.evaluate", took.total_seconds() * 1000, {})


def of_alerts(incidents: Iterable[Incident], delivered: Delivered) -> None:
    """Gauge how many incidents are open and how many notifications wait; count those that were told."""
    send, urgencies = _sender(), [one.urgency for one in incidents if one.open]
    for urgency in Urgency:
        send(f"{METRIC_PREFIX}.alerts.open", urgencies.count(urgency), {"urgency": urgency.value})
    send(f"{METRIC_PREFIX}.alerts.told", len(delivered.told), {})
    send(f"{METRIC_PREFIX}.alerts.failed", delivered.failed, {})
    send(f"{METRIC_PREFIX}.alerts.waiting", delivered.waiting, {})


def short(seconds: Fraction) -> str:
    """Return a length of time as alerts are named by it, such as `1h`."""
    for unit, long in UNITS.items():
        if seconds and seconds % long == 0:
            return f"{seconds // long}{unit}"
    return f"{float(seconds):g}s"


def _count(stage: Stage, product: str, numbers: dict[str, int]) -> None:
    send = _sender()
    for what, number in numbers.items():
        send(metric(stage, what), number, {"product": product})


def _sender() -> Callable[[str, Fraction | float, Mapping[str, str]], None]:
    """Return what hands one number to Airflow, by the name that the deployment asks for."""
    from airflow.sdk.observability import stats

    embedded = metric_names() is MetricNames.EMBEDDED
    by_kind: dict[Kind, Any] = {
        Kind.COUNTER: stats.incr,
        Kind.GAUGE: stats.gauge,
        Kind.TIMER: stats.timing,
    }

    def send(name: str, number: Fraction | float, tags: Mapping[str, str]) -> None:
        known = METRICS[name]
        # Backends take plain numbers; a share of an event is rounded here alone.
        sent = int(number) if number == int(number) else float(number)
        if embedded:
            name, tags = known.embedded(tags), {}
        by_kind[known.kind](name, sent, tags={tag: tagged(value) for tag, value in tags.items()} or None)

    return send
