"""The keys of a contract around its schema: who, where, for whom, and how well. Source: as `odcs/keys.py`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, Discriminator, Field, Tag

from airflow_dataops.documents.odcs.annotations import (
    V31,
    V32,
    V301,
    V302,
    VERSIONS,
    Context,
    Customs,
    Definitions,
    Odcs,
    StableId,
    Words,
    form_of,
)
from airflow_dataops.documents.odcs.keys import SchemaObject
from airflow_dataops.documents.odcs.servers import Role, Server
from airflow_dataops.documents.yaml.scalar import Day, Instant, Name, Number, Single, Text, one_of


class ContractPart(Odcs, BaseModel):
    """Keys of the standard that stand beside the schema."""

    since: ClassVar[dict[str, str]] = {"id": V31}

    id: StableId | None = None


class Description(Odcs, BaseModel):
    """What the contract is for."""

    since: ClassVar[dict[str, str]] = dict.fromkeys(("authoritativeDefinitions", "customProperties"), V301)

    purpose: Text | None = None
    usage: Text | None = None
    limitations: Text | None = None
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class Member(ContractPart):
    """A person of a team."""

    since: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("name", "description"), V302),
        **dict.fromkeys(("id", "tags", "authoritativeDefinitions", "customProperties"), V31),
    }

    username: Text | None = None
    name: Text | None = None
    description: Text | None = None
    role: Text | None = None
    date_in: Day | None = None
    date_out: Day | None = None
    replaced_by_username: Text | None = None
    tags: Words = ()
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class Team(ContractPart):
    """Who answers for the contract: a list of its members before v3.1.0, and still."""

    since: ClassVar[dict[str, str]] = {}

    name: Text | None = None
    description: Text | None = None
    members: tuple[Member, ...] = ()
    tags: Words = ()
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class Channel(ContractPart):
    """An entry of `support`."""

    since: ClassVar[dict[str, str]] = dict.fromkeys(("id", "customProperties"), V31)

    channel: Name
    url: Text | None = None
    description: Text | None = None
    tool: Text | None = None
    scope: Text | None = None
    invitation_url: Text | None = None
    custom_properties: Customs = ()


class Price(ContractPart):
    """What the data costs."""

    price_amount: Number | None = None
    price_currency: Text | None = None
    price_unit: Text | None = None


class Level(ContractPart):
    """An entry of `slaProperties`."""

    since: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("customProperties", "authoritativeDefinitions"), V32),
        **dict.fromkeys(("id", "description", "scheduler", "schedule"), V31),
    }

    property: Name
    value: Single
    value_ext: Single = None
    unit: Text | None = None
    element: Text | None = None
    driver: Text | None = None
    description: Text | None = None
    scheduler: Text | None = None
    schedule: Text | None = None
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class ContractKeys(Odcs, BaseModel):
    """A contract."""

    since: ClassVar[dict[str, str]] = {"authoritativeDefinitions": V301, "context": V32}

    api_version: Annotated[str, one_of(*VERSIONS)] | None = None
    kind: Annotated[str, one_of("DataContract")] | None = None
    id: Name | None = None
    name: Text | None = None
    version: Name | None = None
    status: Name | None = None
    objects: tuple[SchemaObject, ...] = Field((), alias="schema")
    tenant: Text | None = None
    domain: Text | None = None
    data_product: Text | None = None
    description: Description | None = None
    tags: Words = ()
    servers: tuple[Server, ...] = ()
    support: tuple[Channel, ...] = ()
    price: Price | None = None
    team: (
        Annotated[
            Annotated[Team, Tag("(keys)")]
            | Annotated[tuple[Member, ...], Tag("(list)")]
            | Annotated[Team, Tag("(text)")],
            Discriminator(form_of),
        ]
        | None
    ) = None
    roles: tuple[Role, ...] = ()
    sla_default_element: Text | None = None
    sla_properties: tuple[Level, ...] = ()
    context: Context | None = None
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()
    contract_created_ts: Instant | None = None
