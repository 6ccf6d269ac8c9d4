"""Airflow's public REST API: what tasks may not do by themselves, such as pausing a DAG.

Tasks of Airflow 3 can't reach its database, so whoever pauses a DAG, resizes a pool or reads the runs of
others signs in as a user does.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from airflow_dataops.bridge.rest_errors import SIGN_IN, RestErrors, UnauthorisedError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from urllib.request import OpenerDirector

PAGE = 100
"""The most that Airflow answers at once by default: [api] maximum_page_limit."""

SECONDS = 30
"""How long an answer may take."""


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: urllib would take the token along, to wherever it leads."""

    def redirect_request(self, *_: object) -> None:
        """Take the redirect for an error."""


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
        self._errors = RestErrors(f"connection `{conn_id}`")
        self._credentials = {"username": login, "password": password}
        self._token = token
        self._fixed = bool(token)
        self._opener: OpenerDirector = build_opener(_Stay, HTTPSHandler(context=context))

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
            with self.understanding():
                items, total = list(page[key]), int(page.get("total_entries") or 0)
            yield from items
            seen += len(items)
            if not items or seen >= total:
                return

    @contextmanager
    def understanding(self) -> Iterator[None]:
        """Refuse an answer that lacks what Airflow's has, while it is looked at.

        Raises:
            SettingsError: If it is no answer of Airflow's.
        """
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError):
            raise self._errors.no_airflow() from None

    def _signed_in(self, send: Callable[[], Any]) -> Any:  # noqa: ANN401 - it is JSON
        fresh = not self._token
        if fresh:
            self._sign_in()
        try:
            return send()
        except UnauthorisedError as error:
            if fresh or self._fixed:
                raise error.named from None
        self._sign_in()  # the token has run out
        try:
            return send()
        except UnauthorisedError as error:
            raise error.named from None

    def _sign_in(self) -> None:
        self._token = ""
        try:
            answer = self._send("POST", SIGN_IN, self._credentials)
        except UnauthorisedError as error:
            raise error.named from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token or not sendable(str(token)):
            raise self._errors.no_airflow()
        self._token = str(token)

    def _send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - it is JSON
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        try:
            # The scheme is http or https, by what makes the address.
            request = Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310
            with self._opener.open(request, timeout=SECONDS) as answer:
                text = answer.read()
        except HTTPError as error:
            error.close()
            raise self._errors.refused(error.code, method, path.partition("?")[0]) from None
        except (URLError, OSError) as error:
            raise self._errors.unreached(error) from None
        except HTTPException as error:
            raise self._errors.unread(error) from None
        except ValueError:  # its text quotes what we send
            raise self._errors.nowhere() from None
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise self._errors.no_airflow() from None


def sendable(token: str) -> bool:
    """Say whether a token can be sent: it is a header's value."""
    return token.isascii() and token.isprintable()


def part(name: str) -> str:
    """Return a name as a part of a path."""
    return quote(name, safe="")
