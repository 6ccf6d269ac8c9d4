"""A regular expression as a tree."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_dataops.core.alerts.character import Characters


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place in a text: `begin`, `end`, `line begin`, `line end`, `word` or `no word`."""

    of: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part, some times: at least and at most; None for no end."""

    part: Node
    least: int
    most: int | None


Node = Characters | Assertion | Sequence | Choice | Repeat
