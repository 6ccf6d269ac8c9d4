"""Properties of a contract -> columns, with what each promises of its own values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import Column, ColumnType, LogicalType
from airflow_dataops.core.naming import RESERVED_PREFIX
from airflow_dataops.documents.odcs.logical_type import types, values
from airflow_dataops.documents.odcs.nested import inside
from airflow_dataops.documents.odcs.options import options
from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from airflow_dataops.documents.odcs.keys import Property
    from airflow_dataops.documents.yaml.findings import Findings

UNPLACED = frozenset({None, -1})
"""`primaryKeyPosition` of a column that has none; -1 is the standard's default."""


def columns(
    properties: Iterable[Property], findings: Findings, *, servers: Collection[str] = ()
) -> tuple[Column, ...]:
    """Return the columns of a dataset; what is wrong with them, or not enforced, goes to the findings.

    Args:
        properties: The properties.
        findings: Where problems go.
        servers: The types of the contract's servers.
    """
    properties = tuple(properties)
    positions = key_positions(properties, findings)
    _tell_apart(properties, findings)
    return tuple(column(keys, positions.get(keys.name), servers, findings) for keys in properties)


def column(keys: Property, position: int | None, servers: Collection[str], findings: Findings) -> Column:
    """Return one column."""
    if keys.in_data.casefold().startswith(RESERVED_PREFIX):
        findings.error(
            keys.at("physicalName" if keys.physical_name else "name"),
            f"the column `{shown(keys.in_data)}` starts with `{RESERVED_PREFIX}`, which is reserved",
            "Give it another name.",
        )
    declared = keys.logical_type or ""
    told = types(keys, servers, findings)
    found = told.type or ColumnType(LogicalType.STRING)
    _carried(keys, told.type, findings)
    return Column(
        name=keys.in_data,
        title="" if keys.in_data == keys.name else keys.name,
        type=found,
        physical=told.physical,
        required=keys.required,
        unique=keys.unique,
        key_position=position,
        classification=keys.classification or "",
        options=options(keys.logical_type_options, declared, found, findings),
        values=values(keys, found.logical, findings),
        inside=inside(keys, None if told.type is None else found.logical, servers, findings),
        description=keys.description or "",
        place=str(keys.node.place),
    )


def _tell_apart(properties: Iterable[Property], findings: Findings) -> None:
    """Refuse columns that have one name, in the contract or in the data."""
    by_name: dict[str, Property] = {}
    in_data: dict[str, Property] = {}
    for keys in properties:
        first = by_name.setdefault(keys.name.casefold(), keys)
        place, name, other = keys.at("name"), keys.name, first.name
        if first is keys:
            first = in_data.setdefault(keys.in_data.casefold(), keys)
            place = keys.at("physicalName" if keys.physical_name else "name")
            name, other = keys.in_data, first.in_data
        if first is not keys:
            findings.error(
                place,
                f"the column `{shown(name)}` is there already as `{shown(other)}`, "
                f"in line {first.at('name').line}",
                "Engines don't tell upper case from lower case in names.",
            )


def key_positions(properties: Iterable[Property], findings: Findings) -> dict[str, int]:
    """Return the columns of the primary key and their places in it, counted from 1.

    Positions may be left out when no column of the key has one: then the key has the order of the file.
    """
    keyed = [keys for keys in properties if keys.primary_key]
    given = [keys for keys in keyed if keys.primary_key_position not in UNPLACED]
    for keys in properties:
        if not keys.primary_key and keys.primary_key_position not in UNPLACED:
            findings.error(
                keys.at("primaryKeyPosition"),
                f"`{shown(keys.name)}` has a place in the primary key and is not part of it",
                "Write `primaryKey: true`, or leave the place out.",
            )
    if not given:
        return {keys.name: place for place, keys in enumerate(keyed, start=1)}
    for keys in keyed:
        if keys not in given:
            findings.error(
                keys.at("primaryKey"),
                f"`{shown(keys.name)}` has no place in the primary key, other columns have",
                "Write `primaryKeyPosition`, counted from 1.",
            )
    _consecutive(given, findings)
    return {keys.name: keys.primary_key_position or 0 for keys in given}


def _consecutive(given: list[Property], findings: Findings) -> None:
    taken: dict[int, str] = {}
    for keys in given:
        place = keys.primary_key_position or 0
        other = taken.setdefault(place, keys.name)
        if place < 1:
            findings.error(keys.at("primaryKeyPosition"), f"`primaryKeyPosition` is {place}", "Count from 1.")
        elif other is not keys.name:
            findings.error(
                keys.at("primaryKeyPosition"),
                f"place {place} of the primary key is that of `{shown(other)}` already",
            )


def _carried(keys: Property, told: ColumnType | None, findings: Findings) -> None:
    """Say what a column promises and nothing checks."""
    if told is None:
        findings.warn(
            keys.node.place,
            f"`{shown(keys.name)}` has no `logicalType`: it is read as text, and its type is not checked",
            "Write one.",
        )
