r"""Patterns of RE2 for readers whose classes `\d`, `\s` and `\w` have characters of all scripts.

RE2's have those of ASCII. Which patterns a contract may use is said in `documents/pattern.py`.
Source: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""An escape, a class, or a character."""

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


def spelled(pattern: str, *, word_ends: Mapping[str, str]) -> str:
    r"""Return a pattern whose classes are written out, for readers that take more than ASCII for them.

    Args:
        pattern: The pattern, in RE2's syntax.
        word_ends: What stands for `\b` and `\B`.
    """
    return "".join(_sign(found[0], word_ends) for found in TOKEN.finditer(pattern))


def _sign(piece: str, word_ends: Mapping[str, str]) -> str:
    if piece in CLASSES:
        return f"[{CLASSES[piece]}]"
    if piece.startswith("[") and len(piece) > 1:
        return "[" + "".join(CLASSES.get(found[0], found[0]) for found in IN_CLASS.finditer(piece[1:]))
    return word_ends.get(piece, piece)
