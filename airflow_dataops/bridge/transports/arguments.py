"""What a notifier is made with: its kwargs, filled in with what there is to tell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from airflow_dataops.errors import SettingsError
from airflow_dataops.render.alerts.mail import html
from airflow_dataops.render.alerts.slack import blocks
from airflow_dataops.render.alerts.text import subject, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.alerts.notification import Notification

ALONE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
"""A text that is one value and nothing else stands for the value itself: `{{ blocks }}` is a list."""


def values_of(notification: Notification) -> dict[str, Any]:
    """Return what templates know; of several incidents, the most urgent one's values."""
    first = notification.messages[0]
    runbook = first.runbook.at if first.runbook else ""
    return {
        "text": text(notification),
        "subject": " ".join(subject(notification).split()),
        "html": html(notification),
        "blocks": blocks(notification),
        "severity": notification.urgency.value,
        "event": notification.event.value,
        "key": notification.key,
        "receiver": notification.receiver,
        "number": first.number,
        "numbers": [*notification.incidents],
        **first.where._asdict(),
        "dataset": first.dataset,
        "owner": first.owner,
        "title": first.title,
        "began": first.began.isoformat(),
        "runbook_url": runbook if runbook.startswith(("http://", "https://")) else "",
        "commands": [command for command in first.commands if command],
    }


def filled(kwargs: str, values: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return the kwargs of a notifier, each text in them filled in.

    Args:
        kwargs: A JSON object.
        values: What templates know.
        where: The notifier, for messages.

    Raises:
        SettingsError: If it is no JSON object, or a template of it fails.
    """
    try:
        found = json.loads(kwargs or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SettingsError("the kwargs of the notifier are no JSON object", where=where)
    return {name: _filled(value, values, where=f"{where}, kwargs.{name}") for name, value in found.items()}


def _filled(value: object, values: Mapping[str, Any], *, where: str) -> object:
    if isinstance(value, dict):
        return {key: _filled(each, values, where=f"{where}.{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values, where=where) for each in value]
    if not isinstance(value, str):
        return value
    alone = ALONE.fullmatch(value.strip())
    if alone and alone[1] in values:
        return values[alone[1]]
    return _rendered(value, values, where=where)


def _rendered(template: str, values: Mapping[str, Any], *, where: str) -> str:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        return ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(**values)
    except Exception as error:  # noqa: BLE001 - a template may raise anything, and quote what it was given
        raise SettingsError(
            f"the template can't be filled in ({type(error).__name__})",
            where=where,
            hint=f"It knows {', '.join(sorted(values))}.",
        ) from None
