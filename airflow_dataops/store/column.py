"""Column types that keep a core value exact: what comes back equals what went in, on every database."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from enum import StrEnum

    from sqlalchemy.engine import Dialect

KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that orders and compares by code point, as Python does, whatever the database's locale is."""


class Instant(TypeDecorator[datetime]):
    """A point in time: aware when it goes in, UTC when it comes out (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC.

        Raises:
            ValueError: If it has no time zone.
        """
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("the store takes no time without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Ratio(TypeDecorator[Fraction]):
    """An exact number, as the text `numerator/denominator`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the number as text."""
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:  # noqa: ARG002
        """Return the number."""
        return None if value is None else Fraction(value)


class Word(TypeDecorator["StrEnum"]):
    """One of the words of an enumeration, as plain text.

    Args:
        words: The enumeration.
    """

    impl = KEY
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the word as text: drivers differ in what they make of an enumeration."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Return the member of the enumeration."""
        return None if value is None else self.words(value)


class Lines(TypeDecorator[tuple[str, ...]]):
    """Lines of text in their order, as a JSON array."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> list[str] | None:  # noqa: ARG002
        """Return the lines as a list."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ANN401, ARG002
        """Return the lines as a tuple."""
        return None if value is None else tuple(value)
