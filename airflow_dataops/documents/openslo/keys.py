"""The keys of OpenSLO v1, with their types; what goes together is said in `openslo/rules.py`.

Source: the specification (github.com/OpenSLO/OpenSLO, README.md).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from airflow_dataops.documents.schedule import Zone
from airflow_dataops.documents.slo_values import (
    Length,
    Method,
    Percent,
    Share,
    SliceLength,
    SliceShare,
    Span,
    Start,
)
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.node import NODE, described
from airflow_dataops.documents.yaml.scalar import (
    Flag,
    Name,
    Number,
    Positive,
    Text,
    label,
    matching,
    one_of,
    text,
    wrong,
)

VERSION = "openslo/v1"

LONGEST = 1050
"""Characters of a description."""

OPERATORS = ("lte", "gte", "lt", "gt")


def short(found: str) -> str:
    """Return a description that is not too long."""
    if len(found) > LONGEST:
        raise wrong(f"has {len(found)} characters, {LONGEST} are allowed")
    return found


def labels(value: object) -> dict[str, object]:
    """Return a mapping of texts, or of lists of texts."""
    if not isinstance(value, dict):
        raise wrong(f"must be a mapping of texts, it is {described(value)}")
    found = {key: one for key, one in value.items() if key != NODE}
    for one in found.values():
        for word in one if isinstance(one, list) else (one,):
            text(word)
    return found


def texts(value: object) -> dict[str, str]:
    """Return a mapping of texts."""
    if not isinstance(value, dict):
        raise wrong(f"must be a mapping of texts, it is {described(value)}")
    return {key: text(one) for key, one in value.items() if key != NODE}


Label = Annotated[
    str,
    matching(
        r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "made of at most 63 small letters, digits and `-`, the last not at its ends",
    ),
]
Description = Annotated[str, BeforeValidator(text), AfterValidator(short)]
Labels = Annotated[dict[str, object], BeforeValidator(labels)]
Annotations = Annotated[dict[str, str], BeforeValidator(texts)]


class OpenSlo(Keys, BaseModel):
    """Keys as the standard writes them: `displayName` for `display_name`."""

    model_config = ConfigDict(alias_generator=to_camel)


class Metadata(OpenSlo):
    """What a document is called."""

    name: Label
    display_name: Text | None = None
    labels: Labels | None = None
    annotations: Annotations | None = None


class InlineMetadata(Metadata):
    """What a document inside of another one is called: nobody refers to it, so it needs no name."""

    name: Label | None = None  # type: ignore[assignment]


class MetricSource(OpenSlo):
    """Where a metric comes from."""

    metric_source_ref: Name | None = None
    type: Name | None = None
    spec: object = None


class Metric(OpenSlo):
    """A metric."""

    metric_source: MetricSource


class RatioMetric(OpenSlo):
    """A share: good or bad of a total, or computed already."""

    counter: Flag | None = None
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    raw_type: Annotated[str, one_of("success", "failure")] | None = None
    raw: Metric | None = None


class SliSpec(OpenSlo):
    """An indicator."""

    description: Description | None = None
    threshold_metric: Metric | None = None
    ratio_metric: RatioMetric | None = None


class Inline(OpenSlo):
    """A document inside of another one."""

    api_version: Annotated[str, one_of(VERSION)] | None = None
    metadata: InlineMetadata | None = None


class Indicator(Inline):
    """An indicator inside of an SLO."""

    kind: Annotated[str, one_of("SLI")] | None = None
    spec: SliSpec


class CalendarKeys(OpenSlo):
    """When a window of the calendar begins."""

    start_time: Start
    time_zone: Zone


class TimeWindow(OpenSlo):
    """A time window."""

    duration: Length
    is_rolling: Flag | None = None
    calendar: CalendarKeys | None = None


class ObjectiveKeys(OpenSlo):
    """An entry of `objectives`."""

    display_name: Text | None = None
    op: Annotated[str, one_of(*OPERATORS)] | None = None
    value: Number | None = None
    target: Share | None = None
    target_percent: Percent | None = None
    time_slice_target: SliceShare | None = None
    time_slice_window: SliceLength | None = None
    indicator: Indicator | None = None
    indicator_ref: Name | None = None
    composite_weight: Positive | None = None


class ConditionKeys(OpenSlo):
    """When an alert fires."""

    kind: Annotated[str, one_of("burnrate")] | None = None
    op: Annotated[str, one_of(*OPERATORS)]
    threshold: Positive
    lookback_window: Length
    alert_after: Span | None = None


class ConditionSpec(OpenSlo):
    """An alert's condition."""

    description: Description | None = None
    severity: Name
    condition: ConditionKeys


class TargetSpec(OpenSlo):
    """Whom an alert tells."""

    description: Description | None = None
    target: Name


class ConditionEntry(Inline):
    """An entry of `conditions`: a condition, or the name of one."""

    kind: Annotated[str, one_of("AlertCondition")] | None = None
    spec: ConditionSpec | None = None
    condition_ref: Name | None = None


class TargetEntry(Inline):
    """An entry of `notificationTargets`: a target, or the name of one."""

    kind: Annotated[str, one_of("AlertNotificationTarget")] | None = None
    spec: TargetSpec | None = None
    target_ref: Name | None = None


class PolicySpec(OpenSlo):
    """An alert policy."""

    description: Description | None = None
    alert_when_no_data: Flag | None = None
    alert_when_resolved: Flag | None = None
    alert_when_breaching: Flag | None = None
    conditions: tuple[ConditionEntry, ...] = ()
    notification_targets: tuple[TargetEntry, ...] = ()


class PolicyEntry(Inline):
    """An entry of `alertPolicies`: a policy, or the name of one."""

    kind: Annotated[str, one_of("AlertPolicy")] | None = None
    spec: PolicySpec | None = None
    alert_policy_ref: Name | None = None


class SloSpec(OpenSlo):
    """A service level objective."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"alertPolicies"})

    description: Description | None = None
    service: Annotated[str, BeforeValidator(label)]
    indicator: Indicator | None = None
    indicator_ref: Name | None = None
    time_window: tuple[TimeWindow, ...] = ()
    budgeting_method: Method
    objectives: tuple[ObjectiveKeys, ...] = ()
    alert_policies: tuple[PolicyEntry, ...] | None = None


class DataSourceSpec(OpenSlo):
    """How a source of metrics is reached."""

    description: Description | None = None
    type: Name
    connection_details: object = None


class ServiceSpec(OpenSlo):
    """What SLOs are about."""

    description: Description | None = None


class Head(OpenSlo):
    """What every document has."""

    api_version: Annotated[str, one_of(VERSION)]
    kind: Name
    metadata: Metadata


class Slo(Head):
    """A document of the kind SLO."""

    spec: SloSpec


class Sli(Head):
    """A document of the kind SLI."""

    spec: SliSpec


class AlertPolicy(Head):
    """A document of the kind AlertPolicy."""

    spec: PolicySpec


class AlertCondition(Head):
    """A document of the kind AlertCondition."""

    spec: ConditionSpec


class AlertNotificationTarget(Head):
    """A document of the kind AlertNotificationTarget."""

    spec: TargetSpec


class DataSource(Head):
    """A document of the kind DataSource."""

    spec: DataSourceSpec


class Service(Head):
    """A document of the kind Service."""

    spec: ServiceSpec


KINDS: dict[str, type[Head]] = {
    "SLO": Slo,
    "SLI": Sli,
    "AlertPolicy": AlertPolicy,
    "AlertCondition": AlertCondition,
    "AlertNotificationTarget": AlertNotificationTarget,
    "DataSource": DataSource,
    "Service": Service,
}
"""Kind -> its keys."""
