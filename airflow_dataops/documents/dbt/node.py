"""What every part of a properties file of dbt may have: texts, lists, a description, tags and `meta`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_dataops.documents.odcs.draft import Keys
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node
    from airflow_dataops.documents.yaml.writer import Value


def entries(node: Node) -> list[Node]:
    """Return the entries of a list; none of anything else."""
    return node.value if isinstance(node.value, list) else []


def text(node: Node, key: str) -> str:
    """Return the text under a key, or an empty one."""
    found = node.step(key) if isinstance(node.value, dict) else None
    return str(found.value) if found is not None and isinstance(found.value, str) else ""


def prose(node: Node, findings: Findings) -> str:
    """Return the description; one that dbt renders from elsewhere is named and left out."""
    found = text(node, "description").strip()
    if "{{" in found:
        findings.warn(node.key("description"), "a `description` that dbt renders is not imported")
        return ""
    return found


def labels(*nodes: Node) -> Keys:
    """Return `tags` and `meta` of nodes and of their `config` as tags and custom properties.

    Tags add up, and of `meta` the nearest value of a key holds, as in dbt.

    Args:
        nodes: The node, behind those that it is in.
    """
    tags: dict[str, None] = {}
    meta: dict[str, Value] = {}
    for where in (found for node in nodes for found in (node, node.at("config"))):
        if not isinstance(where.value, dict):
            continue
        if where.has("tags"):
            listed = where.at("tags")
            found = [listed] if isinstance(listed.value, str) else entries(listed)
            tags.update(dict.fromkeys(str(tag.value) for tag in found))
        if where.has("meta") and isinstance(where.at("meta").value, dict):
            own = where.at("meta")
            meta.update({key: plain(own.at(key)) for key in own.keys if own.at(key).value is not None})
    properties: list[Value] = [{"property": key, "value": value} for key, value in meta.items()]
    keys: Keys = {"tags": list(tags), "customProperties": properties}
    return {key: value for key, value in keys.items() if value}


def plain(node: Node) -> Value:
    """Return a value without its places; nothing is an empty text."""
    match node.value:
        case dict():
            return {key: plain(child) for key, child in node.value.items()}
        case list():
            return [plain(child) for child in node.value]
        case None:
            return ""
        case found:
            return found
