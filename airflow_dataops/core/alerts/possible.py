"""Which matchers no incident can match together, and which follow from others: nothing is set up in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.labels import ALERTNAME
from airflow_dataops.core.alerts.matcher import Operator, matches
from airflow_dataops.core.slo.objective import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.matcher import Matcher

FEW = {"severity": tuple(urgency.value for urgency in Urgency), "alertname": (ALERTNAME,)}
"""Label -> all the values that it ever has."""

NEVER_EMPTY = frozenset({"team", "product", *FEW})
"""Labels that every incident has."""


ANY = ("x", "0", "Some-where/else_7.b c")
"""Values that no label has; what they all meet, such as `.+`, asks for nothing."""


def first_impossible(given: Iterable[Matcher]) -> tuple[Matcher, ...] | None:
    """Return those of one label that nothing matches together; None where there are none.

    Regular expressions are held against values that others name, and never against each other.
    """
    of: dict[str, list[Matcher]] = {}
    for one in given:
        of.setdefault(one.name, []).append(one)
    for name, ones in of.items():
        candidates = values(name, ones)
        if candidates is not None and not any(
            all(matches(one, {name: value}) for one in ones) for value in candidates
        ):
            return tuple(dict.fromkeys(ones))
    return None


def certain(given: Iterable[Matcher]) -> bool:
    """Tell whether every incident surely meets all of these."""
    return all(map(_certain, given))


def _certain(one: Matcher) -> bool:
    if one.name in FEW:
        return all(matches(one, {one.name: value}) for value in FEW[one.name])
    if one.name not in NEVER_EMPTY and not matches(one, {}):
        return False
    if one.operator in {Operator.NOT_EQUAL, Operator.NOT_REGEX}:
        return not one.value  # any other value is one that it leaves out
    return all(matches(one, {one.name: value}) for value in ANY)


def values_hint(matchers: Iterable[Matcher]) -> str:
    """Return which values a label has, where they are few; else an empty text."""
    few = next((FEW[one.name] for one in matchers if one.name in FEW), ())
    return f"There are: {', '.join(few)}." if few else ""


def values(name: str, given: Iterable[Matcher]) -> tuple[str, ...] | None:
    """Return the only values that a label may have where these match; None where it may be anything."""
    if name in FEW:
        return FEW[name]
    named = tuple(dict.fromkeys(one.value for one in given if one.operator is Operator.EQUAL))
    if not named:
        return None
    return tuple(value for value in named if value or name not in NEVER_EMPTY)


def implied(wanted: Iterable[Matcher], *, by: Iterable[Matcher]) -> bool:
    """Tell whether whatever matches `by` surely matches what is wanted as well."""
    given = tuple(by)
    return all(_follows(one, given) for one in wanted)


def telling(matchers: Iterable[Matcher]) -> Matcher | None:
    """Return a matcher that must stand in all from which these follow; None where there may be none."""
    return next((one for one in matchers if one.operator is Operator.EQUAL and one.name not in FEW), None)


def _follows(wanted: Matcher, given: tuple[Matcher, ...]) -> bool:
    if wanted in given:
        return True
    of_it = tuple(one for one in given if one.name == wanted.name)
    left = values(wanted.name, of_it)
    if left is None:
        return False
    left = tuple(value for value in left if all(matches(one, {one.name: value}) for one in of_it))
    return all(matches(wanted, {wanted.name: value}) for value in left)
