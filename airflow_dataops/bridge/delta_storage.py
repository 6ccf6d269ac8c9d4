"""Airflow's connection to an object storage -> what deltalake is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.errors import BrokenWorldError, SettingsError

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

AWS = "aws"
"""The type of connections to S3, and to what speaks as it does."""


def storage_of(conn_id: str) -> dict[str, str]:
    """Return what deltalake is told of the storage of a connection; nothing where none is named.

    Then deltalake finds its way by the variables and the identity of the machine.

    Args:
        conn_id: A connection of the type Amazon Web Services; empty for none.

    Raises:
        SettingsError: If there is no such connection, it is of another type, or its provider isn't installed.
        BrokenWorldError: If it gives no credentials.
    """
    if not conn_id:
        return {}
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        kind = BaseHook.get_connection(conn_id).conn_type
    except AirflowNotFoundException:
        hint = f"Make it: airflow connections add {conn_id} --conn-type {AWS} …."
        raise SettingsError(f"there is no connection `{conn_id}`", where="conn_id", hint=hint) from None
    if kind != AWS:
        raise SettingsError(
            f"a Delta table is read through a connection of the type `{AWS}`; `{conn_id}` is of `{kind}`",
            where="conn_id",
            hint="Leave `conn_id` out, and let the machine itself have access to the storage.",
        )
    try:
        from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the module `{error.name}` is not installed",
            hint="Install `apache-airflow-providers-amazon` where tasks run.",
        ) from None
    try:
        return _told(AwsBaseHook(aws_conn_id=conn_id, client_type="s3"))
    except Exception as error:  # noqa: BLE001 - a hook asks other services, too, and their errors name secrets
        reason = type(error).__name__
    raise BrokenWorldError(f"the connection gives no credentials ({reason})", where=f"connection `{conn_id}`")


def _told(hook: AwsBaseHook) -> dict[str, str]:
    credentials = hook.get_credentials()
    endpoint = hook.conn_config.get_service_endpoint_url("s3") or ""
    told = {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.token,
        "AWS_REGION": hook.region_name,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true" if endpoint.startswith("http://") else "",
    }
    return {name: value for name, value in told.items() if value}
