"""A channel that gives up: a receiver that takes a request and never answers holds up no other one.

Notifiers are not ours, and many wait without end. So each is spoken to in a thread of its own, which is left
alone when its time is over. What it sends after that has been sent: such a receiver may hear of it twice.
"""

from __future__ import annotations

import threading
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from airflow_dataops.errors import BrokenWorldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.usecases.ports.alerts import Channel, Told

T = TypeVar("T")

SECONDS = 60.0
"""How long speaking to a receiver may take: half of the time for which nobody else tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedChannel:
    """Speaks through another channel, for a while.

    Args:
        channel: It.
        where: What messages call the receiver.
        seconds: How long.
    """

    channel: Channel
    where: str
    seconds: float = SECONDS

    def tell(self, notification: Notification) -> Told:
        """Deliver a notification.

        Raises:
            BrokenWorldError: If there is no acknowledgement in time, if the other channel gives up by what
                ends a process, such as `SystemExit`, and as the other channel.
            SettingsError: As the other channel.
        """
        return self._within(lambda: self.channel.tell(notification))

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say again what is still firing; as `tell`."""
        self._within(lambda: self.channel.keep_alive(firing))

    def _within(self, speak: Callable[[], T]) -> T:
        answers: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                answers.append(speak())
            except BaseException as error:  # noqa: BLE001 - it is raised again below
                errors.append(error)

        # A daemon, as nothing may wait for it when the process ends.
        thread = threading.Thread(target=copy_context().run, args=(run,), name="dataops-channel", daemon=True)
        thread.start()
        thread.join(self.seconds)
        if errors and isinstance(errors[0], Exception):
            raise errors[0]
        if errors:
            # It would end the process, and with it the word to all others.
            raise BrokenWorldError(f"it gives up by {type(errors[0]).__name__}", where=self.where)
        if answers:
            return answers[0]
        raise BrokenWorldError(
            f"there is no answer after {self.seconds:g} s",
            where=self.where,
            hint="Give it a timeout of its own where it has such a setting.",
        )
