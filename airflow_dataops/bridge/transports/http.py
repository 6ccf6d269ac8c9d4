"""Requests to receivers over HTTP: no redirect is followed, and no answer is quoted."""

from __future__ import annotations

import base64
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, InvalidURL
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from airflow_dataops.errors import BrokenWorldError, SettingsError, TryLaterError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message as Headers

    from airflow_dataops.bridge.http_address import HttpAddress
    from airflow_dataops.errors import DataOpsError

SECONDS = 15
"""How long a receiver may say nothing."""

MOST = 64 * 1024 * 1024
"""The most bytes of an answer that are read."""

LONGEST_WAIT = 3600
"""Seconds: nobody waits longer because a receiver says so."""

LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that another try may heal, besides all of 500 and above."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        """Follow nothing: what we send is for the address that was configured."""


def sent(
    address: HttpAddress,
    path: str,
    body: bytes | None = None,
    *,
    to: str,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Send a request, and return what is answered: POST where there is a body, otherwise GET.

    Args:
        address: Where to.
        path: Below its URL, with what is asked; or empty.
        body: JSON.
        to: Who answers there, for messages: `Alertmanager`.
        headers: Besides those of JSON.

    Raises:
        BrokenWorldError: If it may work later: no connection, a timeout, 429 or 5xx.
        SettingsError: If it won't: refused, a redirect, a certificate that isn't trusted.
    """
    said = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
    method = "GET" if body is None else "POST"
    opener = build_opener(_NoRedirect, HTTPSHandler(context=address.context))
    try:
        # The scheme is http or https, by what makes the address.
        request = Request(address.url + path, data=body, headers=said, method=method)  # noqa: S310
        with opener.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read(MOST))
    except HTTPError as error:
        error.close()
        raise refused(error.code, error.headers, to=to, where=address.where) from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise _unreached(error, to=to, where=address.where) from None


def signed_in(address: HttpAddress) -> dict[str, str]:
    """Return the header that says who we are: login and password, or a token where there is no login."""
    if address.login:
        pair = base64.b64encode(f"{address.login}:{address.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {"Authorization": f"Bearer {address.password}"} if address.password else {}


def refused(status: int, headers: Headers | None, *, to: str, where: str) -> DataOpsError:
    """Return the error of a status; what the answer says is left out, for it may quote what we sent."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER:
        after = _wait(str(headers.get("Retry-After") or "") if headers else "")
        what = f"{to} answers with an error ({status})"
        return BrokenWorldError(what, where=where) if after is None else _later(what, after, where)
    if status >= HTTPStatus.BAD_REQUEST:
        hint = (
            "Correct the login, the password or the key of the connection."
            if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
            else "Look whether host, port and path of the connection are right, and what its log says."
        )
        return SettingsError(f"{to} refuses what it is sent ({status})", where=where, hint=hint)
    return SettingsError(
        f"{to} sends us elsewhere ({status}), which is not followed",
        where=where,
        hint="Give the connection the address at which it answers itself.",
    )


def _later(what: str, after: int, where: str) -> TryLaterError:
    return TryLaterError(f"{what}, and asks for {after} s of patience", after=after, where=where)


def _wait(said: str) -> int | None:
    """Return the seconds of a Retry-After, which has a number or a date; None where it says nothing."""
    if said.strip().isdecimal():
        return min(int(said.strip()[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    seconds = (until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(int(seconds.total_seconds()), 0), LONGEST_WAIT)


def _unreached(error: Exception, *, to: str, where: str) -> DataOpsError:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return SettingsError(
            f"the certificate of {to} is not trusted: {reason.verify_message}",
            where=where,
            hint='Give the connection the extra {"ca": "/path/of/the/ca.pem"}.',
        )
    if isinstance(reason, ssl.SSLError):
        return SettingsError(
            f"there is no TLS with {to} ({reason.reason or type(reason).__name__})",
            where=where,
            hint="Set its schema to http, or its port to the one that speaks https.",
        )
    if isinstance(reason, InvalidURL | ValueError):
        return SettingsError(
            f"the address of {to} is none", where=where, hint="Correct the host of the connection."
        )
    return BrokenWorldError(
        f"{to} can't be reached ({type(reason).__name__})",
        where=where,
        hint="Is it up, and are host and port of the connection right?",
    )
