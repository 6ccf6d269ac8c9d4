"""Keys of the standard that explain: definitions, custom properties, synonyms, context.

Source: as `odcs/keys.py`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.alias_generators import to_camel

from airflow_dataops.documents.yaml.form import Keys
from airflow_dataops.documents.yaml.scalar import Text, matching

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
_, V301, V302, V31, V32 = VERSIONS

StableId = Annotated[str, matching(r"[A-Za-z0-9_-]+", "made of letters, digits, `_` and `-`")]
Words = tuple[Text, ...]


def form_of(value: object) -> str:
    """Return the tag of a value that may be a text, a list or a mapping of keys."""
    return "(list)" if isinstance(value, list) else "(text)" if isinstance(value, str) else "(keys)"


class Odcs(Keys, BaseModel):
    """Keys as the standard writes them: `apiVersion` for `api_version`.

    `since` names the version of those keys that came later than the mapping itself.
    """

    model_config = ConfigDict(alias_generator=to_camel)
    values_since: ClassVar[dict[str, dict[str, str]]] = {}
    """Key -> value -> the version of the standard that brought this value."""


class Definition(Odcs):
    """An entry of `authoritativeDefinitions`."""

    since: ClassVar[dict[str, str]] = {"id": V31, "description": V31}

    url: Text
    type: Text
    id: StableId | None = None
    description: Text | None = None


class Custom(Odcs):
    """An entry of `customProperties`."""

    since: ClassVar[dict[str, str]] = {"id": V31, "description": V31, "vendor": V32}

    property: Text
    value: object
    id: StableId | None = None
    description: Text | None = None
    vendor: Text | None = None


Definitions = tuple[Definition, ...]
Customs = tuple[Custom, ...]


class Synonym(Odcs):
    """An entry of `synonyms`."""

    synonym: Text
    id: StableId | None = None
    description: Text | None = None
    locale: Text | None = None
    source: Text | None = None
    status: Text | None = None
    custom_properties: Customs = ()


class Statement(Odcs):
    """An entry of `constraints` or `verifiedStatements` in a `context`."""

    id: Text | None = None
    tags: Words = ()
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class ContextConstraint(Statement):
    """An entry of `constraints`."""

    constraint: Text


class VerifiedStatement(Statement):
    """An entry of `verifiedStatements`."""

    question: Text
    answer: Text | None = None


class ContextKeys(Odcs):
    """What a model should know of the contract, in parts."""

    instructions: Text | None = None
    constraints: tuple[ContextConstraint, ...] = ()
    verified_statements: tuple[VerifiedStatement, ...] = ()


Context = Annotated[
    Annotated[Text, Tag("(text)")]
    | Annotated[ContextKeys, Tag("(keys)")]
    | Annotated[ContextKeys, Tag("(list)")],
    Discriminator(form_of),
]

# `ShorthandReference` and `FullyQualifiedReference` of the JSON Schema of ODCS v3.2.0.
Reference = Annotated[
    str,
    matching(
        r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+"
        r"|((https?://)?[\w.\-/]+\.ya?ml#)?/?[A-Za-z_]\w*/[\w-]+(/[A-Za-z_]\w*/[\w-]+)*",
        "a reference such as `orders.id` or `schema/orders_obj/properties/id_prop`",
    ),
]
References = Annotated[
    Annotated[Reference, Tag("(text)")]
    | Annotated[tuple[Reference, ...], Tag("(list)"), Field(min_length=1)]
    | Annotated[Reference, Tag("(keys)")],
    Discriminator(form_of),
]
