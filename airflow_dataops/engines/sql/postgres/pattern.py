"""Patterns of RE2 as PostgreSQL reads them, as far as both read them alike.

The two differ in more than they say (https://www.postgresql.org/docs/current/functions-matching.html): a dot
takes line ends in PostgreSQL, its classes follow the locale, its escapes in hexadecimal have any length. So a
pattern is written anew, piece by piece, with nothing in it that could be read otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.errors import NotEvaluatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_REPEATS = 255
"""PostgreSQL's limit for `{n}`."""

TOKEN = re.compile(
    r"""
      \\x\{(?P<code>[0-9A-Fa-f]{1,6})\} | \\x(?P<byte>[0-9A-Fa-f]{2})
    | \\(?P<kind>[dDwWsS])
    | \\(?P<control>[fnrtv])
    | \\(?P<mark>[^\w\s]) | \\(?P<escape>.)
    | \[(?P<negated>\^?)(?P<members>\]?(?:\\.|[^\]\\])*)\]
    | (?P<group>\(\?(?:P?<\w+>|:)) | \(\?(?P<flags>)
    | (?P<dot>\.)
    | (?P<repeat>(?:[*+?]|\{(?P<low>\d+)(?:,(?P<high>\d*))?\})\??)
    | (?P<syntax>[()|^$])
    | (?P<literal>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

MEMBER = re.compile(
    r"\\x\{(?P<code>[0-9A-Fa-f]{1,6})\}|\\x(?P<byte>[0-9A-Fa-f]{2})|\\(?P<kind>[dws])|\\(?P<control>[fnrtv])"
    r"|\\(?P<mark>[^\w\s])|\\(?P<escape>.)|(?P<posix>\[[:.=])|(?P<literal>.)",
    re.DOTALL | re.ASCII,
)

KINDS = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
"""RE2's classes, which are of ASCII alone -> the members of a bracket."""

CONTROLS = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

SPECIAL = frozenset("\\.[](){}*+?|^$-")
"""Characters that are written with a backslash, inside of brackets and outside."""

OTHERWISE = "the pattern uses {0}, which PostgreSQL reads otherwise than RE2"


def translated(pattern: str) -> str:
    """Return a pattern of RE2 as PostgreSQL's advanced regular expressions write it.

    Raises:
        NotEvaluatedError: If PostgreSQL would read a part of it otherwise, or not at all.
    """
    if pattern.startswith(("*", "+", "?")):  # three stars would be an order to PostgreSQL
        raise NotEvaluatedError("the pattern repeats nothing, which neither RE2 nor PostgreSQL reads")
    return "".join(_pieces(pattern))


def _pieces(pattern: str) -> Iterator[str]:
    for token in TOKEN.finditer(pattern):
        character = _character(token)
        if character is not None:
            yield _plain(character)
        elif token["kind"]:
            yield f"[{'^' if token['kind'].isupper() else ''}{KINDS[token['kind'].lower()]}]"
        elif token["members"] is not None:
            yield f"[{token['negated']}{''.join(_members(token['members']))}]"
        elif token["group"] is not None:
            yield "(?:"
        elif token["dot"]:
            yield r"[^\n]"
        elif token["repeat"]:
            yield _repeat(token)
        elif token["syntax"]:
            yield token["syntax"]
        else:
            raise NotEvaluatedError(OTHERWISE.format(f"`{token[0]}`"))


def _character(token: re.Match[str]) -> str | None:
    """Return the one character that a token stands for, however it is written; None where it is another."""
    if token["code"] or token["byte"]:
        return chr(int(token["code"] or token["byte"], 16))
    return CONTROLS.get(token["control"] or "") or token["mark"] or token["literal"]


def _repeat(token: re.Match[str]) -> str:
    if max(int(token["low"] or 0), int(token["high"] or 0)) > MOST_REPEATS:
        raise NotEvaluatedError(
            f"the pattern repeats more than {MOST_REPEATS} times, which PostgreSQL refuses"
        )
    return token["repeat"]


def _members(members: str) -> Iterator[str]:
    for member in MEMBER.finditer(members):
        character = _character(member)
        if member["kind"]:
            yield KINDS[member["kind"]]
        elif member["literal"] == "-" and 0 < member.start() < len(members) - 1:
            yield "-"
        elif character is not None:
            yield _plain(character)
        else:
            raise NotEvaluatedError(OTHERWISE.format(f"`{member[0]}` in brackets"))


def _plain(character: str) -> str:
    if character == "\0":
        raise NotEvaluatedError("the pattern has the character NUL, which PostgreSQL can't store")
    return f"\\{character}" if character in SPECIAL else character
