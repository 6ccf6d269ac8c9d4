"""Rows that broke rules, by their keys: values of rows, which belong into no log, XCom or message."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_dataops.core.contract.model import Dataset

MOST = 1000
"""How many rows are named, where nothing else is said."""


KEYS = ("dataset", "key", "rules", "line", "file")
"""The keys of a line that names a row."""


@dataclass(frozen=True, slots=True)
class FailingRow:
    """Which row broke which rules.

    Args:
        key: The texts of the primary key's columns, in its order; empty where the contract has none, or where
            the line is no record.
        rules: The ids of the rules that it broke, in the order of the plan; each row is one, however many it
            broke.
        line: Where it is: the line of its file, from 1, or the number of the row; 0 in a table.
        file: The file's name in its drop; empty where there is one relation only.
    """

    key: tuple[str | None, ...] = field(repr=False)
    rules: tuple[str, ...]
    line: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class FailingRows:
    """The first rows that broke a rule.

    Args:
        rows: They.
        more: Whether there are others.
    """

    rows: tuple[FailingRow, ...] = field(repr=False)
    more: bool = False


def at_most(found: Sequence[FailingRow], most: int) -> FailingRows:
    """Return the first of the rows that an engine was asked for."""
    return FailingRows(tuple(found[:most]), more=len(found) > most)


def to_ask(most: int) -> int:
    """Return how many rows an engine is asked for: one more than are wanted, which tells of others."""
    return most + 1 if most else 0


def most_of(given: object, *, name: str) -> int:
    """Return how many rows shall be named, as people said it.

    Args:
        given: A number, or its text.
        name: What the setting is called.

    Raises:
        SettingsError: If it is no whole number above 0.
    """
    text = str(given).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(2**63)) and int(text)):
        raise SettingsError(
            f"`{name}` can't be `{text}`", hint=f"Give a whole number above 0, such as {MOST}."
        )
    return int(text)


def json_lines(found: FailingRows, dataset: Dataset) -> str:
    """Return rows as JSON lines: dataset, key, rules, line and file of each; null where there is none."""
    return "".join(
        json.dumps(dict(zip(KEYS, _values(row, dataset), strict=True)), ensure_ascii=False) + "\n"
        for row in found.rows
    )


def _values(row: FailingRow, dataset: Dataset) -> tuple[object, ...]:
    key = dict(zip(dataset.primary_key, row.key, strict=True)) if row.key else {}
    return dataset.name, key, row.rules, row.line or None, row.file or None


def is_named(line: str) -> bool:
    """Say whether a line is one of `json_lines`: by its keys, and the order in which they stand."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and tuple(found) == KEYS


def sentence(found: Sequence[FailingRows | None], *, place: str, setting: str) -> str:
    """Return what is said of the file that names rows, without any value of them.

    Args:
        found: Its rows, those of each dataset; None where no row was judged.
        place: The file.
        setting: What bounds it.
    """
    known = [one for one in found if one is not None]
    if not known:
        return f"No row was judged, so none is named in {place}, which is left as it was."
    count = sum(len(one.rows) for one in known)
    rows = "1 row that broke a rule is" if count == 1 else f"{count:,} rows that broke a rule are"
    more = f" There are more: raise `{setting}` to have them named." if any(one.more for one in known) else ""
    return f"{rows} named in {place}.{more}"
