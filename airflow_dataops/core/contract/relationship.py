"""What ties the rows of one dataset to those of another (ODCS `relationships`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A foreign key: the values of some columns are those of a row of another dataset.

    Args:
        id: The id of the rule that it makes.
        columns: The columns, at least one.
        other: What the other dataset is called: its name, or `file#name` where another contract has it.
        to: Its columns that they point to, as many, in the same order.
        contract: The file of the other contract, absolute; empty where the dataset is one of the same.
        place: file:line:column.
    """

    id: str
    columns: tuple[str, ...]
    other: str
    to: tuple[str, ...]
    contract: str = ""
    place: str = ""
