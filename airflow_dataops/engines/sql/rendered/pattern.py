r"""Patterns of RE2 as other regular expressions write them, as far as both read them alike.

A pattern is written anew, piece by piece: classes as the ASCII characters that RE2 means by them, a dot as
all but a line feed, and no repeat is lazy, since it is asked whether the pattern is found and not where. So
little is left that could be read otherwise:

- Java's and Joni's `$` also matches before a line end that ends the text, so it is `\z` there
  (https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html); `&&` and `[` mean something in
  their brackets, so both have a backslash; control characters are written by their numbers.
- POSIX takes a backslash in brackets for itself; others, who say POSIX, don't. So there is none, and what
  would need one is refused. Groups that keep nothing (`(?:`) are none of POSIX: they are plain groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_dataops.engines.sql.postgres.pattern import CONTROLS, KINDS, MEMBER, TOKEN
from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

SPECIAL = frozenset("\\.[](){}*+?|^$")
"""Characters that mean something outside of brackets, in all of them."""

IN_BRACKETS = frozenset("\\[]^-&")
"""Characters that mean something inside of them, where a backslash does."""

LINE_FEED = "\n"
BLANKS = "\t\n\f\r "
"""What RE2 takes for white space."""


@dataclass(frozen=True, slots=True)
class Flavour:
    """How a database reads regular expressions.

    Args:
        title: Whose they are.
        group: How a group begins.
        end: What matches at the end of a text alone.
        brackets: Whether a backslash in brackets makes a sign of itself.
        most: The most repeats; None for no limit below RE2's own.
    """

    title: str
    group: str
    end: str
    brackets: bool
    most: int | None = None


def java(title: str) -> Flavour:
    """Return the flavour of Java and of Joni."""
    return Flavour(title, group="(?:", end=r"\z", brackets=True)


def posix(title: str) -> Flavour:
    """Return the flavour of POSIX's extended regular expressions."""
    return Flavour(title, group="(", end="$", brackets=False, most=255)


def translated(pattern: str, flavour: Flavour) -> str:
    """Return a pattern of RE2 as another flavour writes it.

    Raises:
        NotEvaluatedError: If a part of it would be read otherwise, or not at all.
    """
    if pattern.startswith(("*", "+", "?")):
        raise NotEvaluatedError("the pattern repeats nothing, which RE2 doesn't read")
    pieces = list(_pieces(pattern, flavour))
    if not flavour.brackets:
        bounds = zip(["(", *pieces], [*pieces, ")"], strict=True)
        if any(left in {"(", "|"} and right in {")", "|"} for left, right in bounds):
            raise NotEvaluatedError(
                f"the pattern has an empty alternative, which {flavour.title} may not read"
            )
    return "".join(pieces)


def _pieces(pattern: str, flavour: Flavour) -> Iterator[str]:
    for token in TOKEN.finditer(pattern):
        character = _character(token)
        if character is not None:
            yield _sign(character, flavour)
        elif token["kind"]:
            kind = token["kind"].lower()
            members = _blanks(flavour) if kind == "s" else KINDS[kind]
            yield f"[{'^' if token['kind'].isupper() else ''}{members}]"
        elif token["members"] is not None:
            yield _bracket(token["negated"], token["members"], flavour)
        elif token["group"] is not None:
            yield flavour.group
        elif token["dot"]:
            yield f"[^{_sign(LINE_FEED, flavour)}]"
        elif token["repeat"]:
            yield _repeat(token, flavour)
        elif token["syntax"]:
            yield {"$": flavour.end, "(": flavour.group}.get(token["syntax"], token["syntax"])
        else:
            raise _otherwise(f"`{token[0]}`", flavour)


def _character(token: re.Match[str]) -> str | None:
    """Return the one character that a token stands for, however it is written; None where it is another."""
    if token["code"] or token["byte"]:
        return chr(int(token["code"] or token["byte"], 16))
    return CONTROLS.get(token["control"] or "") or token["mark"] or token["literal"]


def _repeat(token: re.Match[str], flavour: Flavour) -> str:
    times = max(int(token["low"] or 0), int(token["high"] or 0))
    if flavour.most is not None and times > flavour.most:
        raise NotEvaluatedError(
            f"the pattern repeats more than {flavour.most} times, which {flavour.title} may refuse"
        )
    lazy = len(token["repeat"]) > 1 and token["repeat"].endswith("?")
    return token["repeat"][:-1] if lazy else token["repeat"]


def _bracket(negated: str, members: str, flavour: Flavour) -> str:
    found = list(_members(members, flavour))
    if flavour.brackets:
        return f"[{negated}{''.join(found)}]"
    signs = [one for one in found if one in {"]", "^", "-"}]
    others = "".join(one for one in found if one not in {"]", "^", "-"})
    if not others and signs == ["^"]:
        return r"\^" if not negated else "[^^]"
    if not others and not negated and "^" in signs and "]" not in signs:
        return "[-^]"
    first, caret, last = ("]" in signs), ("^" in signs), ("-" in signs)
    return f"[{negated}{']' * first}{others}{'^' * caret}{'-' * last}]"


def _members(members: str, flavour: Flavour) -> Iterator[str]:
    """Return what is in brackets: classes and ranges as they are, and each sign alone."""
    found: list[str] = []
    start: str | None = None  # where a range begins, once its dash was read
    single = False  # whether a range may begin at what was read last
    for token in MEMBER.finditer(members):
        inside = 0 < token.start() < len(members) - 1
        if token["literal"] == "-" and inside and start is None:
            if not single:
                raise _otherwise("a range of a class", flavour)
            start = found.pop()
            continue
        one = _class_or_member(token, flavour)
        if start is not None:
            if token["kind"] or (not flavour.brackets and {start, one} & {"]", "^", "-"}):
                raise _otherwise("a range of a class or a sign", flavour)
            one = f"{start}-{one}"
        single, start = start is None and not token["kind"], None
        found.append(one)
    yield from found


def _class_or_member(token: re.Match[str], flavour: Flavour) -> str:
    if token["kind"]:
        return _blanks(flavour) if token["kind"] == "s" else KINDS[token["kind"]]
    character = _character(token)
    if character is None:
        raise _otherwise(f"`{token[0]}` in brackets", flavour)
    return _member(character, flavour)


def _member(character: str, flavour: Flavour) -> str:
    if flavour.brackets:
        return f"\\{character}" if character in IN_BRACKETS else _sign(character, flavour, signs=frozenset())
    if character in "\\[":
        raise _otherwise(f"`{character}` in brackets", flavour)
    return _sign(character, flavour, signs=frozenset())


def _sign(character: str, flavour: Flavour, signs: frozenset[str] = SPECIAL) -> str:
    if character == "\0":
        raise NotEvaluatedError(f"the pattern has the character NUL, which {flavour.title} can't be given")
    if flavour.brackets and character < " ":
        return f"\\x{ord(character):02x}"
    return f"\\{character}" if character in signs else character


def _blanks(flavour: Flavour) -> str:
    return "".join(_sign(blank, flavour) for blank in BLANKS)


def _otherwise(what: str, flavour: Flavour) -> NotEvaluatedError:
    return NotEvaluatedError(f"the pattern uses {what}, which {flavour.title} may read otherwise than RE2")
