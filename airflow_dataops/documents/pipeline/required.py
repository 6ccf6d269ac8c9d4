"""What a pipeline file must say, whatever its template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node

REQUIRED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("template",), "Such as `template: batch@1`."),
    (("source", "folder"), "It is the folder of the drops, relative to this file; or write `conn_id`."),
    (("source", "path"), "Such as `path: orders-{partition}.csv`; or write `table`."),
)
"""Keys that a pipeline file must have, and what to write."""


def check_required(node: Node, findings: Findings) -> None:
    """Name the keys that are missing, and a folder whose name can't be that of a product.

    Args:
        node: The whole of the pipeline file, with what it inherits.
        findings: Where problems go.
    """
    for path, hint in REQUIRED:
        owner = node.at(*path[:-1])
        if (
            (len(path) == 1 or node.has(path[0]))
            and not owner.has(path[-1])
            and isinstance(owner.value, dict)
            and not (path[-1] == "folder" and owner.has("conn_id"))
            and not (path[-1] in {"folder", "path"} and owner.has("table"))
        ):
            findings.error(owner.place, f"`{'.'.join(path)}` is missing", hint)
    folder = Path(node.place.file).parent.absolute().name
    if not node.has("name") and not folder.replace("_", "a").replace("-", "a").replace(".", "a").isalnum():
        findings.error(
            node.place,
            f"the folder's name `{shown(folder)}` can't be that of a product",
            "Write `name:` with letters, digits, `_`, `-` and `.`.",
        )
