"""What delivering notifications needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from airflow_dataops.errors import SettingsError
from airflow_dataops.usecases.ports.alerts import Detours, Outgoing, Post

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.alerts.rules import Rules
    from airflow_dataops.core.alerts.transport import Transport
    from airflow_dataops.usecases.ports.alerts import Channel
    from airflow_dataops.usecases.ports.clock import Clock


class Letters(Outgoing, Detours, Post, Protocol):
    """Notifications, on their way and where they went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What delivering needs.

    Args:
        letters: Where notifications are.
        rules: Who is told, and how.
        channel: Returns what speaks to a transport.
        clock: Tells the time.
        loud: Told of what could not be delivered, in one line each: the last resort.
    """

    letters: Letters
    rules: Rules
    channel: Callable[[Transport], Channel]
    clock: Clock
    loud: Callable[[str], object]


def channel_of(name: str, transport: int, delivery: Delivery) -> Channel:
    """Return what speaks to a transport of a receiver.

    Args:
        name: The receiver.
        transport: Which of its transports, from 0.
        delivery: What delivering needs.

    Raises:
        SettingsError: If nobody has that name any more, or it has fewer transports by now.
    """
    receiver = delivery.rules.receiver(name)
    if receiver is None or transport >= len(receiver.transports):
        raise SettingsError(
            f"there is no receiver `{name}` any more" if receiver is None else f"`{name}` has fewer ways now",
            hint="Name it in alerts.yaml again, or mend that file where it is wrong.",
        )
    return delivery.channel(receiver.transports[transport])
