"""A connection of Airflow's type HTTP -> the Airflow behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.bridge.http_address import trusted, url_of
from airflow_dataops.bridge.rest import AirflowRest, sendable
from airflow_dataops.bridge.settings import airflow_conn_id
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow.sdk import Connection

HINT = (
    "Make it: airflow connections add {} --conn-type http --conn-schema https --conn-host airflow.example "
    "--conn-login … --conn-password …"
)


def airflow_rest(conn_id: str = "") -> AirflowRest:
    """Return the REST API of the Airflow that a connection names.

    Args:
        conn_id: The connection; empty for `[dataops] airflow_conn_id`.

    Raises:
        SettingsError: If there is no such connection, or it doesn't say where Airflow is and who signs in.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    name = conn_id or airflow_conn_id()
    try:
        connection = BaseHook.get_connection(name)
    except AirflowNotFoundException:
        raise SettingsError(
            f"there is no connection `{name}`, by which Airflow is spoken to",
            where="[dataops] airflow_conn_id",
            hint=HINT.format(name),
        ) from None
    return rest_of(connection)


def rest_of(connection: Connection) -> AirflowRest:
    """Return the REST API that a connection names.

    Its host may be an address with scheme and path; its schema is http or https; a token stands in its extra
    as `token`, or is its password where there is no login; `ca` of its extra is a file of certificates.

    Raises:
        SettingsError: If it doesn't say where Airflow is and who signs in.
    """
    where = f"connection `{connection.conn_id}`"
    extra: dict[str, Any] = connection.extra_dejson
    token = str(extra.get("token") or ("" if connection.login else connection.password or "")).strip()
    if not token and not (connection.login and connection.password):
        raise SettingsError(
            "the connection has neither login and password nor a token",
            where=where,
            hint='Give it a login and a password; or the extra {"token": "…"}.',
        )
    if not sendable(token):
        raise SettingsError(
            "the token has a character that none has",
            where=where,
            hint="Copy it again, as one line without spaces.",
        )
    return AirflowRest(
        url_of(connection, of="Airflow's API server", where=where),
        conn_id=str(connection.conn_id),
        login=connection.login or "",
        password=connection.password or "",
        token=token,
        context=trusted(str(extra.get("ca") or ""), where=where),
    )
