"""What the functions are called that a session in SQLite gets from us."""

from __future__ import annotations

VALUE, EXACTLY, TEXT, LENGTH, LOWER, UPPER, FOUND, INSIDE, REST, DIGITS = (
    f"dataops_{name}"
    for name in ("value", "exactly", "text", "length", "lower", "upper", "found", "inside", "rest", "digits")
)
