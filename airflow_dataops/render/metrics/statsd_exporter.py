"""The mapping by which Prometheus' statsd_exporter gives our metrics their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# Names and labels of the metrics of airflow-provider-dataops, for Prometheus' statsd_exporter:
#   statsd_exporter --statsd.mapping-config=statsd-exporter.yml
# The first rule of each metric is for [dataops] metrics_names = embedded, the second one for tags, which
# Airflow sends with [metrics] statsd_datadog_enabled or statsd_influxdb_enabled.
mappings:
"""


def mapping(prefix: str = "airflow") -> str:
    """Return the mapping as YAML.

    Args:
        prefix: Airflow's `[metrics] statsd_prefix`.
    """
    return HEAD + "".join(_lines(prefix))


def _lines(prefix: str) -> Iterator[str]:
    for metric in METRICS.values():
        match = f"{prefix}.{metric.name}"
        if metric.tags:
            labels = ", ".join(f'{tag}: "${at}"' for at, tag in enumerate(metric.tags, start=1))
            yield _rule(".".join((match, *"*" * len(metric.tags))), metric.prometheus)
            yield f"    labels: {{{labels}}}\n"
        yield _rule(match, metric.prometheus)


def _rule(match: str, name: str) -> str:
    return f'  - match: "{match}"\n    name: "{name}"\n'
