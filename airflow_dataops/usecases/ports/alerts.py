"""What alerting needs of the world: small roles that adapters fill. At most four methods each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from airflow_dataops.core.alerts.incident import Incident, Step
    from airflow_dataops.core.alerts.notification import Logged, Notification
    from airflow_dataops.core.alerts.reported import Reported
    from airflow_dataops.core.alerts.silence import Silence
    from airflow_dataops.core.publication import AuditRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a round came to, as it is kept: all of it in one transaction, or nothing.

    Args:
        incidents: Those that are new or stand otherwise, with number 0 where they are new.
        steps: Lines of their timelines, each with the incident's key.
        logged: What receivers were told of each group; it replaces what there was of the group and receiver.
        audits: What a person did, for the audit trail.
        notifications: What is to be delivered, in this order. They name new incidents by nothing: `number`
            and `incidents` are filled in by the store from the messages' keys.
    """

    incidents: tuple[Incident, ...] = ()
    steps: tuple[tuple[str, Step], ...] = ()
    logged: tuple[Logged, ...] = ()
    audits: tuple[AuditRecord, ...] = ()
    notifications: tuple[Notification, ...] = ()


class Deciding(Protocol):
    """What is remembered, while nobody else decides."""

    def incidents(self) -> tuple[Incident, ...]:
        """Return the incidents that are open, and those that some group's log still calls firing."""
        ...

    def logged(self) -> tuple[Logged, ...]:
        """Return what receivers were told last."""
        ...

    def number(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
        """Return incidents with numbers: those that have none are given the next ones.

        One that was resolved and comes again with the key that it had has its number again.
        """
        ...

    def keep(self, decided: Decided) -> None:
        """Keep what was decided.

        Raises:
            BrokenWorldError: If the store can't be written.
            ValueError: If something is said of an incident that the store doesn't know.
        """
        ...


class Decisions(Protocol):
    """Decides about incidents, one process at a time."""

    def deciding(self) -> AbstractContextManager[Deciding]:
        """Open a transaction in which nobody else decides; what was kept is there when it ends well.

        Raises:
            BrokenWorldError: If the store can't be reached, or another process decides for too long.
            SettingsError: If the store has no tables for it.
        """
        ...


class Outgoing(Protocol):
    """Notifications on their way."""

    def due(self, *, now: datetime) -> tuple[Notification, ...]:
        """Return what is to be delivered now, so that all arrives in the order in which it was decided.

        That is the first of each transport of each receiver; nothing of one whose first has to wait.
        """
        ...

    def begin(self, number: int, *, now: datetime, until: datetime) -> Notification | None:
        """Begin an attempt, which nobody else does until then; return it, or None where another has it."""
        ...

    def delivered(self, number: int, *, at: datetime, note: str = "") -> None:
        """Remember that it was acknowledged, and write it into the timelines of its incidents."""
        ...

    def failed(self, number: int, *, why: str, next_at: datetime, refused: bool = False) -> None:
        """Remember why an attempt failed, and when to try again.

        Args:
            number: The notification.
            why: In one line, without a secret.
            next_at: When to try again, aware.
            refused: Whether it can't work as it is set up.
        """
        ...

    def withdraw(self, number: int, *, at: datetime, why: str) -> None:
        """Take out what was not delivered and never will be, and write why into its incidents' timelines."""
        ...


class Detours(Protocol):
    """Notifications whose receiver can't be told, so that another one is."""

    def stuck(self, *, attempts: int) -> tuple[Notification, ...]:
        """Return what another receiver must be told instead, and was not yet, in its order.

        That is all that waits for a transport of a receiver whose first notification was refused, or failed
        so often; and what is said later of something that another receiver was told instead.
        """
        ...

    def detour(self, number: int, *, instead: Sequence[Notification]) -> bool:
        """Remember that others are told instead, with what they are told; return whether nobody did before.

        The notification itself stays where it is, and is tried again.
        """
        ...


class Post(Protocol):
    """What receivers were told, and what waits."""

    def firing(self) -> tuple[Notification, ...]:
        """Return what each transport was told last of each group that is still firing, oldest first."""
        ...

    def waiting(self) -> tuple[Notification, ...]:
        """Return what is not delivered, in its order."""
        ...


class Incidents(Protocol):
    """Remembers incidents, for people."""

    def incidents(self, **where: str) -> tuple[Incident, ...]:
        """Return incidents, oldest first.

        Args:
            where: team, product, partition, phase: each must be equal.
        """
        ...

    def incident(self, number: int) -> Incident | None:
        """Return one incident; None where there is none of that number."""
        ...

    def timeline(self, number: int) -> tuple[Step, ...]:
        """Return what happened in an incident, oldest first."""
        ...


class Silences(Protocol):
    """Remembers silences."""

    def silences(self) -> tuple[Silence, ...]:
        """Return every silence, oldest first."""
        ...

    def silence(self, silence: Silence, *, audit: Callable[[Silence], AuditRecord] | None = None) -> Silence:
        """Remember one, and who asked for it, both or neither; return it with its number."""
        ...

    def end(self, number: int, *, at: datetime, audit: AuditRecord | None = None) -> bool:
        """End one now, and remember who did, both or neither; return whether it was there and not over."""
        ...


class Reports(Protocol):
    """Remembers what callbacks report."""

    def report(self, *reports: Reported) -> None:
        """Remember reports; of two of the same task of the same run and kind, the newest."""
        ...

    def reported(self, *, since: datetime) -> tuple[Reported, ...]:
        """Return reports of an instant or later, oldest first."""
        ...


class Alerts(Decisions, Outgoing, Detours, Post, Incidents, Silences, Reports, Protocol):
    """All that is remembered of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That a receiver has acknowledged.

    Args:
        note: What it said, such as an id; never a secret.
    """

    note: str = ""


class Channel(Protocol):
    """Speaks to one transport of a receiver."""

    def tell(self, notification: Notification) -> Told:
        """Deliver a notification; return when the receiver has acknowledged it.

        Raises:
            BrokenWorldError: If it may work later: no connection, a timeout, 429 or 5xx.
            SettingsError: If it can't work as it is set up: refused, unknown, not importable.
        """
        ...

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say again what is still firing, where the receiver would forget it."""
        ...
