"""Whether a whole text is what a pattern says, in time that no pattern can make explode.

All ways through the pattern are followed at once (Thompson 1968, https://swtch.com/~rsc/regexp/regexp1.html):
a match takes at most as many steps as the text has characters, times `MOST_STATES`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from airflow_dataops.core.alerts.character import WORD, Characters
from airflow_dataops.core.alerts.expression import Assertion, Choice, Repeat, Sequence
from airflow_dataops.core.alerts.expression_reader import read
from airflow_dataops.errors import SettingsError

if TYPE_CHECKING:
    from airflow_dataops.core.alerts.expression import Node

MOST_STATES = 2000
"""How large a pattern may become once its repetitions are written out."""


@dataclass(frozen=True, slots=True)
class Split:
    """Go on at both places."""

    first: int
    second: int


State = Characters | Assertion | Split
"""A character or a place of the text, and then the next state; or two ways to go on."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> tuple[State, ...]:
    """Return the states of a pattern; the one after the last is where it ends.

    Raises:
        SettingsError: If it isn't one of RE2, or too large.
    """
    writer = _Writer(pattern)
    writer.write(read(pattern))
    return tuple(writer.states)


@lru_cache(maxsize=16384)
def is_match(pattern: str, text: str) -> bool:
    """Tell whether all of a text is what a pattern says.

    Raises:
        SettingsError: If the pattern isn't one of RE2, or too large.
    """
    states = compiled(pattern)
    reached = _closure(states, {0}, text, 0)
    for place, sign in enumerate(text):
        after = {
            number + 1
            for number in reached
            if number < len(states) and isinstance(state := states[number], Characters) and state.accept(sign)
        }
        if not after:
            return False
        reached = _closure(states, after, text, place + 1)
    return len(states) in reached


def _closure(states: tuple[State, ...], begin: set[int], text: str, place: int) -> set[int]:
    found, left = set(begin), list(begin)
    while left:
        number = left.pop()
        state = states[number] if number < len(states) else None
        after: tuple[int, ...] = ()
        if isinstance(state, Split):
            after = (state.first, state.second)
        elif isinstance(state, Assertion) and _is_at(state.of, text, place):
            after = (number + 1,)
        for each in after:
            if each not in found:
                found.add(each)
                left.append(each)
    return found


def _is_at(of: str, text: str, place: int) -> bool:
    if of in {"word", "no word"}:
        here = _is_word(text[place : place + 1]) is not _is_word(text[place - 1 : place] if place else "")
        return here is (of == "word")
    if of in {"begin", "line begin"}:
        return place == 0 or (of == "line begin" and text[place - 1] == "\n")
    return place == len(text) or (of == "line end" and text[place] == "\n")


def _is_word(sign: str) -> bool:
    return bool(sign) and any(low <= ord(sign) <= high for low, high in WORD)


@dataclass(slots=True)
class _Writer:
    pattern: str
    states: list[State] = field(default_factory=list)
    seen: int = 0

    def write(self, node: Node) -> None:
        self.seen += 1
        if self.seen > MOST_STATES:
            raise SettingsError(
                f"the pattern `{self.pattern[:80]}` is too large",
                hint=f"It comes to more than {MOST_STATES} states: repeat less, or use several matchers.",
            )
        match node:
            case Sequence(parts):
                for part in parts:
                    self.write(part)
            case Choice(parts):
                self._choice(parts)
            case Repeat(part, least, most):
                for _ in range(least):
                    self.write(part)
                self._rest(part, None if most is None else most - least)
            case Characters() | Assertion():
                self.states.append(node)

    def _split(self) -> int:
        self.states.append(Split(len(self.states) + 1, len(self.states) + 1))
        return len(self.states) - 1

    def _choice(self, parts: tuple[Node, ...]) -> None:
        ends: list[int] = []
        for part in parts[:-1]:
            begin = self._split()
            self.write(part)
            ends.append(self._split())
            self.states[begin] = Split(begin + 1, len(self.states))
        self.write(parts[-1])
        for end in ends:
            self.states[end] = Split(len(self.states), len(self.states))

    def _rest(self, part: Node, more: int | None) -> None:
        """Write what may follow: a part any number of times, or at most so many."""
        if more is None:
            begin = self._split()
            self.write(part)
            self.states.append(Split(begin, begin))
            self.states[begin] = Split(begin + 1, len(self.states))
            return
        begins: list[int] = []
        for _ in range(more):
            begins.append(self._split())
            self.write(part)
        for begin in begins:
            self.states[begin] = Split(begin + 1, len(self.states))
