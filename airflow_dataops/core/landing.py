"""What arrived: the drop, its immutable raw copy, and whether it had arrived before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import of_batch
from airflow_dataops.core.contract.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from airflow_dataops.core.batch import Batch
    from airflow_dataops.core.checks.verdict import Outcome


MISSING, DUPLICATE = "drop.missing", "drop.duplicate"
"""The rules that a landing is judged by."""


class OnMissing(StrEnum):
    """What to do when nothing has arrived for the interval."""

    FAIL = "fail"
    SKIP = "skip"
    WAIT = "wait"


class OnDuplicate(StrEnum):
    """What to do when the same bytes had arrived for another partition."""

    REPORT = "report"
    SKIP = "skip"
    FAIL = "fail"


class Delivery(StrEnum):
    """What a drop holds: what is new, or all there is (then an unchanged one is no duplicate)."""

    INCREMENT = "increment"
    SNAPSHOT = "snapshot"


class Format(StrEnum):
    """What the rows of a drop are written in."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a drop is written. Whether a file is packed (gzip, zip) is told by its first bytes.

    Args:
        delimiter: One character; of CSV.
        encoding: A name that Python's codecs know; of CSV and JSON lines.
        format: What the rows are written in.
        quote: The character around fields that hold delimiters or line ends, or empty for none; of CSV.
        header: Whether each file starts with the names of its columns; if not, its columns are the
            contract's, in its order; of CSV.
        paths: (column, where its value is in a record, such as `customer.address.city`); of JSON lines. A
            column that is not listed is the key of its name.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    format: Format = Format.CSV
    quote: str = '"'
    header: bool = True
    paths: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DropFile:
    """One file that a producer left for us.

    Args:
        uri: Where it is.
        name: Its name among the files of its drop, for messages and for the manifest.
    """

    uri: str
    name: str


@dataclass(frozen=True, slots=True)
class Drop:
    """What a producer left for us for one batch.

    Args:
        uri: Where it is: the file, or the pattern that several files match, or a table.
        files: Its files, at least one, sorted by name; none for a table.
    """

    uri: str
    files: tuple[DropFile, ...]


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One file of a raw copy.

    Args:
        name: Its name in the drop.
        path: Where it is below the landing's uri; empty when it is the landing's only one.
        sha256: Hex digest of its bytes.
        bytes: Its size.
        rows: Its records without the header, unparsable lines included.
    """

    name: str
    path: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The manifest of one immutable raw copy.

    Args:
        batch: What it is a delivery of.
        origin: Where the drop was.
        uri: Where the raw copy is: its file, or the folder of its files, or a table.
        sha256: Hex digest of its bytes; of several files, of their names and digests; of a table, of its
            rows.
        bytes: Its size.
        rows: Its records without the headers, unparsable lines included.
        dialect: How it is written.
        landed_at: When the raw copy was made, aware; a replay keeps the first time.
        run_id: The run that made it.
        files: Its files, in the order in which they are read; none for a table, and for a landing of an older
            version, whose one file is at `uri`.
    """

    batch: Batch
    origin: str
    uri: str
    sha256: str
    bytes: int
    rows: int
    dialect: Dialect
    landed_at: datetime
    run_id: str
    files: tuple[LandedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A landing and what is known of its bytes.

    Args:
        landing: The raw copy.
        replayed: The same bytes had landed for the same partition: the raw copy was reused.
        duplicate_of: The partition for which the same bytes had landed before, or None.
    """

    landing: Landing
    replayed: bool
    duplicate_of: str | None


def arrival(landing: Landing, *, replayed: bool, known: Iterable[Landing], delivery: Delivery) -> Arrival:
    """Say whether a landing is a duplicate of another partition's.

    The same bytes under another partition are a duplicate. A header alone is not, nor an unchanged snapshot.
    Of two landings the one that landed later is the duplicate; at the same instant, the one with the greater
    partition, so that two which land at once agree on which of them it is.

    Args:
        landing: The landing in question.
        replayed: Whether its raw copy was already there.
        known: Landings of the same dataset with the same sha256.
        delivery: What a drop of this source holds.
    """
    if landing.rows == 0 or delivery is Delivery.SNAPSHOT:
        return Arrival(landing, replayed, None)
    mine = (landing.landed_at, landing.batch.partition)
    earlier = sorted(
        (other.landed_at, other.batch.partition)
        for other in known
        if other.batch.partition != landing.batch.partition
        and (other.landed_at, other.batch.partition) < mine
    )
    return Arrival(landing, replayed, earlier[0][1] if earlier else None)


def absent() -> Outcome:
    """Return the verdict on rows that were looked for where they should be, and are in no file there."""
    return of_batch(
        MISSING, "none", expected="a file with rows", severity=Severity.ERROR, dimension="timeliness"
    )


def outcomes(
    found: Arrival | None, *, on_missing: OnMissing, on_duplicate: OnDuplicate
) -> tuple[Outcome, ...]:
    """Return the verdicts on what has arrived, or on that nothing has."""
    missing = of_batch(
        MISSING,
        "no drop" if found is None else "",
        expected="a drop",
        severity=Severity.ERROR if on_missing is OnMissing.FAIL else Severity.WARNING,
        dimension="timeliness",
    )
    if found is None:
        return (missing,)
    duplicate = of_batch(
        DUPLICATE,
        "" if found.duplicate_of is None else f"the bytes of {found.duplicate_of}",
        expected="bytes of its own",
        severity=Severity.ERROR if on_duplicate is OnDuplicate.FAIL else Severity.WARNING,
        dimension="uniqueness",
    )
    return missing, duplicate
