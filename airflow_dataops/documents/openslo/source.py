"""`metricSource: {type: Airflow}`: which indicator an SLO of OpenSLO means. These keys are ours.

good: {metricSource: {type: Airflow, spec: {product: orders, sli: freshness, threshold: 2h}}}
total: {metricSource: {type: Airflow, spec: {product: orders, expected: partitions}}}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from airflow_dataops.core.slo.sli import Sli
from airflow_dataops.core.slo.usual_alerts import COUNT_ROWS
from airflow_dataops.documents.openslo.keys import OpenSlo
from airflow_dataops.documents.slo_draft import TIMED
from airflow_dataops.documents.slo_values import Clock, Lag, OnGap, OnLate
from airflow_dataops.documents.yaml.form import fields_of, fit
from airflow_dataops.documents.yaml.node import described
from airflow_dataops.documents.yaml.scalar import Label, one_of

if TYPE_CHECKING:
    from airflow_dataops.documents.openslo.keys import MetricSource, SliSpec
    from airflow_dataops.documents.yaml.findings import Findings

TYPE = "Airflow"
"""The type of the source that is measured here."""

SUBJECTS = ("product", "asset", "dag")
"""What an indicator can be of: a product, by its name or that of its asset, or a DAG that is no product."""

BY_PARTITION = "/partitions"
"""How the name of a product's second asset ends, whose events have a partition."""

PARTITIONS, ROWS = "partitions", "rows"
"""What a total counts."""

EXPECTED = "expected"
"""The slice that is an expected delivery, however long that is."""


class SourceKeys(OpenSlo, BaseModel):
    """The `spec` of a source of the type Airflow."""

    product: Label | None = None
    asset: Label | None = None
    dag: Label | None = None
    dataset: Label | None = None
    sli: Annotated[str, one_of(*Sli)] | None = None
    threshold: Lag | None = None
    by: Clock | None = None
    gap: OnGap | None = None
    late: OnLate | None = None
    slice: Annotated[str, one_of(EXPECTED)] | None = None
    expected: Annotated[str, one_of(PARTITIONS, ROWS)] | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """What it is of: one of SUBJECTS and its name; empty where that isn't said."""
        found = next(((key, name) for key in SUBJECTS if (name := getattr(self, key))), ("", ""))
        return found[0], found[1].removesuffix(BY_PARTITION) if found[0] == "asset" else found[1]


OF_TOTAL = (*SUBJECTS, "dataset", "expected")
"""Keys that a total has; those of the numerator are all but the last one."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator that is measured here.

    Args:
        sli: The indicator.
        keys: What its source says.
        timed: Whether the objective says as its `value` how late is good still.
    """

    sli: Sli
    keys: SourceKeys
    timed: bool = False


def measured(spec: SliSpec, findings: Findings) -> Measured | None:
    """Return the indicator whose sources are all of the type Airflow; None where that is wrong."""
    if spec.threshold_metric is not None:
        keys = _keys(spec.threshold_metric.metric_source, findings)
        return None if keys is None else _threshold(keys, findings)
    ratio = spec.ratio_metric
    if ratio is None:
        return None
    if ratio.raw is not None:
        hint = "Write `good` and `total`."
        findings.error(ratio.node.key("raw"), "nothing is computed before it is measured here", hint)
        return None
    part = ratio.good or ratio.bad
    of, total = (None if one is None else _keys(one.metric_source, findings) for one in (part, ratio.total))
    if of is None or total is None:
        return None
    return _ratio(of, total, findings)


def _keys(source: MetricSource, findings: Findings) -> SourceKeys | None:
    node = source.node.step("spec")
    if node is None or not isinstance(node.value, dict):
        what = "is missing" if node is None else f"must be a mapping of keys, it is {described(node.plain())}"
        findings.error(
            source.node.at("spec").place, f"`spec` {what}", "Such as {product: orders, sli: freshness}."
        )
        return None
    before = len(findings.errors)
    keys, _ = fit(SourceKeys, node, findings=findings)
    if keys is None or len(findings.errors) > before:
        return None
    several = [key for key in SUBJECTS if keys.node.has(key)]
    for key in several[1:]:
        findings.error(
            keys.node.key(key), f"`{several[0]}` and `{key}` exclude each other", "Keep one of them."
        )
    return keys


def _sli(keys: SourceKeys, findings: Findings) -> Sli | None:
    if keys.expected is not None:
        findings.error(keys.node.key("expected"), "`expected` stands with `total`")
    if keys.sli is None:
        findings.error(keys.node.place, "`sli` is missing", f"There are: {', '.join(Sli)}.")
        return None
    return Sli(keys.sli)


def _threshold(keys: SourceKeys, findings: Findings) -> Measured | None:
    sli = _sli(keys, findings)
    if sli is None:
        return None
    if sli not in TIMED:
        hint = "Write a `ratioMetric`."
        findings.error(keys.at("sli"), f"a `thresholdMetric` measures time, and {sli} is a share", hint)
        return None
    for key in ("threshold", "by"):
        if keys.node.has(key):
            hint = "Write a `ratioMetric`, or leave it out."
            findings.error(keys.node.key(key), f"`{key}` stands beside the `value` of the objective", hint)
            return None
    return Measured(sli, keys, timed=True)


def _ratio(of: SourceKeys, total: SourceKeys, findings: Findings) -> Measured | None:
    sli = _sli(of, findings)
    for key in fields_of(SourceKeys):
        if total.node.has(key) and key not in OF_TOTAL:
            findings.error(total.node.key(key), f"`{key}` stands with `good`, not with `total`")
    for given in (total.subject, ("dataset", total.dataset)):
        key, name = given
        if name and name != (of.subject[1] if key in SUBJECTS else of.dataset):
            findings.error(
                total.at(key), "`total` is of something else than `good`", "Write the same in both."
            )
    if sli is None:
        return None
    counted = ROWS if sli in COUNT_ROWS else PARTITIONS
    if total.expected is not None and total.expected != counted:
        hint = f"Write `expected: {counted}`."
        findings.error(total.at("expected"), f"{sli} is a share of {counted}", hint)
    return Measured(sli, of)
