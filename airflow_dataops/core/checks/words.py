"""What a check promises, and what becomes of what breaks it, in words that a person would use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from airflow_dataops.core.checks.spec import (
    Above,
    AtLeast,
    AtMost,
    Below,
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
from airflow_dataops.core.checks.verdict import NONE, Operator, Unit
from airflow_dataops.core.contract.format import TEXTS
from airflow_dataops.core.contract.model import LogicalType, Scope, Severity
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.core.contract.written import ISO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.checks.verdict import Threshold
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.contract.options import Bound

TYPES: dict[LogicalType, str] = {
    LogicalType.STRING: "a text",
    LogicalType.INTEGER: "an integer",
    LogicalType.NUMBER: "a number",
    LogicalType.BOOLEAN: "true or false",
    LogicalType.DATE: "a date",
    LogicalType.TIMESTAMP: "a timestamp",
    LogicalType.TIME: "a time of day",
    LogicalType.OBJECT: "an object",
    LogicalType.ARRAY: "an array",
    LogicalType.MAP: "a map",
    LogicalType.VECTOR: "a vector",
}
"""Logical type -> what a value of it is."""

COMPARED: dict[Operator, str] = {
    Operator.MUST_BE: "{0}",
    Operator.MUST_NOT_BE: "not {0}",
    Operator.MUST_BE_GREATER_THAN: "more than {0}",
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: "at least {0}",
    Operator.MUST_BE_LESS_THAN: "less than {0}",
    Operator.MUST_BE_LESS_OR_EQUAL_TO: "at most {0}",
    Operator.MUST_BE_BETWEEN: "{0} to {1}",
    Operator.MUST_NOT_BE_BETWEEN: "not {0} to {1}",
}
"""Operator -> how a number compares."""

OFFSETS: dict[bool | None, str] = {True: " with an offset", False: " without an offset", None: ""}
"""Whether a timestamp has an offset, and how that is said."""

QUARANTINE = "rows that break it go to quarantine"
STOP = "the batch stops"
AUDIT = "the audit fails, and the batch is not published"
SCAN = "the full scan that looks at it fails; batches skip it"
WARNING = "a warning, nothing stops"

FILTER = "SELECT COUNT(*) FROM {object} WHERE "
"""How the query of a filter begins."""

LIMITS: tuple[tuple[Callable[[Check], bool], Callable[[Check], str]], ...] = (
    (lambda check: bool(check.filter), lambda check: f"only of rows where {filter_of(check.filter)}"),
    (
        lambda check: check.judges_rows and check.scope is Scope.TABLE,
        lambda _: "looked at in the whole table",
    ),
    (lambda check: bool(check.schedule), lambda check: f"looked at by its schedule {check.schedule}"),
)
"""What a check is limited to, and how that is said."""

READABLE = 20
"""Digits of a number, at most, that are all written."""

FORMATS = {pattern: name for name, pattern in TEXTS.items()}


def sentence(check: Check) -> str:
    """Return what a check promises, as a sentence without its full stop."""
    said = WORDS[type(check.promise)](check.promise, check)
    more = [said, *(say(check) for is_so, say in LIMITS if is_so(check))]
    if check.judges_rows and check.threshold != NONE:
        more.append(f"{tolerated(check)} may break it")
    return "; ".join(more)


def consequence(check: Check) -> str:
    """Return what becomes of what breaks a check."""
    if check.severity is not Severity.ERROR:
        return WARNING
    if check.schedule:
        return SCAN
    if check.scope is Scope.TABLE:
        return AUDIT
    if isinstance(check.promise, Custom):
        return f"{QUARANTINE}; where no row is named, {STOP}"
    return QUARANTINE if check.quarantines else STOP


def compared(threshold: Threshold) -> str:
    """Return a threshold in words, such as `at most 5 %`."""
    said = COMPARED[threshold.operator].format(*(f"{bound:,}" for bound in threshold.bounds))
    return said if threshold.unit == "rows" else f"{said} %"


def tolerated(check: Check) -> str:
    """Return how many rows may break a check; a percentage is of the rows that it speaks of."""
    said = compared(check.threshold)
    if check.threshold.unit is not Unit.PERCENT:
        return f"{said} rows"
    return f"{said} of {'these' if check.filter else 'all'} rows"


def filter_of(query: str) -> str:
    """Return the condition of a filter, which is kept as the query that counts its rows."""
    return " ".join(query.removeprefix(FILTER).split())


def of_type(column_type: ColumnType) -> str:
    """Return what a value of a type is."""
    said = TYPES[column_type.logical]
    written = column_type.written
    if written != ISO:
        form = f" written as {written.format}" if written.format else ""
        zone = f", of {written.zone} where it has no offset" if written.zone else ""
        if written.zone and written.offset is False:
            zone = f", of {written.zone}"
        return f"{said}{form}{OFFSETS[written.offset]}{zone}"
    if column_type.precision is None:
        return said
    scale = column_type.scale or 0
    behind = f", {scale} of them behind the point" if scale else ", none behind the point"
    return f"{said} of at most {column_type.precision} digits{behind}"


def _not_null(promise: NotNull, _: Check) -> str:
    said = f"`{promise.column}` has a value"
    return f"{said}, and {_listed(promise.missing)} is none" if promise.missing else said


def _matches(promise: Matches, _: Check) -> str:
    if promise.pattern in FORMATS:
        return f"`{promise.column}` has the format {FORMATS[promise.pattern]}"
    return f"`{promise.column}` matches {promise.pattern}"


def _counts(promise: Counts, _: Check) -> str:
    if promise.lowest == promise.highest:
        many = f"{promise.lowest}"
    else:
        most = () if promise.highest == inf else (f"at most {promise.highest}",)
        least = (f"at least {promise.lowest}",) if promise.lowest or not most else ()
        many = " and ".join((*least, *most))
    return f"`{promise.column}` holds {many}"


def _has_keys(promise: HasKeys, _: Check) -> str:
    return f"`{promise.column}` has {' and '.join(f'`{key}`' for key in promise.keys)}"


def _inside(promise: Inside, check: Check) -> str:
    steps = "".join(step if isinstance(step, Each) else f".{step}" for step in promise.path)
    inner = replace(promise.promise, column=f"{promise.column}{steps}")
    return WORDS[type(inner)](inner, check)


def _unique(promise: Unique, _: Check) -> str:
    same = " and ".join(f"`{name}`" for name in promise.columns)
    return f"no two rows have the same {same}"


def _references(promise: References, _: Check) -> str:
    here, there = (" and ".join(f"`{name}`" for name in names) for names in (promise.columns, promise.to))
    is_one, other = ("are", "those") if len(promise.columns) > 1 else ("is", "that")
    return f"{here} {is_one} {other} of a row of `{promise.other}`, in {there}"


def _row_count(_: RowCount, check: Check) -> str:
    return f"the number of {_all_rows(check).removeprefix('the ')} is {compared(check.threshold)}"


def _query(_: Query, check: Check) -> str:
    return f"the number that the query comes to, of {_all_rows(check)}, is {compared(check.threshold)}"


def _all_rows(check: Check) -> str:
    """Return what a rule about all rows is about: those of a batch that keep other rules, or all."""
    whole = check.schedule or check.scope is Scope.TABLE
    return "the rows of the whole table" if whole else "the rows that are passed on"


def _custom(promise: Custom, _: Check) -> str:
    return f"the rows keep the rules of {promise.engine} {promise.implementation.rpartition('/')[2]}"


def _is(words: str, field: str) -> Callable[[Any, Check], str]:
    return lambda promise, _: f"`{promise.column}` {words.format(_bound(getattr(promise, field)))}"


def _length(words: str) -> Callable[[Any, Check], str]:
    def say(promise: NotShorter | NotLonger, _: Check) -> str:
        plural = "" if promise.length == 1 else "s"
        return f"`{promise.column}` has {words} {promise.length} character{plural}"

    return say


def _bound(bound: Bound) -> str:
    """Return a bound as a person would write it: no number has more digits than can be read."""
    if isinstance(bound, datetime):
        return bound.isoformat().replace("+00:00", "Z")
    if isinstance(bound, Decimal):
        return f"{bound:f}" if abs(bound.adjusted()) < READABLE else f"{bound:.6E}"
    return bound.isoformat()


def _one_of(values: tuple[str, ...]) -> str:
    return f"one of {', '.join(f'`{value}`' for value in values)}" if len(values) > 1 else f"`{values[0]}`"


def _listed(values: Iterable[str]) -> str:
    return " or ".join(f"`{value}`" for value in values)


WORDS: dict[type, Callable[[Any, Check], str]] = {
    NotNull: _not_null,
    OfType: lambda promise, _: f"`{promise.column}` is {of_type(promise.type)}",
    AtLeast: _is("is at least {0}", "bound"),
    AtMost: _is("is at most {0}", "bound"),
    Above: _is("is above {0}", "bound"),
    Below: _is("is below {0}", "bound"),
    Within: lambda promise, _: (
        f"`{promise.column}` is from {_bound(promise.lowest)} to {_bound(promise.highest)}"
    ),
    MultipleOf: _is("is a multiple of {0}", "step"),
    NotShorter: _length("at least"),
    NotLonger: _length("at most"),
    Matches: _matches,
    OneOf: lambda promise, _: f"`{promise.column}` is {_one_of(promise.values)}",
    Counts: _counts,
    Distinct: lambda promise, _: f"no two values inside `{promise.column}` are the same",
    HasKeys: _has_keys,
    Inside: _inside,
    Unique: _unique,
    References: _references,
    RowCount: _row_count,
    Query: _query,
    RowQuery: lambda _, __: "no row is one that the query counts",
    Custom: _custom,
}
"""Promise -> what it says."""
