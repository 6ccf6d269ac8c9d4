"""`logicalTypeOptions` -> what a column promises of its values beyond their type.

Which type has which, and what stands in them, is said in `odcs/parts.py`.
"""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.contract.format import NUMBERS, OPAQUE, TEXTS
from airflow_dataops.core.contract.model import ColumnType, LogicalType
from airflow_dataops.core.contract.options import NONE, Options
from airflow_dataops.core.contract.written import Written
from airflow_dataops.core.rows.typed import typed
from airflow_dataops.documents.odcs.written import MOMENTS
from airflow_dataops.documents.pattern import pattern_fault
from airflow_dataops.documents.yaml.node import Numeral, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean, number

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from airflow_dataops.core.contract.options import Bound
    from airflow_dataops.documents.odcs.keys import Options as Keys
    from airflow_dataops.documents.yaml.findings import Findings

RANGE = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")

OPTIONS: dict[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": (*RANGE, "multipleOf", "format"),
    "number": (*RANGE, "multipleOf", "format"),
    "date": (*RANGE, "format"),
    "timestamp": (*RANGE, "format", "timezone", "defaultTimezone"),
    "time": (*RANGE, "format", "timezone", "defaultTimezone"),
    "object": ("minProperties", "maxProperties", "required"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "vector": (
        *("dimensions", "distanceMetric", "elementType"),
        *("embeddingModel", "embeddingModelVersion", "normalized"),
    ),
}
"""Logical type -> its options (JSON Schema of ODCS v3.2.0, `SchemaBaseProperty`)."""

WRITTEN: dict[str, str] = {
    LogicalType.DATE: "a date such as `2026-03-01`",
    LogicalType.TIMESTAMP: "a time such as `2026-03-01T06:00:00Z`",
    LogicalType.TIME: "a time of day such as `06:00:00`",
}
"""Logical type -> how its bounds are written."""

EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""Option -> the bound that it makes an exclusive one where it is `true`, as before v3.1.0."""

WRITING = frozenset({"format", "timezone", "defaultTimezone"})
"""Options of days, instants and times that say how they are written (`odcs/written.py`)."""


def options(keys: Keys | None, declared: str, column_type: ColumnType | None, findings: Findings) -> Options:
    """Return the options of a column; what is wrong with them, or not enforced, goes to the findings.

    Args:
        keys: What the file has.
        declared: The logical type that the file names; empty for none.
        column_type: The type that values are read in, or None for any.
        findings: Where problems go.
    """
    if keys is None:
        return NONE
    allowed = OPTIONS.get(declared, ())
    found: dict[str, Any] = {}
    for key in keys.node.keys:
        if key in EXCLUSIVE and isinstance(getattr(keys, NAMES[key]), bool):
            continue
        if (declared, key) in SILENT:
            continue
        if column_type is not None and (declared, key) in READERS:
            value = READERS[declared, key](keys, key, column_type, findings)
            if value is not None:
                found[NAMES[key]] = value
        elif key in allowed:
            findings.unenforced(keys.node.key(key), f"`{key}`")
    for key, inclusive in EXCLUSIVE.items():
        if getattr(keys, NAMES[key]) is True:
            found[NAMES[key]] = found.pop(inclusive, None)
    made = Options(**found)
    _leave_room(keys, made, findings)
    return made


def _bound(keys: Keys, key: str, _: ColumnType, __: Findings) -> Bound | None:
    value = getattr(keys, NAMES[key])
    return number(value) if isinstance(value, Numeral) else None


def _moment(keys: Keys, key: str, column_type: ColumnType, findings: Findings) -> Bound | None:
    """Read a day, an instant or a time, in ISO 8601 or as the values are written."""
    value, logical = getattr(keys, NAMES[key]), column_type.logical
    if not isinstance(value, str) or isinstance(value, Numeral):
        return None
    plain = Written(zone=column_type.written.zone)
    for written in (plain, column_type.written):
        found = typed(value, ColumnType(logical, written=written))
        if isinstance(found, date | time):
            return found
    findings.error(keys.at(key), f"`{key}` is no {logical}: {shown(value)}", f"Write {WRITTEN[logical]}.")
    return None


def _step(keys: Keys, key: str, column_type: ColumnType, findings: Findings) -> Decimal | None:
    if column_type.logical is LogicalType.NUMBER and column_type.precision is None:
        findings.unenforced(
            keys.node.key(key),
            "`multipleOf` of a number that is a double",
            "Write `physicalType: numeric(p,s)`: then the numbers are exact.",
        )
        return None
    return keys.multiple_of


def _length(keys: Keys, key: str, _: ColumnType, __: Findings) -> int | None:
    length: int | None = getattr(keys, NAMES[key])
    return length


def _flag(keys: Keys, key: str, _: ColumnType, __: Findings) -> bool | None:
    return True if getattr(keys, NAMES[key]) else None


def _keys(keys: Keys, _: str, __: ColumnType, ___: Findings) -> tuple[str, ...] | None:
    return keys.required or None


def _normalized(keys: Keys, key: str, _: ColumnType, findings: Findings) -> None:
    if keys.normalized:
        findings.unenforced(
            keys.node.key(key), f"`{key}`", "The standard says not how exact a length must be."
        )


def _pattern(keys: Keys, key: str, _: ColumnType, findings: Findings) -> str | None:
    fault = pattern_fault(keys.pattern or "")
    if fault is not None:
        findings.error(keys.at(key), *fault)
        return None
    return keys.pattern


def _format_of_text(keys: Keys, key: str, _: ColumnType, findings: Findings) -> str | None:
    if keys.format in TEXTS:
        return keys.format
    if keys.format not in OPAQUE:
        hint = did_you_mean(keys.format or "", (*TEXTS, *OPAQUE)) or f"Enforced are: {', '.join(TEXTS)}."
        findings.unenforced(keys.at(key), f"the format `{shown(keys.format or '')}`", hint)
    return None


def _format_of_number(keys: Keys, key: str, column_type: ColumnType, findings: Findings) -> str | None:
    letters = "iu" if column_type.logical is LogicalType.INTEGER else "f"
    known = [name for name in NUMBERS if name[0] in letters]
    if keys.format not in known:
        hint = did_you_mean(keys.format or "", known) or f"There are: {', '.join(known)}."
        findings.error(
            keys.at(key), f"`{shown(keys.format or '')}` is no format of {column_type.logical}s", hint
        )
        return None
    return keys.format


NAMES = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "format": "format",
    "minItems": "min_items",
    "maxItems": "max_items",
    "uniqueItems": "unique_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
    "required": "required",
    "dimensions": "dimensions",
    "normalized": "normalized",
}
"""Option, as the standard writes it -> the field that holds it."""

READERS: dict[tuple[str, str], Callable[[Keys, str, ColumnType, Findings], Any]] = {
    **{(kind, key): _bound for kind in ("integer", "number") for key in RANGE},
    **{(kind, key): _moment for kind in ("date", "timestamp", "time") for key in RANGE},
    **{(kind, "multipleOf"): _step for kind in ("integer", "number")},
    **{("string", key): _length for key in ("minLength", "maxLength")},
    ("string", "pattern"): _pattern,
    ("string", "format"): _format_of_text,
    **{(kind, "format"): _format_of_number for kind in ("integer", "number")},
    **{("array", key): _length for key in ("minItems", "maxItems")},
    **{("object", key): _length for key in ("minProperties", "maxProperties")},
    ("array", "uniqueItems"): _flag,
    ("object", "required"): _keys,
    ("vector", "dimensions"): _length,
    ("vector", "normalized"): _normalized,
}
"""(logical type, option) -> how it is read. What isn't here is not enforced."""

SILENT = frozenset(
    {
        *((kind, key) for kind in MOMENTS for key in WRITING),
        *(
            ("vector", key)
            for key in ("elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion")
        ),
    }
)
"""(logical type, option) that another module reads (`odcs_written`, `odcs_nested`), or promises nothing."""


def _leave_room(keys: Keys, made: Options, findings: Findings) -> None:
    """Refuse options that no value keeps."""
    for low, high in (
        ("minimum", "maximum"),
        ("minimum", "exclusiveMaximum"),
        ("exclusiveMinimum", "maximum"),
        ("exclusiveMinimum", "exclusiveMaximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ):
        lowest, highest = getattr(made, NAMES[low]), getattr(made, NAMES[high])
        if lowest is None or highest is None:
            continue
        open_end = low.startswith("exclusive") or high.startswith("exclusive")
        if lowest > highest or (open_end and lowest == highest):
            above = "above" if lowest > highest else "the same as"
            findings.error(keys.at(low), f"`{low}` is {above} `{high}`: no value is between them")
