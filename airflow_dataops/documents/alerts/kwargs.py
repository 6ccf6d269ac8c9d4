"""Templates in the arguments of a notifier: whether they can be filled in with what there is to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.sandbox import SandboxedEnvironment

from airflow_dataops.core.alerts.transport import TOLD
from airflow_dataops.documents.yaml.node import shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

LANGUAGE = SandboxedEnvironment(autoescape=False)


def check_kwargs(node: Node, findings: Findings) -> None:
    """Note texts that no notification could fill in. The texts themselves are not shown.

    Args:
        node: The arguments.
        findings: Where problems go.
    """
    for text in _texts(node):
        try:
            unknown = _unknown(LANGUAGE.parse(str(text.value)))
        except (TemplateSyntaxError, RecursionError):
            what = "this is no template that can be filled in"
            findings.error(text.place, what, "Put `{% raw %}` before braces that stand for themselves.")
            continue
        for name in unknown:
            hint = did_you_mean(name, TOLD) or f"There are: {', '.join(TOLD)}."
            findings.error(text.place, f"nothing that is told is called `{shown(name)}`", hint)


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from _texts(child)
    elif isinstance(node.value, list):
        for child in node.value:
            yield from _texts(child)
    elif isinstance(node.value, str) and "{" in node.value:
        yield node


def _unknown(tree: nodes.Template) -> tuple[str, ...]:
    """Return names that are none of a notification, of Jinja, or of the template itself."""
    names = tuple(tree.find_all(nodes.Name))
    own = {name.name for name in names if name.ctx != "load"} | {"loop"}
    asked = (name.name for name in names if name.ctx == "load")
    return tuple(dict.fromkeys(name for name in asked if name not in {*own, *TOLD, *DEFAULT_NAMESPACE}))
