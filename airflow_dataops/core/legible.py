"""Signs that no text is made of: what commands a terminal, turns a line round, or no database holds."""

from __future__ import annotations

from unicodedata import category

COMMANDS = frozenset({"Cc", "Cs"})
"""Categories of Unicode: control characters, and halves of pairs of surrogates."""

TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn round what stands after them, too; a script that is written so needs none of them."""

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def commands(text: str) -> bool:
    """Return whether a text holds such signs; ends of lines and tabs are some."""
    return not text.isprintable() and any(map(_commands, text))


def legible(text: str) -> str:
    """Return a text with a mark in place of each such sign; ends of lines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(INSTEAD if sign not in "\n\t" and _commands(sign) else sign for sign in text)


def _commands(sign: str) -> bool:
    return sign in TURNS or category(sign) in COMMANDS
