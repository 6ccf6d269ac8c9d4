"""Checks -> JSON Schema (draft 2020-12) of one record, as JSON has it: numbers as numbers, no value as null.

A format is said twice, as `format`, which validators need not look at, and as the `pattern` that we enforce.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, beyond
from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Counts,
    Distinct,
    HasKeys,
    Inside,
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
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.core.rows.lexical import lexical
from airflow_dataops.core.rows.pattern import spelled
from airflow_dataops.core.rows.typed import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Contract, Dataset
    from airflow_dataops.core.contract.nested import Step

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Keywords = dict[str, Any]
Place = tuple["Step", ...]
"""The steps to a value from the record: its column, then what is inside of it."""

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
LISTS = frozenset({LogicalType.ARRAY, LogicalType.VECTOR})

EACH: dict[Each, str] = {
    Each.ITEM: "items",
    Each.KEY: "propertyNames",
    Each.VALUE: "additionalProperties",
}
"""One step inside a value -> the keyword that holds the schema of what is there."""

KNOWN_FORMATS = frozenset({"email", "hostname", "ipv4", "ipv6", "uri", "uuid"})
"""Formats of ours that JSON Schema has by the same name ("Validation", §7.3)."""

OWN_SYNTAX = re.compile(r"\(\?(?!:)|\\[AaCpPQzE]|\[\[:")
"""What a pattern of RE2 may have, and one of ECMA-262 has not, or reads otherwise."""

WORD_ENDS = {r"\b": r"\b", r"\B": r"\B"}

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
    record = Places()
    for name, column in columns.items():
        told = {"description": column.description} if column.description else {}
        record.say((name,), TYPES[column.type.logical] | told)
    for check in derive(dataset):
        try:
            place, promise, column_type = _addressed(check, columns)
            record.say(place, _keywords(promise, column_type, of_key=Each.KEY in place))
            if isinstance(promise, NotNull):
                record.filled.add(place)
        except Unsayable as reason:
            left_out.append(LeftOut(check.id, str(reason)))
    left_out.extend(_of_types(columns.values()))
    document: Keywords = {
        "$schema": DRAFT,
        "title": dataset.name,
        "description": dataset.description or f"One record of {dataset.name}, {contract.reference}",
        **({"$comment": f"Not said here: {'; '.join(map(str, left_out))}"} if left_out else {}),
        "type": "object",
        **record.inside(()),
    }
    return Converted(json.dumps(document, ensure_ascii=False, indent=2) + "\n", tuple(left_out))


class Places:
    """What is said of each place of a record."""

    def __init__(self) -> None:
        self.filled: set[Place] = set()
        """The places at which a value has to be."""
        self._said: dict[Place, list[Keywords]] = {}

    def say(self, place: Place, keywords: Keywords) -> None:
        """Say something more of a place, and that there is one."""
        for end in range(1, len(place) + 1):
            self._said.setdefault(place[:end], [])
        self._said[place].append(keywords)

    def inside(self, place: Place) -> Keywords:
        """Return what is said of the values inside a place."""
        steps = [found[-1] for found in self._said if found[:-1] == place and len(found) == len(place) + 1]
        named = [step for step in steps if not isinstance(step, Each)]
        required = [step for step in named if (*place, step) in self.filled]
        found: Keywords = {EACH[step]: self._at((*place, step)) for step in steps if isinstance(step, Each)}
        if named:
            found["properties"] = {step: self._at((*place, step)) for step in named}
        return found | ({"required": required} if required else {})

    def _at(self, place: Place) -> Keywords:
        nullable = place not in self.filled and place[-1] is not Each.KEY
        return _merged([*self._said[place], self.inside(place)], nullable=nullable)


def _merged(found: Sequence[Keywords], *, nullable: bool) -> Keywords:
    """Return the keywords of a value; where one is there twice, each stands in `allOf`."""
    whole: Keywords = {}
    more: list[Keywords] = []
    for keywords in found:
        clash = {key for key in keywords if key in whole and whole[key] != keywords[key]}
        whole |= {key: value for key, value in keywords.items() if key not in clash}
        if clash:
            more.append({key: keywords[key] for key in keywords if key in clash})
    if more:
        whole["allOf"] = more
    if nullable:
        for part in (whole, *more):
            if "type" in part:
                part["type"] = [part["type"], "null"]
            if "enum" in part:
                part["enum"] = [*part["enum"], None]
    return whole


def _addressed(check: Check, columns: Mapping[str, Column]) -> tuple[Place, object, ColumnType | None]:
    """Return the place that a check speaks of, what it promises there, and the type of the value.

    Raises:
        Unsayable: If it speaks of more than one record, or tolerates some.
    """
    promise = check.promise
    if reason := beyond(check):
        raise Unsayable(reason)
    if check.column not in columns or not (isinstance(promise, Inside) or type(promise) in SAYINGS):
        raise Unsayable(f"it is about more than one record: {sentence(check)}")
    if check.threshold != NONE:
        raise Unsayable(f"a schema refuses every record, and {sentence(check)}")
    if check.severity is not Severity.ERROR:
        raise Unsayable(f"a schema can't warn: {sentence(check)}")
    if isinstance(promise, Inside):
        return (check.column, *promise.path), promise.promise, promise.type
    return (check.column,), promise, columns[check.column].type


def _keywords(promise: object, column_type: ColumnType | None, *, of_key: bool) -> Keywords:
    """Return what a promise says; keys of a map are texts, whatever is read in them.

    Raises:
        Unsayable: If it can't be said.
    """
    if of_key and column_type is not None and not column_type.is_text:
        if not isinstance(promise, OfType):
            raise Unsayable("keys are texts in JSON, and no keyword reads them as something else")
        return {"pattern": _anchored(promise.type)}
    return SAYINGS[type(promise)](promise, column_type)


def _of_types(columns: Iterable[Column]) -> Iterator[LeftOut]:
    """Yield what types promise that keywords of JSON Schema can't say exactly."""
    for column in columns:
        if column.type.precision is not None and column.type.scale:
            why = "how many digits are behind the point can't be told of numbers that validators round"
            yield LeftOut(f"{column.id}.type", why)


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
    return f"^({lexical(column_type)})$"


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
