"""Patterns for readers that take more than ASCII for a digit, a letter or a blank, as RE2 does not."""

from __future__ import annotations

import re

CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
"""Escape -> the signs of ASCII that it stands for in RE2."""


def ascii_only(pattern: str, *, boundary: str = r"\b") -> str:
    r"""Return a pattern in which `\d`, `\w` and `\s` are written out, as sets of ASCII.

    A negated one inside of a set stays as it is: there is no other way to write it.

    Args:
        pattern: The pattern, in the syntax of RE2.
        boundary: What `\b` is in the other syntax.
    """
    written: list[str] = []
    inside = False
    for found in re.finditer(r"\\.|\[\^?\]?|.", pattern, re.DOTALL):
        piece = found[0]
        sign = piece[1:].lower() if piece.startswith("\\") else ""
        if inside:
            inside = piece != "]"
            written.append(CLASSES[sign] if sign in CLASSES and piece[1].islower() else piece)
        elif sign in CLASSES:
            written.append(f"[{'^' if piece[1].isupper() else ''}{CLASSES[sign]}]")
        else:
            inside = piece.startswith("[")
            written.append(boundary if piece == r"\b" else piece)
    return "".join(written)
