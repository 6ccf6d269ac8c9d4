"""Airflow's public REST API: what tasks may not do by themselves, such as pausing a DAG.

Tasks of Airflow 3 can't reach its database, so whoever pauses a DAG, resizes a pool or reads the runs of
others signs in as a user does.
"""

from __future__ import annotations

import json
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPSHandler, Request, build_opener

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from urllib.request import OpenerDirector

    from airflow_dataops.errors import DataOpsError

PAGE = 100
"""The most that Airflow answers at once by default: [api] maximum_page_limit."""

SECONDS = 30
"""How long an answer may take."""

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


class AirflowRest:
    """Talks JSON with one Airflow, as one user.

    It signs in when it has to, and once more when a token has run out.

    Args:
        url: Where the API server answers, such as `https://airflow.example/base`.
        conn_id: The connection that says so, which is named in messages.
        login: Who signs in; empty where there is a token.
        password: With which password.
        token: A token that was made before; or empty.
        context: What TLS trusts; None for what the machine trusts.
    """

    def __init__(
        self,
        url: str,
        *,
        conn_id: str,
        login: str = "",
        password: str = "",
        token: str = "",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._where = f"connection `{conn_id}`"
        self._credentials = {"username": login, "password": password}
        self._token = token
        self._fixed = bool(token)
        self._opener: OpenerDirector = build_opener(HTTPSHandler(context=context))

    def __repr__(self) -> str:
        """Return the address alone."""
        return f"AirflowRest({self._url!r})"

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401 - it is JSON
        """Read something.

        Args:
            path: Below `/api/v2`, its parts quoted.
            query: What is asked.

        Raises:
            SettingsError: If Airflow refuses, in a way that another try won't heal.
            BrokenWorldError: If it can't be reached, or has an error of its own.
        """
        asked = f"?{urlencode(query)}" if query else ""
        return self._signed_in(lambda: self._send("GET", f"/api/v2/{path}{asked}"))

    def patch(self, path: str, body: object, **query: object) -> Any:  # noqa: ANN401 - it is JSON
        """Change something; as `get`."""
        asked = f"?{urlencode(query)}" if query else ""
        return self._signed_in(lambda: self._send("PATCH", f"/api/v2/{path}{asked}", body))

    def pages(self, path: str, key: str, **query: object) -> Iterator[dict[str, Any]]:
        """Yield everything of a collection, page by page; as `get`.

        Args:
            path: Below `/api/v2`.
            key: The key of the answer that holds the items.
            query: What is asked; it must keep its order while it is read.
        """
        seen = 0
        while True:
            page = self.get(path, **query, limit=PAGE, offset=seen)
            yield from page[key]
            seen += len(page[key])
            if not page[key] or seen >= (page.get("total_entries") or 0):
                return

    def _signed_in(self, send: Callable[[], Any]) -> Any:  # noqa: ANN401 - it is JSON
        fresh = not self._token
        if fresh:
            self._sign_in()
        try:
            return send()
        except _Unauthorised as error:
            if fresh or self._fixed:
                raise error.named from None
        self._sign_in()  # the token has run out
        try:
            return send()
        except _Unauthorised as error:
            raise error.named from None

    def _sign_in(self) -> None:
        self._token = ""
        try:
            answer = self._send("POST", "/auth/token", self._credentials)
        except _Unauthorised as error:
            raise error.named from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token:
            raise self._no_airflow()
        self._token = str(token)

    def _send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - it is JSON
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        # The scheme is http or https, by what makes the address.
        request = Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                text = answer.read()
        except HTTPError as error:
            error.close()
            raise self._refused(error.code, f"{method} {path.partition('?')[0]}") from None
        except (URLError, OSError) as error:
            raise self._unreached(error) from None
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise self._no_airflow() from None

    def _refused(self, status: int, what: str) -> DataOpsError | _Unauthorised:
        """Return the error of an answer; its text is left out, for it may quote what we sent."""
        where = f"{self._where}, {what}"
        if status in REFUSALS:
            said, hint = REFUSALS[status]
            named = SettingsError(f"{said} ({status})", where=where, hint=hint)
            return _Unauthorised(named) if status == HTTPStatus.UNAUTHORIZED else named
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in {
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.TOO_MANY_REQUESTS,
        }:
            return SettingsError(f"Airflow refuses the request ({status})", where=where)
        return BrokenWorldError(f"Airflow answers with an error ({status})", where=where)

    def _unreached(self, error: URLError | OSError) -> DataOpsError:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            return SettingsError(
                f"the certificate of Airflow's API server is not trusted: {reason.verify_message}",
                where=self._where,
                hint='Give the connection the extra {"ca": "/path/of/the/ca.pem"}.',
            )
        if isinstance(reason, ssl.SSLError):
            return SettingsError(
                f"there is no TLS with Airflow's API server ({reason.reason or type(reason).__name__})",
                where=self._where,
                hint="Set its schema to http, or its port to the one that speaks https.",
            )
        return BrokenWorldError(
            f"Airflow's API server can't be reached ({type(reason).__name__})",
            where=self._where,
            hint="Is it up, and are host and port of the connection right?",
        )

    def _no_airflow(self) -> SettingsError:
        return SettingsError(
            "what answers there is not the API server of Airflow",
            where=self._where,
            hint="Correct host, port and the path of the base URL.",
        )


class _Unauthorised(Exception):  # noqa: N818 - it never leaves this module
    """A login or a token that isn't accepted, or not any more.

    Args:
        named: The error for people.
    """

    def __init__(self, named: SettingsError) -> None:
        self.named = named
        super().__init__()


def part(name: str) -> str:
    """Return a name as a part of a path."""
    return quote(name, safe="")
