"""What to do about a name that there isn't: the one that was meant, or those that there are."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = 10
"""Names that are listed."""


def instead(asked: str, names: Iterable[str], *, none: str) -> str:
    """Return a hint: the name that is near, or else those that there are.

    Args:
        asked: The name that was asked for.
        names: Those that there are; each is listed once.
        none: What to say where there are none.
    """
    known = sorted(set(names))
    near = get_close_matches(asked, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    more = ", …" if known[SHOWN:] else ""
    return f"There are: {', '.join(known[:SHOWN])}{more}." if known else none
