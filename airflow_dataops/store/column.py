"""Column types that keep a core value exact: what comes back equals what went in, on every database."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, DateTime, Text
from sqlalchemy.types import TypeDecorator

from airflow_dataops.core.landing import LandedFile

if TYPE_CHECKING:
    from enum import StrEnum

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that orders and compares by code point, as Python does, whatever the database's locale is."""

LARGEST = 2**63 - 1
"""The largest number in 64 bits."""


class Line(TypeDecorator[str]):
    """A text that every database keeps."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text.

        Raises:
            UnicodeError: If it holds a NUL, which PostgreSQL has no place for, or half of a surrogate pair.
        """
        if value is not None and b"\0" in value.encode():
            raise UnicodeError("a NUL character")
        return value


class Key(Line):
    """A text that is compared by code point."""

    impl = KEY
    cache_ok = True


class Count(TypeDecorator[int]):
    """A whole number of 64 bits."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return the number.

        Raises:
            ValueError: If it needs more bits: then the databases answer in ways of their own.
        """
        if value is not None and not -LARGEST <= value <= LARGEST:
            raise ValueError("the store takes no number that needs more than 64 bits")
        return value


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


class Pairs(TypeDecorator[tuple[tuple[str, str], ...]]):
    """Pairs of texts in their order, as a JSON array of arrays."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self,
        value: tuple[tuple[str, str], ...] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> list[list[str]] | None:
        """Return the pairs as lists."""
        return None if value is None else [[left, right] for left, right in value]

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[tuple[str, str], ...] | None:
        """Return the pairs as tuples."""
        return None if value is None else tuple((left, right) for left, right in value)


class Files(TypeDecorator[tuple[LandedFile, ...]]):
    """The files of a landing in their order, as a JSON array of objects."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self,
        value: tuple[LandedFile, ...] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> list[dict[str, object]] | None:
        """Return the files as objects."""
        return None if value is None else [asdict(file) for file in value]

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[LandedFile, ...] | None:
        """Return the files; what a newer version says of them beside what we know is left out."""
        if value is None:
            return None
        known = [field.name for field in fields(LandedFile)]
        return tuple(LandedFile(**{name: each[name] for name in known}) for each in value)
