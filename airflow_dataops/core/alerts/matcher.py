"""Matchers of labels, as Alertmanager has them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a label is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """What one label must be.

    Args:
        name: The label.
        operator: How it is compared.
        value: With what; a regular expression is anchored at both ends.
    """

    name: str
    operator: Operator
    value: str
