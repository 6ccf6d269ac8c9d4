"""Shares as people write them: 0.2, or 20%."""

from __future__ import annotations

import re

PERCENT = re.compile(r"([0-9]+(?:\.[0-9]*)?)%")


def of_percent(given: object) -> object:
    """Return a percentage as the text of the share that it is, exactly; what is none stays as it is."""
    if isinstance(given, str) and (found := PERCENT.fullmatch(given)):
        return f"{found[1]}e-2"
    return str(given) if isinstance(given, float) else given
