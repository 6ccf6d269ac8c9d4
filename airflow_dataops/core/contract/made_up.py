"""Rows that are made up after the types of a dataset's columns: nobody's data, and the same every time.

They keep what `infer` guesses of a column; what else a contract promises of its values is not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.core.contract.model import LogicalType, Measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_dataops.core.contract.model import Column, Dataset

FORMATS = {
    "byte": "AAA{}",
    "email": "somebody{}@example.com",
    "hostname": "host{}.example.com",
    "ipv4": "192.0.2.{}",
    "ipv6": "2001:db8::{}",
    "uri": "https://example.com/{}",
    "uuid": "00000000-0000-4000-8000-00000000000{}",
}
"""Format of a text -> such a text, with room for a digit; addresses are those that are kept for examples."""

TYPES: dict[LogicalType, Callable[[int], str]] = {
    LogicalType.INTEGER: str,
    LogicalType.BOOLEAN: lambda number: "true" if number % 2 else "false",
    LogicalType.DATE: "2026-01-0{}".format,
    LogicalType.TIMESTAMP: "2026-01-0{}T09:00:00Z".format,
    LogicalType.TIME: "09:0{}:00".format,
    LogicalType.OBJECT: lambda _: "{}",
    LogicalType.MAP: lambda _: "{}",
    LogicalType.ARRAY: lambda _: "[]",
    LogicalType.VECTOR: lambda _: "[]",
}
"""Type -> the text of a value of it, of a number from 1 to 9."""

RUN = re.compile(r"(\[A-Z\]|\[a-z\]|\[0-9\]|\[\.\]|[^\[\]{}])(?:\{([0-9]+)\})?")
"""One part of a pattern as `infer` writes it: a class or a character, and how often."""

FIRST = {"[A-Z]": "A", "[a-z]": "a", "[0-9]": "0", "[.]": "."}
"""Class of characters -> the first of it."""


def row(dataset: Dataset, number: int, *, full: bool = True) -> dict[str, str]:
    """Return the texts of a row, without the columns that are null in it.

    Args:
        dataset: The dataset.
        number: Which row it is, from 1 to 9: no two have the same values, where a type has so many.
        full: Whether columns that may be null have a value, too.
    """
    return {
        column.name: text(column, number)
        for column in dataset.columns
        if full or column.required or column.key_position is not None
    }


def text(column: Column, number: int) -> str:
    """Return the text of a value of a column.

    Args:
        column: The column.
        number: Which one, from 1 to 9.
    """
    listed = column.values or _listed(column)
    if listed:
        return listed[number % len(listed)]
    if column.options.pattern is not None:
        return _like(column.options.pattern, number)
    if column.options.format in FORMATS:
        return FORMATS[column.options.format].format(number)
    if column.type.logical is LogicalType.NUMBER:
        return str(number) if column.type.scale == 0 else f"0.{number}"
    made = TYPES.get(column.type.logical)
    return made(number) if made else f"{column.name} {number}"


def _listed(column: Column) -> tuple[str, ...]:
    """Return the values that a rule of a column lists."""
    return next((rule.values for rule in column.rules if rule.measure is Measure.INVALID_VALUES), ())


def _like(pattern: str, number: int) -> str:
    """Return a text that a guessed pattern is found in; they differ in the last digit or letter."""
    parts = [(run[1], int(run[2] or 1)) for run in RUN.finditer(pattern.removeprefix("^").removesuffix("$"))]
    texts = [FIRST.get(one, one) * count for one, count in parts]
    last = max((at for at, (one, _) in enumerate(parts) if one in FIRST and one != "[.]"), default=None)
    if last is not None:
        texts[last] = texts[last][:-1] + chr(ord(texts[last][-1]) + number)
    return "".join(texts)
