"""Contract -> checks: what the schema promises, then what `quality` promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Check,
    Custom,
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
from airflow_dataops.core.contract.format import NUMBERS, TEXTS
from airflow_dataops.core.contract.model import LogicalType, Measure, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow_dataops.core.checks.spec import (
        Promise,
    )
    from airflow_dataops.core.contract.model import Column, Dataset, QualityRule


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
                    id=f"{column.name}.{kind}",
                    promise=promise,
                    dimension=dimension,
                    scope=column.scope if isinstance(promise, Unique) else Scope.BATCH,
                    place=column.place,
                )


def of_key(dataset: Dataset) -> Iterator[Check]:
    """Yield the promises of the primary key: its columns are required, together they are unique."""
    if dataset.primary_key:
        for column in dataset.columns:
            if column.key_position is not None and not column.required:
                yield Check(
                    id=f"{column.name}.required",
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
            place=rule.place,
        )


def _of_type(column: Column) -> Promise | None:
    return None if column.type.logical is LogicalType.STRING else OfType(column.name, column.type)


def _option(name: str, promise: Callable[[str, Any], Promise]) -> Callable[[Column], Promise | None]:
    """Return what makes a promise of an option where a column has it."""

    def of(column: Column) -> Promise | None:
        value = getattr(column.options, name)
        return None if value is None else promise(column.name, value)

    return of


def _format(column: Column) -> Promise | None:
    declared = column.options.format or ""
    if declared in TEXTS:
        return Matches(column.name, TEXTS[declared])
    lowest, highest = NUMBERS.get(declared, (None, None))
    return None if lowest is None or highest is None else Within(column.name, lowest, highest)


def _unique(column: Column) -> Promise | None:
    return Unique((column.name,)) if column.unique else None


def _invalid(rule: QualityRule) -> Promise:
    if rule.pattern is not None:
        return Matches(rule.columns[0], rule.pattern)
    return OneOf(rule.columns[0], rule.values)


SCHEMA = "schema"
"""The rule that stands for the pandera schema of a product."""

COLUMN_PROMISES: dict[str, tuple[Callable[[Column], Promise | None], str]] = {
    "required": (lambda c: NotNull(c.name) if c.required else None, "completeness"),
    "type": (_of_type, "conformity"),
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
    "unique": (_unique, "uniqueness"),
}
"""Kind, as it stands in the rule's id -> (the promise that a column makes, its quality dimension)."""

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
    of_key,
    of_relationships,
    of_quality,
)
