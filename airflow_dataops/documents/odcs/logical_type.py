"""`logicalType`, `physicalType` and `enum` of a property -> its type, and the only values that it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.format import WIDER
from airflow_dataops.core.contract.model import NESTED, ColumnType, LogicalType
from airflow_dataops.core.contract.physical import physical
from airflow_dataops.documents.odcs.written import written
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import as_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from airflow_dataops.core.contract.physical import Physical
    from airflow_dataops.documents.odcs.keys import Item
    from airflow_dataops.documents.yaml.findings import Findings

MOST_DIGITS = 38
BITS = 63
"""Of an integer, without the sign."""


@dataclass(frozen=True, slots=True)
class Types:
    """What a property says of the type of its values.

    Args:
        type: Their type, or None where it is not told.
        physical: What the physical type says, where that is known.
    """

    type: ColumnType | None
    physical: Physical | None


def types(keys: Item, servers: Collection[str], findings: Findings) -> Types:
    """Return the type of a property: its logical type, or else the one that its physical type stands for.

    Args:
        keys: The property.
        servers: The types of the contract's servers.
        findings: Where problems go.
    """
    found = physical(keys.physical_type or "", servers)
    logical = None if keys.logical_type is None else LogicalType(keys.logical_type)
    if found is not None and logical is not None and logical not in found.holds:
        findings.warn(
            keys.at("physicalType"),
            f"`physicalType: {shown(keys.physical_type or '')}` can't hold what is of the type {logical}",
            "The logical type is what values are held to.",
        )
        found = None
    if logical is None and found is not None:
        logical = found.logical
    if logical is None:
        return Types(None, found)
    precision, scale = _digits(keys, logical, found, findings)
    how = written(keys.logical_type_options, logical, findings)
    return Types(ColumnType(logical, precision, scale, how), found)


def _digits(
    keys: Item, logical: LogicalType, found: Physical | None, findings: Findings
) -> tuple[int | None, int | None]:
    """Return precision and scale: of a number whose physical type has them, of an integer that is wide."""
    options = keys.logical_type_options
    if logical is LogicalType.INTEGER:
        if options is not None and options.format in WIDER:
            return WIDER[options.format], 0
        # Not of decimals: `numeric(38,0)` is what some databases call every integer.
        highest = None if found is None or found.precision is not None else found.range[1]
        wide = highest is not None and highest >= 2**BITS
        return (min(len(str(highest)), MOST_DIGITS), 0) if wide else (None, None)
    if logical is not LogicalType.NUMBER or found is None or found.precision is None:
        return None, None
    precision, scale = found.precision, found.scale or 0
    if not 1 <= precision <= MOST_DIGITS or scale > precision:
        findings.error(
            keys.at("physicalType"),
            f"`physicalType` has {precision} digits, {scale} of them behind the point",
            f"There are 1 to {MOST_DIGITS} digits, and no more than that behind the point.",
        )
        return None, None
    return precision, scale


def values(keys: Item, logical: LogicalType | None, findings: Findings) -> tuple[str, ...]:
    """Return the only values that a property may have, as text; empty means all."""
    if keys.enum is None:
        return ()
    if logical in NESTED:
        findings.unenforced(keys.node.key("enum"), f"`enum` of the type {logical}")
        return ()
    found = [as_text(entry.value) for entry in keys.enum if entry.value is not None]
    for index, value in enumerate(found):
        if value in found[:index]:
            findings.error(keys.at("enum"), f"`enum` has {shown(value)} twice", "Keep one of them.")
            break
    if not found:
        findings.error(keys.at("enum"), "`enum` has no value", "List the values, or leave the key out.")
    return tuple(found)
