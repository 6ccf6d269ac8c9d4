"""How the text of a dialect is told apart, checked."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.landing import Dialect

ENDS = "\r\n\0"
"""Characters that can't separate fields or stand around them."""

PROBE = b'a0,;|\t"\r\n\\u0041 +AEE-'
"""Bytes that every encoding has to read as ASCII, so that lines can be told apart before they are decoded."""

ALIEN = b"\xff"
"""A byte that many encodings don't have. Each has to show it as hex then, which those of no text refuse."""


@dataclass(frozen=True, slots=True)
class Form:
    """What separates fields, what stands around them, and what bytes mean.

    Args:
        encoding: The codec's own name.
        delimiter: One character.
        quote: One ASCII character, or empty for none.
    """

    encoding: str
    delimiter: str
    quote: str


def form(dialect: Dialect) -> Form:
    """Return how the text of a dialect is told apart.

    Raises:
        SettingsError: If the delimiter is not one character, the quote neither one of ASCII nor empty, or the
            encoding unknown or no extension of ASCII.
    """
    if len(dialect.delimiter) != 1 or dialect.delimiter in ENDS + dialect.quote:
        raise SettingsError(
            f"the delimiter {dialect.delimiter!r} is not one character that may separate fields",
            hint="Use a comma, a semicolon, a tab or another single character that is not the quote.",
        )
    if dialect.quote and (len(dialect.quote) != 1 or not dialect.quote.isascii() or dialect.quote in ENDS):
        raise SettingsError(
            f"the quote {dialect.quote!r} is not one character of ASCII",
            hint="Use a double quote, another single character, or an empty text where fields have none.",
        )
    return Form(_encoding(dialect.encoding), dialect.delimiter, dialect.quote)


def _encoding(given: str) -> str:
    try:
        ALIEN.decode(given, "backslashreplace")
        plain = PROBE.decode(given) == PROBE.decode("ascii")
    except (LookupError, ValueError):
        plain = False
    if not plain:
        raise SettingsError(
            f"the encoding {given!r} is unknown, or not an extension of ASCII",
            hint="Name one such as utf-8, cp1252 or iso-8859-15; convert UTF-16 and UTF-32 files to UTF-8.",
        )
    name = codecs.lookup(given).name
    return "utf-8" if name == "utf-8-sig" else name
