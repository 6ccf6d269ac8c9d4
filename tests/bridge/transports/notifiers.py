"""Notifiers of Airflow for tests: what they were made with, and what becomes of them."""

from __future__ import annotations

from types import SimpleNamespace

from airflow.sdk import BaseNotifier
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

SENT: list[tuple[str, object]] = []


class Remembers(BaseNotifier):
    """Remembers what it is to send; its field is a template of Airflow."""

    template_fields = ("text",)

    def __init__(self, text: str, blocks: object = None, **more: object) -> None:
        super().__init__(**more)
        self.text, self.blocks = text, blocks

    def notify(self, context) -> None:
        """Remember it."""
        assert {} == context
        SENT.append((self.text, self.blocks))


class OnlyAsync(BaseNotifier):
    """Sends asynchronously, and not otherwise."""

    async def async_notify(self, context) -> None:
        """Remember it."""
        SENT.append(("async", context))


class Nothing(BaseNotifier):
    """Has neither of the two."""


class Fails(BaseNotifier):
    """Fails as it is told, and quotes what nobody may read."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    def notify(self, context) -> None:  # noqa: ARG002 - as it is called
        """Fail."""
        raise ERRORS[self.how]


def answered(status: int) -> Exception:
    """An error of a client of HTTP."""
    error = OSError("s3cret")
    error.response = SimpleNamespace(status_code=status, headers={"Retry-After": "9"})
    return error


class FailsToBeMade(BaseNotifier):
    """Can't be made."""

    def __init__(self) -> None:
        raise RuntimeError("s3cret")


def _errors() -> dict[str, Exception]:
    import smtplib

    return {
        "world": OSError("s3cret"),
        "connection": AirflowNotFoundException("s3cret"),
        "nowhere": AirflowNotFoundException("The conn_id `smtp_desk` isn't defined"),
        "unauthorised": answered(403),
        "busy": answered(429),
        "told": AirflowException("404:s3cret"),
        "untold": AirflowException("s3cret"),
        "down": answered(500),
        "login": smtplib.SMTPAuthenticationError(535, b"s3cret"),
        "greylisted": smtplib.SMTPSenderRefused(451, b"s3cret", "me"),
        "nobody": smtplib.SMTPRecipientsRefused({"a": (550, b"s3cret"), "b": (551, b"s3cret")}),
        "some": smtplib.SMTPRecipientsRefused({"a": (550, b"s3cret"), "b": (450, b"s3cret")}),
    }


ERRORS = _errors()


def function() -> None:
    """It is no notifier."""
