"""`logicalType`, `physicalType` and `enum` of a property -> its type, and the only values that it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.format import WIDER
from airflow_dataops.core.contract.model import NESTED, ColumnType, LogicalType
from airflow_dataops.documents.node import shown
from airflow_dataops.documents.odcs_written import written
from airflow_dataops.documents.scalar import as_text

if TYPE_CHECKING:
    from airflow_dataops.documents.findings import Findings
    from airflow_dataops.documents.odcs_keys import Item

DECIMAL = re.compile(
    r"\s*(?:numeric|decimal)\s*\(\s*([0-9]{1,4})\s*(?:,\s*([0-9]{1,4})\s*)?\)\s*", re.IGNORECASE
)
MOST_DIGITS = 38


def column_type(keys: Item, findings: Findings) -> ColumnType | None:
    """Return the type that a property names, or None when it names none."""
    if keys.logical_type is None:
        return None
    logical = LogicalType(keys.logical_type)
    precision, scale = digits(keys, logical, findings)
    return ColumnType(logical, precision, scale, written(keys.logical_type_options, logical, findings))


def digits(keys: Item, logical: LogicalType, findings: Findings) -> tuple[int | None, int | None]:
    """Return precision and scale: of a number whose `physicalType` has them, of an integer that is wide."""
    options = keys.logical_type_options
    if logical is LogicalType.INTEGER and options is not None and options.format in WIDER:
        return WIDER[options.format], 0
    if logical is not LogicalType.NUMBER:
        return None, None
    found = DECIMAL.fullmatch(keys.physical_type or "")
    if found is None:
        return None, None
    precision, scale = int(found[1]), int(found[2] or 0)
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
