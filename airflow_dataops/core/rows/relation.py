"""Where rows lie: what an engine reads, and where it writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.core.landing import Dialect, Landing


@dataclass(frozen=True, slots=True)
class LandedPart:
    """One file of a raw copy, or one table.

    Args:
        uri: Where it is.
        name: What its rows are traced back to: its name in the drop.
    """

    uri: str
    name: str


@dataclass(frozen=True, slots=True)
class Landed:
    """Rows as they landed: text in most formats, typed in Parquet and in a table.

    Args:
        uri: Where the raw copy is.
        parts: Its files, in the order in which they are read, at least one; or the one table.
        dialect: How they are written.
    """

    uri: str
    parts: tuple[LandedPart, ...]
    dialect: Dialect


def landed(landing: Landing) -> Landed:
    """Return the rows of a raw copy."""
    parts = tuple(
        LandedPart(f"{landing.uri}/{file.path}" if file.path else landing.uri, file.name)
        for file in landing.files
    )
    whole = (LandedPart(landing.uri, landing.origin.rpartition("/")[2]),)
    return Landed(landing.uri, parts or whole, landing.dialect)


@dataclass(frozen=True, slots=True)
class Staged:
    """Typed rows that an engine wrote.

    Args:
        uri: Where they are: a file, or a table of the engine's database.
    """

    uri: str


@dataclass(frozen=True, slots=True)
class InPlace:
    """Rows of a team's own table, where the team keeps them. They are looked at, and stay as they are.

    Args:
        uri: The table's address.
        where: The condition of the rows that are looked at, as SQL of the table's database; empty for all.
    """

    uri: str
    where: str = ""


Relation = Landed | Staged | InPlace


@dataclass(frozen=True, slots=True)
class Split:
    """Where the two halves of a batch go.

    Args:
        good: Rows that keep every promise: the contract's columns, typed, in its order.
        bad: Rows that broke one: their text, their file and line, the ids of the rules they broke.
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
