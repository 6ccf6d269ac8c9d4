"""What another form of a contract can't say: named, never dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.spec import OfType
from airflow_dataops.core.contract.model import LogicalType, Scope

if TYPE_CHECKING:
    from airflow_dataops.core.checks.spec import Check

WIDER = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME})
"""Types of which a database has values that a contract has not, such as the year 10000, or infinity."""


class Unsayable(Exception):  # noqa: N818 - it is no error: it says why something is left out
    """A check that another form of a contract has no words for; says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A check that another form lacks, or says otherwise.

    Args:
        rule: Its id.
        why: Why, as the end of a sentence.
    """

    rule: str
    why: str

    def __str__(self) -> str:
        """Return both on one line."""
        return " ".join(f"{self.rule}: {self.why}".split())


@dataclass(frozen=True, slots=True)
class Converted:
    """A contract in another form.

    Args:
        text: The file.
        left_out: What it doesn't say.
    """

    text: str
    left_out: tuple[LeftOut, ...] = ()


def held_by_type(check: Check) -> bool:
    """Say whether a column of a table keeps a check by its type alone, so that there is nothing to ask."""
    if not isinstance(check.promise, OfType):
        return False
    found = check.promise.type
    double = found.logical is LogicalType.NUMBER and found.precision is None
    return found.logical not in WIDER and not double


def beyond(check: Check) -> str:
    """Return what a check is limited to that forms for one set of rows can't say; empty for nothing."""
    if check.filter:
        return "it speaks of some of the rows"
    if check.scope is Scope.TABLE:
        return "it looks at the whole table, and not at the rows alone"
    if check.schedule:
        return f"it is looked at by its schedule {check.schedule}"
    return f"it looks at other tables: {', '.join(check.reads)}" if check.reads else ""
