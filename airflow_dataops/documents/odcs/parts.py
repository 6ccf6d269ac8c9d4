"""What a property may have by its logical type, options and parts, and a rule by its type. At every depth.

Source: `SchemaBaseProperty`, `SchemaItemProperty` and `DataQuality` in the JSON Schema of ODCS v3.2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_dataops.documents.odcs.contract_keys import ContractKeys
from airflow_dataops.documents.odcs.keys import (
    LOGICAL_TYPES,
    OPERATORS,
    Item,
    ObjectRelationship,
    Property,
    Rule,
)
from airflow_dataops.documents.odcs.options import EXCLUSIVE, OPTIONS, RANGE
from airflow_dataops.documents.yaml.form import mappings
from airflow_dataops.documents.yaml.node import Numeral, shown
from airflow_dataops.documents.yaml.scalar import did_you_mean

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

PARTS = {"properties": "object", "items": "array", "map": "map"}
"""Key -> the only logical type that has it. A part without a type may have `properties` as well."""


BOUNDS: dict[str, type[str]] = {
    **dict.fromkeys(("integer", "number"), Numeral),
    **dict.fromkeys(("date", "timestamp", "time"), str),
}
"""Logical type -> how its bounds are written: as numbers, or as texts."""

RULES: dict[str, tuple[str, ...]] = {
    "library": ("metric", "rule", "arguments", "validValues", *OPERATORS),
    "sql": ("query", *OPERATORS),
    "custom": ("engine", "implementation"),
    "text": (),
}
"""Type of a rule -> the keys that rules of every other type don't have as well."""

OF_SOME = frozenset(key for keys in RULES.values() for key in keys)
"""Keys that not every rule has."""


def check_parts(keys: ContractKeys, findings: Findings) -> None:
    """Note the options and parts of properties, and the keys of rules, that their types don't have."""
    for model, node in mappings(ContractKeys, keys.node):
        if model is Rule:
            _rule(node, findings)
        if model is ObjectRelationship and node.has("from") and node.has("to"):
            _relationship(node, findings)
        if issubclass(model, Item):
            declared = node.at("logicalType").value if node.has("logicalType") else None
            if declared is None or declared in LOGICAL_TYPES:
                if node.has("logicalTypeOptions"):
                    _options(node.at("logicalTypeOptions"), declared, findings)
                _parts(node, declared, named=issubclass(model, Property), findings=findings)


def _parts(node: Node, declared: object, *, named: bool, findings: Findings) -> None:
    for key, owner in PARTS.items():
        known = declared in {None, owner} or (key == "properties" and not named)
        if node.has(key) and not known:
            findings.error(
                node.key(key),
                f"`{key}` belongs to the type {owner}, this is {declared}",
                f"Write `logicalType: {owner}`, or leave `{key}` out.",
            )
    if declared == "map" and not node.has("map"):
        findings.error(node.place, "`map` is missing", "A map has the types of its `key` and `value`.")


def _bound(options: Node, key: str, declared: str, findings: Findings) -> None:
    value = options.at(key).value
    if isinstance(value, bool) and key in EXCLUSIVE:
        return  # What it means is a matter of the version (`odcs/versions.py`).
    if BOUNDS[declared] is Numeral and not isinstance(value, Numeral):
        findings.error(options.at(key).place, f"`{key}` must be a number", "Write it without quotes.")
    elif BOUNDS[declared] is str and (not isinstance(value, str) or isinstance(value, Numeral)):
        findings.error(options.at(key).place, f"`{key}` of a {declared} must be a text", "Put it in quotes.")


def _relationship(node: Node, findings: Findings) -> None:
    if isinstance(node.at("from").value, list) is not isinstance(node.at("to").value, list):
        findings.error(
            node.key("to"), "`from` and `to` must both be a text, or both a list", "List one for each other."
        )


def _rule(node: Node, findings: Findings) -> None:
    declared = node.at("type").value if node.has("type") else "library"
    known = RULES.get(str(declared))
    if node.has("query") and not any(map(node.has, ("type", "metric", "rule"))):
        return  # It measures nothing, which is said already (`odcs/rules.py`).
    for key in node.keys:
        if known is not None and key in OF_SOME and key not in known:
            findings.error(
                node.key(key),
                f"`{key}` is no key of a rule of type `{declared}`",
                f"It has: {_listed(known)}." if known else "It is for people to read.",
            )


def _listed(keys: tuple[str, ...]) -> str:
    own = ", ".join(key for key in keys if key not in OPERATORS)
    return f"{own}, and one operator" if OPERATORS[0] in keys else own


def _options(options: Node, declared: object, findings: Findings) -> None:
    allowed = OPTIONS.get(str(declared), ())
    for key in options.keys:
        if key in RANGE and declared in BOUNDS:
            _bound(options, key, str(declared), findings)
        if declared is None:
            findings.error(options.key(key), f"`{shown(key)}` needs a `logicalType` beside it", "Write one.")
        elif key not in allowed:
            hint = did_you_mean(key, allowed)
            hint = hint or (f"It has: {', '.join(allowed)}." if allowed else "It has none.")
            findings.error(options.key(key), f"`{shown(key)}` is no option of the type {declared}", hint)
    if declared == "vector" and isinstance(options.value, dict) and not options.has("dimensions"):
        findings.error(options.place, "`dimensions` is missing", "A vector has as many.")
