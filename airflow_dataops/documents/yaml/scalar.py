"""The types of single values in a file, with messages in plain words.

Each is a pydantic type whose check is ours. A value is what `Node.plain` returns: a text, a `Numeral`, true
or false, None, a list or a dict.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from airflow_dataops.core.legible import commands
from airflow_dataops.documents.yaml.node import Numeral, described, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WRONG = "wrong"
"""The type of the errors that are raised here."""

WIDEST = 60
"""Characters of a number: more digits than any engine has, and few enough to compute with."""

LARGEST_EXPONENT = 308

FLAGS = {
    **dict.fromkeys(("yes", "on", "y"), "`true`"),
    **dict.fromkeys(("no", "off", "n"), "`false`"),
    **dict.fromkeys(("true", "false"), "it without quotes"),
}
"""Texts that look like true or false -> what to write."""


INSTANT = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)"
"""An instant with its zone, of which it is not known yet whether there is such a day and hour."""


def wrong(what: str, hint: str = "") -> PydanticCustomError:
    """Return the error of a value: what it must be, and what to do. The key is put before it later."""
    return PydanticCustomError(WRONG, "{what}", {"what": what, "hint": hint})


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the question that leads from a typo to what was meant; empty when nothing comes near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean `{by_lower[close[0]]}`?" if close else ""


def text(value: object) -> str:
    """Return a text; a number without quotes is the text that it is written as."""
    if not isinstance(value, str):
        raise wrong(
            f"must be a text, it is {described(value)}",
            "Put it in quotes." if isinstance(value, bool) else "",
        )
    return str(value)


def name(value: object) -> str:
    """Return a text that is not blank."""
    found = text(value)
    if not found.strip():
        raise wrong("must not be blank")
    return found


def label(value: object) -> str:
    """Return a text that is not blank, and that any terminal shows as it is."""
    found = name(value)
    if commands(found):
        raise wrong(f"must hold no control characters, it is {described(value)}")
    return found


def flag(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        meant = FLAGS.get(value.lower(), "") if isinstance(value, str) else ""
        raise wrong(f"must be true or false, it is {described(value)}", f"Write {meant}." if meant else "")
    return value


def number(value: object) -> Decimal:
    """Return a number, exactly as it is written."""
    if not isinstance(value, Numeral):
        unquoted = isinstance(value, str) and re.fullmatch(r"[-+]?[0-9.]+", value) is not None
        raise wrong(
            f"must be a number, it is {described(value)}", "Write it without quotes." if unquoted else ""
        )
    try:
        found = Decimal(value)
    except ArithmeticError:
        found = None
    if found is None or len(value) > WIDEST or abs(found.adjusted()) > LARGEST_EXPONENT:
        raise wrong(f"has more digits than can be computed with: {shown(value)}")
    return found


def positive(value: object) -> Decimal:
    """Return a number above 0."""
    found = number(value)
    if found <= 0:
        raise wrong("must be above 0", "Such as 5.")
    return found


def whole(least: int | None = None, most: int | None = None) -> Callable[[object], int]:
    """Return the check of a whole number that is at least so large, and at most."""

    def check(value: object) -> int:
        found = number(value)
        if found != found.to_integral_value() or (least is not None and found < least):
            at_least = "" if least is None else f" of at least {least}"
            raise wrong(f"must be a whole number{at_least}, it is {described(value)}")
        if most is not None and found > most:
            raise wrong(f"must be at most {most}, it is {described(value)}")
        return int(found)

    return check


def one_of(*options: str) -> BeforeValidator:
    """Return the check of a text that is one of a few."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in options:
            hint = did_you_mean(value, options) if isinstance(value, str) else ""
            raise wrong(f"must be {' or '.join(_listed(options))}, it is {described(value)}", hint)
        return str(value)

    return BeforeValidator(check)


def single(value: object) -> object:
    """Return a single value of any kind: no list, no mapping."""
    if isinstance(value, list | dict):
        raise wrong(f"must be a single value, it is {described(value)}")
    if isinstance(value, Numeral):
        number(value)
    return value


def matching(pattern: str, words: str) -> BeforeValidator:
    """Return the check of a text that has a form."""
    form = re.compile(pattern)

    def check(value: object) -> str:
        found = text(value)
        if not form.fullmatch(found):
            raise wrong(f"must be {words}, it is {described(value)}")
        return found

    return BeforeValidator(check)


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list that has an entry, and none of them twice."""
    if not values:
        raise wrong("must have an entry")
    twice = next((value for index, value in enumerate(values) if value in values[:index]), None)
    if twice is not None:
        raise wrong(f"has {shown(twice)} twice", "Keep one of them.")
    return values


def text_or_mapping(value: object) -> object:
    """Return a text or a mapping."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise wrong(f"must be a text or a mapping, it is {described(value)}")
    return text(value)


def port(value: object) -> str:
    """Return a port as text: a whole number, or a text such as a variable that stands for one."""
    return str(whole()(value)) if isinstance(value, Numeral) else text(value)


def day(value: object) -> str:
    """Return a day as the text that it is written as (RFC 3339, `full-date`)."""
    found = text(value)
    if len(found) != len("2026-03-01") or not _is_moment(found):
        raise wrong(f"must be a day such as `2026-03-01`, it is {described(value)}")
    return found


def instant(value: object) -> str:
    """Return an instant as the text that it is written as (RFC 3339, `date-time`)."""
    found = text(value)
    if not re.fullmatch(INSTANT, found) or not _is_moment(found):
        raise wrong(f"must be a time such as `2026-03-01T06:00:00Z`, it is {described(value)}")
    return found


def _is_moment(written: str) -> bool:
    try:
        datetime.fromisoformat(written.upper())
    except ValueError:
        return False
    return True


def as_text(value: object) -> str:
    """Return a single value as the text that stands for it in data."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _listed(options: tuple[str, ...]) -> tuple[str, str] | tuple[str]:
    quoted = [f"`{option}`" for option in options]
    return (", ".join(quoted[:-1]), quoted[-1]) if len(quoted) > 1 else (quoted[0],)


Text = Annotated[str, BeforeValidator(text)]
Name = Annotated[str, BeforeValidator(name)]
Label = Annotated[str, BeforeValidator(label)]
Flag = Annotated[bool, BeforeValidator(flag)]
Number = Annotated[Decimal, BeforeValidator(number)]
Positive = Annotated[Decimal, BeforeValidator(positive)]
Whole = Annotated[int, BeforeValidator(whole())]
Count = Annotated[int, BeforeValidator(whole(0))]
Names = Annotated[tuple[Name, ...], AfterValidator(distinct)]
TextOrMapping = Annotated[object, BeforeValidator(text_or_mapping)]
Port = Annotated[str, BeforeValidator(port)]
Day = Annotated[str, BeforeValidator(day)]
Instant = Annotated[str, BeforeValidator(instant)]
Single = Annotated[object, BeforeValidator(single)]
