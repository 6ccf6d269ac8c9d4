"""The header of a landing against its contract: what is missing, what is extra, what was renamed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.checks.verdict import Status, of_batch
from airflow_dataops.core.contract.model import Severity
from airflow_dataops.core.contract.physical import contradicts, physical
from airflow_dataops.core.naming import (
    EXTRA_COLUMNS,
    HEADER,
    MISSING_COLUMNS,
    RENAMED_COLUMNS,
    REPEATED_COLUMNS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.checks.verdict import Outcome
    from airflow_dataops.core.contract.model import Column, Dataset

ALIKE = 0.6
"""Names at least this alike (difflib's ratio, 0..1) are taken for one column renamed."""

MOST_PAIRS = 10_000
"""Pairs of a lost and an extra name that are compared."""

SHOWABLE = re.compile(r"[^\W\d](?:[\w -]{0,61}[\w-])?")
"""A name that may be shown, beside most of those of the contract: letters, digits, blanks, `_` and `-`, with
no digit first. Anything else might be a row's value in a file that has lost its header.
"""

VALUE = re.compile(
    r"[+-]?[0-9]+([.,:][0-9]+)*([eE][+-]?[0-9]+)?"  # a number, a time of day, an IP address
    r"|[0-9]{1,4}(?P<sep>[-./])[0-9]{1,2}(?P=sep)[0-9]{1,4}([T ].*)?"  # a day, or an instant
    r"|[^@\s]+@[^@\s]+\.[^@\s]+"  # an e-mail address
    r"|[A-Za-z][A-Za-z0-9+.-]*://.*"  # a URL
    r"|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"  # a UUID
)
"""What is hardly the name of a column."""

SEPARATORS = {",": ",", ";": ";", "\t": "tab", "|": "|"}
"""Characters that usually separate fields -> how `--delimiter` is told of them."""

NO_HEADER = "few or none of the contract's columns: the first line is no header of it"
TABLE = "a table"
"""What is expected where rows stay in a database."""

EMPTY_FILE = "the file is empty: it has no header"


class ExtraColumns(StrEnum):
    """What to do with columns that the contract doesn't name; they are left out in each case."""

    IGNORE = "ignore"
    REPORT = "report"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderDiff:
    """How a header differs from the contract's columns.

    Args:
        missing: Columns of the contract that the header lacks and that no extra one resembles.
        extra: Columns that the contract doesn't name, as they may be shown.
        renamed: (name in the contract, name in the header), where they are alike.
        repeated: Names that the header holds more than once, in whatever case, as they may be shown.
        strange: Whether the header lacks most columns of the contract and has others: it may be a row, and is
            not shown.
        empty: Whether it has no name at all.
    """

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    repeated: tuple[str, ...]
    strange: bool
    empty: bool = False


def sampled(keys: tuple[str, ...], dataset: Dataset) -> tuple[str, ...]:
    """Return the header that the keys of some records make: what may be left out is taken for left out."""
    there = set(keys)
    silent = (column for column in dataset.columns if column.name not in there and not _must_be(column))
    return (*keys, *(column.name for column in silent)) if keys else ()


def _must_be(column: Column) -> bool:
    return column.required or column.key_position is not None


def compare(header: tuple[str, ...], dataset: Dataset) -> HeaderDiff:
    """Compare a header with the columns of a dataset."""
    promised = {column.name: None for column in dataset.columns}
    there = set(header)
    lost = [name for name in promised if name not in there]
    strange = 2 * len(lost) > len(promised) and not there <= promised.keys()
    extra = dict.fromkeys(name for name in header if name not in promised)
    first: dict[str, int] = {}
    repeated = {at: name for at, name in enumerate(header, 1) if first.setdefault(name.casefold(), at) < at}
    renamed = () if strange else _renamed(lost, tuple(extra))
    gone, come = {name for name, _ in renamed}, {name for _, name in renamed}
    return HeaderDiff(
        missing=tuple(name for name in lost if name not in gone),
        extra=tuple(
            shown(at, name, strange=strange)
            for at, name in enumerate(header, 1)
            if name not in promised and name not in come
        ),
        renamed=renamed,
        repeated=tuple(shown(at, name, strange=strange) for at, name in repeated.items()),
        strange=strange,
        empty=not header,
    )


def _renamed(lost: list[str], extra: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a lost name and the extra one that is most like it; of very many, none."""
    if len(lost) * len(extra) > MOST_PAIRS:
        return ()
    left = list(extra)
    found: list[tuple[str, str]] = []
    for name in lost:
        best = max(left, key=lambda other: _alike(name, other), default=None)
        if best is not None and SHOWABLE.fullmatch(best) and _alike(name, best) >= ALIKE:
            found.append((name, best))
            left.remove(best)
    return tuple(found)


def shown(position: int, name: str, *, strange: bool) -> str:
    """Return a column's name as it may be shown: by its position (from 1) where it could be a row's value."""
    return f"column {position}" if strange or not SHOWABLE.fullmatch(name) else name


def separator_of(name: str) -> str:
    """Return the character that seems to separate what was read as one name; empty where none does.

    Args:
        name: The name of the only column of a file.
    """
    best = max(SEPARATORS, key=name.count)
    return best if best in name else ""


def is_like_a_value(name: str) -> bool:
    """Say whether a name in a header looks like a row's value: a number, a day, a time, an address, an id."""
    return bool(VALUE.fullmatch(name.strip()))


def outcomes(diff: HeaderDiff, *, extra: ExtraColumns = ExtraColumns.REPORT) -> tuple[Outcome, ...]:
    """Return a verdict for each way in which a header can differ."""
    lost = diff.missing
    if diff.strange or diff.empty:
        lost = (EMPTY_FILE if diff.empty else NO_HEADER,)
    return (
        _outcome(MISSING_COLUMNS, lost, "every column of the contract", Severity.ERROR),
        _outcome(
            RENAMED_COLUMNS,
            tuple(f"{old} → {new}" for old, new in diff.renamed),
            "the names of the contract",
            Severity.ERROR,
        ),
        _outcome(REPEATED_COLUMNS, diff.repeated, "each name once", Severity.ERROR),
        _of_extra(diff, extra),
    )


def _of_extra(diff: HeaderDiff, extra: ExtraColumns) -> Outcome:
    """Return the verdict on other columns: where they are ignored there is none, and it says so."""
    severity = Severity.ERROR if extra is ExtraColumns.FAIL else Severity.WARNING
    found = _outcome(EXTRA_COLUMNS, diff.extra, "no other columns", severity)
    if extra is not ExtraColumns.IGNORE or found.status is Status.PASSED:
        return found
    return replace(found, status=Status.SKIPPED, observed=f"ignored: {found.observed}")


def declared(types: Mapping[str, str], dataset: Dataset) -> Outcome:
    """Return the verdict on the types that a table or a typed file declares for the contract's columns.

    It is a warning at most: whether values are of a type is asked of the values.

    Args:
        types: Name of a column -> its type, as the database or the reader of the file spells it.
        dataset: The dataset.
    """
    found = (_mistyped(column, types.get(column.name, "")) for column in dataset.columns)
    return _outcome("schema.types", tuple(filter(None, found)), "the types of the contract", Severity.WARNING)


def _mistyped(column: Column, spelled: str) -> str:
    """Return how the type that is declared for a column isn't the contract's; empty if it may be."""
    found = physical(spelled)
    if found is None:
        return ""
    if column.physical is not None:
        different = contradicts(found, column.physical)
        return f"{column.name}: {spelled} for {column.physical.spelled}" if different else ""
    fits = column.type.is_text or column.type.logical in found.holds
    return "" if fits else f"{column.name}: {spelled} for {column.type}"


def undeclared() -> Outcome:
    """Return the verdict on files that are declared to have no header: there is nothing to compare."""
    return _outcome(HEADER, (), "no header: the columns are the contract's", Severity.ERROR)


def unreadable(why: str, *, expected: str = "a header") -> Outcome:
    """Return the verdict on a file whose first line is no header at all, or on a table that isn't there."""
    return _outcome(HEADER, (why,), expected, Severity.ERROR)


def _outcome(rule: str, found: tuple[str, ...], expected: str, severity: Severity) -> Outcome:
    return of_batch(rule, ", ".join(found), expected=expected, severity=severity, dimension="conformity")


def _alike(one: str, other: str) -> float:
    # Every DAG file with a task of ours imports this module, and few columns are called otherwise.
    from difflib import SequenceMatcher  # noqa: PLC0415 - see above

    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()
