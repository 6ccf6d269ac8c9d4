"""What a column promises of its values beyond their type (ODCS `logicalTypeOptions`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

Bound = Decimal | datetime | date | time
"""An end of a range: a number, a day, an instant (aware), or a time of day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of a column's type; None where there is none.

    Args:
        minimum: Lowest value, included.
        maximum: Highest value, included.
        exclusive_minimum: What every value is above.
        exclusive_maximum: What every value is below.
        multiple_of: What every value is a whole multiple of, above zero.
        min_length: Fewest characters of a text.
        max_length: Most characters of a text.
        pattern: A regular expression that must be found in the text.
        format: What kind of text or number it is, such as `email` or `u8`.
        min_items: Fewest items of an array.
        max_items: Most items of an array.
        unique_items: Whether no two items of an array are the same.
        min_properties: Fewest members of an object.
        max_properties: Most members of an object.
        required: Keys of an object that must be there.
        dimensions: How many items a vector has.
    """

    minimum: Bound | None = None
    maximum: Bound | None = None
    exclusive_minimum: Bound | None = None
    exclusive_maximum: Bound | None = None
    multiple_of: Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool | None = None
    min_properties: int | None = None
    max_properties: int | None = None
    required: tuple[str, ...] | None = None
    dimensions: int | None = None


NONE = Options()
"""Of a column whose type has no options."""
