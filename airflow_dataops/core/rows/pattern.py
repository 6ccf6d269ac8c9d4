r"""Patterns of RE2 as Python's `re` reads them, so that both find the same in a text.

Python's classes `\d`, `\s` and `\w` have characters of all scripts, RE2's those of ASCII; Python's `$` is
found before a line end that ends the text, RE2's at the very end alone. Which patterns a contract may use is
said in `documents/pattern.py`. Source: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$|.", re.DOTALL)
"""An escape, a class, the end, or a character."""

IN_CLASS = re.compile(r"\\.|.", re.DOTALL)

CLASSES = {
    r"\d": "0-9",
    r"\D": r"\x00-/:-\U0010ffff",
    r"\s": r"\t\n\f\r ",
    r"\S": r"\x00-\x08\x0b\x0e-\x1f!-\U0010ffff",
    r"\w": "0-9A-Za-z_",
    r"\W": r"\x00-/:-@\[-\^`{-\U0010ffff",
}
"""Class of RE2 -> the same as ranges in brackets."""

WORD_ENDS = {r"\b": r"(?a:\b)", r"\B": r"(?a:\B)"}

LINEWISE = re.compile(r"\(\?[a-zA-Z]*m")
"""A flag that makes `$` the end of a line: that is the same in both."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern as Python's.

    Raises:
        re.error: If it is none.
    """
    end = "$" if LINEWISE.search(pattern) else r"\Z"
    return re.compile(spelled(pattern, end=end))


def spelled(pattern: str, *, end: str = "$", word_ends: Mapping[str, str] = WORD_ENDS) -> str:
    r"""Return a pattern whose classes are written out, for readers that take more than ASCII for them.

    Args:
        pattern: The pattern, in RE2's syntax.
        end: What stands for `$`.
        word_ends: What stands for `\b` and `\B`.
    """
    return "".join(_sign(found[0], end, word_ends) for found in TOKEN.finditer(pattern))


def _sign(piece: str, end: str, word_ends: Mapping[str, str]) -> str:
    if piece == "$":
        return end
    if piece in CLASSES:
        return f"[{CLASSES[piece]}]"
    if piece.startswith("[") and len(piece) > 1:
        return "[" + "".join(CLASSES.get(found[0], found[0]) for found in IN_CLASS.finditer(piece[1:]))
    return word_ends.get(piece, piece)
