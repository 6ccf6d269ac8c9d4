"""Any notifier of Airflow, by its import path: Slack, mail, Opsgenie, Teams and what else there is.

It is told by calling `notify`, after its arguments were filled in here. Airflow would render them once more
as templates of its own; what a product or a rule is called must not become one.
"""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

from airflow_dataops.bridge.transports.arguments import filled, values_of
from airflow_dataops.bridge.transports.http import refused
from airflow_dataops.errors import BrokenWorldError, DataOpsError, SettingsError
from airflow_dataops.usecases.ports.alerts import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airflow.sdk import BaseNotifier

    from airflow_dataops.core.alerts.notification import Notification
    from airflow_dataops.core.alerts.transport import NotifierTransport

PERMANENT = 500
"""SMTP's replies from here on aren't healed by another try (RFC 5321, 4.2.1)."""

STATUS = re.compile(r"(?:status code:? |^)([345]\d\d)\b", re.IGNORECASE)
"""How hooks of Airflow tell a status: `…, Status Code: 404` is Slack's, `404:Not Found` that of HTTP."""

NO_CONNECTION = re.compile(r"The conn_id `([^`]+)` isn't defined")
"""What Airflow says of a connection that isn't there, and no more than this is said on."""

DEEPEST = 10
"""Errors that are looked at, of those that one comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierChannel:
    """Speaks through one notifier.

    Args:
        transport: Which, and what it is made with.
    """

    transport: NotifierTransport

    def tell(self, notification: Notification) -> Told:
        """Have the notifier send a notification.

        Raises:
            BrokenWorldError: If it fails; what it says is left out, for it may quote secrets.
            SettingsError: If it can't be imported or made, is no notifier, or the other side refuses.
        """
        kind = notifier_at(self.transport.path)
        arguments = filled(self.transport.kwargs, values_of(notification), where=self.transport.path)
        notifier = made(kind, arguments, where=self.transport.path)
        handled = sys.exc_info()[1]
        try:
            _notify(notifier)
        except Exception as error:  # noqa: BLE001 - as above
            raise _named(error, self.transport.path, handled) from None
        return Told()

    def keep_alive(self, firing: Iterable[Notification]) -> None:
        """Say nothing: people are told of changes."""


def notifier_at(path: str) -> type[BaseNotifier]:
    """Return the class of a notifier.

    Args:
        path: Where it is: `airflow.providers.smtp.notifications.smtp.SmtpNotifier`.

    Raises:
        SettingsError: If there is none.
    """
    from airflow.sdk import BaseNotifier

    module, _, name = path.rpartition(".")
    try:
        found: Any = getattr(import_module(module), name)
    except Exception as error:  # noqa: BLE001 - a module may raise anything when it is imported
        raise SettingsError(
            f"the notifier can't be imported ({type(error).__name__})",
            where=path,
            hint="Write the path of its class, and have its provider installed where tasks run.",
        ) from None
    if not (isinstance(found, type) and issubclass(found, BaseNotifier)):
        raise SettingsError(
            "that is no notifier", where=path, hint="It has to be a subclass of airflow.sdk.BaseNotifier."
        )
    return found


def made(kind: type[BaseNotifier], arguments: Mapping[str, Any], *, where: str) -> BaseNotifier:
    """Return a notifier that is made with arguments; none of their values is ever shown.

    Args:
        kind: Its class.
        arguments: What it is made with.
        where: Its import path, for messages.

    Raises:
        SettingsError: If it doesn't take them, or wants others besides.
    """
    try:
        signature(kind).bind(**arguments)
    except TypeError as error:
        # Its words name arguments, and no value.
        raise SettingsError(
            f"the notifier doesn't take these kwargs: {error}",
            where=where,
            hint=f"It takes {', '.join(signature(kind).parameters) or 'none'}.",
        ) from None
    except ValueError:
        pass  # one of which nobody can tell what it takes
    try:
        return kind(**arguments)
    except Exception as error:  # noqa: BLE001 - it is not ours
        raise SettingsError(
            f"the notifier can't be made with these kwargs ({type(error).__name__})",
            where=where,
            hint=f"Compare {', '.join(sorted(arguments)) or 'none at all'} with what it takes.",
        ) from None


def _notify(notifier: BaseNotifier) -> None:
    """Send, by the one of the two ways that the notifier has."""
    from airflow.sdk import BaseNotifier

    nothing: Any = {}
    if type(notifier).notify is not BaseNotifier.notify:
        notifier.notify(nothing)
    else:
        asyncio.run(notifier.async_notify(nothing))


def _named(error: Exception, path: str, handled: BaseException | None) -> DataOpsError:
    """Return the error of a notifier: by what it, or one that it comes from, tells of the other side."""
    if isinstance(error, NotImplementedError):
        return SettingsError("the notifier sends nothing: it has no `notify`", where=path)
    for one in _chain(error, handled):
        if isinstance(one, DataOpsError):
            return one
        if isinstance(one, AirflowNotFoundException):
            return _unconnected(one, path)
        if status := _status(one):
            headers = getattr(getattr(one, "response", None), "headers", None)
            return refused(status, headers, to="the other side", where=path)
        if (code := _smtp_code(one)) >= PERMANENT:
            return SettingsError(
                f"the mail server refuses ({code})",
                where=path,
                hint="Look whether the connection's login, the sender and the recipients are right.",
            )
    return BrokenWorldError(f"the notifier failed ({type(error).__name__})", where=path)


def _unconnected(error: AirflowNotFoundException, path: str) -> SettingsError:
    """Return that there is no connection, by its id where Airflow names it: it says nothing else then."""
    found = NO_CONNECTION.fullmatch(str(error))
    what = f"there is no connection `{found[1]}`" if found else "the notifier has no connection"
    return SettingsError(
        what, where=path, hint="Make it: `airflow connections add`, or name another in the notifier's kwargs."
    )


def _chain(error: BaseException | None, handled: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it comes from; not what was the matter before the notifier began."""
    for _ in range(DEEPEST):
        if error is None or error is handled:
            return
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    """Return the HTTP status that a client's error has, or one of Airflow's tells in its text; 0 for none."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int):
        return status
    told = STATUS.search(str(error)) if isinstance(error, AirflowException) else None
    return int(told[1]) if told else 0


def _smtp_code(error: BaseException) -> int:
    """Return the reply of a mail server, the least of them where there are several; 0 for none."""
    if isinstance(error, SMTPRecipientsRefused):
        return min((int(code) for code, _ in error.recipients.values()), default=0)
    return int(error.smtp_code) if isinstance(error, SMTPResponseException) else 0
