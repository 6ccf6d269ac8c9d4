"""The one writer of YAML: what `reader.py` reads back as it was, with a comment where there is one to make.

No text is written so that another reader of YAML, such as one of YAML 1.1, could take it for something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from airflow_dataops.documents.yaml.node import Numeral

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./()-]*( [A-Za-z0-9_./()-]+)*")
"""Texts that need no quotes, if they are no WORDS."""

WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""Texts, in lower case, that some reader takes for a boolean or for nothing."""

WIDE = 88
"""Characters of a line in which a list of single values still stands."""

STEP = "  "


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a comment.

    Args:
        value: The value.
        note: What is said of it, on one line; may be empty.
    """

    value: Value
    note: str


Value: TypeAlias = "Noted | str | bool | int | Decimal | Sequence[Value] | Mapping[str, Value]"


def yaml_text(value: Mapping[str, Value], *, head: Sequence[str] = ()) -> str:
    """Return a mapping as a file of YAML.

    Args:
        value: The mapping; keys keep their order.
        head: Lines of comment at the top.
    """
    lines = (*(f"# {line}".rstrip() for line in head), *_mapping(value, ""))
    return "\n".join(lines) + "\n"


def single_text(value: Value) -> str:
    """Return a value as it stands on one line."""
    return _single(value)


def _mapping(value: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, noted in value.items():
        found, note = _split(noted)
        comment = f"  # {' '.join(note.split())}" if note else ""
        start = f"{indent}{_text(key)}:"
        if isinstance(found, dict) and found:
            yield f"{start}{comment}"
            yield from _mapping(found, indent + STEP)
        elif isinstance(found, list | tuple) and not _is_flat(found, len(start)):
            yield f"{start}{comment}"
            yield from _sequence(found, indent + STEP)
        else:
            yield f"{start} {_single(found)}{comment}"


def _sequence(values: Sequence[Value], indent: str) -> Iterator[str]:
    for noted in values:
        found, note = _split(noted)
        if isinstance(found, dict) and found:
            first, *rest = _mapping(found, indent + STEP)
            yield f"{indent}- {first.removeprefix(indent + STEP)}"
            yield from rest
        else:
            yield f"{indent}- {_single(found)}{f'  # {note}' if note else ''}"


def _is_flat(values: Sequence[Value], used: int) -> bool:
    if any(isinstance(value, dict | list | tuple | Noted) for value in values):
        return False
    return not values or used + len(_single(values)) < WIDE


def _split(value: Value) -> tuple[Value, str]:
    return (value.value, value.note) if isinstance(value, Noted) else (value, "")


def _single(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | Numeral):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    return _flow(value)


def _flow(value: Value) -> str:
    match value:
        case Noted(inner):
            return _single(inner)
        case dict():
            return "{" + ", ".join(f"{_text(key)}: {_single(inner)}" for key, inner in value.items()) + "}"
        case list() | tuple():
            return f"[{', '.join(map(_single, value))}]"
        case _:
            raise TypeError(f"a {type(value).__name__} can't be written")


def _text(text: str) -> str:
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    if text.isprintable() and text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(sign: str) -> str:
    if sign in {'"', "\\"}:
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 2**16 else f"\\U{ord(sign):08x}"
