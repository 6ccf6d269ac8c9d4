"""Signs that no text is made of: what commands a terminal, and what no database holds."""

from __future__ import annotations

from unicodedata import category

COMMANDS = frozenset({"Cc", "Cs"})
"""Categories of Unicode: control characters, and halves of pairs of surrogates."""

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def commands(text: str) -> bool:
    """Return whether a text holds such signs; ends of lines and tabs are some."""
    return not text.isprintable() and any(category(sign) in COMMANDS for sign in text)


def legible(text: str) -> str:
    """Return a text with a mark in place of each such sign; ends of lines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(INSTEAD if sign not in "\n\t" and category(sign) in COMMANDS else sign for sign in text)
