"""How many rows a batch should have: who says so, and what their word comes to."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterable

WEEK = timedelta(days=7)
DAY = 10
"""Characters of a label that are its day."""

STEP = re.compile(r"[^.\[\]]+|\[\d+\]")
"""One step on the way to a value of JSON: a key, or a place in a list."""

LARGEST = 2**63 - 1
"""The largest number that a store keeps."""


class SaidBy(StrEnum):
    """Who says how many rows are expected."""

    MANIFEST = "manifest"
    TABLE = "table"
    QUERY = "query"
    HISTORY = "history"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRows:
    """Who says how many rows a batch should have.

    Args:
        said_by: Who says it.
        folder: The folder of the manifests, or its address in object storage.
        path: The manifest's path below it; `{partition}` stands for the partition's label.
        key: The number in the manifest: keys of JSON with points between, or the column of a CSV file whose
            numbers are added up. Empty where the file is nothing but the number.
        conn_id: The connection of the database, or of the object storage.
        table: The control table, as schema.table.
        partition_column: Its column that holds the partition's label.
        count_column: Its column that holds the number; those of several rows are added up.
        query: The file with the SELECT of one number.
        weeks: How many of the same weekdays before are looked at.
    """

    said_by: SaidBy
    folder: str = ""
    path: str = ""
    key: str = ""
    conn_id: str = ""
    table: str = ""
    partition_column: str = ""
    count_column: str = ""
    query: str = ""
    weeks: int = 0


def said(text: str, *, key: str, place: str) -> int:
    """Return the number of rows that a producer's manifest says.

    Args:
        text: What the file holds: JSON, or CSV where its name ends so.
        key: The number in it.
        place: The file.

    Raises:
        NotEvaluatedError: If it says none.
    """
    if place.lower().endswith(".csv"):
        return _in_csv(text, key=key, place=place)
    try:
        found: Any = json.loads(text)
    except ValueError:
        raise NotEvaluatedError("the manifest is no JSON", where=place) from None
    for step in STEP.findall(key):
        try:
            found = found[int(step[1:-1])] if step.startswith("[") else found[step]
        except (LookupError, TypeError):
            raise NotEvaluatedError(f"the manifest has no `{key}`", where=place) from None
    return whole(found, where=f"`{key}` of the manifest" if key else "the manifest", place=place)


def _in_csv(text: str, *, key: str, place: str) -> int:
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error:
        raise NotEvaluatedError("the manifest is no CSV", where=place) from None
    if not rows or any(row.get(key) is None for row in rows):
        raise NotEvaluatedError(f"the manifest has no column `{key}`, or a line without it", where=place)
    numbers = [whole(row[key], where=f"`{key}` of the manifest", place=place) for row in rows]
    return sum(numbers)


def whole(value: object, *, where: str, place: str) -> int:
    """Return a number of rows; what it is instead is not told.

    Args:
        value: The number, or its text.
        where: What says it.
        place: Where that is.

    Raises:
        NotEvaluatedError: If it is no whole number from 0 on that a store keeps.
    """
    text = "" if isinstance(value, bool | None) else str(value).strip()
    if re.fullmatch(r"[0-9]{1,19}(\.0*)?", text, re.ASCII) and int(text.partition(".")[0]) <= LARGEST:
        return int(text.partition(".")[0])
    raise NotEvaluatedError(f"{where} is no number of rows", where=place)


def same_weekdays(label: str, weeks: int) -> tuple[str, ...]:
    """Return the partitions of the same weekday, and hour, in the weeks before, the last one first.

    Args:
        label: The partition's label, of a day or an hour.
        weeks: How many.

    Raises:
        NotEvaluatedError: If the partition is no day and no hour.
    """
    try:
        # Neither weeks nor days without dashes, which Python reads as well: labels have none.
        day, rest = date(*map(int, label[:DAY].split("-"))), label[DAY:]
        return tuple(f"{day - WEEK * n}{rest}" for n in range(1, weeks + 1))
    except (ValueError, TypeError, OverflowError):
        raise NotEvaluatedError(
            f"partition `{label}` is no day and no hour, so that no weekday tells what is usual",
            hint="Name a manifest, a table or a query in `expected.rows`.",
        ) from None


def usual(counts: Iterable[int]) -> int | None:
    """Return the median of what there was; of two in the middle the lower one; None of nothing."""
    known = sorted(counts)
    return known[(len(known) - 1) // 2] if known else None
