"""A test of a team's SQL: the rows that it is given, and what it must make of them."""

from __future__ import annotations

from dataclasses import dataclass, field

LANDING = "landing"
"""What the rows are called that `{{ source }}` stands for."""

PARTITION = "2026-01-01"
"""The label of the partition, where a test names none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as a person wrote it.

    Args:
        values: Column -> the text of its value, None for null. That of a column that holds JSON is JSON.
        places: Column -> file:line:column of its value.
        place: Where the row starts.
    """

    values: dict[str, str | None]
    places: dict[str, str]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One test.

    Args:
        name: Its name, unique in its product.
        place: Where it stands: file:line:column.
        given: The rows that landed and broke no rule.
        expect: The rows that must come of them; None where the SQL must fail.
        columns: The columns that are compared.
        partition: What `{{ partition }}` stands for.
        ordered: Whether the order of the rows matters.
        breaks: The rules of the product's contract that some of the rows must break, and no other ones.
        fails: What must be part of the message with which the SQL fails; empty where it must not fail.
    """

    name: str
    place: str
    given: tuple[Row, ...]
    expect: tuple[Row, ...] | None = None
    columns: tuple[str, ...] = ()
    partition: str = PARTITION
    ordered: bool = False
    breaks: dict[str, str] = field(default_factory=dict)
    fails: str = ""
