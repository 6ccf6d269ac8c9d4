"""What stands in a file that people write: values, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE = "\0"
"""The key under which `Node.plain` puts the node of a mapping. No text in YAML can hold this character."""

SHOWN = 40
"""Characters of a key or value that a message quotes."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: file:line:column, both counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return file:line:column, which editors and terminals can open."""
        return f"{self.file}:{self.line}:{self.column}"


Value: TypeAlias = "str | bool | list[Node] | dict[str, Node] | None"


class Numeral(str):
    """A number as it is written in the file: `1.10` stays `1.10`, `99.9` is exact."""

    __slots__ = ()


class Node:
    """A value, where it starts, and, for a mapping, where its keys start.

    Args:
        place: Where the value starts.
        value: A text, a number's text, true or false, None, a list, or a mapping.
        keys: The place of each key of a mapping.
    """

    __slots__ = ("keys", "place", "value")

    def __init__(self, place: Place, value: Value) -> None:
        self.place = place
        self.value = value
        self.keys: dict[str, Place] = {}

    def at(self, *path: str | int) -> Node:
        """Return the node below a path, or the nearest one above it that exists."""
        node = self
        for step in path:
            found = node.step(step)
            if found is None:
                return node
            node = found
        return node

    def step(self, step: str | int) -> Node | None:
        """Return the child under a key or an index, or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    def key(self, name: str) -> Place:
        """Return where a key stands, or where the mapping starts if it has no such key."""
        return self.keys.get(name, self.place)

    def has(self, name: str) -> bool:
        """Say whether the mapping has a key."""
        return name in self.keys

    def plain(self) -> object:
        """Return plain lists, dicts and scalars; each dict holds its own node under `NODE`."""
        if isinstance(self.value, dict):
            return {NODE: self, **{key: child.plain() for key, child in self.value.items()}}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def places(self, above: str = "") -> Iterator[tuple[str, str]]:
        """Yield every key below, written with dots, and its place."""
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                path = f"{above}.{key}" if above else key
                yield path, str(self.keys[key])
                yield from child.places(path)


def shown(text: str, *, longest: int = SHOWN) -> str:
    """Return a key or a value as a message quotes it: short, on one line, nothing that a terminal obeys."""
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in short)


def described(value: object) -> str:
    """Return what a value is, in plain words."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case Numeral() | int() | float():
            return f"the number {shown(str(value))}"
        case str():
            return f'the text "{shown(value)}"'
        case list():
            return "a list"
        case _:
            return "a mapping"
