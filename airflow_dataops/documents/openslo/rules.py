"""What goes together in documents of OpenSLO v1, and what must be there.

Source: the notes of the specification, and the checks of its Go SDK (github.com/OpenSLO/go-sdk). Each rule
looks at what is written, so that what is wrong otherwise hides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.slo.objective import Budgeting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.openslo.keys import (
        MetricSource,
        OpenSlo,
        PolicySpec,
        SliSpec,
        Slo,
        SloSpec,
    )
    from airflow_dataops.documents.openslo.library import Library
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

SLICED: dict[Budgeting, tuple[bool, bool]] = {
    Budgeting.OCCURRENCES: (False, False),
    Budgeting.TIMESLICES: (True, True),
    Budgeting.RATIO_TIMESLICES: (False, True),
}
"""Budgeting method -> whether an objective has `timeSliceTarget`, and `timeSliceWindow`."""


def check_slo(slo: Slo, findings: Findings) -> None:
    """Note what is wrong with an SLO by itself."""
    spec = slo.spec
    _indicators(spec, findings)
    _window(spec, findings)
    objectives = entries(spec, "objectives")
    if not objectives:
        findings.error(
            spec.node.key("objectives"), "an SLO has at least one objective", "Such as [{target: 0.95}]."
        )
    composite = any(_has(node, "indicator", "indicatorRef") for node in objectives)
    for node in objectives:
        _one_of(node, "target", "targetPercent", findings)
        if node.has("compositeWeight") and not composite:
            findings.error(
                node.key("compositeWeight"), "`compositeWeight` stands beside an objective's own indicator"
            )
        _slices(node, spec, findings)
    for entry in spec.alert_policies or ():
        _inline_or(entry, "alertPolicyRef", findings)


def check_sli(spec: SliSpec, findings: Findings) -> None:
    """Note what is wrong with an indicator."""
    _one_of(spec.node, "thresholdMetric", "ratioMetric", findings)
    ratio = spec.node.step("ratioMetric")
    if ratio is None or not isinstance(ratio.value, dict):
        return
    if ratio.has("raw"):
        for key in ("good", "bad", "total"):
            if ratio.has(key):
                findings.error(ratio.key(key), f"`{key}` and `raw` exclude each other")
        if not ratio.has("rawType"):
            findings.error(ratio.key("raw"), "`raw` needs `rawType`: success or failure")
        return
    if ratio.has("rawType"):
        findings.error(ratio.key("rawType"), "`rawType` has a meaning with `raw` alone")
    _one_of(ratio, "good", "bad", findings)
    if not ratio.has("total"):
        findings.error(ratio.place, "`total` is missing", "It is what `good` is a share of.")


def check_source(keys: MetricSource, findings: Findings) -> None:
    """Note a source of metrics that has no type."""
    if not _has(keys.node, "type", "metricSourceRef"):
        findings.error(keys.node.place, "`type` is missing", "Write it, or `metricSourceRef`.")


def check_policy(spec: PolicySpec, library: Library, findings: Findings) -> None:
    """Note what is wrong with an alert policy."""
    count = len(entries(spec, "conditions"))
    if count != 1:
        findings.error(
            spec.node.key("conditions"), f"an alert policy has one condition, this one has {count}"
        )
    for condition in spec.conditions:
        _inline_or(condition, "conditionRef", findings)
        library.condition(condition)
    for target in spec.notification_targets:
        _inline_or(target, "targetRef", findings)
        library.target(target)


def entries(keys: OpenSlo, key: str) -> tuple[Node, ...]:
    """Return what stands in a list, also what is wrong and was left out."""
    listed = keys.node.step(key)
    return tuple(listed.value) if listed is not None and isinstance(listed.value, list) else ()


def _indicators(spec: SloSpec, findings: Findings) -> None:
    node, objectives = spec.node, entries(spec, "objectives")
    own = [one for one in objectives if _has(one, "indicator", "indicatorRef")]
    if _has(node, "indicator", "indicatorRef"):
        _one_of(node, "indicator", "indicatorRef", findings)
        for one in own:
            findings.error(one.place, "the SLO has an indicator already, so an objective has none of its own")
    elif not own:
        findings.error(node.place, "the SLO has no indicator", "Write `indicator`, or `indicatorRef`.")
    else:
        for one in objectives:
            _one_of(one, "indicator", "indicatorRef", findings)


def _window(spec: SloSpec, findings: Findings) -> None:
    count = len(entries(spec, "timeWindow"))
    if count != 1:
        hint = "Such as [{duration: 28d, isRolling: true}]."
        findings.error(
            spec.node.key("timeWindow"), f"an SLO has one `timeWindow`, this one has {count}", hint
        )
    for window in spec.time_window:
        if window.is_rolling is True and window.node.has("calendar"):
            findings.error(window.node.key("calendar"), "a rolling window has no `calendar`")
        elif window.is_rolling is False and not window.node.has("calendar"):
            hint = "Such as {startTime: 2026-01-01 00:00:00, timeZone: Europe/Paris}."
            findings.error(
                window.node.key("isRolling"), "a window that isn't rolling needs a `calendar`", hint
            )


def _slices(node: Node, spec: SloSpec, findings: Findings) -> None:
    method = Budgeting(spec.budgeting_method)
    for key, needed in zip(("timeSliceTarget", "timeSliceWindow"), SLICED[method], strict=True):
        if needed and not node.has(key):
            findings.error(node.place, f"`{key}` is missing: {method} need it")
        elif node.has(key) and not needed:
            findings.error(node.key(key), f"`{key}` has no meaning with {method}")


def _one_of(node: Node, one: str, other: str, findings: Findings) -> None:
    if node.has(one) and node.has(other):
        findings.error(node.key(other), f"`{one}` and `{other}` exclude each other", "Keep one of them.")
    elif not _has(node, one, other):
        findings.error(node.place, f"`{one}` is missing", f"Write it, or `{other}`.")


def _inline_or(entry: OpenSlo, reference: str, findings: Findings) -> None:
    node = entry.node
    for key in ("kind", "metadata", "spec"):
        if node.has(key) and node.has(reference):
            findings.error(
                node.key(key), f"`{key}` and `{reference}` exclude each other", "Keep one of them."
            )
            return
    if not _has(node, "spec", reference):
        findings.error(node.place, f"`{reference}` is missing", "Write it, or `kind`, `metadata` and `spec`.")


def _has(node: Node, *keys: str) -> bool:
    return any(node.has(key) for key in keys)


def sources(spec: SliSpec) -> Iterator[tuple[str, MetricSource]]:
    """Yield each metric of an indicator: what it is called there, and where it comes from."""
    if spec.threshold_metric is not None:
        yield "thresholdMetric", spec.threshold_metric.metric_source
    ratio = spec.ratio_metric
    for key in ("good", "bad", "total", "raw"):
        metric = getattr(ratio, key, None)
        if metric is not None:
            yield key, metric.metric_source
