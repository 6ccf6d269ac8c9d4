"""Runbooks, filled in: what to do, with the values of an incident."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from airflow_dataops.core.alerts.runbook import DEEPEST, FILTERS, GROWING, LOOPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_dataops.core.alerts.runbook import Runbook

LONGEST = 20_000
"""Characters of a runbook that are told; the rest is in its file."""


class _Sandbox(SandboxedEnvironment):
    """Templates that can do no more than put values in their places, and go over those that are lists."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 - by name
        """Whether a template may ask for an attribute: of a loop alone."""
        return isinstance(obj, LoopContext)

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:  # noqa: ARG002
        """Refuse what makes much out of little.

        Raises:
            SecurityError: Always.
        """
        raise SecurityError(f"`{operator}` is not for runbooks")


def fill(book: Runbook, values: Mapping[str, object]) -> Runbook:
    """Return a runbook with values in the place of its holes.

    A template that fails is told as it is written, with a line that says so: there is always a message.

    Args:
        book: The runbook; a URL is left as it is.
        values: Name -> value.
    """
    if not book.text:
        return book
    try:
        sandbox = _Sandbox()
        text = _begun(sandbox.from_string(_bounded(sandbox.parse(book.text))).generate(values))
    except TemplateError as error:
        text = f"(Its values could not be filled in: {_reason(error)}.)\n\n{book.text}"
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        text = f"(Its values could not be filled in: {type(error).__name__}.)\n\n{book.text}"
    return replace(book, text=_cut(text))


def _bounded(template: nodes.Template) -> nodes.Template:
    """Return a template that comes to an end soon, whatever it goes over.

    Raises:
        SecurityError: If it may not.
    """
    for loop in template.find_all(nodes.For):
        if loop.recursive:
            raise SecurityError("a loop that calls itself is not for runbooks")
        if not _a_list(loop.iter):
            raise SecurityError("a loop over anything but a list is not for runbooks")
    if _depth(template) > DEEPEST:
        raise SecurityError(f"more than {DEEPEST} loops within each other are not for runbooks")
    for part in template.find_all(tuple(getattr(nodes, name) for name in GROWING)):
        raise SecurityError(f"`{type(part).__name__.lower()}` is not for runbooks")
    for outer in template.find_all(nodes.Filter):
        if outer.name == "join" and any(inner.name == "join" for inner in outer.find_all(nodes.Filter)):
            raise SecurityError("a `join` within another one is not for runbooks")
    return template


def _a_list(part: nodes.Node | None) -> bool:
    """Return whether a loop goes over a value of the incident, or one sorted."""
    while isinstance(part, nodes.Filter) and part.name in LOOPED:
        part = part.node
    return isinstance(part, nodes.Name)


def _begun(parts: Iterable[str]) -> str:
    """Return a text as far as it is told, and no more than a part of it that is not."""
    found, length = [], 0
    for part in parts:
        found.append(part)
        length += len(part)
        if length > 2 * LONGEST:
            break
    return "".join(found)


def _depth(part: nodes.Node) -> int:
    """Return how many loops are within each other."""
    below = max(map(_depth, part.iter_child_nodes()), default=0)
    return below + isinstance(part, nodes.For)


def _reason(error: TemplateError) -> str:
    """Return why a template fails, in one line."""
    line = getattr(error, "lineno", None)
    said = " ".join(str(error.message or type(error).__name__).split())[:200].rstrip(".")
    return f"line {line}: {said}" if line else said


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST].rstrip()}\n… and {len(text) - LONGEST:,} more characters"
