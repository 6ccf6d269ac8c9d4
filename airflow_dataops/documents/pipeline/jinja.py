"""Texts of a pipeline file that a task would fill in as Jinja, and nothing else that reads the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

JINJA = re.compile(r"\{[{%#]")

FREE = frozenset({"description", "owner", "tags", "params", "dag_params"})
"""Keys whose texts nothing fills in, or that a template of a team's own may mean to be filled in."""


def check_jinja(root: Node, findings: Findings) -> None:
    """Find texts with Jinja: the address of a table would be one for a task, and another for its readers.

    Args:
        root: The pipeline file.
        findings: Where problems go.
    """
    for key, node in _children(root):
        if key not in FREE:
            for path, text in _texts(key, node):
                findings.error(
                    text.place,
                    f"`{shown(path)}` holds Jinja: only a task would fill it in, so that it means two things",
                    "Write it out; what an environment changes stands in a file of its own.",
                )


def _texts(path: str, node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node.value, str) and JINJA.search(node.value):
        yield path, node
    for key, child in _children(node):
        yield from _texts(f"{path}.{key}" if key else path, child)


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node.value, dict):
        yield from node.value.items()
    elif isinstance(node.value, list):
        yield from (("", child) for child in node.value)
