"""Checks -> JSON Schema (draft 2020-12) of one record, as JSON has it: numbers as numbers, no value as null.

A format is said twice, as `format`, which validators need not look at, and as the `pattern` that we enforce.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, beyond
from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Matches,
    MultipleOf,
    NotLonger,
    NotNull,
    NotShorter,
    OfType,
    OneOf,
    Within,
)
from airflow_dataops.core.checks.verdict import NONE
from airflow_dataops.core.checks.words import FORMATS, sentence
from airflow_dataops.core.contract.model import LogicalType, Severity
from airflow_dataops.core.contract.pattern import ascii_only
from airflow_dataops.core.rows.lexical import PATTERNS, lexical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Contract, Dataset

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Keywords = dict[str, Any]

TYPES: dict[LogicalType, str] = {
    LogicalType.STRING: "string",
    LogicalType.INTEGER: "integer",
    LogicalType.NUMBER: "number",
    LogicalType.BOOLEAN: "boolean",
    LogicalType.DATE: "string",
    LogicalType.TIMESTAMP: "string",
}
"""Logical type -> the type that a value has in JSON."""

KNOWN_FORMATS = frozenset({"email", "hostname", "ipv4", "ipv6", "uri", "uuid"})
"""Formats of ours that JSON Schema has by the same name ("Validation", §7.3)."""

OWN_SYNTAX = re.compile(r"\(\?(?!:)|\\[AaCpPQzE]|\[\[:")
"""What a pattern of RE2 may have, and one of ECMA-262 has not, or reads otherwise."""

LARGEST = 2**63
INTEGERS = {"minimum": -LARGEST, "maximum": LARGEST - 1}


class Unsayable(Exception):  # noqa: N818 - it is no error: it says why something is left out
    """A check that a schema of one record can't say."""


def json_schema(contract: Contract, dataset: Dataset) -> Converted:
    """Return the schema of one record of a dataset.

    Args:
        contract: The contract.
        dataset: One of its datasets.
    """
    columns = {column.name: column for column in dataset.columns}
    left_out: list[LeftOut] = []
    said: dict[str, list[Keywords]] = {name: [_base(column)] for name, column in columns.items()}
    filled: set[str] = set()
    for check in derive(dataset):
        try:
            keywords = _keywords(check, columns)
            said[check.column].append(keywords)
            if isinstance(check.promise, NotNull):
                filled.add(check.column)
        except Unsayable as reason:
            left_out.append(LeftOut(check.id, str(reason)))
    left_out.extend(_of_types(columns.values()))
    document: Keywords = {
        "$schema": DRAFT,
        "title": dataset.name,
        "description": dataset.description or f"One record of {dataset.name}, {contract.reference}",
        **({"$comment": f"Not said here: {'; '.join(map(str, left_out))}"} if left_out else {}),
        "type": "object",
        "properties": {name: _merged(found, nullable=name not in filled) for name, found in said.items()},
        "required": [name for name in columns if name in filled],
    }
    return Converted(json.dumps(document, ensure_ascii=False, indent=2) + "\n", tuple(left_out))


def _base(column: Column) -> Keywords:
    found: Keywords = {"type": TYPES[column.type.logical]}
    if column.description:
        found["description"] = column.description
    return found


def _keywords(check: Check, columns: Mapping[str, Column]) -> Keywords:
    """Return what a check says of its column.

    Raises:
        Unsayable: If it can't be said.
    """
    if reason := beyond(check):
        raise Unsayable(reason)
    if check.column not in columns or type(check.promise) not in SAYINGS:
        raise Unsayable(f"it is about more than one record: {sentence(check)}")
    if check.threshold != NONE:
        raise Unsayable(f"a schema refuses every record, and {sentence(check)}")
    if check.severity is not Severity.ERROR:
        raise Unsayable(f"a schema can't warn: {sentence(check)}")
    return SAYINGS[type(check.promise)](check.promise, columns[check.column].type)


def _of_types(columns: Iterable[Column]) -> Iterator[LeftOut]:
    """Yield what types promise that keywords of JSON Schema can't say exactly."""
    for column in columns:
        if column.type.precision is not None and column.type.scale:
            why = "how many digits are behind the point can't be told of numbers that validators round"
            yield LeftOut(f"{column.name}.type", why)


def _merged(found: list[Keywords], *, nullable: bool) -> Keywords:
    """Return the keywords of a property; where one is there twice, each stands in `allOf`."""
    whole: Keywords = {}
    more: list[Keywords] = []
    for keywords in found:
        clash = whole.keys() & keywords.keys()
        whole |= {key: value for key, value in keywords.items() if key not in clash}
        if clash:
            more.append({key: keywords[key] for key in keywords if key in clash})
    if more:
        whole["allOf"] = more
    if not nullable:
        return whole
    whole["type"] = [whole["type"], "null"]
    for part in (whole, *more):
        if "enum" in part:
            part["enum"] = [*part["enum"], None]
    return whole


def _not_null(promise: NotNull, column_type: ColumnType) -> Keywords:
    missing = _values(promise.missing, column_type)
    return {"not": {"enum": missing}} if missing else {}


def _of_type(promise: OfType, _: ColumnType) -> Keywords:
    column_type = promise.type
    match column_type.logical:
        case LogicalType.INTEGER:
            return dict(INTEGERS)
        case LogicalType.DATE:
            return {"format": "date", "pattern": f"^({PATTERNS[LogicalType.DATE]})$"}
        case LogicalType.TIMESTAMP:
            return {"pattern": f"^({PATTERNS[LogicalType.TIMESTAMP]})$"}
        case LogicalType.NUMBER if column_type.precision is not None:
            end = 10 ** (column_type.precision - (column_type.scale or 0))
            return {"exclusiveMinimum": -end, "exclusiveMaximum": end}
        case _:
            return {}


def _bounded(keyword: str) -> Callable[[AtLeast | AtMost | Above | Below, ColumnType], Keywords]:
    def say(promise: AtLeast | AtMost | Above | Below, _: ColumnType) -> Keywords:
        if not isinstance(promise.bound, Decimal):
            raise Unsayable(f"a text has no {keyword}: a bound of days or instants")
        return {keyword: _number(promise.bound)}

    return say


def _multiple(promise: MultipleOf, _: ColumnType) -> Keywords:
    if promise.step != promise.step.to_integral_value():
        raise Unsayable("validators reckon multiples of fractions in doubles, which round")
    return {"multipleOf": int(promise.step)}


def _matches(promise: Matches, _: ColumnType) -> Keywords:
    if OWN_SYNTAX.search(promise.pattern):
        raise Unsayable("the pattern has flags or escapes that those of JSON Schema (ECMA-262) have not")
    known = FORMATS.get(promise.pattern, "")
    return {"pattern": ascii_only(promise.pattern)} | ({"format": known} if known in KNOWN_FORMATS else {})


SAYINGS: dict[type, Callable[[Any, ColumnType], Keywords]] = {
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
}
"""Promise -> its keywords ("JSON Schema Validation", 2020-12)."""


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _values(values: Sequence[str], column_type: ColumnType) -> list[object]:
    """Return the values that are of a type, as JSON has them."""
    found: list[object] = []
    for value in values:
        if not re.fullmatch(lexical(column_type), value):
            continue
        match column_type.logical:
            case LogicalType.BOOLEAN:
                found.append(value.lower() in {"true", "1"})
            case LogicalType.INTEGER | LogicalType.NUMBER:
                with suppress(ArithmeticError):
                    found.append(_number(Decimal(value)))
            case _:
                found.append(value)
    return found
