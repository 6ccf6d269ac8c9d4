"""What differs between two sets of values, each of which has a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Absent(Enum):
    """Stands for a value that is not there."""

    ABSENT = ""


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs.

    Args:
        key: Its name.
        old: What it was; ABSENT where it was not there.
        new: What it is; ABSENT where it is not there.
    """

    key: str
    old: object
    new: object


def changes(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[Change, ...]:
    """Return what differs, in the order of the new values, those that went last."""
    names = dict.fromkeys((*new, *old))
    every = (Change(name, old.get(name, ABSENT), new.get(name, ABSENT)) for name in names)
    return tuple(change for change in every if not _same(change.old, change.new))


def flattened(value: object, above: str = "") -> Iterator[tuple[str, object]]:
    """Yield the single values and lines of plain JSON types, with keys and places in lists written with dots.

    Args:
        value: The value.
        above: The key that it stands under.
    """
    match value:
        case dict() if value:
            parts = [(str(key), one) for key, one in value.items()]
        case list() | tuple() if value:
            parts = [(_named(one, at), one) for at, one in enumerate(value)]
        case str() if "\n" in value:
            parts = [(str(at), line) for at, line in enumerate(value.split("\n"), start=1)]
        case _:
            yield above, value
            return
    for key, one in parts:
        yield from flattened(one, f"{above}.{key}" if above else key)


def _named(entry: object, at: int) -> str:
    """Return what an entry of a list is called: its own name where it has one, so that an order is none."""
    inner = entry.get("__var", entry) if isinstance(entry, dict) else {}
    name = inner.get("task_id") if isinstance(inner, dict) else None
    return str(name) if isinstance(name, str) else str(at)


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other
