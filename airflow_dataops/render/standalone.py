"""A product and its template's source -> one DAG file that needs neither pipeline file nor factory.

No value becomes code: the product and the parameters are literals of plain JSON types.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from airflow_dataops.core.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

OF_THE_SHELF = {"NEEDS", "TAKES", "SOURCE", "MODELS", "DEPRECATED", "EXAMPLES", "upgraded"}
"""What a template says to whoever reads pipeline files."""

PRODUCTS = TypeAdapter(Product)

FILE = '''"""{name}: the DAG that `{template}` made of {pipeline}, as a file of its own.

Nothing reads {pipeline} for it any more: change here what is to be changed.
"""

from __future__ import annotations

{imports}

{bodies}


PRODUCT = {product}

PARAMS = {params}

dag = build(TypeAdapter(Product).validate_python(PRODUCT), Params.model_validate(PARAMS))
'''


def standalone(
    product: Product, params: BaseModel, *, build_source: str, params_source: str, pipeline: str
) -> str:
    """Return the text of a DAG file that makes the same DAG as the factory does.

    Args:
        product: The product.
        params: What its template takes, checked.
        build_source: The text of the template's `v1.py`.
        params_source: The text of its `params_v1.py`.
        pipeline: The name of the pipeline file.
    """
    taken, wired = _parts(params_source), _parts(build_source)
    ours = (("pydantic", "TypeAdapter"), ("airflow_dataops.core.product", "Product"))
    return FILE.format(
        name=_said(product.name),
        template=_said(product.template),
        pipeline=_said(pipeline),
        imports=_lines((*taken.imports, *wired.imports, *ours)),
        bodies="\n\n\n".join(part for part in (*taken.body, *wired.body)),
        product=literal(PRODUCTS.dump_python(product, mode="json", exclude_defaults=True)),
        params=literal(params.model_dump(mode="json", exclude_unset=True)),
    )


def _said(name: str) -> str:
    """Return a name as it stands in a docstring, which it can't end: a file may be called anything."""
    return "".join(sign if sign.isprintable() and sign not in {'"', "\\"} else "?" for sign in name)


def literal(value: dict[str, Any]) -> str:
    """Return plain JSON types as Python writes them, a key a line.

    Raises:
        ValueError: If it holds anything else.
    """
    text = _written(value, "")
    if ast.literal_eval(text) != value:
        raise ValueError(text)
    return text


def _written(value: object, indent: str) -> str:
    inner = f"{indent}    "
    match value:
        case dict() if value:
            pairs = ((_written(key, inner), _written(one, inner)) for key, one in value.items())
            return "{\n" + "".join(f"{inner}{key}: {one},\n" for key, one in pairs) + indent + "}"
        case list() if value:
            return "[\n" + "".join(f"{inner}{_written(one, inner)},\n" for one in value) + indent + "]"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)


@dataclass(slots=True)
class Parts:
    """A module's source, taken apart.

    Args:
        imports: Its imports; those for type checkers are imports as all others.
        body: Everything else but its docstring, with the comments above it.
    """

    imports: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


def _parts(source: str) -> Parts:
    # `splitlines` also breaks at form feeds and the like, which end no line of Python.
    found, lines, above = Parts(), source.split("\n"), 0
    for node in ast.parse(source).body:
        text = "\n".join(lines[above : node.end_lineno]).strip("\n")
        above = node.end_lineno or above
        match node:
            case ast.Import() | ast.ImportFrom():
                found.imports += _imported(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                found.imports += [one for inner in node.body for one in _imported(inner)]
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.FunctionDef(name=name) if name in OF_THE_SHELF:
                pass
            case ast.Expr(value=ast.Constant(value=str())) if found.body and not found.body[-1].endswith(")"):
                found.body[-1] += f"\n{text}"  # what an assignment means
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case _:
                found.body.append(text)
    return found


def _imported(node: ast.stmt) -> list[tuple[str, str]]:
    """Return the module and the name of each import; those of the template's own folder are in the file."""
    match node:
        case ast.ImportFrom(level=0, module=str(module)) if module != "__future__":
            return [(module, ast.unparse(name)) for name in node.names if name.name != "TYPE_CHECKING"]
        case ast.Import():
            return [("", ast.unparse(name)) for name in node.names]
        case _:
            return []


def _lines(imports: Iterable[tuple[str, str]]) -> str:
    """Return the lines of imports: modules first, then what is of one, each module once."""
    of: dict[str, set[str]] = {}
    for module, name in imports:
        of.setdefault(module, set()).add(name)
    plain = [f"import {name}" for name in sorted(of.pop("", ()))]
    named = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(of.items())]
    return "\n".join((*plain, *named))
