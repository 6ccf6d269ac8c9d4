"""Judge what is inside a column of JSON: which promises about objects, arrays, maps and vectors it breaks.

The one definition of it, for every engine. A value has the type that JSON gives it: the number 1 is not the
text "1", and a day, an instant or a time is a text. Numbers, days, instants and times are read as everywhere
(`core/rows/lexical.py`). Null keeps every promise but `required`, and so does what is not of its type, but
for `type` and `enum`.

Patterns alone are left to who asks, for Python's `re` may take for ever to find that one isn't in a text:
such texts are handed out. One with the character NUL breaks the pattern, as not every database takes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

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
from airflow_dataops.core.contract.model import LogicalType
from airflow_dataops.core.contract.nested import Each
from airflow_dataops.core.rows.json_text import Number, canonical, read
from airflow_dataops.core.rows.typed import reader, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from airflow_dataops.core.checks.spec import Check
    from airflow_dataops.core.contract.model import ColumnType
    from airflow_dataops.core.contract.nested import Step
    from airflow_dataops.core.rows.json_text import Json


NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})

NUL = "\0"
"""What PostgreSQL has no place for in a text."""


def _plain(value: Json) -> str | None:
    """Return the text of a value of any type; none of what has values inside it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else None


READERS: dict[LogicalType, Callable[[Json], Any]] = {
    LogicalType.STRING: lambda value: value if type(value) is str else None,
    LogicalType.BOOLEAN: lambda value: value if isinstance(value, bool) else None,
    **dict.fromkeys(
        (LogicalType.OBJECT, LogicalType.MAP), lambda value: value if isinstance(value, dict) else None
    ),
    **dict.fromkeys(
        (LogicalType.ARRAY, LogicalType.VECTOR), lambda value: value if isinstance(value, list) else None
    ),
}
"""Type of JSON itself -> a value of it. Every other type is a text or a number in JSON."""


def _reader(column_type: ColumnType | None, *, is_key: bool) -> Callable[[Json], Any]:
    """Return what reads a value as one of a type: None for what is none."""
    if column_type is None:
        return _plain
    of_json = READERS.get(column_type.logical)
    if of_json is not None and not (is_key and column_type.logical is LogicalType.BOOLEAN):
        return of_json
    value_of = reader(column_type)
    wanted = str if is_key or column_type.logical not in NUMBERS else Number
    return lambda value: value_of(value) if type(value) is wanted else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a text of JSON comes to.

    Args:
        broken: The positions of the checks that it breaks for certain.
        sought: The position of a check, and a text in which its pattern must be found, or else it is broken.
    """

    broken: set[int] = field(default_factory=set)
    sought: list[tuple[int, str]] = field(default_factory=list)


class Judge:
    """Tells which of some checks a text of JSON breaks.

    Args:
        checks: Promises about the inside of one column.

    Attributes:
        patterns: The position of each check of a pattern, and the pattern (RE2 syntax).
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self._root = _Place()
        self._of_the_whole: set[int] = set()
        self.patterns: dict[int, str] = {}
        for at, check in enumerate(checks):
            promise = check.promise
            if not isinstance(promise, Inside) or problem(check):
                continue
            place = self._root.at(promise.path)
            place.value_of = _reader(promise.type, is_key=promise.path[-1:] == (Each.KEY,))
            if isinstance(promise.promise, Matches):
                place.patterns.append(at)
                self.patterns[at] = promise.promise.pattern
                continue
            place.checks.append((at, _breaks(promise)))
            if not promise.path and isinstance(promise.promise, OfType):
                self._of_the_whole.add(at)

    def judge(self, text: str) -> Found:
        """Return which checks a text breaks or may break; what is no JSON, or null, breaks the type alone."""
        try:
            value = read(text)
        except ValueError:
            value = None
        if value is None:
            return Found(self._of_the_whole)
        found = Found()
        self._root.judge(value, found)
        return found


@dataclass(slots=True)
class _Place:
    """A place inside a column.

    Args:
        value_of: Reads a value of JSON as one of the type that values have here; None for what is none.
        checks: The position of each check of such values, and whether a value of JSON, read so, breaks it.
        patterns: The position of each check whose pattern must be found in such values.
        members: The places of the members of an object, by their keys.
        each: The places of all items, keys or values.
    """

    value_of: Callable[[Json], Any] = _plain
    checks: list[tuple[int, Callable[[Json, Any], bool]]] = field(default_factory=list)
    patterns: list[int] = field(default_factory=list)
    members: dict[str, _Place] = field(default_factory=dict)
    each: dict[Each, _Place] = field(default_factory=dict)

    def at(self, path: Iterable[Step]) -> _Place:
        """Return the place at a path, made where it is missing."""
        place = self
        for step in path:
            if isinstance(step, Each):
                place = place.each.setdefault(step, _Place())
            else:
                place = place.members.setdefault(step, _Place())
        return place

    def judge(self, value: Json, found: Found) -> None:
        """Add the checks that a value breaks, or may break, and those that the values inside it do."""
        typed_value = self.value_of(value)
        for at, breaks in self.checks:
            if breaks(value, typed_value):
                found.broken.add(at)
        if self.patterns and typed_value is not None:
            if NUL in typed_value:
                found.broken.update(self.patterns)
            else:
                found.sought.extend((at, typed_value) for at in self.patterns)
        if self.members and isinstance(value, dict):
            for key, place in self.members.items():
                place.judge(value.get(key), found)
        for each, place in self.each.items():
            for inner in _all(value, each):
                place.judge(inner, found)


def _all(value: Json, each: Each) -> Iterable[Json]:
    """Return all items, keys or values of a value; one of another type has none."""
    if isinstance(value, list) and each is Each.ITEM:
        return value
    if isinstance(value, dict) and each is not Each.ITEM:
        return value.keys() if each is Each.KEY else value.values()
    return ()


def problem(check: Check) -> str:
    """Return why a check can't be evaluated; empty when it can."""
    match check.promise:
        case Inside(type=column_type, promise=OneOf(values=values)) if column_type is not None:
            for value in values:
                if typed(value, column_type) is None:
                    return f"the rule lists {value!r}, which is no {column_type}"
    return ""


def _breaks(promise: Inside) -> Callable[[Json, Any], bool]:
    """Return what says whether a value of JSON breaks a promise, given the value that it has in its type."""
    kept = promise.promise
    if isinstance(kept, NotNull):
        return lambda value, _: value is None
    if isinstance(kept, OfType):
        return lambda value, found: found is None and value is not None
    if isinstance(kept, OneOf):
        column_type = promise.type
        listed = {value if column_type is None else typed(value, column_type) for value in kept.values}
        return lambda value, found: value is not None and found not in listed
    breaks = partial(OF_VALUES[type(kept)], kept)
    return lambda _, found: found is not None and breaks(found)


def _like(value: Any, bound: Any) -> Any:  # noqa: ANN401 - a number, a day, an instant or a time
    """Return a bound as what a value is compared with: a double with the double that is nearest."""
    return float(bound) if isinstance(value, float) else bound


OF_VALUES: dict[type, Callable[[Any, Any], bool]] = {
    NotShorter: lambda promise, text: len(text) < promise.length,
    NotLonger: lambda promise, text: len(text) > promise.length,
    AtLeast: lambda promise, value: value < _like(value, promise.bound),
    AtMost: lambda promise, value: value > _like(value, promise.bound),
    Above: lambda promise, value: value <= _like(value, promise.bound),
    Below: lambda promise, value: value >= _like(value, promise.bound),
    Within: lambda promise, value: not _like(value, promise.lowest) <= value <= _like(value, promise.highest),
    MultipleOf: lambda promise, value: Fraction(value) % Fraction(promise.step) != 0,
    Counts: lambda promise, value: not promise.lowest <= len(value) <= promise.highest,
    Distinct: lambda _, value: len(set(map(canonical, value))) < len(value),
    HasKeys: lambda promise, value: not value.keys() >= set(promise.keys),
}
"""Promise of a typed value -> whether it breaks it."""
