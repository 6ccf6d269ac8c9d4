"""A check as it is explained to a person: in words, as a query, and what becomes of what breaks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One check, explained.

    Args:
        rule: Its id.
        words: What it promises.
        consequence: What becomes of what breaks it.
        severity: How bad that is.
        description: What its author says of it, or empty.
        dimension: The quality dimension, or empty.
        sql: The query that counts the rows which break it, or comes to its number; empty where there is none.
        reason: Why there is none.
        place: file:line:column of the contract, or empty.
    """

    rule: str
    words: str
    consequence: str
    severity: str
    description: str = ""
    dimension: str = ""
    sql: str = ""
    reason: str = ""
    place: str = ""
