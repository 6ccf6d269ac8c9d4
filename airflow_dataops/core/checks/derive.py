"""Contract -> checks: what the schema promises, then what `quality` promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Check,
    Counts,
    Custom,
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
    Query,
    References,
    RowCount,
    RowQuery,
    Unique,
    Within,
)
from airflow_dataops.core.contract.format import NUMBERS, OF_ELEMENTS, TEXTS
from airflow_dataops.core.contract.model import NESTED, LogicalType, Measure, Scope
from airflow_dataops.core.contract.nested import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.checks.spec import JsonPromise, Promise, RowPromise
    from airflow_dataops.core.contract.model import Column, Dataset, QualityRule
    from airflow_dataops.core.contract.nested import Step

P = TypeVar("P")


def derive(dataset: Dataset, *, schema: str = "") -> tuple[Check, ...]:
    """Return every check that a dataset's contract asks for, in the order of the contract.

    Args:
        dataset: The dataset.
        schema: A pandera schema that its rows must keep as well, as `module:Object`; or empty.
    """
    beside = (Check(id=SCHEMA, promise=Custom("pandera", schema), dimension="conformity"),) if schema else ()
    return (*(check for step in STEPS for check in step(dataset)), *beside)


def of_columns(dataset: Dataset) -> Iterator[Check]:
    """Yield what is promised of single columns: required, type, bounds, pattern, values, unique."""
    for column in dataset.columns:
        for kind, (promise_of, dimension) in COLUMN_PROMISES.items():
            promise = promise_of(column)
            if promise is not None:
                yield Check(
                    id=f"{column.id}.{kind}",
                    promise=promise,
                    dimension=dimension,
                    scope=column.scope if isinstance(promise, Unique) else Scope.BATCH,
                    place=column.place,
                )


def of_nested(dataset: Dataset) -> Iterator[Check]:
    """Yield what is promised of the values inside columns of JSON, by their paths."""
    for column in dataset.columns:
        if column.type.logical in NESTED:
            whole = Element(
                name=column.name,
                step=column.name,
                type=column.type,
                physical=column.physical,
                options=column.options,
                inside=column.inside,
                place=column.place,
            )
            yield from _of_element(whole, column.name, id_=column.id, path=())


def _of_element(element: Element, column: str, *, id_: str, path: tuple[Step, ...]) -> Iterator[Check]:
    for kind, (promise_of, dimension) in ELEMENT_PROMISES.items():
        promise = promise_of(element)
        if promise is not None:
            yield Check(
                id=f"{id_}.{kind}",
                promise=Inside(column, path, element.type, promise),
                dimension=dimension,
                place=element.place,
            )
    for inner in element.inside:
        yield from _of_element(inner, column, id_=f"{id_}{inner.segment}", path=(*path, inner.step))


def of_key(dataset: Dataset) -> Iterator[Check]:
    """Yield the promises of the primary key: its columns are required, together they are unique."""
    if dataset.primary_key:
        for column in dataset.columns:
            if column.key_position is not None and not column.required:
                yield Check(
                    id=f"{column.id}.required",
                    promise=NotNull(column.name),
                    dimension="completeness",
                    place=column.place,
                )
        yield Check(
            id=f"{dataset.name}.primaryKey",
            promise=Unique(dataset.primary_key),
            dimension="uniqueness",
            scope=dataset.scope,
            place=dataset.place,
        )


def of_relationships(dataset: Dataset) -> Iterator[Check]:
    """Yield the foreign keys."""
    for key in dataset.relationships:
        yield Check(
            id=key.id,
            promise=References(key.columns, key.other, key.to),
            dimension="consistency",
            place=key.place,
        )


def of_quality(dataset: Dataset) -> Iterator[Check]:
    """Yield the rules that the contract lists under `quality`, of columns first."""
    for rule in (*(rule for column in dataset.columns for rule in column.rules), *dataset.rules):
        yield Check(
            id=rule.id,
            promise=QUALITY_PROMISES[rule.measure](rule),
            threshold=rule.threshold,
            severity=rule.severity,
            dimension=rule.dimension,
            scope=rule.scope,
            filter=rule.filter,
            schedule=rule.schedule,
            description=rule.description,
            place=rule.place,
        )


def _of_type(column: Column) -> RowPromise | None:
    return None if column.type.is_text else OfType(column.name, column.type)


def _option(name: str, promise: Callable[[str, Any], P]) -> Callable[[Column | Element], P | None]:
    """Return what makes a promise of an option where a column or an element has it."""

    def of(column: Column | Element) -> P | None:
        value = getattr(column.options, name)
        return None if value is None else promise(column.name, value)

    return of


def _physical(column: Column | Element) -> RowPromise | None:
    """Return what a physical type says of values beyond their logical type."""
    kind, physical = column.type, column.physical
    if kind is None or physical is None:
        return None
    lowest, highest = physical.range
    if kind.logical is LogicalType.STRING and physical.length is not None:
        return NotLonger(column.name, physical.length)
    if kind.logical is LogicalType.STRING and physical.pattern is not None:
        return Matches(column.name, physical.pattern)
    is_number = kind.logical in NUMERIC and not (kind.logical is LogicalType.NUMBER and kind.precision)
    if is_number and lowest is not None and highest is not None:
        return Within(column.name, lowest, highest)
    return None


def _format(column: Column | Element) -> RowPromise | None:
    declared = column.options.format or ""
    if declared in TEXTS:
        return Matches(column.name, TEXTS[declared])
    lowest, highest = (NUMBERS | OF_ELEMENTS).get(declared, (None, None))
    return None if lowest is None or highest is None else Within(column.name, lowest, highest)


def _at_least(name: str, count: int) -> JsonPromise:
    return Counts(name, lowest=count)


def _at_most(name: str, count: int) -> JsonPromise:
    return Counts(name, highest=count)


def _exactly(name: str, count: int) -> JsonPromise:
    return Counts(name, count, count)


def _unique(column: Column) -> Promise | None:
    return Unique((column.name,)) if column.unique else None


def _invalid(rule: QualityRule) -> Promise:
    if rule.pattern is not None:
        return Matches(rule.columns[0], rule.pattern)
    return OneOf(rule.columns[0], rule.values)


NUMERIC = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})

SCHEMA = "schema"
"""The rule that stands for the pandera schema of a product."""

VALUE_PROMISES: dict[str, tuple[Callable[[Column | Element], RowPromise | None], str]] = {
    "physicalType": (_physical, "conformity"),
    "minimum": (_option("minimum", AtLeast), "conformity"),
    "exclusiveMinimum": (_option("exclusive_minimum", Above), "conformity"),
    "maximum": (_option("maximum", AtMost), "conformity"),
    "exclusiveMaximum": (_option("exclusive_maximum", Below), "conformity"),
    "multipleOf": (_option("multiple_of", MultipleOf), "conformity"),
    "minLength": (_option("min_length", NotShorter), "conformity"),
    "maxLength": (_option("max_length", NotLonger), "conformity"),
    "pattern": (_option("pattern", Matches), "conformity"),
    "format": (_format, "conformity"),
    "enum": (lambda c: OneOf(c.name, c.values) if c.values else None, "conformity"),
}
"""Kind, as it stands in the rule's id -> (what a column or a value inside one promises, its dimension)."""

COLUMN_PROMISES: dict[str, tuple[Callable[[Column], Promise | None], str]] = {
    "required": (lambda c: NotNull(c.name) if c.required else None, "completeness"),
    "type": (_of_type, "conformity"),
    **VALUE_PROMISES,
    "unique": (_unique, "uniqueness"),
}
"""Kind, as it stands in the rule's id -> (the promise that a column makes, its quality dimension)."""

ELEMENT_PROMISES: dict[str, tuple[Callable[[Element], RowPromise | JsonPromise | None], str]] = {
    "required": (lambda e: NotNull(e.name) if e.required else None, "completeness"),
    "type": (lambda e: None if e.type is None else OfType(e.name, e.type), "conformity"),
    **VALUE_PROMISES,
    "minItems": (_option("min_items", _at_least), "conformity"),
    "maxItems": (_option("max_items", _at_most), "conformity"),
    "uniqueItems": (_option("unique_items", lambda name, _: Distinct(name)), "uniqueness"),
    "minProperties": (_option("min_properties", _at_least), "conformity"),
    "maxProperties": (_option("max_properties", _at_most), "conformity"),
    "requiredProperties": (_option("required", HasKeys), "completeness"),
    "dimensions": (_option("dimensions", _exactly), "conformity"),
}
"""The same of what is inside a column of JSON, and of the whole of it."""

QUALITY_PROMISES: dict[Measure, Callable[[QualityRule], Promise]] = {
    Measure.NULL_VALUES: lambda rule: NotNull(rule.columns[0]),
    Measure.MISSING_VALUES: lambda rule: NotNull(rule.columns[0], rule.values),
    Measure.INVALID_VALUES: _invalid,
    Measure.DUPLICATE_VALUES: lambda rule: Unique(rule.columns),
    Measure.ROW_COUNT: lambda _: RowCount(),
    Measure.SQL: lambda rule: Query(rule.query, rule.reads),
    Measure.SQL_ROWS: lambda rule: RowQuery(rule.query, rule.reads),
    Measure.CUSTOM: lambda rule: Custom(rule.engine, rule.implementation),
}
"""ODCS library metric -> the promise it makes."""

STEPS: tuple[Callable[[Dataset], Iterator[Check]], ...] = (
    of_columns,
    of_nested,
    of_key,
    of_relationships,
    of_quality,
)
