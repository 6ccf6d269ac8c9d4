"""Characters that a regular expression asks for, as ranges of code points. Source: RE2's syntax page."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[int, int]
"""First and last code point; both belong to it."""

HIGHEST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of some.

    Args:
        ranges: Which.
        negated: Whether all others are meant.
        fold: Whether small and capital letters are the same.
    """

    ranges: tuple[Range, ...]
    negated: bool = False
    fold: bool = False

    def accept(self, sign: str) -> bool:
        """Whether a character is one of them."""
        signs = {sign, sign.lower(), sign.upper()} if self.fold else {sign}
        codes = [ord(each) for each in signs if len(each) == 1]
        return self.negated is not any(low <= code <= high for code in codes for low, high in self.ranges)


def complement(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Return all that isn't in ranges."""
    found: list[Range] = []
    begin = 0
    for low, high in sorted(ranges):
        if begin < low:
            found.append((begin, low - 1))
        begin = max(begin, high + 1)
    return (*found, (begin, HIGHEST)) if begin <= HIGHEST else tuple(found)


def _ranges(text: str) -> tuple[Range, ...]:
    return tuple((ord(low), ord(high)) for low, high in zip(text[::2], text[1::2], strict=True))


DIGIT = _ranges("09")
SPACE = _ranges("\t\n\f\r  ")
WORD = _ranges("09AZaz__")

ANY = Characters(((0, HIGHEST),))
ANY_BUT_NEWLINE = Characters(_ranges("\n\n"), negated=True)

SETS = {
    "d": DIGIT,
    "D": complement(DIGIT),
    "s": SPACE,
    "S": complement(SPACE),
    "w": WORD,
    "W": complement(WORD),
}
"""What stands after the backslash -> what it means; of ASCII alone."""

ESCAPED = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}

NAMED = {
    "alnum": _ranges("09AZaz"),
    "alpha": _ranges("AZaz"),
    "ascii": ((0, 127),),
    "blank": _ranges("\t\t  "),
    "cntrl": ((0, 31), (127, 127)),
    "digit": DIGIT,
    "graph": _ranges("!~"),
    "lower": _ranges("az"),
    "print": _ranges(" ~"),
    "punct": _ranges("!/:@[`{~"),
    "space": _ranges("\t\r  "),
    "upper": _ranges("AZ"),
    "word": WORD,
    "xdigit": _ranges("09AFaf"),
}
"""Name in `[:…:]` -> what it means."""
