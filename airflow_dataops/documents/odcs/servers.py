"""The servers of a contract: which keys each type has.

Nothing connects to them yet; a typo in them is found all the same. Source: `ServerSource` in the JSON Schema
of ODCS v3.2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BaseModel, Field

from airflow_dataops.documents.odcs.annotations import V31, V301, Customs, Odcs, StableId
from airflow_dataops.documents.yaml.complaints import keys_of
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import Name, Port, Text, did_you_mean, one_of

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.findings import Findings

HOST = ("host", "database")
HOST_PORT = ("host", "port", "database")
FILES = ("format", "encoding")

TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "api": (("location",), ()),
    "athena": (("schema",), ("stagingDir", "catalog", "regionName", "workgroup")),
    "azure": (("location", "format"), ("delimiter", "encoding")),
    "bigquery": (("project", "dataset"), ()),
    "btrieve": (HOST, ("port",)),
    "clickhouse": (HOST_PORT, ()),
    "cloudsql": ((*HOST_PORT, "schema"), ()),
    "custom": (
        (),
        (
            *(*HOST_PORT, "schema", "account", "catalog", "dataset", "delimiter", *FILES, "endpointUrl"),
            *("location", "path", "project", "region", "regionName", "serviceName", "stagingDir"),
            *("stream", "warehouse"),
        ),
    ),
    "databricks": (("catalog", "schema"), ("host",)),
    "db2": (HOST_PORT, ("schema",)),
    "denodo": (("host", "port"), ("database",)),
    "dremio": (("host", "port"), ("schema",)),
    "duckdb": (("database",), ("schema",)),
    "exasol": (("host",), ("port", "schema")),
    "fastobjects": (("database",), ("host", "port")),
    "glue": (("account", "database"), ("location", *FILES)),
    "hana": (("host",), ("port", "database", "schema")),
    "hive": (HOST, ("port",)),
    "iceberg": (("catalog", "catalogUrl"), ("namespace", "warehouse")),
    "impala": (HOST, ("port",)),
    "informix": (HOST, ("port",)),
    "ingres": (HOST, ("port",)),
    "kafka": (("host",), FILES),
    "kinesis": ((), ("region", *FILES)),
    "local": (("path", "format"), ("encoding",)),
    "mysql": (HOST_PORT, ()),
    "oracle": (("host", "port", "serviceName"), ()),
    "poet": (("database",), ("host", "port")),
    "postgres": ((*HOST_PORT, "schema"), ()),
    "postgresql": ((*HOST_PORT, "schema"), ()),
    "presto": (("host",), ("catalog", "schema")),
    "pubsub": (("project",), ()),
    "redshift": (("database", "schema"), ("host", "region", "account")),
    "s3": (("location",), ("endpointUrl", "delimiter", *FILES)),
    "sftp": (("location",), ("delimiter", *FILES)),
    "snowflake": (("account", "database", "schema"), ("host", "port", "warehouse")),
    "sqlserver": ((*HOST, "schema"), ("port",)),
    "synapse": (HOST_PORT, ()),
    "teradata": (("host",), ("port", "database")),
    "trino": (("host", "port", "catalog", "schema"), ()),
    "vectorwise": (HOST, ("port",)),
    "versant": (("database",), ("host", "port")),
    "vertica": ((*HOST_PORT, "schema"), ()),
    "zen": (HOST, ("port",)),
}
"""Type -> the keys it must have, and those it may have."""

COMMON = frozenset({"id", "server", "type", "description", "environment", "roles", "customProperties"})
"""Keys of every type."""


class Role(Odcs, BaseModel):
    """Who may do what."""

    since: ClassVar[dict[str, str]] = {"id": V31, "customProperties": V301}

    role: Text
    id: StableId | None = None
    description: Text | None = None
    access: Text | None = None
    first_level_approvers: Text | None = None
    second_level_approvers: Text | None = None
    custom_properties: Customs = ()


class Server(Odcs, BaseModel):
    """An entry of `servers`; its types and their keys are those of v3.2.0, whichever version a file names."""

    since: ClassVar[dict[str, str]] = {"id": V31}

    server: Name
    type: Annotated[str, one_of(*TYPES)]
    id: StableId | None = None
    description: Text | None = None
    environment: Text | None = None
    roles: tuple[Role, ...] = ()
    custom_properties: Customs = ()
    account: Text | None = None
    catalog: Text | None = None
    catalog_url: Text | None = None
    database: Text | None = None
    dataset: Text | None = None
    delimiter: Text | None = None
    encoding: Text | None = None
    endpoint_url: Text | None = None
    format: Text | None = None
    host: Text | None = None
    location: Text | None = None
    namespace: Text | None = None
    path: Text | None = None
    port: Port | None = None
    project: Text | None = None
    region: Text | None = None
    region_name: Text | None = None
    schema_name: Text | None = Field(None, alias="schema")
    service_name: Text | None = None
    staging_dir: Text | None = None
    stream: Text | None = None
    warehouse: Text | None = None
    workgroup: Text | None = None


OWN = frozenset(keys_of(Server)) - COMMON
"""Keys that some type has."""


def check_server(server: Server, findings: Findings) -> None:
    """Note the keys that a server of this type lacks, or doesn't have."""
    required, optional = TYPES[server.type]
    for key in required:
        if not server.node.has(key):
            findings.error(
                server.node.place, f"`{key}` is missing", f"A server of type `{server.type}` has one."
            )
    for key in server.node.keys:
        if key in OWN and key not in (*required, *optional):
            findings.error(
                server.node.key(key),
                f"`{shown(key)}` is no key of a server of type `{server.type}`",
                did_you_mean(key, (*required, *optional)),
            )
