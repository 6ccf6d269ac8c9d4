"""Promises -> keywords of JSON Schema (draft 2020-12, "Validation") for one value, as JSON has it.

A format is said twice, as `format`, which validators need not look at, and as the `pattern` that we enforce.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.left_out import Unsayable
from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Counts,
    Distinct,
    HasKeys,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    Within,
)
from airflow_dataops.core.checks.words import FORMATS
from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.written import translation
from airflow_dataops.core.rows.lexical import lexical
from airflow_dataops.core.rows.pattern import spelled
from airflow_dataops.core.rows.typed import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_dataops.core.contract.model import ColumnType

Keywords = dict[str, Any]

TYPES: dict[LogicalType, Keywords] = {
    LogicalType.STRING: {"type": "string"},
    LogicalType.INTEGER: {"type": "integer"},
    LogicalType.NUMBER: {"type": "number"},
    LogicalType.BOOLEAN: {"type": "boolean"},
    LogicalType.DATE: {"type": "string"},
    LogicalType.TIMESTAMP: {"type": "string"},
    LogicalType.TIME: {"type": "string"},
    LogicalType.OBJECT: {"type": "object"},
    LogicalType.MAP: {"type": "object"},
    LogicalType.ARRAY: {"type": "array"},
    LogicalType.VECTOR: {"type": "array", "items": {"type": "number"}},
}
"""Logical type -> what a value of it is in JSON."""

MOMENTS = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME})
CALENDAR = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})
"""Types whose values are days that the calendar has, which a pattern can't tell."""

LISTS = frozenset({LogicalType.ARRAY, LogicalType.VECTOR})

KNOWN_FORMATS = frozenset({"email", "hostname", "ipv4", "ipv6", "uri", "uuid"})
"""Formats of ours that JSON Schema has by the same name ("Validation", §7.3)."""

OWN_SYNTAX = re.compile(r"\(\?(?!:)|\\[AaCpPQzE]|\[\[:")
"""What a pattern of RE2 may have, and one of ECMA-262 has not, or reads otherwise."""

WORD_ENDS = {r"\b": r"\b", r"\B": r"\B"}

LARGEST = 2**63
INTEGERS = {"minimum": -LARGEST, "maximum": LARGEST - 1}


def keywords(promise: object, column_type: ColumnType | None, *, of_key: bool) -> Keywords:
    """Return what a promise says; keys of a map are texts, whatever is read in them.

    Raises:
        Unsayable: If it can't be said.
    """
    if of_key and column_type is not None and not column_type.is_text:
        if not isinstance(promise, OfType):
            raise Unsayable("keys are texts in JSON, and no keyword reads them as something else")
        return {"pattern": _anchored(promise.type)}
    return SAYINGS[type(promise)](promise, column_type)


def _not_null(promise: NotNull, column_type: ColumnType | None) -> Keywords:
    missing = _values(promise.missing, column_type)
    return {"not": {"enum": missing}} if missing else {}


def _of_type(promise: OfType, _: ColumnType | None) -> Keywords:
    column_type = promise.type
    base = TYPES[column_type.logical]
    if column_type.precision is not None:
        end = 10 ** (column_type.precision - (column_type.scale or 0))
        return base | {"exclusiveMinimum": -end, "exclusiveMaximum": end}
    if column_type.logical is LogicalType.INTEGER:
        return base | INTEGERS
    if column_type.logical in MOMENTS:
        plain = column_type.logical is LogicalType.DATE and not column_type.written.format
        return base | ({"format": "date"} if plain else {}) | {"pattern": _anchored(column_type)}
    return dict(base)


def _anchored(column_type: ColumnType) -> str:
    form = column_type.written.format
    read = translation(form, column_type.logical).narrow if form else lexical(column_type)
    return f"^({read})$"


def _bounded(keyword: str) -> Callable[[AtLeast | AtMost | Above | Below, ColumnType | None], Keywords]:
    def say(promise: AtLeast | AtMost | Above | Below, _: ColumnType | None) -> Keywords:
        if not isinstance(promise.bound, Decimal):
            raise Unsayable(f"a text has no {keyword}: a bound of days, instants or times")
        return {keyword: _number(promise.bound)}

    return say


def _multiple(promise: MultipleOf, _: ColumnType | None) -> Keywords:
    if promise.step != promise.step.to_integral_value():
        raise Unsayable("validators reckon multiples of fractions in doubles, which round")
    return {"multipleOf": int(promise.step)}


def _matches(promise: Matches, _: ColumnType | None) -> Keywords:
    if OWN_SYNTAX.search(promise.pattern):
        raise Unsayable("the pattern has flags or escapes that those of JSON Schema (ECMA-262) have not")
    known = FORMATS.get(promise.pattern, "")
    pattern = spelled(promise.pattern, word_ends=WORD_ENDS).replace(r"\U0010ffff", r"\uffff")
    return {"pattern": pattern} | ({"format": known} if known in KNOWN_FORMATS else {})


def _counts(promise: Counts, column_type: ColumnType | None) -> Keywords:
    what = "Items" if column_type is not None and column_type.logical in LISTS else "Properties"
    lowest = {f"min{what}": int(promise.lowest)} if promise.lowest else {}
    return lowest | ({f"max{what}": int(promise.highest)} if promise.highest != inf else {})


SAYINGS: dict[type, Callable[[Any, ColumnType | None], Keywords]] = {
    NotNull: _not_null,
    OfType: _of_type,
    AtLeast: _bounded("minimum"),
    AtMost: _bounded("maximum"),
    Above: _bounded("exclusiveMinimum"),
    Below: _bounded("exclusiveMaximum"),
    Within: lambda promise, _: {"minimum": _number(promise.lowest), "maximum": _number(promise.highest)},
    MultipleOf: _multiple,
    NotShorter: lambda promise, _: {"minLength": promise.length},
    NotLonger: lambda promise, _: {"maxLength": promise.length},
    Matches: _matches,
    OneOf: lambda promise, column_type: {"enum": _values(promise.values, column_type)},
    Counts: _counts,
    Distinct: lambda _, __: {"uniqueItems": True},
    HasKeys: lambda promise, _: {"required": list(promise.keys)},
}
"""Promise -> its keywords ("JSON Schema Validation", 2020-12)."""


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _values(values: Sequence[str], column_type: ColumnType | None) -> list[object]:
    """Return the values that are of a type, as JSON has them; a moment is the text that it is written as."""
    if column_type is None or column_type.is_text:
        return list(values)
    found = [(value, typed(value, column_type)) for value in values]
    return [
        text if column_type.logical in MOMENTS else _number(value) if isinstance(value, Decimal) else value
        for text, value in found
        if value is not None
    ]
