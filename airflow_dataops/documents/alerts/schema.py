"""`alerts.yaml` as JSON Schema (draft 2020-12), for editors: what a key means, and what may stand there.

What the schema refuses, the reader refuses. The reader sees more: names that are nowhere, routes that nothing
comes to, time zones, secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.interval_words import WEEKDAYS
from airflow_dataops.core.alerts.labels import NAMES
from airflow_dataops.core.alerts.route import ALL_LABELS
from airflow_dataops.documents.alerts.keys import (
    AlertsKeys,
    ConnectionKeys,
    InhibitionKeys,
    IntervalKeys,
    NamedIntervalKeys,
    NotifierKeys,
    ReceiverKeys,
    RouteKeys,
    TimeKeys,
)
from airflow_dataops.documents.alerts.values import CONNECTION, DOTTED, DURATION
from airflow_dataops.documents.pipeline.schema import DRAFT, FLAG, NAME, PLAIN
from airflow_dataops.documents.yaml.form import fields_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from airflow_dataops.documents.pipeline.schema import Schema

MATCHER: Schema = {"type": "string", "pattern": rf"^\s*({'|'.join(NAMES)})\s*(=~|!~|!=|=)"}
MATCHERS: Schema = {"type": "array", "items": MATCHER}
SIDE: Schema = {**MATCHERS, "minItems": 1}
LABELS: Schema = {
    "anyOf": [
        {"const": [ALL_LABELS]},
        {"type": "array", "items": {"enum": list(NAMES)}, "uniqueItems": True},
    ]
}
LENGTH: Schema = {"type": "string", "pattern": f"^(?=.)(?!0+[a-z]+$){DURATION.pattern}$"}
WAIT: Schema = {"anyOf": [{"const": 0}, {"type": "string", "pattern": f"^(?=.)({DURATION.pattern}|0)$"}]}
INTERVALS: Schema = {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True}
CLOCK: Schema = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
DAY = "|".join("".join(f"[{sign}{sign.upper()}]" for sign in word) for word in WEEKDAYS)
"""Editors' regular expressions know no flag for either case."""

WORD: Schema = {"type": ["string", "integer"]}


def _listed(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def _of(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


MODELS: dict[str, type[BaseModel]] = {
    "route": RouteKeys,
    "receiver": ReceiverKeys,
    "notifier": NotifierKeys,
    "connection": ConnectionKeys,
    "inhibition": InhibitionKeys,
    "named": NamedIntervalKeys,
    "interval": IntervalKeys,
    "time": TimeKeys,
    "": AlertsKeys,
}
"""Name among the definitions -> what the reader knows; the empty one is the file."""

WORDS: dict[str, tuple[Schema, str]] = {
    ".route": (_of("route"), "The root of the tree of routes: it takes what no route below it does."),
    ".receivers": (_listed(_of("receiver")), "Who can be told; `log`, the task's log, is always there."),
    ".inhibit_rules": (_listed(_of("inhibition")), "What keeps others quiet, besides products upstream."),
    ".time_intervals": (_listed(_of("named")), "Times that routes name."),
    ".keep_firing_for": (
        WAIT,
        "How long nothing must be wrong until an incident is over; 10m by default.",
    ),
    "route.receiver": (NAME, "Who is told; else as the route above it."),
    "route.matchers": (MATCHERS, 'All must match, such as `severity="page"` or `team=~"shop|web"`.'),
    "route.group_by": (
        LABELS,
        "Incidents that have these labels alike are told together; `...`: each alone.",
    ),
    "route.group_wait": (WAIT, "How long a new group waits for more; 0s by default."),
    "route.group_interval": (LENGTH, "How long what is new in a group that was told waits; 5m by default."),
    "route.repeat_interval": (LENGTH, "After how long what goes on is told again; 4h by default."),
    "route.mute_time_intervals": (INTERVALS, "When nobody is told; it is told when they are over."),
    "route.active_time_intervals": (INTERVALS, "When somebody is told, and at no other time."),
    "route.continue": (FLAG, "Whether routes after this one are asked, too."),
    "route.routes": (_listed(_of("route")), "Routes below; the first that matches takes it."),
    "receiver.name": (
        NAME,
        "What routes call it; that of a `support` channel stands for its product's help.",
    ),
    "receiver.notifiers": (_listed(_of("notifier")), "Notifiers of Airflow."),
    "receiver.alertmanager": (
        _listed(_of("connection")),
        "Alertmanagers, which group and silence themselves.",
    ),
    "receiver.pagerduty": (_listed(_of("connection")), "PagerDuty, Events API v2."),
    "receiver.webhook": (_listed(_of("connection")), "Addresses that take JSON, signed with HMAC."),
    "receiver.send_resolved": (FLAG, "Whether it is told what is over; true by default."),
    "notifier.path": ({"type": "string", "pattern": f"^{DOTTED.pattern}$"}, "The import path of its class."),
    "notifier.kwargs": (PLAIN, "What it is made with; `{{ text }}` and others are filled in. No secrets."),
    "connection.conn_id": (
        {"type": "string", "pattern": f"^{CONNECTION.pattern}$"},
        "The id of an Airflow connection: it holds address and key.",
    ),
    "inhibition.source_matchers": (SIDE, "What an open incident must match to keep others quiet."),
    "inhibition.target_matchers": (SIDE, "What those must match."),
    "inhibition.equal": (LABELS, "Labels that both must have alike."),
    "named.name": (NAME, "What routes call it."),
    "named.time_intervals": (_listed(_of("interval"), 1), "One entry of these is enough."),
    "interval.times": (_listed(_of("time")), "Parts of the day; one that goes over midnight is two."),
    "interval.weekdays": (
        _listed({"type": "string", "pattern": rf"^\s*({DAY})\s*(:\s*({DAY})\s*)?$"}),
        "Such as `monday:friday`.",
    ),
    "interval.days_of_month": (_listed(WORD), "Such as `1:5` or `-3:-1`, which counts from the end."),
    "interval.months": (_listed(WORD), "Such as `january:march`, or `1:3`."),
    "interval.years": (_listed(WORD), "Such as `2026:2028`."),
    "interval.location": (NAME, "The time zone, such as Europe/Paris; UTC by default."),
    "time.start_time": (CLOCK, "From when on, such as 22:00."),
    "time.end_time": (CLOCK, "Up to, and without; the day ends at 24:00."),
}
"""Definition and key -> what may stand there, and what it means."""


def alerts_schema() -> Schema:
    """Return the JSON Schema of `alerts.yaml`."""
    return {
        "$schema": DRAFT,
        "title": "Who is told of what, in airflow-dataops",
        **_mapping(""),
        "$defs": {name: _mapping(name) for name in MODELS if name},
    }


def _mapping(name: str) -> Schema:
    fields = fields_of(MODELS[name])
    keys = {key: (*WORDS[f"{name}.{key}"],) for key in fields}
    return {
        "type": "object",
        "properties": {key: {**schema, "description": meaning} for key, (schema, meaning) in keys.items()},
        "additionalProperties": False,
        "required": [key for key, field in fields.items() if field.is_required()],
    }
