from __future__ import annotations

import re

import yaml

from airflow_dataops.core.metrics import METRICS
from airflow_dataops.render.metrics.statsd_exporter import mapping

RULES = yaml.safe_load(mapping())["mappings"]


def mapped(name: str) -> tuple[str, dict[str, str]] | None:
    """Return name and labels as statsd_exporter gives them: by the first rule whose parts match all."""
    for rule in RULES:
        pattern = re.escape(rule["match"]).replace(r"\*", r"([^.]*)")
        found = re.fullmatch(pattern, name)
        if found:
            labels = {label: found[int(value[1:])] for label, value in rule.get("labels", {}).items()}
            return rule["name"], labels
    return None


def test_embedded_names_come_back_as_labels() -> None:
    """Each metric, in both forms, has the same name in Prometheus."""
    for metric in METRICS.values():
        tags = {tag: f"a-{tag}" for tag in metric.tags}
        assert (metric.prometheus, tags) == mapped(f"airflow.{metric.embedded(tags)}")
        assert (metric.prometheus, {}) == mapped(f"airflow.{metric.name}")


def test_the_prefix_is_that_of_the_deployment() -> None:
    """Airflow's `[metrics] statsd_prefix`."""
    assert 'match: "flow.dataops.land.rows.*"' in mapping("flow")
