"""A mapping of a pipeline file -> plain JSON: `params`, for the template to check, and `dag_params`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from airflow_dataops.documents.yaml.node import Numeral, described
from airflow_dataops.documents.yaml.scalar import number

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node


def params_of(root: Node, key: str, findings: Findings) -> dict[str, object] | None:
    """Return a mapping of parameters, or None when they are wrong, as numbers that JSON can't hold are.

    Args:
        root: The pipeline file.
        key: `params` or `dag_params`.
        findings: Where problems go.
    """
    node = root.step(key)
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        findings.error(node.place, f"`{key}` must be a mapping of keys, it is {described(node.plain())}")
        return None
    before = len(findings.errors)
    found = {key: _json(child, findings) for key, child in node.value.items()}
    return found if len(findings.errors) == before else None


def _json(node: Node, findings: Findings) -> object:
    if isinstance(node.value, dict):
        return {key: _json(child, findings) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_json(child, findings) for child in node.value]
    if not isinstance(node.value, Numeral):
        return node.value
    exact = _exact(node.value)
    if exact is None:
        findings.error(
            node.place, f"{described(node.value)} has more digits than JSON keeps", "Put it in quotes."
        )
    return exact


def _exact(text: Numeral) -> int | float | None:
    """Return a number as JSON has it, or None when that would change it."""
    try:
        value = number(text)
    except (PydanticCustomError, ValidationError):
        return None
    if value == value.to_integral_value() and not set(".eE") & set(text):
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else None
