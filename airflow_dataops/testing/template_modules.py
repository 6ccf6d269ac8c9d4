"""What the two modules of a template say: whether they stand alone, and tell what they take."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from airflow_dataops.cli.dag.given import shelf, template_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OURS = ("core", "params", "bridge", "operators", "sensors")
"""Packages of ours that a template may import, and that an ejected file needs."""


def foreign_imports(name: str) -> Iterator[str]:
    """Yield the imports by which a template would not stand alone."""
    for stem, allowed in (("v", {"airflow", "pydantic"}), ("params_v", {"pydantic"})):
        file = shelf().file(name, stem)
        for line, module in _imports(ast.parse(file.read_text(encoding="utf-8"), file.name).body):
            top, _, rest = module.partition(".")
            ours = top == "airflow_dataops" and rest.partition(".")[0] in OURS[: 2 if stem != "v" else None]
            if not ours and top not in {*allowed, *sys.stdlib_module_names}:
                shown = module or "a module beside it"
                yield f"{file.name}:{line} imports {shown}; an ejected file would not have it"


def _imports(body: Iterable[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield the line and the module of each import that runs; a relative one has an empty name."""
    for node in body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from _imports(node.orelse)
                continue
            case ast.Import():
                yield from ((node.lineno, one.name) for one in node.names)
            case ast.ImportFrom():
                yield node.lineno, "" if node.level else node.module or ""
            case _:
                inner = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
                yield from _imports(inner)


def unsaid(name: str) -> Iterator[str]:
    """Yield the parameters that have no description or no default."""
    for key, of in template_named(name).params.model_fields.items():
        if not of.description:
            yield f"`{key}` has no description; give its Field one"
        if of.is_required():
            yield f"`{key}` has no default; a product that says nothing must have one"
