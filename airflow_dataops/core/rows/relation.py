"""Where rows lie: what an engine reads, and where it writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.landing import Dialect


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited text file whose first record is the header; every value is text.

    Args:
        uri: Where it is.
        dialect: How it is written.
    """

    uri: str
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Staged:
    """Typed rows that an engine wrote.

    Args:
        uri: Where they are.
    """

    uri: str


Relation = Delimited | Staged


@dataclass(frozen=True, slots=True)
class Split:
    """Where the two halves of a batch go.

    Args:
        good: Rows that keep every promise: the contract's columns, typed, in its order.
        bad: Rows that broke one: their text, their line, the ids of the rules they broke.
    """

    good: str
    bad: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformed:
    """What a team's transformation came to.

    Args:
        uri: Where its rows are.
        rows: How many.
        lineage: Output column -> the input columns it is computed from, where the SQL allows to tell.
    """

    uri: str
    rows: int
    lineage: dict[str, tuple[str, ...]]
