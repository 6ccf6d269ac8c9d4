"""The one reader of YAML: nodes with the place of every key and value, and nothing guessed.

The events of libyaml's parser are put together here instead of by `yaml.compose`: an alias is seen as one,
depth is bounded before the stack is used up, and plain texts are resolved by the core schema of YAML 1.2
(§10.3), in which `on`, `yes` and `012` are no booleans or octals. Numbers keep their text.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from airflow_dataops.documents.yaml.node import Node, Numeral, Place, shown
from airflow_dataops.documents.yaml.text import decoded, read_bytes
from airflow_dataops.errors import DocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEEPEST = 60
"""Levels of nesting, aliases followed."""

MOST = 100_000
"""Values of a file, aliases followed: a few anchors could otherwise stand for billions."""

NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TEXT_TAG = "tag:yaml.org,2002:str"

SYNTAX: dict[str, tuple[str, str]] = {
    "found a tab character": ("a tab stands where YAML wants blanks", "Indent with blanks."),
    "found character that cannot start any token": (
        "a text can't start with this character",
        "Put the text in quotes; indent with blanks, not tabs.",
    ),
    "mapping values are not allowed in this context": (
        "a `:` stands where no key can be",
        "Put the text in quotes, or check the indentation.",
    ),
    "did not find expected key": (
        "a key was expected here",
        "Check the indentation and the quotes of the lines above.",
    ),
    "did not find expected '-' indicator": (
        "a `- ` was expected here: a list goes on above",
        "Check the indentation.",
    ),
    "did not find expected ',' or ']'": (
        "a `,` or `]` was expected here",
        "Close the list that starts with `[`.",
    ),
    "did not find expected ',' or '}'": (
        "a `,` or `}` was expected here",
        "Close the mapping that starts with `{`.",
    ),
    "did not find expected node content": ("a value was expected here", "Write one, or leave the key out."),
    "could not find expected ':'": ("this line is no `key: value`", "Add the `:`, or check the indentation."),
    "found unexpected end of stream": ("a quote is opened and never closed", "Close it."),
    "found unknown escape character": ("there is no such escape", r"Write `\\` for a backslash, or use '…'."),
}
"""What libyaml says -> what we say, and what to do."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be read.

    Args:
        file: Its name, as it was given.
        root: Its outermost value.
        problems: What is wrong with its YAML, and doesn't keep it from being understood.
        fingerprint: Hex sha256 of its bytes.
    """

    file: str
    root: Node
    problems: tuple[Problem, ...]
    fingerprint: str


def read(path: str | Path, text: str | None = None) -> Document:
    """Read a YAML file.

    Args:
        path: The file.
        text: What is read in its place, if anything: what it is to say.

    Raises:
        DocumentError: If it can't be read, or is no YAML that can be understood.
    """
    content = read_bytes(path) if text is None else text.encode()
    assembly = Assembly(str(path))
    root = assembly.of(decoded(content, path))
    return Document(str(path), root, tuple(assembly.problems), hashlib.sha256(content).hexdigest())


def read_all(path: str | Path) -> tuple[Document, ...]:
    """Read a YAML file of several documents; those that are empty are left out.

    Raises:
        DocumentError: If it can't be read, or is no YAML that can be understood, or there is nothing in it.
    """
    content = read_bytes(path)
    assembly = Assembly(str(path), several=True)
    roots = [root for root in assembly.all_of(decoded(content, path)) if root.value is not None]
    if not roots:
        raise DocumentError((Problem(f"{path}:1:1", "the file is empty"),))
    fingerprint = hashlib.sha256(content).hexdigest()
    # What is wrong with the YAML is of the file: it is said once.
    problems = [tuple(assembly.problems), *[()] * len(roots)]
    return tuple(
        Document(str(path), root, wrong, fingerprint) for root, wrong in zip(roots, problems, strict=False)
    )


class Mark(Protocol):
    """Where libyaml is; both counted from 0."""

    @property
    def line(self) -> int:
        """The line."""
        ...

    @property
    def column(self) -> int:
        """The character in it."""
        ...


class Open:
    """A list or mapping whose end has not been read yet."""

    __slots__ = ("anchor", "height", "key", "node", "weight")

    def __init__(self, node: Node, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: tuple[str, Place] | None = None
        self.weight = 1
        self.height = 1


class Assembly:
    """Puts the events of one file together.

    Args:
        file: The file.
        several: Whether it may hold several documents.
    """

    def __init__(self, file: str, *, several: bool = False) -> None:
        self.file = file
        self.several = several
        self.problems: list[Problem] = []
        self._open: list[Open] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._roots: list[Node] = []
        self._weight = 0

    def of(self, text: str) -> Node:
        """Return the outermost value of a text.

        Raises:
            DocumentError: If it is no YAML, or holds no value or several documents.
        """
        return self.all_of(text)[0]

    def all_of(self, text: str) -> list[Node]:
        """Return the outermost value of each document of a text, at least one.

        Raises:
            DocumentError: If it is no YAML, or holds no value, or several documents where there may be one.
        """
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                handle = HANDLERS.get(type(event))
                if handle is not None:
                    handle(self, event)
        except yaml.MarkedYAMLError as error:
            raise self._broken(error) from None
        if not self._roots or (self._roots[0].value is None and not text.strip("\ufeff \n\r\t")):
            raise self._refused(Place(self.file, 1, 1), "the file is empty")
        return self._roots

    def document(self, event: yaml.DocumentStartEvent) -> None:
        """Start a document, which knows no anchor of another one."""
        self._anchors = {}
        if self._roots and not self.several:
            raise self._refused(
                self._place(event.start_mark), "a second document starts here", "Write one file for each."
            )

    def scalar(self, event: yaml.ScalarEvent) -> None:
        """Add a text, a number, true, false or nothing."""
        value: str | bool | None = event.value
        if event.tag not in {None, TEXT_TAG}:
            self._tagged(event)
        elif event.implicit[0] and not self._wants_key():
            value = resolved(event.value)
        self._add(Node(self._place(event.start_mark), value), event.anchor)

    def alias(self, event: yaml.AliasEvent) -> None:
        """Add what an alias stands for."""
        place, anchor = self._place(event.start_mark), event.anchor or ""
        if any(part.anchor == anchor for part in self._open):
            raise self._refused(
                place, f"the alias `*{shown(anchor)}` stands for something that it is part of"
            )
        if anchor not in self._anchors:
            raise self._refused(
                place,
                f"there is no `&{shown(anchor)}` above this alias",
                "Put a text that starts with `*` in quotes.",
            )
        node, weight, height = self._anchors[anchor]
        self._add(node, None, weight=weight, height=height, place=place)

    def opening(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        """Start a list or a mapping."""
        place = self._place(event.start_mark)
        if self._wants_key():
            raise self._refused(place, "a key must be a text")
        if event.tag is not None:
            self._tagged(event)
        self._bounded(place, height=1)
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(Open(Node(place, {} if mapping else []), event.anchor))

    def closing(self, _: yaml.SequenceEndEvent | yaml.MappingEndEvent) -> None:
        """End a list or a mapping."""
        done = self._open.pop()
        self._add(done.node, done.anchor, weight=done.weight, height=done.height)

    def _add(
        self, node: Node, anchor: str | None, *, weight: int = 1, height: int = 0, place: Place | None = None
    ) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, weight, height)
        if not self._open:
            self._roots.append(node)
            return
        parent = self._open[-1]
        parent.weight += weight
        parent.height = max(parent.height, height + 1)
        self._bounded(place or node.place, height=height, weight=parent.weight)
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
        elif parent.key is None:
            parent.key = (self._key_of(node, place or node.place), place or node.place)
        else:
            self._entry(parent, node)

    def _entry(self, parent: Open, node: Node) -> None:
        if parent.key is None or not isinstance(parent.node.value, dict):
            return
        (key, place), parent.key = parent.key, None
        if key == "<<":
            self._problem(place, "merge keys (`<<`) are not read", "Write the keys out.")
        elif key in parent.node.keys:
            first = parent.node.keys[key]
            self._problem(
                place,
                f"`{shown(key)}` stands here for the second time, first in line {first.line}",
                "Keep one of them.",
            )
        else:
            parent.node.value[key] = node
            parent.node.keys[key] = place

    def _key_of(self, node: Node, place: Place) -> str:
        if not isinstance(node.value, str):
            raise self._refused(place, "a key must be a text")
        return str(node.value)

    def _wants_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and isinstance(self._open[-1].node.value, dict)

    def _bounded(self, place: Place, *, height: int, weight: int = 0) -> None:
        if len(self._open) + height > DEEPEST:
            raise self._refused(place, f"the values are nested more than {DEEPEST} levels deep")
        if weight > MOST:
            raise self._refused(place, f"the file stands for more than {MOST} values", "Write fewer aliases.")

    def _tagged(self, event: yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        self._problem(
            self._place(event.start_mark),
            f"the tag `{shown(event.tag or '')}` is not read",
            "Write the value without it; put a text in quotes.",
        )

    def _problem(self, place: Place, what: str, hint: str) -> None:
        self.problems.append(Problem(str(place), what, hint))

    def _refused(self, place: Place, what: str, hint: str = "") -> DocumentError:
        return DocumentError((*self.problems, Problem(str(place), what, hint)))

    def _broken(self, error: yaml.MarkedYAMLError) -> DocumentError:
        problem = error.problem or "it can't be read"
        words = next((SYNTAX[start] for start in SYNTAX if problem.startswith(start)), None)
        unclosed = problem.startswith("found unexpected end of stream")
        mark = error.context_mark if unclosed and error.context_mark else error.problem_mark
        return self._refused(
            self._place(mark), *(words or (f"this is no YAML: {problem}", "Check the lines above."))
        )

    def _place(self, mark: Mark | None) -> Place:
        if mark is None:
            return Place(self.file, 1, 1)
        return Place(self.file, mark.line + 1, mark.column + 1)


HANDLERS: dict[type[yaml.Event], Callable[[Assembly, Any], None]] = {
    yaml.DocumentStartEvent: Assembly.document,
    yaml.ScalarEvent: Assembly.scalar,
    yaml.AliasEvent: Assembly.alias,
    yaml.SequenceStartEvent: Assembly.opening,
    yaml.MappingStartEvent: Assembly.opening,
    yaml.SequenceEndEvent: Assembly.closing,
    yaml.MappingEndEvent: Assembly.closing,
}


def resolved(text: str) -> str | bool | None:
    """Return what a text without quotes stands for."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    return Numeral(text) if NUMBER.fullmatch(text) else text
