"""A connection of Airflow's type HTTP -> where it leads, and what TLS trusts there."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from airflow.sdk import Connection

SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAddress:
    """Where something answers, and who we are there.

    Args:
        conn_id: The connection that says so, which is named in messages.
        url: The address, without a slash at its end.
        login: Who signs in; or empty.
        password: With which password, token or key; or empty.
        context: What TLS trusts; None for what the machine trusts.
    """

    conn_id: str
    url: str
    login: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"connection `{self.conn_id}`"


def http_address(conn_id: str, *, of: str, default: str = "") -> HttpAddress:
    """Return where a connection leads; it is looked up, so this is for tasks and triggers alone.

    Args:
        conn_id: The connection.
        of: What answers there, for messages.
        default: The address where the connection has no host; empty where it must have one.

    Raises:
        SettingsError: If there is no such connection, or it doesn't say where it leads.
        BrokenWorldError: If connections can't be looked up now.
    """
    connection = looked_up(conn_id)
    where = f"connection `{conn_id}`"
    extra: dict[str, Any] = connection.extra_dejson
    return HttpAddress(
        conn_id=conn_id,
        url=(url_of(connection, of=of, where=where) if connection.host or not default else default).rstrip(
            "/"
        ),
        login=connection.login or "",
        password=connection.password or "",
        context=trusted(str(extra.get("ca") or ""), where=where),
    )


def looked_up(conn_id: str) -> Connection:
    """Return a connection.

    Raises:
        SettingsError: If there is none of that name.
        BrokenWorldError: If connections can't be looked up now.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise SettingsError(
            f"there is no connection `{conn_id}`",
            hint=f"Make it: airflow connections add {conn_id} --conn-type http --conn-host …",
        ) from None
    except Exception as error:  # noqa: BLE001 - a backend of secrets may raise anything, and quote secrets
        raise BrokenWorldError(
            f"the connection `{conn_id}` can't be looked up ({type(error).__name__})"
        ) from None


def url_of(connection: Connection, *, of: str, where: str) -> str:
    """Return where something answers: the host may be an address with scheme and path.

    Raises:
        SettingsError: If the connection doesn't say so.
    """
    host = connection.host or ""
    scheme = (urlsplit(host).scheme if "://" in host else connection.schema or "http").lower()
    if not host or scheme not in SCHEMES:
        raise SettingsError(
            f"the connection doesn't say where {of} is",
            where=where,
            hint="Its host is a name or an address, its schema http or https.",
        )
    rest = host.partition("://")[2] if "://" in host else host
    netloc, _, path = rest.partition("/")
    if connection.port and ":" not in netloc:
        netloc = f"{netloc}:{connection.port}"
    return f"{scheme}://{netloc}" + (f"/{path}" if path else "")


def trusted(file: str, *, where: str) -> ssl.SSLContext | None:
    """Return what TLS trusts where a connection names a file of certificates.

    Raises:
        SettingsError: If it can't be read.
    """
    if not file:
        return None
    try:
        return ssl.create_default_context(cafile=str(Path(file)))
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"the file `ca` can't be read as certificates ({type(error).__name__})",
            where=where,
            hint="It is a file in PEM, on the machine where tasks run.",
        ) from None
