"""What the text of a runbook may say in Jinja: the values of an incident, if, for, and a few filters.

It is filled in where somebody waits for a page, so whatever might take long, or grow, has no place in it.
Nothing is run to find that out: the text is parsed, and looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from airflow_dataops.core.alerts.runbook import DEEPEST, FILTERS, LOOPED, VALUES
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGE = SandboxedEnvironment(autoescape=False)

STATEMENTS: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For),
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Keyword),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Neg),
)
"""What is understood: nothing that computes, calls, keeps a value, or reads another file."""

LOOP = "loop"
"""What Jinja calls the state of a loop."""

OF_LOOP = ("index", "index0", "revindex", "revindex0", "first", "last", "length")
"""What it knows; the values of an incident are texts, and have nothing to be named after a point."""

MEANT = "Put `{% raw %}` before what is meant as it stands, and `{% endraw %}` behind it."

Fault = tuple[int, str, str]
"""Line, what is wrong, and what to do."""


LONGEST = 200
"""Characters of Jinja's own words."""


def faults(text: str) -> tuple[Fault, ...]:
    """Return what is wrong with the text of a runbook, each with its line; none where all is well."""
    try:
        tree = LANGUAGE.parse(text)
        return tuple(dict.fromkeys((*_of_nodes(tree), *_of_names(tree, frozenset(VALUES)), *_of_loops(tree))))
    except TemplateSyntaxError as error:
        said = shown((error.message or "it can't be read").rstrip("."), longest=LONGEST)
        return ((error.lineno, f"this is no Jinja: {said}", MEANT),)
    except RecursionError:
        return ((1, "the text is nested too deeply", "Write it out."),)


def _of_nodes(tree: nodes.Node) -> Iterator[Fault]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, STATEMENTS):
            word = type(node).__name__.lower()
            yield node.lineno, f"a runbook can't use `{word}` of Jinja", f"It has values, if and for. {MEANT}"
        elif isinstance(node, nodes.For) and node.recursive:
            yield node.lineno, "a loop of a runbook can't be recursive", "Write it out."
        elif isinstance(node, nodes.For) and not _a_list(node.iter):
            hint = f"Name one of the values; it may go through {', '.join(LOOPED)}."
            yield node.lineno, "a loop of a runbook goes over a list of the incident", hint
        elif isinstance(node, nodes.Filter) and node.name == "join" and _joins(node):
            yield node.lineno, "a `join` of a runbook can't be within another one", "Write it out."
        elif isinstance(node, nodes.Getattr) and not _of_loop(node):
            hint = f"Only `{LOOP}` has such: {', '.join(OF_LOOP)}."
            yield node.lineno, f"no value of an incident has a part `.{shown(node.attr)}`", hint
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            hint = did_you_mean(node.name, FILTERS) or f"There are: {', '.join(FILTERS)}."
            yield node.lineno, f"a runbook has no filter `{shown(node.name)}`", hint
        elif isinstance(node, nodes.Test) and node.name not in LANGUAGE.tests:
            hint = did_you_mean(node.name, LANGUAGE.tests)
            yield node.lineno, f"Jinja has no test `{shown(node.name)}`", hint


def _a_list(part: nodes.Node | None) -> bool:
    while isinstance(part, nodes.Filter) and part.name in LOOPED:
        part = part.node
    return isinstance(part, nodes.Name)


def _joins(node: nodes.Node) -> bool:
    return any(one.name == "join" for one in node.find_all(nodes.Filter))


def _of_loop(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == LOOP and node.attr in OF_LOOP


def _of_names(node: nodes.Node, known: frozenset[str]) -> Iterator[Fault]:
    """Yield names that no incident has; those of a loop are known within it."""
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        hint = did_you_mean(node.name, VALUES) or f"There are: {', '.join(VALUES)}."
        yield node.lineno, f"no incident has a value `{shown(node.name)}`", hint
    if isinstance(node, nodes.For):
        given = {one.name for one in node.target.find_all(nodes.Name)}
        if isinstance(node.target, nodes.Name):
            given.add(node.target.name)
        yield from _of_names(node.iter, known)
        inside = known | given | {LOOP}
        for part in (*node.body, *([node.test] if node.test is not None else ())):
            yield from _of_names(part, inside)
        for part in node.else_:
            yield from _of_names(part, known)
        return
    for child in node.iter_child_nodes():
        yield from _of_names(child, known)


def _of_loops(node: nodes.Node, depth: int = 0) -> Iterator[Fault]:
    depth += isinstance(node, nodes.For)
    if depth > DEEPEST:
        yield node.lineno, f"more than {DEEPEST} loops are within each other", "Write fewer."
        return
    for child in node.iter_child_nodes():
        yield from _of_loops(child, depth)
