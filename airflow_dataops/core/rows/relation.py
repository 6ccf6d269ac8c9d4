"""Where rows lie: what an engine reads, and where it writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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


class Streaming(Protocol):
    """Rows that have an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as the Arrow C stream interface asks."""
        ...


@dataclass(frozen=True, slots=True)
class Framed:
    """Rows that are handed over through Arrow: those of a frame, or of a table that a library reads.

    Args:
        uri: What they are called, in messages and where a row is traced back to.
        columns: The names of their columns, in the order of the streams, which may call them otherwise.
        rows: Them. They can be asked for a stream any number of times, and each is all of them.
        ordered: Whether they come in the same order each time.
        blank: The columns of no type, in which there is nothing; a stream gives them one.
        loose: The columns of decimals that say nothing of their digits; a stream has as many as there may be.
    """

    uri: str
    columns: tuple[str, ...]
    rows: Streaming
    ordered: bool = True
    blank: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()


Relation = Landed | Staged | InPlace | Framed

Arrived = Landed | Framed
"""Rows as a source has them: a bad one is traced back to what it came in, and their names are no promise."""


@dataclass(frozen=True, slots=True)
class Split:
    """Where the two halves of a batch go.

    Args:
        good: Rows that keep every promise: the contract's columns, typed, in its order. Empty where rows of a
            table in place are parted, and these are not written.
        bad: Rows that broke one: their text, their file and line, the ids of the rules they broke.
        digest: Whether the digest of the good rows is asked for: of those that are published alone.
    """

    good: str
    bad: str
    digest: bool = True


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """What a model came to.

    Args:
        uri: Where its rows are.
        rows: How many.
        tables: The tables of the database that it read, as schema.table.
        lineage: Output column -> the tables or models, and their columns, that it is computed from, where the
            SQL allows to tell.
    """

    uri: str
    rows: int
    tables: tuple[str, ...]
    lineage: dict[str, tuple[tuple[str, str], ...]]
