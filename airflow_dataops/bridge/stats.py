"""Measurements -> Airflow's own stats, so statsd or OpenTelemetry as the deployment has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.naming import Stage, metric

if TYPE_CHECKING:
    from airflow_dataops.core.publication import Publication
    from airflow_dataops.core.slo.sli import SliEvent
    from airflow_dataops.core.verification import Verification


def of_landing(*, product: str, rows: int, size: int) -> None:
    """Count what landed."""
    _count(Stage.LAND, product, {"rows": rows, "bytes": size})


def of_verification(verification: Verification) -> None:
    """Count rows and verdicts of one stage."""
    statuses = [outcome.status.value for outcome in verification.outcomes]
    numbers = {
        "rows": verification.rows,
        "rows_good": verification.good,
        "rows_quarantined": verification.bad,
        "rows_unparsable": verification.unparsable,
        **{f"rules_{status}": statuses.count(status) for status in ("passed", "warning", "failed", "error")},
    }
    _count(verification.stage, verification.batch.product, numbers)


def of_publication(publication: Publication) -> None:
    """Count what was published."""
    _count(Stage.PUBLISH, publication.batch.product, {"rows": publication.rows})


def of_service_levels(events: tuple[SliEvent, ...]) -> None:
    """Gauge each indicator, in its unit."""
    from airflow.sdk.observability import stats

    for event in events:
        if event.value is not None:
            name = metric(Stage.ANNOUNCE, event.sli.value)
            stats.gauge(name, float(event.value), tags={"product": event.batch.product})


def _count(stage: Stage, product: str, numbers: dict[str, int]) -> None:
    from airflow.sdk.observability import stats

    for what, number in numbers.items():
        stats.incr(metric(stage, what), number, tags={"product": product})
