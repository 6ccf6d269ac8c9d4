"""Who is told instead, where a receiver can't be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.rules import Rules


def instead(notification: Notification, rules: Rules) -> tuple[Notification, ...]:
    """Return what is told instead of a notification, marked so, by each transport of the root's receiver.

    There is nobody else where that receiver can't be told itself.

    Args:
        notification: What can't be delivered.
        rules: Who is told of what.
    """
    root = rules.receiver(rules.heard(rules.route.receiver))
    if root is None or notification.instead_of or notification.receiver == root.name:
        return ()
    line = f"told to you because `{notification.receiver}` can't be told"
    messages = tuple(replace(one, what=(*one.what, line)) for one in notification.messages)
    return tuple(
        replace(
            notification,
            number=0,
            receiver=root.name,
            transport=place,
            messages=messages,
            attempts=0,
            delivered=None,
            error="",
            next_at=None,
            instead_of=notification.receiver,
        )
        for place in range(len(root.transports))
    )
