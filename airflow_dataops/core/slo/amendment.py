"""What changed in a definition while it was in force: the newest one judges all of a window."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.quantity import decimal
from airflow_dataops.core.slo.expectation import Expectation
from airflow_dataops.core.slo.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from airflow_dataops.core.slo.declaration import Declaration

SILENT = frozenset(("name", "place", "source", "description", "runbook", "alerts"))
"""What may change of an objective without changing what counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One change of a definition.

    Args:
        at: From when on it held, aware.
        what: What changed, such as its target; empty for an objective that was new.
        before: What it was, in words.
        after: What it is since then, in words.
    """

    at: datetime
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return it as one line."""
        when = f"{self.at:%F %H:%M %Z}"
        if not self.what:
            return f"it was first declared at {when}, and judges all of the time before, too"
        return f"{self.what} was {self.before} until {when}, and is {self.after} since"


def amendments(
    declared: Iterable[Declaration], name: str, *, since: datetime, until: datetime
) -> tuple[Amendment, ...]:
    """Return what changed of an objective and of what is expected, oldest first.

    Args:
        declared: The declarations of one product, oldest first.
        name: The objective.
        since: What changed then or before is left out, aware.
        until: What changed then or later is left out, aware.
    """
    return tuple(
        change
        for old, new in pairwise(declared)
        if since < new.since < until
        for change in _changes(old, new, name)
    )


def _changes(old: Declaration, new: Declaration, name: str) -> Iterator[Amendment]:
    was, now = _named(old, name), _named(new, name)
    if was is None and now is not None:
        yield Amendment(at=new.since, what="", before="", after="")
    pairs: list[tuple[object, object]] = [(old.expectation, new.expectation)]
    if was is not None and now is not None:
        pairs.insert(0, (was, now))
    for before, after in pairs:
        yield from _differences(before, after, new.since)


def _named(declaration: Declaration, name: str) -> Objective | None:
    return next((each for each in declaration.objectives if each.name == name), None)


def _differences(old: object, new: object, at: datetime) -> Iterator[Amendment]:
    for field in fields(Objective if isinstance(new, Objective) else Expectation):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name not in SILENT and before != after:
            what = "what is left out" if field.name == "exclusions" else field.name.replace("_", " ")
            yield Amendment(at=at, what=what, before=_words(before), after=_words(after))


def _words(value: object) -> str:
    """Return a value in a few words."""
    match value:
        case None | "" | ():
            return "nothing"
        case Fraction():
            return decimal(value)
        case tuple():
            return f"{len(value)} listed"
        case _:
            length = getattr(value, "length", value)
            return str(length)
