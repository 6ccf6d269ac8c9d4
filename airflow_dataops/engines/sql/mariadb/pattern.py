r"""Patterns of RE2 as MariaDB reads them, with PCRE2, as far as both can read them alike.

The two differ in more than they say (https://mariadb.com/kb/en/pcre/): PCRE's `$` is found before a last line
end, its classes have characters of all scripts. So a pattern is written anew, piece by piece, with nothing in
it that could be read otherwise: each escape as a class or a code, each anchor as what RE2 means by it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_REPEATS = 1000
"""RE2's limit for `{n}`."""

TOKEN = re.compile(
    r"""
      \\x\{(?P<code>[0-9A-Fa-f]{1,6})\} | \\x(?P<byte>[0-9A-Fa-f]{2})
    | \\(?P<kind>[dDwWsS])
    | \\(?P<control>[afnrtv])
    | \\(?P<edge>[bBA])
    | \\(?P<mark>[^\w\s]) | \\(?P<escape>.)
    | \[(?P<negated>\^?)(?P<members>\]?(?:\\.|[^\]\\])*)\]
    | \(\?(?P<flags>[ims]*(?:-[ims]+)?)(?P<ends>[:)])
    | (?P<open>\(\?P?<\w+>|\((?!\?))
    | (?P<close>\))
    | (?P<repeat>(?:[*+?]|\{(?P<low>\d+)(?:,(?P<high>\d*))?\})\??)
    | (?P<syntax>[.|^$])
    | (?P<refused>\(\?|\[|\\)
    | (?P<literal>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

MEMBER = re.compile(
    r"\\x\{(?P<code>[0-9A-Fa-f]{1,6})\}|\\x(?P<byte>[0-9A-Fa-f]{2})|\\(?P<kind>[dDwWsS])"
    r"|\\(?P<control>[afnrtv])|\\(?P<mark>[^\w\s])|\\(?P<escape>.)|(?P<posix>\[[:.=])|(?P<literal>.)",
    re.DOTALL | re.ASCII,
)

KINDS = {
    "d": "0-9",
    "D": r"\x00-/:-\x{10ffff}",
    "s": r"\t\n\f\r\x20",
    "S": r"\x00-\x08\x0b\x0e-\x1f!-\x{10ffff}",
    "w": "0-9A-Za-z_",
    "W": r"\x00-/:-@\[-\^`{-\x{10ffff}",
}
"""RE2's classes, which are of ASCII alone -> the members of a bracket."""

CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

WORD = f"[{KINDS['w']}]"

EDGES = {
    "A": r"(?:\A)",
    "b": f"(?-i:(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))",
    "B": f"(?-i:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))",
}

SYNTAX = {
    (".", ""): r"[^\n]",
    (".", "s"): r"[\x00-\x{10ffff}]",
    ("^", ""): r"(?:\A)",
    ("^", "m"): r"(?:\A|(?<=\n))",
    ("$", ""): r"(?:\z)",
    ("$", "m"): r"(?:(?=\n)|\z)",
    ("|", ""): "|",
}
"""(sign, the flag that it hangs on where it is set) -> what PCRE2 reads as RE2 reads the sign."""

DEPENDS = {".": "s", "^": "m", "$": "m"}

OTHERWISE = "the pattern uses {0}, which MariaDB reads otherwise than RE2"

NOTHING = "the pattern repeats nothing, or a repetition, which neither RE2 nor MariaDB reads"


def translated(pattern: str) -> str:
    """Return a pattern of RE2 as PCRE2 reads it in MariaDB.

    Raises:
        NotEvaluatedError: If MariaDB would read a part of it otherwise, or not at all.
    """
    return "".join(_pieces(pattern))


def _pieces(pattern: str) -> Iterator[str]:
    flags: list[frozenset[str]] = [frozenset()]
    repeatable = False
    for token in TOKEN.finditer(pattern):
        if token["repeat"] and not repeatable:
            raise NotEvaluatedError(NOTHING)
        repeatable = not (token["repeat"] or token["open"] or token["ends"] or token["syntax"] == "|")
        yield (
            _grouped(token, flags)
            if token["ends"] or token["open"] or token["close"]
            else _piece(token, flags[-1])
        )
    if len(flags) > 1:
        raise NotEvaluatedError("the pattern leaves a bracket open")


def _piece(token: re.Match[str], flags: frozenset[str]) -> str:
    """Return what a token is that neither opens nor closes a group."""
    character = _character(token)
    if character is not None:
        return _plain(character)
    if token["kind"]:
        kind = token["kind"]
        return f"[{'^' if kind.isupper() else ''}{KINDS[kind.lower()]}]"
    if token["members"] is not None:
        members = _members(token["members"], ignores_case="i" in flags)
        return f"[{token['negated']}{''.join(members)}]"
    if token["repeat"]:
        return _repeat(token)
    if token["edge"]:
        return EDGES[token["edge"]]
    if token["syntax"]:
        sign = token["syntax"]
        flag = DEPENDS.get(sign, "")
        return SYNTAX[sign, flag if flag in flags else ""]
    raise NotEvaluatedError(OTHERWISE.format(f"`{token[0]}`"))


def _grouped(token: re.Match[str], flags: list[frozenset[str]]) -> str:
    """Return the start or the end of a group, or flags for the rest of one, and remember the flags."""
    if token["open"]:
        flags.append(flags[-1])
        return "(?:"
    if token["close"]:
        flags.pop()
        if not flags:
            raise NotEvaluatedError("the pattern closes a bracket that isn't open")
        return ")"
    return _flagged(token, flags)


def _flagged(token: re.Match[str], flags: list[frozenset[str]]) -> str:
    on, _, off = token["flags"].partition("-")
    if token["ends"] == ")" and not token["flags"]:
        raise NotEvaluatedError(OTHERWISE.format("`(?)`"))
    now = (flags[-1] | frozenset(on)) - frozenset(off)
    if token["ends"] == ":":
        flags.append(now)
    else:
        flags[-1] = now
    return f"(?{'i' if 'i' in now else '-i'}{token['ends']}"


def _character(token: re.Match[str]) -> str | None:
    """Return the one character that a token stands for, however it is written; None where it is another."""
    if token["code"] or token["byte"]:
        code = int(token["code"] or token["byte"], 16)
        if code > 0x10FFFF:
            raise NotEvaluatedError("the pattern has a code that no character has")
        return chr(code)
    return CONTROLS.get(token["control"] or "") or token["mark"] or token["literal"]


def _repeat(token: re.Match[str]) -> str:
    if max(int(token["low"] or 0), int(token["high"] or 0)) > MOST_REPEATS:
        raise NotEvaluatedError(f"the pattern repeats more than {MOST_REPEATS} times, which RE2 refuses")
    return token["repeat"]


def _members(members: str, *, ignores_case: bool) -> Iterator[str]:
    for member in MEMBER.finditer(members):
        character = _character(member)
        negative = (member["kind"] or "").isupper()
        if member["kind"] and not (negative and ignores_case):
            yield KINDS[member["kind"]]
        elif member["literal"] == "-" and 0 < member.start() < len(members) - 1:
            yield "-"
        elif character is not None:
            yield _plain(character)
        else:
            raise NotEvaluatedError(OTHERWISE.format(f"`{member[0]}` in brackets"))


def _plain(character: str) -> str:
    r"""Return a character as PCRE2 takes it for itself, in brackets and outside."""
    return character if character.isascii() and character.isalnum() else rf"\x{{{ord(character):x}}}"
