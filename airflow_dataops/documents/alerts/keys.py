"""The keys of `alerts.yaml`, with their types: Alertmanager's, and what tells people here.

Source: github.com/prometheus/alertmanager, docs/configuration.md; `keep_firing_for` is of Prometheus' rules
(docs/configuration/alerting_rules.md), where it means the same; receivers are our own.
"""

from __future__ import annotations

from pydantic import BaseModel, Field

from airflow_dataops.documents.alerts.values import (
    ConnId,
    DaysOfMonth,
    ImportPath,
    Kwargs,
    LabelNames,
    Length,
    Location,
    MatcherText,
    Months,
    Wait,
    Weekdays,
    Years,
)
from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.scalar import Flag, Name, Names, Text


class RouteKeys(Keys, BaseModel):
    """A node of the tree of routes."""

    receiver: Name | None = None
    matchers: tuple[MatcherText, ...] = ()
    group_by: LabelNames | None = None
    group_wait: Wait | None = None
    group_interval: Length | None = None
    repeat_interval: Length | None = None
    mute_time_intervals: Names | None = None
    active_time_intervals: Names | None = None
    go_on: Flag | None = Field(None, alias="continue")
    routes: tuple[RouteKeys, ...] = ()


class ConnectionKeys(Keys, BaseModel):
    """A receiver that an Airflow connection leads to."""

    conn_id: ConnId


class NotifierKeys(Keys, BaseModel):
    """A notifier of Airflow."""

    path: ImportPath
    kwargs: Kwargs | None = None


class ReceiverKeys(Keys, BaseModel):
    """Who is told."""

    name: Name
    notifiers: tuple[NotifierKeys, ...] = ()
    alertmanager: tuple[ConnectionKeys, ...] = ()
    pagerduty: tuple[ConnectionKeys, ...] = ()
    webhook: tuple[ConnectionKeys, ...] = ()
    send_resolved: Flag | None = None


class InhibitionKeys(Keys, BaseModel):
    """What keeps others quiet."""

    source_matchers: tuple[MatcherText, ...]
    target_matchers: tuple[MatcherText, ...]
    equal: LabelNames | None = None


class TimeKeys(Keys, BaseModel):
    """A part of the day."""

    start_time: Text
    end_time: Text


class IntervalKeys(Keys, BaseModel):
    """An entry of a named time interval."""

    times: tuple[TimeKeys, ...] = ()
    weekdays: tuple[Weekdays, ...] = ()
    days_of_month: tuple[DaysOfMonth, ...] = ()
    months: tuple[Months, ...] = ()
    years: tuple[Years, ...] = ()
    location: Location | None = None


class NamedIntervalKeys(Keys, BaseModel):
    """A named time interval."""

    name: Name
    time_intervals: tuple[IntervalKeys, ...]


class AlertsKeys(Keys, BaseModel):
    """The file."""

    route: RouteKeys
    receivers: tuple[ReceiverKeys, ...] = ()
    inhibit_rules: tuple[InhibitionKeys, ...] = ()
    time_intervals: tuple[NamedIntervalKeys, ...] = ()
    keep_firing_for: Wait | None = None
