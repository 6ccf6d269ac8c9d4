"""What a place for rows may be unable to hold, so that no test puts it there."""

from __future__ import annotations

from enum import StrEnum


class Lack(StrEnum):
    """Something that a database or a file can't hold, in the words of the docs."""

    NUL = "the character NUL in a text"
    EMPTY = "an empty text apart from null"
    NAN = "NaN in a column of doubles"
    INFINITY = "infinity in a column of doubles"
    TYPES = "types: each value is a text"
    BOOLEANS = "a type for truth values"
    DECIMALS = "a type for decimals"
    SINGLES = "a type for floats of 32 bits"
    DAYS = "a type for days"
    TIMES = "a type for times of day"
    LOCALS = "a type for local times"
    INSTANTS = "a type for instants"
    OTHERS = "another table beside the rows"
