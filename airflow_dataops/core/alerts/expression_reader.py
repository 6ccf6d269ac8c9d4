r"""Regular expressions of matchers: RE2's syntax, as far as routes need it, read into a tree.

Alertmanager's are Go's, which is RE2: https://github.com/google/re2/wiki/Syntax. What RE2 doesn't have is
refused by name: lookaround, backreferences, possessive and atomic groups. So are classes of Unicode
(`\p{…}`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.character import (
    ANY,
    ANY_BUT_NEWLINE,
    ESCAPED,
    NAMED,
    SETS,
    Characters,
    complement,
)
from airflow_dataops.core.alerts.expression import Assertion, Choice, Repeat, Sequence
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.character import Range
    from airflow_dataops.core.alerts.expression import Node

MOST_REPEATS = 1000
"""RE2's own limit for `{n}`."""

DEEPEST = 50
"""How many brackets may stand in each other."""

FLAGS = frozenset("imsU")
"""`U` only says which of several matches is found: of a whole text, there is but one."""

ASSERTIONS = {"A": "begin", "z": "end", "b": "word", "B": "no word"}


def read(pattern: str) -> Node:
    """Return a pattern as a tree.

    Raises:
        SettingsError: If it isn't one of RE2, or has what isn't supported here.
    """
    reader = _Reader(pattern)
    found = reader.choice()
    if reader.at < len(pattern):
        raise reader.refusal("`)` without `(`")
    return found


@dataclass(slots=True)
class _Reader:
    pattern: str
    at: int = 0
    flags: frozenset[str] = field(default=frozenset())
    depth: int = 0

    def refusal(self, what: str) -> SettingsError:
        return SettingsError(
            f"the pattern `{self.pattern[:80]}` has {what} at character {self.at + 1}",
            hint="Patterns are RE2's: https://github.com/google/re2/wiki/Syntax.",
        )

    def ahead(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def take(self, text: str) -> bool:
        if not self.ahead(text):
            return False
        self.at += len(text)
        return True

    def sign(self) -> str:
        if self.at >= len(self.pattern):
            raise self.refusal("nothing where something must follow")
        self.at += 1
        return self.pattern[self.at - 1]

    def until(self, text: str) -> str:
        end = self.pattern.find(text, self.at)
        if end < 0:
            raise self.refusal(f"no `{text}`")
        found, self.at = self.pattern[self.at : end], end + len(text)
        return found

    def choice(self) -> Node:
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if self.take(r"\Q"):
                parts.extend(self._quoted())
            elif self.ahead("(?") and (flags := self._flags_alone()) is not None:
                self.flags = flags
            else:
                parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quoted(self) -> list[Node]:
        r"""Return the characters up to `\E`, or to the end; what repeats, repeats the last of them."""
        end = self.pattern.find(r"\E", self.at)
        quoted = self.pattern[self.at : end if end >= 0 else None]
        self.at += len(quoted) + (2 if end >= 0 else 0)
        parts: list[Node] = [self.literal(sign) for sign in quoted]
        return [*parts[:-1], self.repeated(parts[-1])] if parts else []

    def repeated(self, part: Node) -> Node:
        times = self._times()
        if times is None:
            return part
        self.take("?")
        begin = self.at
        if self._times() is not None:
            self.at = begin
            raise self.refusal("a repetition of a repetition, or a possessive one")
        return Repeat(part, *times)

    def _times(self) -> tuple[int, int | None] | None:
        for sign, times in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return times
        return self._counted() if self.ahead("{") else None

    def _counted(self) -> tuple[int, int | None] | None:
        inside, closed, _ = self.pattern[self.at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        digits = all(sign in "0123456789" for sign in low + high)
        if not closed or not low or not digits:
            return None  # It is a bracket as it stands, as in RE2.
        least = int(low[:6])
        most = least if not comma else int(high[:6]) if high else None
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise self.refusal(
                f"the repetition `{{{inside[:20]}}}`, which is more than {MOST_REPEATS} or less than none"
            )
        self.at += len(inside) + 2
        return least, most

    def atom(self) -> Node:
        sign = self.sign()
        if sign == "(":
            return self.group()
        if sign == "[":
            return self.bracket()
        if sign in "*+?":
            self.at -= 1
            raise self.refusal(f"`{sign}` after nothing")
        if sign == "\\":
            return self._escaped()
        return self._plain(sign)

    def _plain(self, sign: str) -> Node:
        if sign == ".":
            return ANY if "s" in self.flags else ANY_BUT_NEWLINE
        if sign in "^$":
            of = "begin" if sign == "^" else "end"
            return Assertion(f"line {of}" if "m" in self.flags else of)
        return self.literal(sign)

    def _escaped(self) -> Node:
        if self.at < len(self.pattern) and self.pattern[self.at] in ASSERTIONS:
            return Assertion(ASSERTIONS[self.sign()])
        return Characters(self.escape(), fold="i" in self.flags)

    def literal(self, sign: str) -> Characters:
        return Characters(((ord(sign), ord(sign)),), fold="i" in self.flags)

    def group(self) -> Node:
        before = self.flags
        if self.take("?"):
            if not (self.take("P<") or (self.ahead("<") and not self._behind() and self.take("<"))):
                self.flags = self._flags(":")
            else:
                self._name()
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refusal(f"more than {DEEPEST} brackets in each other")
        found = self.choice()
        if not self.take(")"):
            raise self.refusal("`(` without `)`")
        self.depth -= 1
        self.flags = before
        return found

    def _behind(self) -> bool:
        return self.ahead("<=") or self.ahead("<!")

    def _name(self) -> None:
        name = self.until(">")
        if not (name.isascii() and name.replace("_", "a").isalnum()):
            raise self.refusal("a group without a proper name")

    def _flags_alone(self) -> frozenset[str] | None:
        """Return the flags after `(?i)`; None where a group begins."""
        end = self.pattern.find(")", self.at)
        inside = self.pattern[self.at + 2 : end] if end >= 0 else ""
        if not inside or not set(inside) <= FLAGS | {"-"}:
            return None
        self.at += 2
        return self._flags(")")

    def _flags(self, end: str) -> frozenset[str]:
        begin = self.at
        inside = self.until(end) if self.pattern.find(end, begin) >= 0 else "?"
        on, minus, off = inside.partition("-")
        if not set(on + off) <= FLAGS or (minus and not off):
            self.at = begin
            raise self.refusal("lookaround, a backreference, or another group that RE2 doesn't have")
        return (self.flags | set(on)) - set(off)

    def escape(self) -> tuple[Range, ...]:
        sign = self.sign()
        if sign in SETS:
            return SETS[sign]
        if sign in ESCAPED:
            return ((ESCAPED[sign], ESCAPED[sign]),)
        if sign == "x":
            return self._hexadecimal()
        if sign.isascii() and not sign.isalnum():
            return ((ord(sign), ord(sign)),)
        self.at -= 1
        raise self.refusal(f"the escape `\\{sign}`, which isn't supported")

    def _hexadecimal(self) -> tuple[Range, ...]:
        digits = self.until("}") if self.take("{") else self.sign() + self.sign()
        try:
            code = int(digits, 16) if digits.isascii() and digits.isalnum() else -1
        except ValueError:
            code = -1
        if not 0 <= code <= 0x10FFFF:
            raise self.refusal("an escape `\\x` of no character")
        return ((code, code),)

    def bracket(self) -> Characters:
        negated = self.take("^")
        ranges: list[Range] = []
        first = True
        while first or not self.ahead("]"):
            first = False
            if self.take("[:"):
                ranges += self._named(self.until(":]"))
                continue
            begin = self._one()
            if len(begin) == 1 and self.ahead("-") and not self.ahead("-]"):
                self.at += 1
                end = self._one()
                if len(end) != 1 or end[0][1] < begin[0][0]:
                    raise self.refusal("a range that ends before it begins")
                begin = ((begin[0][0], end[0][1]),)
            ranges += begin
        self.at += 1
        return Characters(tuple(ranges), negated=negated, fold="i" in self.flags)

    def _one(self) -> tuple[Range, ...]:
        sign = self.sign()
        return self.escape() if sign == "\\" else ((ord(sign), ord(sign)),)

    def _named(self, name: str) -> tuple[Range, ...]:
        found = NAMED.get(name.removeprefix("^"))
        if found is None:
            raise self.refusal(f"the class `[:{name[:20]}:]`, which RE2 doesn't have")
        return complement(found) if name.startswith("^") else found
