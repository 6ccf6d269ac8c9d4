"""Checks -> JSON Schema (draft 2020-12) of one record: numbers are numbers there, and no value is null."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.derive import derive
from airflow_dataops.core.checks.left_out import Converted, LeftOut, Unsayable, beyond
from airflow_dataops.core.checks.spec import Inside, NotNull, OfType, OneOf, TextPromise
from airflow_dataops.core.checks.verdict import NONE
from airflow_dataops.core.checks.words import of_type, sentence
from airflow_dataops.core.contract.model import NESTED, LogicalType, Severity
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.documents.json_keywords import CALENDAR, SAYINGS, TYPES, keywords

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import Column, ColumnType, Contract, Dataset
    from airflow_dataops.core.contract.nested import Step
    from airflow_dataops.documents.json_keywords import Keywords

DRAFT = "https://json-schema.org/draft/2020-12/schema"

NO_CALENDAR = "which days a month has can't be told by a pattern: 31 February is let through"

Place = tuple["Step", ...]
"""The steps to a value from the record: its column, then what is inside of it."""

EACH: dict[Each, str] = {
    Each.ITEM: "items",
    Each.KEY: "propertyNames",
    Each.VALUE: "additionalProperties",
}
"""One step inside a value -> the keyword that holds the schema of what is there."""


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
            record.say(place, keywords(promise, column_type, of_key=Each.KEY in place))
            if isinstance(promise, NotNull):
                record.filled.add(place)
            if isinstance(promise, OfType) and promise.type.logical in CALENDAR:
                left_out.append(LeftOut(check.id, NO_CALENDAR))
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

    def say(self, place: Place, more: Keywords) -> None:
        """Say something more of a place, and that there is one."""
        for end in range(1, len(place) + 1):
            self._said.setdefault(place[:end], [])
        self._said[place].append(more)

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
    for said in found:
        clash = {key for key in said if key in whole and whole[key] != said[key]}
        whole |= {key: value for key, value in said.items() if key not in clash}
        if clash:
            more.append({key: said[key] for key in said if key in clash})
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
    column_type = columns[check.column].type
    written = isinstance(promise, TextPromise) or (isinstance(promise, OneOf | NotNull) and _lists(promise))
    if written and column_type.logical in NESTED:
        raise Unsayable("it is about JSON as it is written, and a record has its values")
    if isinstance(promise, TextPromise) and TYPES[column_type.logical] != TYPES[LogicalType.STRING]:
        raise Unsayable(f"it is about texts, and a record has {of_type(column_type)}")
    return (check.column,), promise, column_type


def _lists(promise: OneOf | NotNull) -> bool:
    return bool(promise.values if isinstance(promise, OneOf) else promise.missing)


def _of_types(columns: Iterable[Column]) -> Iterator[LeftOut]:
    """Yield what types promise that keywords of JSON Schema can't say exactly."""
    for column in columns:
        if column.type.precision is not None and column.type.scale:
            why = "how many digits are behind the point can't be told of numbers that validators round"
            yield LeftOut(f"{column.id}.type", why)
