"""Upper and lower case of single characters, as DuckDB has them whatever the locale."""

from __future__ import annotations

import sys
from functools import cache

SURROGATES = range(0xD800, 0xE000)


def lower(character: str) -> str:
    """Return the lower case of a character, which is one character."""
    return character.lower()[0] if len(character.lower()) > 1 else character.lower()


def upper(character: str) -> str:
    """Return the upper case of a character, or else its title case, or else itself: each one character."""
    if character == "ß":
        return "ẞ"
    forms = (character.upper(), character.title(), character)
    return next(form for form in forms if len(form) == 1)


@cache
def lowered() -> tuple[str, str]:
    """Return all characters that have another lower case, and these, in the same order."""
    pairs = [(one, lower(one)) for one in _characters() if lower(one) != one]
    return "".join(one for one, _ in pairs), "".join(other for _, other in pairs)


@cache
def uppered() -> tuple[str, str]:
    """Return all characters that have another upper case, and these, in the same order."""
    pairs = [(one, upper(one)) for one in _characters() if upper(one) != one]
    return "".join(one for one, _ in pairs), "".join(other for _, other in pairs)


def _characters() -> list[str]:
    return [chr(code) for code in range(sys.maxunicode + 1) if code not in SURROGATES]
