"""The keys of the Open Data Contract Standard: all of them, at their places, with their types.

Source: the JSON Schemas of ODCS v3.0.0 to v3.2.0. `since` names those that came later and promise or explain
something; the servers' keys stand in `servers.py`. What must be there is said in `contract.py`, where it can
be missing without hiding what else is wrong.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, Field

from airflow_dataops.core.checks.selection import DIMENSIONS
from airflow_dataops.core.checks.verdict import Operator, Unit
from airflow_dataops.core.contract.model import LIBRARY, Severity
from airflow_dataops.documents.odcs.annotations import (
    V31,
    V32,
    V302,
    Context,
    Customs,
    Definitions,
    Odcs,
    References,
    StableId,
    Synonym,
    Words,
)
from airflow_dataops.documents.yaml.scalar import (
    Count,
    Flag,
    Label,
    Name,
    Names,
    Number,
    Positive,
    Single,
    Text,
    TextOrMapping,
    Whole,
    one_of,
    whole,
)

LOGICAL_TYPES = (
    *("string", "integer", "number", "boolean", "date", "timestamp"),
    *("time", "object", "array", "map", "vector"),
)
DISTANCES = ("cosine", "dotProduct", "euclidean", "hamming", "manhattan")
ELEMENTS = ("bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8")
METRICS = tuple(measure.value for measure in LIBRARY)
OPERATORS = tuple(operator.value for operator in Operator)


class Promise(Odcs, BaseModel):
    """Keys of the standard that promise."""


class Arguments(Promise):
    """What a library metric is computed with."""

    valid_values: tuple[Single, ...] | None = None
    missing_values: tuple[Single, ...] | None = None
    properties: tuple[Name, ...] | None = None
    pattern: Text | None = None


class Rule(Promise):
    """An entry of `quality`."""

    since: ClassVar[dict[str, str]] = {"id": V31, "metric": V31, "arguments": V31}

    id: StableId | None = None
    name: Text | None = None
    description: Text | None = None
    type: Annotated[str, one_of("library", "sql", "text", "custom")] | None = None
    metric: Annotated[str, one_of(*METRICS)] | None = None
    rule: Text | None = None
    arguments: Arguments | None = None
    valid_values: tuple[Single, ...] | None = None
    query: Name | None = None
    engine: Text | None = None
    implementation: TextOrMapping = None
    must_be: Single = None
    must_not_be: Single = None
    must_be_greater_than: Number | None = None
    must_be_greater_or_equal_to: Number | None = None
    must_be_less_than: Number | None = None
    must_be_less_or_equal_to: Number | None = None
    must_be_between: tuple[Number, ...] | None = None
    must_not_be_between: tuple[Number, ...] | None = None
    unit: Annotated[str, one_of(*Unit)] | None = None
    dimension: Annotated[str, one_of(*DIMENSIONS)] | None = None
    severity: Annotated[str, one_of(*Severity)] | None = None
    method: Text | None = None
    business_impact: Text | None = None
    scheduler: Text | None = None
    schedule: Text | None = None
    tags: Words = ()
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class Options(Promise):
    """The `logicalTypeOptions` of every type; which type has which is said in `odcs/options.py`."""

    since: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("timezone", "defaultTimezone"), V31),
        **dict.fromkeys(("dimensions", "distanceMetric", "elementType"), V32),
        **dict.fromkeys(("embeddingModel", "embeddingModelVersion", "normalized"), V32),
    }

    minimum: Single = None
    maximum: Single = None
    exclusive_minimum: Single = None
    exclusive_maximum: Single = None
    multiple_of: Positive | None = None
    pattern: Text | None = None
    min_length: Count | None = None
    max_length: Count | None = None
    format: Text | None = None
    timezone: Flag | None = None
    default_timezone: Text | None = None
    min_items: Count | None = None
    max_items: Count | None = None
    unique_items: Flag | None = None
    min_properties: Count | None = None
    max_properties: Count | None = None
    required: Names | None = None
    dimensions: Annotated[int, BeforeValidator(whole(1))] | None = None
    distance_metric: Annotated[str, one_of(*DISTANCES)] | None = None
    element_type: Annotated[str, one_of(*ELEMENTS)] | None = None
    embedding_model: Text | None = None
    embedding_model_version: Text | None = None
    normalized: Flag | None = None


class EnumValue(Promise):
    """An entry of `enum`."""

    value: Single
    id: StableId | None = None
    label: Text | None = None
    description: Text | None = None
    tags: Words = ()
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class PropertyRelationship(Promise):
    """An entry of a property's `relationships`."""

    since: ClassVar[dict[str, str]] = {"id": V32}

    to: References
    id: Text | None = None
    type: Annotated[str, one_of("foreignKey")] | None = None
    custom_properties: Customs = ()


class ObjectRelationship(PropertyRelationship):
    """An entry of an object's `relationships`."""

    origin: References = Field(alias="from")


class Element(Promise):
    """What objects and properties have in common."""

    id: StableId | None = None
    physical_name: Text | None = None
    physical_type: Text | None = None
    business_name: Text | None = None
    description: Text | None = None
    deprecated: Flag | None = None
    synonyms: tuple[Synonym, ...] = ()
    tags: Words = ()
    quality: tuple[Rule, ...] = ()
    authoritative_definitions: Definitions = ()
    custom_properties: Customs = ()


class Item(Element):
    """A property, or the entries of one that is an array."""

    since: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("enum", "map", "semanticType", "synonyms", "deprecated"), V32),
        **dict.fromkeys(("id", "relationships"), V31),
        "physicalName": V302,
    }
    values_since: ClassVar[dict[str, dict[str, str]]] = {
        "logicalType": {"timestamp": V31, "time": V31, "map": V32, "vector": V32}
    }

    name: Text | None = None
    logical_type: Annotated[str, one_of(*LOGICAL_TYPES)] | None = None
    logical_type_options: Options | None = None
    required: Flag = False
    unique: Flag = False
    primary_key: Flag = False
    primary_key_position: Whole | None = None
    enum: tuple[EnumValue, ...] | None = None
    classification: Text | None = None
    critical_data_element: Flag | None = None
    partitioned: Flag | None = None
    partition_key_position: Whole | None = None
    encrypted_name: Text | None = None
    semantic_type: Annotated[str, one_of("column", "measure", "dimension")] | None = None
    transform_source_objects: Words = ()
    transform_logic: Text | None = None
    transform_description: Text | None = None
    examples: tuple[object, ...] = ()
    relationships: tuple[PropertyRelationship, ...] = ()
    properties: tuple[Property, ...] = ()
    items: Item | None = None
    map: MapKeys | None = None


class Property(Item):
    """A property of an object: a column."""

    name: Name

    @property
    def in_data(self) -> str:
        """What it is called in the data."""
        return self.physical_name or self.name


class MapKeys(Promise):
    """The two halves of a `map`."""

    key: Item
    value: Item


class SchemaObject(Element):
    """An entry of `schema`: a dataset."""

    since: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("context", "synonyms", "deprecated"), V32),
        **dict.fromkeys(("id", "relationships"), V31),
    }

    name: Label
    logical_type: Annotated[str, one_of("object")] | None = None
    data_granularity_description: Text | None = None
    properties: tuple[Property, ...] = ()
    relationships: tuple[ObjectRelationship, ...] = ()
    context: Context | None = None


for model in (Item, Property, MapKeys, SchemaObject):
    model.model_rebuild()
