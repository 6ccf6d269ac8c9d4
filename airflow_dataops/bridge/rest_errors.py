"""What goes wrong between us and Airflow's REST API, as errors for people: one line, and no text of answers.

An answer may quote what was sent, and so may what Python says of a header that can't be sent.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from http.client import InvalidURL
from typing import TYPE_CHECKING
from urllib.error import URLError

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from http.client import HTTPException

    from airflow_dataops.errors import DataOpsError

REFUSALS: dict[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: (
        "Airflow doesn't accept the login or the token",
        "Correct the connection: a user and its password, or a token as the password without a user.",
    ),
    HTTPStatus.FORBIDDEN: (
        "the user of the connection may not do that",
        "Give it a role with the right: edit for DAGs and pools, read for runs and task instances.",
    ),
    HTTPStatus.NOT_FOUND: ("there is no such thing", "Correct its name, or wait until Airflow knows it."),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "Airflow doesn't take the request",
        "Look whether it is Airflow 3.3 or later.",
    ),
}
"""HTTP status -> what it means, and what to do. Another try heals none of them."""

SIGN_IN = "/auth/token"
"""Where tokens are made."""

NO_PLACE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
"""What is answered by a server that makes no tokens."""


class UnauthorisedError(Exception):
    """A login or a token that isn't accepted, or not any more; it never leaves the client.

    Args:
        named: The error for people.
    """

    def __init__(self, named: SettingsError) -> None:
        self.named = named
        super().__init__()


@dataclass(frozen=True, slots=True)
class RestErrors:
    """The errors of one client.

    Args:
        where: The connection by which it speaks.
    """

    where: str

    def refused(self, status: int, method: str, path: str) -> DataOpsError | UnauthorisedError:
        """Return the error of an answer; its text is left out, for it may quote what we sent."""
        where = f"{self.where}, {method} {path}"
        if path == SIGN_IN and status in NO_PLACE:
            return self.no_airflow()
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return SettingsError(
                f"what answers there leads elsewhere ({status}), which is not followed",
                where=where,
                hint="Give the connection the address that it leads to, such as https for http; or one behind"
                " the proxy that asks people to sign in.",
            )
        if status in REFUSALS:
            said, hint = REFUSALS[status]
            named = SettingsError(f"{said} ({status})", where=where, hint=hint)
            return UnauthorisedError(named) if status == HTTPStatus.UNAUTHORIZED else named
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in {
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.TOO_MANY_REQUESTS,
        }:
            return SettingsError(f"Airflow refuses the request ({status})", where=where)
        return BrokenWorldError(f"Airflow answers with an error ({status})", where=where)

    def unreached(self, error: URLError | OSError) -> DataOpsError:
        """Return the error of a server with which there is no connection."""
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            return SettingsError(
                f"the certificate of Airflow's API server is not trusted: {reason.verify_message}",
                where=self.where,
                hint='Give the connection the extra {"ca": "/path/of/the/ca.pem"}.',
            )
        if isinstance(reason, ssl.SSLError):
            return SettingsError(
                f"there is no TLS with Airflow's API server ({reason.reason or type(reason).__name__})",
                where=self.where,
                hint="Set its schema to http, or its port to the one that speaks https.",
            )
        return BrokenWorldError(
            f"Airflow's API server can't be reached ({type(reason).__name__})",
            where=self.where,
            hint="Is it up, and are host and port of the connection right?",
        )

    def unread(self, error: HTTPException) -> DataOpsError:
        """Return the error of an answer that can't be read."""
        if isinstance(error, InvalidURL):
            return self.nowhere()
        return BrokenWorldError(
            f"the answer of Airflow's API server broke off, or is no HTTP ({type(error).__name__})",
            where=self.where,
            hint="Is it up, and are host, port and schema of the connection right?",
        )

    def nowhere(self) -> SettingsError:
        """Return the error of an address that is none."""
        return SettingsError(
            "the connection's host and port are no address",
            where=self.where,
            hint="Its host is a name such as airflow.example, its port a number.",
        )

    def no_airflow(self) -> SettingsError:
        """Return the error of an answer that is none of Airflow's."""
        return SettingsError(
            "what answers there is not the API server of Airflow",
            where=self.where,
            hint="Correct host, port and the path of the base URL.",
        )
