"""Say again what is still firing, to receivers that would forget it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from airflow_dataops.errors import DataOpsError
from airflow_dataops.usecases.alerts.beside import Beside
from airflow_dataops.usecases.alerts.delivery import channel_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.usecases.alerts.delivery import Delivery

AT_ONCE = 8
"""Transports that are spoken to at once, at most."""


def say_again(delivery: Delivery, *, but: Collection[int], waiting: Iterable[Notification]) -> None:
    """Say again what is still firing; a receiver for which something waits hears of it by that.

    Args:
        delivery: What delivering needs.
        but: Numbers of what was told just now.
        waiting: What is not delivered.

    Raises:
        BrokenWorldError: If the store can't be read.
        SettingsError: If the store has no tables, or a newer version wrote one.
    """
    busy = {(one.receiver, one.transport) for one in waiting}
    lanes: dict[tuple[str, int], list[Notification]] = {}
    for one in delivery.letters.firing():
        if one.number not in but and (one.receiver, one.transport) not in busy:
            lanes.setdefault((one.receiver, one.transport), []).append(one)
    speaking: Beside[str, None] = Beside(AT_ONCE)
    with speaking:
        for (receiver, transport), firing in lanes.items():
            if not speaking.free(urgent=True):
                _said_again(speaking, delivery)
            # Those before may have taken a minute, in which another evaluator said that it is over.
            numbers = {one.number for one in delivery.letters.firing()}
            if still := [one for one in firing if one.number in numbers]:
                again = partial(_speak, receiver, transport, delivery, still)
                speaking.begin(receiver, again, urgent=True)
        while len(speaking):
            _said_again(speaking, delivery)


def _speak(receiver: str, transport: int, delivery: Delivery, firing: Iterable[Notification]) -> None:
    channel_of(receiver, transport, delivery).keep_alive(firing)


def _said_again(speaking: Beside[str, None], delivery: Delivery) -> None:
    """Wait until some have been told again, and say who could not be."""
    for receiver, came in speaking.ended():
        error = came.exception()
        if isinstance(error, DataOpsError):
            delivery.loud(f"`{receiver}` could not be told again what goes on: {error}")
        elif error is not None:
            delivery.loud(f"`{receiver}` could not be told again what goes on: {type(error).__name__}.")
