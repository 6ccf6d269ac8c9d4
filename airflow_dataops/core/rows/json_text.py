"""JSON as it is written (RFC 8259): numbers keep their text, and what could be read in two ways is none.

Refused are a key that is there twice, NaN and the infinities, half a character, and what is nested deeper
than DEEPEST.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation

DEEPEST = 100
"""How deep a text may be nested."""

NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')
"""A text, which is passed over, or the start or the end of something nested."""

ESCAPE = "\\u"
"""Without it in a text, none of its texts holds half a character."""


class Number(str):
    """A number, as it is written."""

    __slots__ = ()


Json = str | Number | bool | dict[str, "Json"] | list["Json"] | None


class NoJsonError(ValueError):
    """A text is no JSON."""


def _unique(pairs: list[tuple[str, Json]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NoJsonError
    return found


def _refused(_constant: str) -> Json:
    raise NoJsonError


DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=Number, parse_float=Number, parse_constant=_refused
)


def read(text: str) -> Json:
    """Return the value of a text.

    Raises:
        ValueError: If it is no JSON.
    """
    if text.count("{") + text.count("[") > DEEPEST and _depth(text) > DEEPEST:
        raise NoJsonError
    found: Json = DECODER.decode(text)
    if ESCAPE in text:
        json.dumps(found, ensure_ascii=False).encode()
    return found


def written(value: Json) -> str:
    """Return the text of a value, without blanks; numbers as they were written, keys in their order."""
    match value:
        case Number():
            return str(value)
        case dict():
            members = (f"{json.dumps(key, ensure_ascii=False)}:{written(of)}" for key, of in value.items())
            return f"{{{','.join(members)}}}"
        case list():
            return f"[{','.join(map(written, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def canonical(value: Json) -> str:
    """Return a text that is the same for the same value: 1 is 1.0, and the order of keys doesn't count."""
    match value:
        case Number():
            try:
                return str(Decimal(value).normalize() + 0)
            except InvalidOperation:
                return str(value)
        case dict():
            members = (f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value))
            return f"{{{','.join(members)}}}"
        case list():
            return f"[{','.join(map(canonical, value))}]"
        case _:
            return json.dumps(value)


def _depth(text: str) -> int:
    deepest = depth = 0
    for found in NESTING.finditer(text):
        depth += bool(found[1]) - bool(found[2])
        deepest = max(deepest, depth)
    return deepest
