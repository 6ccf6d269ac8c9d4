"""How texts of days, instants and times of day are written (ODCS `format`, `timezone`, `defaultTimezone`).

A format has the pattern letters of the JDK's `DateTimeFormatter`, as ODCS says. Those that mean one thing in
every country, and can be read without a guess, become a pattern that a whole text must match, and
replacements that make ISO 8601 of it. RE2, PostgreSQL and Python read both alike, so that all engines read a
text the same way, and what is a value is said once, of ISO 8601 (`core/rows/lexical.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

TWO, ONE_OR_TWO = "[0-9]{2}", "[0-9]{1,2}"

FIELDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("yyyy", "uuuu"), ("year", "[0-9]{4}")),
    "MM": ("month", TWO),
    "M": ("month", ONE_OR_TWO),
    "dd": ("day", TWO),
    "d": ("day", ONE_OR_TWO),
    "HH": ("hour", TWO),
    "H": ("hour", ONE_OR_TWO),
    "mm": ("minute", TWO),
    "m": ("minute", ONE_OR_TWO),
    "ss": ("second", TWO),
    "s": ("second", ONE_OR_TWO),
    **{"S" * digits: ("fraction", f"[0-9]{{{digits}}}") for digits in range(1, 10)},
    "X": ("offset", "Z|[+-][0-9]{2}(?:[0-9]{2})?"),
    "XX": ("offset", "Z|[+-][0-9]{4}"),
    "XXX": ("offset", "Z|[+-][0-9]{2}:[0-9]{2}"),
    "x": ("offset", "[+-][0-9]{2}(?:[0-9]{2})?"),
    "xx": ("offset", "[+-][0-9]{4}"),
    "xxx": ("offset", "[+-][0-9]{2}:[0-9]{2}"),
    **dict.fromkeys(("Z", "ZZ", "ZZZ"), ("offset", "[+-][0-9]{4}")),
    "ZZZZZ": ("offset", "Z|[+-][0-9]{2}:[0-9]{2}"),
}
"""Letters of a format -> what they stand for, and how that is written."""

NARROW: dict[str, str] = {
    "MM": "0[1-9]|1[0-2]",
    "M": "0?[1-9]|1[0-2]",
    "dd": "0[1-9]|[12][0-9]|3[01]",
    "d": "0?[1-9]|[12][0-9]|3[01]",
    "HH": "[01][0-9]|2[0-3]",
    "H": "[01]?[0-9]|2[0-3]",
    **dict.fromkeys(("mm", "ss"), "[0-5][0-9]"),
    **dict.fromkeys(("m", "s"), "[0-5]?[0-9]"),
    "yyyy": "000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3}",
    "uuuu": "000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3}",
}
"""Letters of a format -> the values that the field can have, for readers that look at no calendar."""

DAY, CLOCK = ("year", "month", "day"), ("hour", "minute", "second", "fraction")

PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "date": (DAY, ()),
    "timestamp": ((*DAY, "hour", "minute"), ("second", "fraction", "offset")),
    "time": (("hour", "minute"), ("second", "fraction")),
}
"""Logical type -> what its format must have, and what it may have."""

PIECE = re.compile(r"([A-Za-z])\1*|'(?:[^']|'')*'|.", re.DOTALL)
"""One piece of a format: a letter as often as it is repeated, a text in quotes, or a character."""

PLAIN = re.compile(r"[A-Za-z0-9 .,:;/_'()+-]+")
"""Texts between the fields. Brackets, braces and `#` mean something to the JDK, and nothing here."""


@dataclass(frozen=True, slots=True)
class Written:
    """How the texts of a column are written.

    Args:
        format: The pattern letters; empty for ISO 8601.
        zone: The time zone of texts without an offset, such as `Europe/Berlin`; empty for UTC.
        offset: Whether a text has an offset; None where it may have one.
    """

    format: str = ""
    zone: str = ""
    offset: bool | None = None


ISO = Written()


@dataclass(frozen=True, slots=True)
class Translation:
    """A format as patterns.

    Args:
        pattern: What the whole text must match.
        steps: (pattern, replacement), which make ISO 8601 of such a text, one after the other.
        offset: Whether it has an offset.
        narrow: The pattern with the numbers that each field can have. Every value matches it; it lets through
            days that their month hasn't.
    """

    pattern: str
    steps: tuple[tuple[str, str], ...]
    offset: bool
    narrow: str

    def iso(self, text: str) -> str | None:
        """Return a text in ISO 8601; None for one that isn't of the format."""
        if re.fullmatch(self.pattern, text) is None:
            return None
        for pattern, replacement in self.steps:
            text = re.sub(pattern, replacement, text, count=1)
        return text


class FormatError(ValueError):
    """A format is none that can be read without a guess; says why."""


@cache
def translation(form: str, logical: str) -> Translation:
    """Return a format as patterns.

    Args:
        form: The pattern letters.
        logical: `date`, `timestamp` or `time`.

    Raises:
        FormatError: If it has letters that aren't in FIELDS, or not those that the type needs.
    """
    pattern, narrow, before = "", "", ""
    groups: dict[str, int] = {}
    padded: dict[str, str] = {}
    for piece in (found[0] for found in PIECE.finditer(form)):
        if not (piece[0].isascii() and piece[0].isalpha()):
            pattern += _literal(piece)
            narrow += _literal(piece)
            before = ""
            continue
        if piece not in FIELDS:
            raise FormatError(f"`{piece}` is not read")
        name, digits = FIELDS[piece]
        if name in groups:
            raise FormatError(f"it has the {name} twice")
        if before and name != "offset" and ONE_OR_TWO in {digits, FIELDS[before][1]}:
            raise FormatError(f"where `{before}` ends and `{piece}` starts can't be told")
        before = piece
        groups[name] = len(groups) + 1
        padded[name] = f"0\\{groups[name]}" if digits == ONE_OR_TWO else f"\\{groups[name]}"
        pattern += f"({digits})"
        narrow += f"({NARROW.get(piece, digits)})"
    _check_parts(groups.keys(), logical)
    steps = [(f"^{pattern}$", _layout(padded))]
    if any(text.startswith("0") for text in padded.values()):
        steps.append(_without_padding([name for name in (*DAY, *CLOCK[:3]) if name in groups]))
    return Translation(pattern, tuple(steps), offset="offset" in groups, narrow=narrow)


def _check_parts(names: Collection[str], logical: str) -> None:
    needed, free = PARTS[logical]
    for name in needed:
        if name not in names:
            raise FormatError(f"it lacks the {name}")
    for name in names:
        if name not in {*needed, *free}:
            raise FormatError(f"a {logical} has no {name}")
    if "fraction" in names and "second" not in names:
        raise FormatError("it lacks the second")


def _literal(piece: str) -> str:
    """Return the pattern of what stands between the fields."""
    text = piece if len(piece) == 1 else piece[1:-1].replace("''", "'") or "'"
    if not PLAIN.fullmatch(text) or piece == "'":
        raise FormatError(f"`{piece}` is not read")
    return "".join(sign if sign.isalnum() or sign == " " else f"[{sign}]" for sign in text)


def _layout(of: Mapping[str, str]) -> str:
    """Return what is given for each field in the places that ISO 8601 has for them."""
    day = "-".join(of[name] for name in DAY if name in of)
    clock = ":".join(of[name] for name in CLOCK[:3] if name in of)
    fraction = f".{of['fraction']}" if "fraction" in of else ""
    return f"{day}{'T' if day and clock else ''}{clock}{fraction}{of.get('offset', '')}"


def _without_padding(names: list[str]) -> tuple[str, str]:
    """Return the replacement that leaves two digits of each field, of those that have one zero too many."""
    digits = {name: "([0-9]{4})" if name == "year" else "0*([0-9]{2})" for name in names}
    places = {name: f"\\{at}" for at, name in enumerate(names, start=1)}
    return f"^{_layout(digits)}(.*)$", f"{_layout(places)}\\{len(names) + 1}"
