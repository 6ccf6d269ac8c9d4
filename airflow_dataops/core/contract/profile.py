"""What can be seen of the values of a column without knowing what they should be: counts, never values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_dataops.core.contract.model import ColumnType, LogicalType

UPPER, LOWER, DIGIT = "A", "a", "9"
"""What stands in a shape for a capital, a small letter and a digit of ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column.

    Args:
        name: Its name.
        filled: Rows that have a value.
        distinct: Different values, as texts.
        declared: The type that the file says, of Parquet; None for a file of texts.
        typed: Type -> how many of the values are values of it.
        integers: Different values, as integers.
        plain: Values that are decimals without an exponent.
        whole: The most digits before the point, zeros at the start not counted.
        scale: The most digits behind it, as they are written: 12.00 has two.
        padded: Numbers that start with a needless zero, as codes do.
        words: Values that are `true` or `false`, in whatever case.
        negative: Numbers below zero.
        shortest: Characters of the shortest value.
        longest: Characters of the longest.
        shape: The shape that all values have, with UPPER, LOWER and DIGIT in it; empty if they differ.
        formats: Format of a text -> how many values have it.
        values: The values, if they were asked for and are few.
    """

    name: str
    filled: int
    distinct: int
    declared: ColumnType | None = None
    typed: Mapping[LogicalType, int] = field(default_factory=dict)
    integers: int = 0
    plain: int = 0
    whole: int = 0
    scale: int = 0
    padded: int = 0
    words: int = 0
    negative: int = 0
    shortest: int = 0
    longest: int = 0
    shape: str = ""
    formats: Mapping[str, int] = field(default_factory=dict)
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """The rows of some files.

    Args:
        rows: How many there are.
        columns: Their columns, in the order of the files.
        unparsable: Lines that are no record.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    unparsable: int = 0
