"""`properties`, `items` and `map`, and the items of a `vector` -> what is promised of the values inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.nested import Each, Element
from airflow_dataops.core.contract.options import Options
from airflow_dataops.documents.odcs.logical_type import types, values
from airflow_dataops.documents.odcs.options import options
from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from collections.abc import Collection

    from airflow_dataops.core.contract.nested import Step
    from airflow_dataops.documents.odcs.keys import Item, Property
    from airflow_dataops.documents.yaml.findings import Findings

INSIDE: dict[str, LogicalType] = {
    "properties": LogicalType.OBJECT,
    "items": LogicalType.ARRAY,
    "map": LogicalType.MAP,
}
"""Key -> the type that has it."""

OF_ROWS = ("unique", "primaryKey", "quality", "relationships")
"""Keys that speak of rows, which a value inside a column is none of."""

ELEMENTS: dict[str, tuple[LogicalType, str]] = {
    "bfloat16": (LogicalType.NUMBER, "bf16"),
    "binary": (LogicalType.INTEGER, "bit"),
    "float16": (LogicalType.NUMBER, "f16"),
    "float32": (LogicalType.NUMBER, "f32"),
    "float64": (LogicalType.NUMBER, "f64"),
    "int8": (LogicalType.INTEGER, "i8"),
    "uint8": (LogicalType.INTEGER, "u8"),
}
"""`elementType` of a vector -> the type of its items, and their format."""


def inside(
    keys: Item, logical: LogicalType | None, servers: Collection[str], findings: Findings
) -> tuple[Element, ...]:
    """Return what is promised of the values inside those of a property; what is wrong goes to the findings.

    Args:
        keys: The property.
        logical: Its type, or None for any.
        servers: The types of the contract's servers.
        findings: Where problems go.
    """
    for key, owner in INSIDE.items():
        if keys.node.has(key) and logical is not owner:
            findings.unenforced(
                keys.node.key(key), f"`{key}` of what is no {owner}", f"Write `logicalType: {owner}`."
            )
    match logical:
        case LogicalType.OBJECT:
            return _members(keys, servers, findings)
        case LogicalType.ARRAY if keys.items is not None:
            return (element(keys.items, "", Each.ITEM, servers, findings),)
        case LogicalType.MAP if keys.map is not None:
            return (
                element(keys.map.key, "", Each.KEY, servers, findings),
                element(keys.map.value, "", Each.VALUE, servers, findings),
            )
        case LogicalType.VECTOR:
            return (_item(keys),)
    return ()


def element(keys: Item, name: str, step: Step, servers: Collection[str], findings: Findings) -> Element:
    """Return what is promised of one value inside another."""
    declared = keys.logical_type or ""
    told = types(keys, servers, findings)
    found = told.type
    for key in OF_ROWS:
        if keys.node.has(key) and getattr(keys, key if key != "primaryKey" else "primary_key"):
            findings.unenforced(keys.node.key(key), f"`{key}` of a value inside a column")
    if found is None:
        findings.warn(keys.node.place, "there is no `logicalType`: values of any type pass", "Write one.")
    logical = None if found is None else found.logical
    return Element(
        name=name,
        step=step,
        type=found,
        physical=told.physical,
        required=keys.required,
        options=options(keys.logical_type_options, declared, found, findings),
        values=values(keys, logical, findings),
        inside=inside(keys, logical, servers, findings),
        place=str(keys.node.place),
    )


def _members(keys: Item, servers: Collection[str], findings: Findings) -> tuple[Element, ...]:
    seen: dict[str, Property] = {}
    for member in keys.properties:
        key = member.in_data
        first = seen.setdefault(key, member)
        if first is not member:
            findings.error(
                member.at("name"),
                f"the property `{shown(key)}` is there already, in line {first.at('name').line}",
            )
    return tuple(
        element(member, member.name, member.in_data, servers, findings) for member in keys.properties
    )


def _item(keys: Item) -> Element:
    """Return what is promised of the items of a vector."""
    declared = "float32"
    given = keys.logical_type_options
    if given is not None and given.element_type is not None:
        declared = given.element_type
    logical, form = ELEMENTS[declared]
    return Element(
        name="",
        step=Each.ITEM,
        type=ColumnType(logical),
        required=True,
        options=Options(format=form),
        place=str(keys.node.place),
    )
