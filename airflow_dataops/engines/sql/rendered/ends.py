"""Between which ends a database's values are those of a contract's types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.reading import CALENDAR
from airflow_dataops.engines.sql.rendered.words import number, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from airflow_dataops.core.contract.model import LogicalType

LARGEST = "1.7976931348623157E+308"
"""The largest double. What is between it and its negative is finite: NaN is above it, or beside all."""

LOWEST, HIGHEST = str(-(2**63)), str(2**63 - 1)


def in_64_bits(column: exp.Expr) -> exp.Expr:
    """Return whether an integer has 64 bits, as the contract's have, where the type has more digits."""
    return within(number(LOWEST), number(HIGHEST))(column)


def finite(literal: Callable[[str, str], exp.Expr], name: str) -> Callable[[exp.Expr], exp.Expr]:
    """Return the condition that a double is a number, of the largest numbers alone.

    Args:
        literal: A number's text and the name of its type -> the number.
        name: The type.
    """
    return within(literal(f"-{LARGEST}", name), literal(LARGEST, name))


def calendar(
    logical: LogicalType, literal: Callable[[str, str], exp.Expr], name: str
) -> Callable[[exp.Expr], exp.Expr]:
    """Return the condition that a day, an instant or a time of day is one of ISO 8601's four-digit years.

    Args:
        logical: The logical type.
        literal: A text in ISO 8601 and the name of its type -> the value.
        name: The type.
    """
    first, last = (literal(end, name) for end in CALENDAR[logical])
    return within(first, last)
