"""Matchers of labels, as Alertmanager has them (pkg/labels/matcher.go)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.automaton import compiled, is_match
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_dataops.core.alerts.labels import Labels

WRITTEN = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)
"""Name, operator, value."""

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
HINT = 'Such as `severity="page"` or `team=~"shop|web"`.'
UNESCAPED = {"n": "\n", '"': '"', "\\": "\\"}
ESCAPED = {
    "\\": r"\\",
    '"': r"\"",
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
}


class Operator(StrEnum):
    """How a label is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


ORDER = tuple(Operator)
"""The order of Alertmanager's own numbers for them."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What one label must be.

    Args:
        name: The label.
        operator: How it is compared.
        value: With what; a regular expression is anchored at both ends.
    """

    name: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        """Return it as a file has it."""
        return f"{self.name}{self.operator}{quoted(self.value)}"

    @property
    def order(self) -> tuple[str, str, int]:
        """Where it stands among others in the key of a route."""
        return self.name, self.value, ORDER.index(self.operator)


def parsed(text: str) -> Matcher:
    r"""Return the matcher that a text such as `team=~"shop|web"` says; quotes may be left out.

    In quotes, `\"`, `\\` and `\n` stand for a quote, a backslash and a new line.

    Raises:
        SettingsError: If it says none, or its pattern isn't one of RE2.
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise SettingsError(f"`{text[:80]}` is no matcher: name, operator, value", hint=HINT)
    name, operator, value = found[1], Operator(found[2]), found[3]
    if '"' in value:
        within = QUOTED.fullmatch(value)
        if within is None:
            raise SettingsError(f"the quotes of `{text[:80]}` don't close, or stand inside", hint=HINT)
        value = re.sub(r"\\(.)", lambda sign: UNESCAPED.get(sign[1], sign[0]), within[1], flags=re.DOTALL)
    if operator in {Operator.REGEX, Operator.NOT_REGEX}:
        compiled(value)
    return Matcher(name, operator, value)


def matches(matcher: Matcher, labels: Labels) -> bool:
    """Tell whether labels are as a matcher asks. A label that is missing is the same as an empty one.

    Raises:
        SettingsError: If its pattern isn't one of RE2.
    """
    value = labels.get(matcher.name, "")
    match matcher.operator:
        case Operator.EQUAL:
            return value == matcher.value
        case Operator.NOT_EQUAL:
            return value != matcher.value
        case Operator.REGEX:
            return is_match(matcher.value, value)
        case Operator.NOT_REGEX:
            return not is_match(matcher.value, value)


def all_match(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """Tell whether labels are as all of some matchers ask; as none asks, they always are."""
    return all(matches(matcher, labels) for matcher in matchers)


def quoted(text: str) -> str:
    """Return a text in quotes, as Go writes it (`%q`)."""
    return '"' + "".join(ESCAPED.get(sign) or _printed(sign) for sign in text) + '"'


def _printed(sign: str) -> str:
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
